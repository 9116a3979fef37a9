"""A widget's list of frames: checked when it is set, and those who watch hear of each change."""

from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from frameatlas.errors import InputError


class FrameNumbers(traitlets.TraitType):
    """int64 of shape (k,): numbers of frames, rising, each once; read-only, to be set anew.

    Its widget has ``frame_count`` frames. Anything that NumPy takes for whole numbers may be set,
    and a mask: bool of shape (n,).
    """

    default_value = np.zeros(0, np.int64)
    info_text = "numbers of frames"

    def validate(self, obj: Any, value: Any) -> NDArray[np.int64]:
        """The numbers, sorted, each once; InputError where they are no frames."""
        return checked_frames(value, obj.frame_count)

    def set(self, obj: Any, value: Any) -> None:
        """Set them; arrays are compared whole, which ``TraitType`` cannot."""
        new = self._validate(obj, value)
        old = obj._trait_values.get(self.name)
        if old is None or not np.array_equal(old, new):
            obj._trait_values[self.name] = new
            obj._notify_trait(self.name, old, new)


def checked_frames(value: Any, count: int) -> NDArray[np.int64]:
    """Numbers of frames out of what a user gave.

    Args:
        value: Whole numbers, or bool of shape (n,).
        count: How many frames there are.

    Raises:
        InputError: They are none.
    """
    given = np.asarray(list(value) if isinstance(value, set | range) else value)
    if given.dtype == bool and given.shape == (count,):
        given = np.flatnonzero(given)
    whole = given.dtype.kind in "iu" or not given.size
    if given.ndim != 1 or not whole or (given.size and not 0 <= given.min() <= given.max() < count):
        shown = " ".join(str(value).split())[:60]
        raise InputError(
            f"Expected numbers of frames from 0 to {count - 1}, or a mask of {count}. Received: "
            f"{shown}; take them from this very atlas."
        )
    frames = np.unique(given.astype(np.int64))
    frames.setflags(write=False)
    return frames
