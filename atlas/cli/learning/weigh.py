"""A trained descriptor beside the network and the colour that ``players`` has anyway."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frameatlas.reid.learn.descriptor import Descriptor
    from frameatlas.reid.learn.sets.crop_store import CropStore


def weighed(
    descriptor: "Descriptor", store: "CropStore", note: Callable[[str], None]
) -> "Descriptor":
    """The descriptor with its weight beside network and colour on its card.

    Args:
        descriptor: As it was trained.
        store: The set that it was trained on.
        note: Told what is done, and what came of it.
    """
    from frameatlas.cli.players_rank import RankingNetwork
    from frameatlas.reid.learn.descriptor import make_descriptor
    from frameatlas.reid.learn.weight_beside import can_be_weighed, weigh_beside

    if not can_be_weighed(store, descriptor.size):
        return descriptor
    note("weighing it beside network and colour on what was kept apart")
    with RankingNetwork("auto", None, None) as network:
        describe = network.open()
        found = weigh_beside(descriptor, store, lambda pixels: describe(pixels, _whole(pixels)))
    note(str(found))
    tried = {f"{weight:g}": round(score, 6) for weight, score in found.scores.items()}
    card = {**descriptor.card, "weight": found.weight, "weights": tried}
    return make_descriptor(descriptor.network, card)


def _whole(pixels: "NDArray[np.uint8]") -> "NDArray[np.int32]":
    """Boxes of pictures that show nothing but a person."""
    import numpy as np

    height, width = pixels.shape[1:3]
    return np.tile(np.array([0, 0, width, height], np.int32), (len(pixels), 1))
