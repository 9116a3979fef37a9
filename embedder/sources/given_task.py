"""A source whose frames a function gives: crops of people come this way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.progress import Stopped
from frameatlas.store.manifest import Source

Known: TypeAlias = tuple[NDArray[np.bool_], NDArray[np.float16]]
"""Which of some frames have features already, and these."""


def _nothing(*_: int) -> Known | None:
    """No features are known."""
    return None


@dataclass(frozen=True)
class GivenTask:
    """A source whose frames a function gives.

    Attributes:
        source: What is known of it. Its id stands for everything that its frames are made from: an
            atlas that has a source of this id reads nothing again. Its digest is of its file.
        frames: How many frames there will be, at most.
        frame_bytes: Bytes of each.
        give: Puts all frames into the sink; may find some there, of an interrupted run. Gives how
            it ended, and for photos a digest of each frame.
        known: Features that need not be computed: of frames from a place up to another, which are
            known, bool (n,), and theirs, float16 (known, d); None where none is.
    """

    source: Source
    frames: int
    frame_bytes: int
    give: Callable[[FrameSink, Stopped], tuple[Outcome, list[str]]]
    known: Callable[[int, int], Known | None] = _nothing

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.source.id

    @property
    def label(self) -> str:
        """What to call it before the user."""
        return Path(self.source.path).name

    def read(
        self, settings: FrameSettings, sink: FrameSink, stopped: Stopped
    ) -> tuple[Source, Outcome, list[str]]:
        """Read all frames into the sink; see ``tasks.Task``."""
        del settings
        outcome, digests = self.give(sink, stopped)
        return self.source, outcome, digests
