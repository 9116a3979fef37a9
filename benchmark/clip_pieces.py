"""Pieces of videos as other people keep them: cut, scaled down, with bars, logos, in grey, faster.

What each piece was cut from is known, so a search can be told right from wrong.
"""

import random
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.media.probe import probe_video

LEAST_SECONDS = 3.0
"""Shorter pieces are not asked for."""

LOGO = (
    "drawbox=x=iw*0.72:y=ih*0.06:w=iw*0.22:h=ih*0.14:c=white:t=fill,"
    "drawbox=x=iw*0.74:y=ih*0.08:w=iw*0.18:h=ih*0.10:c=red:t=fill,"
    "drawbox=x=iw*0.80:y=ih*0.08:w=iw*0.04:h=ih*0.10:c=yellow:t=fill"
)
SEPIA = "colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131"

CONDITIONS: dict[str, tuple[str, float]] = {
    "encoded": ("null", 1.0),
    "half size": ("scale=trunc(iw/4)*2:trunc(ih/4)*2", 1.0),
    "bars above": ("pad=iw:trunc(ih*1.35/2)*2:0:-1", 1.0),
    "bars beside": ("pad=trunc(iw*1.35/2)*2:ih:-1:0", 1.0),
    "logo": (LOGO, 1.0),
    "grey": ("hue=s=0", 1.0),
    "sepia": (SEPIA, 1.0),
    "10 % faster": ("null", 1.1),
    "10 % slower": ("null", 0.9),
}
"""Name → FFmpeg's filters, and how much faster than its source the piece is shown."""


@dataclass(frozen=True)
class Cut:
    """A stretch of a video.

    Attributes:
        video: It.
        start: Its first second, counted from the video's first frame.
        seconds: How long it is there.
    """

    video: Path
    start: float
    seconds: float


@dataclass(frozen=True)
class Segment:
    """A query and the truth about it.

    Attributes:
        name: Of its file.
        condition: One of ``CONDITIONS``.
        cuts: What it shows, one after the other.
        known: Whether its videos are in the atlas.
    """

    name: str
    condition: str
    cuts: tuple[Cut, ...]
    known: bool = True

    @property
    def speed(self) -> float:
        """Source seconds a second of the piece."""
        return CONDITIONS[self.condition][1]

    def truth(self) -> list[tuple[Cut, float, float]]:
        """Each cut, and from which to which second of the piece it is shown."""
        found, at = [], 0.0
        for cut in self.cuts:
            found.append((cut, at, at + cut.seconds / self.speed))
            at = found[-1][2]
        return found


def planned_pieces(
    videos: Sequence[Path], absent: Sequence[Path], films: int, *, each: int = 2, seed: int = 0
) -> list[Segment]:
    """What is to be cut: pieces of each video in turning conditions, and some films.

    Args:
        videos: Videos of the atlas; those below three seconds are left out.
        absent: Videos that the atlas does not have: two pieces of each.
        films: How many longer pieces are put together of three cuts from different videos.
        each: Pieces of each video of the atlas.
        seed: Of the random starts and lengths.
    """
    chance = random.Random(seed)
    lengths = {video: length_of(video) for video in (*videos, *absent)}
    conditions = list(CONDITIONS)
    pieces: list[Segment] = []
    for known, some, count in ((True, videos, each), (False, absent, 2)):
        for video in some:
            if lengths[video] < LEAST_SECONDS:
                continue
            for _ in range(count):
                cut = _random_cut(video, lengths[video], chance)
                number = len(pieces)
                condition = conditions[number % len(conditions)]
                pieces.append(Segment(f"{number:03d}.mp4", condition, (cut,), known))
    long_enough = [video for video in videos if lengths[video] >= 2 * LEAST_SECONDS]
    for number in range(films):
        chosen = chance.sample(long_enough, 3)
        cuts = tuple(_random_cut(video, lengths[video], chance) for video in chosen)
        pieces.append(Segment(f"film{number}.mp4", "encoded", cuts))
    return pieces


def write_piece(piece: Segment, folder: Path) -> Path:
    """Cut and encode a piece; one that is there is taken as it is."""
    target = folder / piece.name
    if target.exists():
        return target
    inputs: list[str] = []
    graph: list[str] = []
    size = ",scale=640:360:force_original_aspect_ratio=decrease,pad=640:360:-1:-1"
    several = len(piece.cuts) > 1
    for number, cut in enumerate(piece.cuts):
        inputs += ["-ss", f"{cut.start:.3f}", "-t", f"{cut.seconds:.3f}", "-i", f"file:{cut.video}"]
        filters = CONDITIONS[piece.condition][0]
        graph.append(
            f"[{number}:v]{filters}{size if several else ''},pad=ceil(iw/2)*2:ceil(ih/2)*2,"
            f"setsar=1,setpts=(PTS-STARTPTS)/{piece.speed},fps=25[v{number}]"
        )
    joined = "".join(f"[v{number}]" for number in range(len(piece.cuts)))
    graph.append(f"{joined}concat=n={len(piece.cuts)}:v=1[out]")
    command = [find_ffmpeg().path, "-nostdin", "-y", "-loglevel", "error", *inputs]
    command += ["-filter_complex", ";".join(graph), "-map", "[out]", "-an", "-pix_fmt", "yuv420p"]
    command += ["-c:v", "libx264", "-crf", "32", "-preset", "veryfast", f"file:{target}"]
    subprocess.run(command, check=True)
    return target


def length_of(video: Path) -> float:
    """Seconds of a video; 0 where it does not say."""
    duration = probe_video(video).duration
    return float(Fraction(duration or 0))


def _random_cut(video: Path, length: float, chance: random.Random) -> Cut:
    seconds = min(chance.uniform(LEAST_SECONDS, 2 * LEAST_SECONDS), length)
    return Cut(video, round(chance.uniform(0, length - seconds), 3), round(seconds, 3))
