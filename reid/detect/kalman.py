"""Where a box will be: a Kalman filter of constant velocity, as SORT and its heirs use it.

The state is the middle, the height and the proportions of a box, and how they change in a frame.
Deviations grow with the height of the box (Wojke et al., "Deep SORT", 2017): a near person moves
more pixels than a far one.
"""

import numpy as np
from numpy.typing import NDArray

_PLACE, _SPEED = 1 / 20, 1 / 160
_SHAPE = (1e-2, 1e-5)


class BoxFilter:
    """One box.

    Args:
        box: float64 of shape (4,): left, top, width, height, as first seen.
    """

    def __init__(self, box: NDArray[np.float64]) -> None:
        self._mean = np.concatenate([_measured(box), np.zeros(4)])
        height = max(float(box[3]), 1.0)
        start = [2 * _PLACE * height, 2 * _PLACE * height, _SHAPE[0], 2 * _PLACE * height]
        speed = [10 * _SPEED * height, 10 * _SPEED * height, _SHAPE[1], 10 * _SPEED * height]
        self._spread = np.diag(np.square([*start, *speed]))

    @property
    def box(self) -> NDArray[np.float64]:
        """float64 of shape (4,): left, top, width, height as expected now."""
        x, y, shape, height = self._mean[:4]
        height = max(height, 1.0)
        width = max(shape, 0.05) * height
        return np.array([x - width / 2, y - height / 2, width, height])

    def predict(self, frames: int, camera: NDArray[np.float64]) -> None:
        """Move on by some frames, in which the picture moved by ``camera``, (across, down)."""
        height = max(float(self._mean[3]), 1.0)
        step = np.eye(8)
        step[:4, 4:] = frames * np.eye(4)
        place = [_PLACE * height, _PLACE * height, _SHAPE[0], _PLACE * height]
        speed = [_SPEED * height, _SPEED * height, _SHAPE[1], _SPEED * height]
        noise = np.diag(np.square([*place, *speed])) * frames
        self._mean = step @ self._mean
        self._mean[:2] += camera
        self._spread = step @ self._spread @ step.T + noise

    def update(self, box: NDArray[np.float64]) -> None:
        """Take a detection in."""
        height = max(float(self._mean[3]), 1.0)
        noise = np.diag(np.square([_PLACE * height, _PLACE * height, 1e-1, _PLACE * height]))
        total = self._spread[:4, :4] + noise
        gain = np.linalg.solve(total, self._spread[:4]).T
        self._mean = self._mean + gain @ (_measured(box) - self._mean[:4])
        self._spread = self._spread - gain @ total @ gain.T


def _measured(box: NDArray[np.float64]) -> NDArray[np.float64]:
    left, top, width, height = box
    return np.array([left + width / 2, top + height / 2, width / max(height, 1e-6), height])
