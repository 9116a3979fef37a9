"""Fades through an even picture: black, white, or any other colour that shows nothing."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.shots.differences import Planes, differences
from frameatlas.embedder.shots.gradual import LEAST, Gradual

EVEN = 2.5
"""Contrast, in levels of brightness, of a picture that shows nothing: grain and compression."""

SHORT = 6
"""Frames of nothing that are a fault or a blink where the same picture comes back."""

LONGEST = 75
"""Frames that one side of a fade takes, at most."""

_RISE = 1.02
"""Growth of contrast over two frames that belongs to a fade, not to the picture."""

_SETTLED = 2
"""Frames without growth after which a picture is all there."""


def find_fades(planes: Planes, cuts: Sequence[int]) -> list[Gradual]:
    """Changes of shot with nothing to be seen between.

    Args:
        planes: The pictures.
        cuts: First frames after hard cuts, ascending; a picture may also go, or come, at once.

    Returns:
        Those found, in order. Where nothing is seen at the beginning or the end of a video, no
        shot ends there.
    """
    found: list[Gradual] = []
    runs = even_runs(planes)
    hard = set(cuts)
    for place, (start, stop) in enumerate(runs):
        if start == 0 or stop == len(planes):
            continue
        earlier = [stop for _, stop in runs[:place]] + [cut for cut in cuts if cut < start]
        later = [start for start, _ in runs[place + 1 :]] + [cut for cut in cuts if cut > stop]
        least, most = max(earlier, default=0), min(later, default=len(planes))
        begin = start - 1 if start in hard else _walk(planes.contrast, start - 1, least, -1)
        end = stop if stop in hard else _walk(planes.contrast, stop, most - 1, 1)
        strength = float(differences(planes, np.array([begin]), np.array([end]))[0])
        if stop - start < SHORT and strength < LEAST:
            continue
        found.append(Gradual(begin, end, "fade", max(strength, LEAST), max(strength, LEAST)))
    return found


def even_runs(planes: Planes) -> list[tuple[int, int]]:
    """Runs of frames that show nothing: the first of each, and the one after the last."""
    even = np.concatenate([[False], planes.contrast < EVEN, [False]])
    edges = np.flatnonzero(even[1:] != even[:-1]).tolist()
    return [(a, b) for a, b in pairwise(edges) if even[a + 1]]


def _walk(contrast: NDArray[np.float32], place: int, limit: int, step: int) -> int:
    """From nothing into a shot, as long as its contrast grows."""
    still = 0
    for _ in range(LONGEST):
        ahead = place + 2 * step
        if (limit - ahead) * step < 0:
            return place
        still = 0 if contrast[ahead] > contrast[place] * _RISE else still + 1
        if still == _SETTLED:
            return place - step * (_SETTLED - 1)
        place += step
    return place
