"""Everything that decides which bytes a run of FFmpeg puts out."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.aspect_changes import Aspects
from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.embedder.media.probe import VideoProbe


@dataclass(frozen=True)
class DecodePlan:
    """Everything that decides which bytes a run of FFmpeg puts out.

    Attributes:
        source: The video's file.
        probe: What it holds.
        rule: Which frames are kept.
        width: Frame's pixels across.
        height: Frame's pixels down.
        seek: Seconds in the file's own time from where decoding begins, None for the beginning.
        hwaccel: FFmpeg's option of that name; "none" decodes on the CPU.
        skip_frame: FFmpeg's option of that name; "noref" leaves out what nothing refers to,
            "nokey" all but key frames.
        aspects: From which second on pixels have which shape; empty where it stays the same.
        alpha: Whether FFmpeg puts out transparency too.
        sketches: File that gets a small picture of every decoded frame; None where nobody wants it.
    """

    source: Path
    probe: VideoProbe
    rule: KeepRule
    width: int
    height: int
    seek: float | None = None
    hwaccel: str = "none"
    skip_frame: str = "default"
    aspects: Aspects = ()
    alpha: bool = False
    sketches: Path | None = None

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame, RGB."""
        return self.width * self.height * 3

    @property
    def raw_bytes(self) -> int:
        """Bytes of one frame as FFmpeg puts it out: RGB, or RGB and alpha."""
        return self.width * self.height * (4 if self.alpha else 3)


def plan_size(probe: VideoProbe, short_side: int) -> tuple[int, int]:
    """Width and height of a video's frames."""
    exact = Fraction(probe.coded_width) * probe.sample_aspect / probe.coded_height
    exact = 1 / exact if probe.rotation % 180 else exact
    return frame_size(exact.numerator, exact.denominator, short_side)
