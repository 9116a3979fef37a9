"""How all frames push each other apart on the plane, in time that hardly grows with their square.

Every pair pushes with (1 + d²)⁻², d the distance, as in t-SNE (van der Maaten and Hinton 2008).
The frames are spread over a grid, the grid is convolved with the push by Fourier transforms, and
each frame reads its push off the grid ("FIt-SNE", Linderman and others 2019), here with cubic
interpolation and the push itself as the kernel: one transform forth and two back.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
"""float32 of shape (n, 2)."""

Weights = NDArray[np.floating]
"""Floating point of shape (n,)."""

SPACING = 0.5
"""Distance of the grid's nodes. 0.3 halves the error and doubles the time; maps do not differ."""

EVENNESS_REACH = 0.09
"""Scale of ``Evenness``, as a share of half the square's side: what is smaller stays as it is."""

WALL = 3.0
"""How strongly what has left the square is drawn back."""


class Repulsion:
    """Keeps the transformed kernels from one step to the next, while the grid's size stays."""

    def __init__(self) -> None:
        self._size = 0

    def __call__(self, places: Plane) -> tuple[Plane, float]:
        """The pushes on frames at ``places``.

        Returns:
            float32 of shape (n, 2): for each frame the sum over the others of
            (1 + d²)⁻² · (its place - the other's); and the sum over all pairs of (1 + d²)⁻¹.
        """
        from scipy import fft

        n = len(places)
        nodes, weights, side, _ = _grid_weights(places, SPACING)
        self._prepare(side)
        size = self._size
        mass = _mass(nodes, weights, side)
        wave = fft.rfft2(mass.astype(np.float32), s=(size, size), workers=-1)
        total = float(np.sum(np.square(np.abs(wave)) * self._pair, dtype=np.float64))
        waves = np.stack([wave * self._push_x, wave * self._push_y])
        pushes = fft.irfft2(waves, s=(size, size), workers=-1)[:, :side, :side]
        return _read(pushes, nodes, weights), max(total - n, 1e-12)

    def _prepare(self, side: int) -> None:
        """Transform the kernels for a grid of ``side`` nodes, twice as wide so as not to wrap."""
        from scipy import fft

        size = int(fft.next_fast_len(2 * side, real=True))
        if size <= self._size <= 1.25 * size:
            return
        self._size = size
        step = _offsets(size) * SPACING
        pair = 1.0 / (1.0 + step[:, None] ** 2 + step[None, :] ** 2)
        odd = np.where(step == size // 2 * SPACING, 0.0, step) if size % 2 == 0 else step
        self._push_x = fft.rfft2((pair**2 * odd[:, None]).astype(np.float32), workers=-1)
        self._push_y = fft.rfft2((pair**2 * odd[None, :]).astype(np.float32), workers=-1)
        # Parseval: the sum over pairs without a transform back; columns stand for two but the ends.
        twice = np.full(size // 2 + 1, 2.0)
        twice[0] = 1.0
        if size % 2 == 0:
            twice[-1] = 1.0
        wave = fft.rfft2(pair.astype(np.float32), workers=-1)
        self._pair = (wave.real * twice / size**2).astype(np.float32)


class Evenness:
    """What moves frames out of crowds and into gaps until a square is evenly filled.

    Frames push each other with 1 / d, as charges do on a plane, and a charge of the other sign,
    the same at every spot of an upright square, holds them: at rest they fill it evenly. Softened
    on the scale of ``EVENNESS_REACH``, so that neighbourhoods move as a whole.

    Args:
        places: Where the frames are: the square is as large as they are spread, about the origin.
        weights: float of shape (n,), of mean 1: how much room each frame takes; None for the same.
    """

    def __init__(self, places: Plane, weights: Weights | None = None) -> None:
        self._weights = weights
        self._half = float(np.sqrt(1.5 * places.var(axis=0).sum())) or 1.0
        self._reach = self._half * EVENNESS_REACH
        self._size = 0

    def __call__(self, places: Plane) -> Plane:
        """float32 of shape (n, 2): which way to go, in units in which 1 is half a crossing."""
        from scipy import fft

        n, spacing = len(places), self._reach / 2
        ends = np.full((2, 2), self._half, np.float32) * [[-1], [1]]
        framed = np.concatenate([places, ends.astype(np.float32)])  # the grid covers the square
        nodes, weights, side, low = _grid_weights(framed, spacing)
        nodes, weights = nodes[:n], weights[:n]
        self._prepare(side)
        size = self._size
        mass = _mass(nodes, weights, side, self._weights)
        wide, high = (_shares(least, side, spacing, self._half) for least in low)
        charge = mass / n - wide[:, None] * high[None, :]
        wave = fft.rfft2(charge, s=(size, size), workers=-1)
        waves = np.stack([wave * self._push_x, wave * self._push_y])
        pushes = fft.irfft2(waves, s=(size, size), workers=-1)[:, :side, :side]
        push = _read(pushes.astype(np.float32), nodes, weights)
        outside = places - np.clip(places, -self._half, self._half)
        return np.asarray(self._half * push - WALL / self._half * outside, np.float32)

    def _prepare(self, side: int) -> None:
        from scipy import fft

        size = int(fft.next_fast_len(2 * side, real=True))
        if size == self._size:
            return
        self._size = size
        step = _offsets(size) * self._reach / 2
        kernel = 1.0 / (self._reach**2 + step[:, None] ** 2 + step[None, :] ** 2)
        self._push_x = fft.rfft2(kernel * step[:, None], workers=-1)
        self._push_y = fft.rfft2(kernel * step[None, :], workers=-1)


def _mass(
    nodes: NDArray[np.int32],
    shares: NDArray[np.float32],
    side: int,
    weights: Weights | None = None,
) -> NDArray[np.float64]:
    """What the frames weigh at each node of the grid: shape (side, side)."""
    parts = shares if weights is None else shares * weights[:, None]
    mass = np.bincount(nodes.ravel(), parts.ravel(), side * side)
    return np.asarray(mass, np.float64).reshape(side, side)


def _offsets(size: int) -> NDArray[np.float64]:
    """Steps from the first of ``size`` nodes on a ring: 0, 1, 2, …, -2, -1."""
    step = np.arange(size, dtype=np.float64)
    return np.where(step <= size // 2, step, step - size)


def _shares(low: float, side: int, spacing: float, half: float) -> NDArray[np.float64]:
    """Which share of -half to half lies nearest each node of an axis: shape (side,)."""
    borders = low + spacing * (np.arange(side + 1) - 0.5)
    return np.asarray(np.diff(np.clip(borders, -half, half)) / (2.0 * half))


def _read(
    pushes: NDArray[np.float32], nodes: NDArray[np.int32], weights: NDArray[np.float32]
) -> Plane:
    """The grid's values (2, side, side) at the places that ``_spread`` gave nodes and weights."""
    from scipy.sparse import csr_matrix

    ends = np.arange(0, nodes.size + 1, nodes.shape[1])
    shape = (len(nodes), pushes.shape[1] * pushes.shape[2])
    read = csr_matrix((weights.ravel(), nodes.ravel(), ends), shape=shape)
    return np.asarray(read @ np.ascontiguousarray(pushes.reshape(2, -1).T), np.float32)


def _grid_weights(
    places: Plane, spacing: float
) -> tuple[NDArray[np.int32], NDArray[np.float32], int, Plane]:
    """The grid's 16 nodes around each place and their weights, both of shape (n, 16).

    Beside them how many nodes a side of the grid has, and where its first is, of shape (2,).
    """
    low = places.min(axis=0) - 2 * spacing
    at = (places - low) / spacing
    cell = np.floor(at).astype(np.int32)
    side = int(cell.max()) + 3
    part = at - cell
    along = np.stack(
        [
            -part * (part - 1) * (part - 2) / 6,
            (part + 1) * (part - 1) * (part - 2) / 2,
            -(part + 1) * part * (part - 2) / 2,
            (part + 1) * part * (part - 1) / 6,
        ],
        axis=-1,
    ).astype(np.float32)
    weights = (along[:, 0, :, None] * along[:, 1, None, :]).reshape(len(places), 16)
    x, y = (cell[:, axis, None] - 1 + np.arange(4, dtype=np.int32) for axis in (0, 1))
    nodes = (x[:, :, None] * side + y[:, None, :]).reshape(len(places), 16)
    return nodes.astype(np.int32), weights, side, low
