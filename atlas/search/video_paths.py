"""A video's path: the way of its frames over the map and through the components, in time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from frameatlas.atlas import Atlas
from frameatlas.errors import InputError
from frameatlas.geometry.directions import directions
from frameatlas.search.compared_scores import compared_scores

SPACES = ("components", "map")
"""Where paths are compared: among the PCA scores, or on the plane."""


@dataclass(frozen=True, eq=False)
class VideoPath:
    """The frames of one video, in time.

    Attributes:
        coordinates: float64 of shape (n, 2), in [-1, 1].
        scores: float32 of shape (n, components), PCA scores over the atlas' overall RMS.
        seconds: float64 of shape (n,), presentation times.
    """

    coordinates: NDArray[np.float64]
    scores: NDArray[np.float32]
    seconds: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not len(self.coordinates) == len(self.scores) == len(self.seconds):
            raise InputError(
                "Expected coordinates, scores and seconds of the same frames. Received: "
                f"{len(self.coordinates)}, {len(self.scores)} and {len(self.seconds)} of them."
            )

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.seconds)

    def thinned(self, most: int) -> "VideoPath":
        """The same way with at most so many frames, evenly spread, first and last among them."""
        if len(self) <= most:
            return self
        rows = even_rows(len(self), most)
        return VideoPath(self.coordinates[rows], self.scores[rows], self.seconds[rows])

    def points(self, space: str) -> NDArray[np.float32]:
        """The frames as points whose distances count.

        Args:
            space: "components" gives the scores' directions, of length 1 (frames without a
                direction, in the very middle of the atlas, stay 0); "map" the coordinates.

        Returns:
            float32 of shape (n, components) or (n, 2).
        """
        check_space(space)
        return unit(self.scores) if space == "components" else self.coordinates.astype(np.float32)


def path_of(atlas: Atlas, number: int, *, most: int | None = None) -> VideoPath:
    """The path of one source.

    Args:
        atlas: The atlas.
        number: Its position in ``atlas.sources``.
        most: Take at most so many frames, evenly spread; None takes all.

    Returns:
        Its path, in the order of presentation; empty where the source gave no frames.

    Raises:
        InputError: There is no source of that number.
    """
    if not 0 <= number < len(atlas.sources):
        raise InputError(
            f"Expected the number of a source below {len(atlas.sources)}. Received: {number}; "
            "`frameatlas.named_source` finds it by name."
        )
    frames = atlas.range_of(number)
    rows = frames.start + even_rows(len(frames), most or len(frames))
    return VideoPath(
        atlas.coordinates[rows],
        np.asarray(compared_scores(atlas)[rows], np.float32),
        atlas.seconds[rows],
    )


def videos_of(atlas: Atlas) -> list[int]:
    """Numbers of the sources that have a way through time: videos with frames, no photos."""
    return [n for n, source in enumerate(atlas.sources) if source.frames and source.kind == "video"]


def even_rows(length: int, most: int) -> NDArray[np.int64]:
    """At most so many rows of ``length``, evenly spread, the first and the last among them."""
    if length <= most:
        return np.arange(length, dtype=np.int64)
    if most == 1:
        return np.array([length // 2], np.int64)
    return (np.arange(most, dtype=np.int64) * (length - 1) + (most - 1) // 2) // (most - 1)


def unit(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    """Scores as directions of length 1, float32; a row of zeros stays one."""
    return directions(np.asarray(scores, np.float32))


def check_space(space: str) -> None:
    """Refuse a space that does not exist.

    Raises:
        InputError: It is none of ``SPACES``.
    """
    if space not in SPACES:
        raise InputError(f"Expected --space to be {' or '.join(SPACES)}. Received: {space!r}.")
