"""Six small videos to try frameatlas with, drawn by FFmpeg itself: nothing is downloaded."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg.encoders import encoders_of
from frameatlas.embedder.decode.ffmpeg.program import FFmpeg, find_ffmpeg
from frameatlas.errors import InputError, SourceError
from frameatlas.store.atomic import translate_os_errors

SIZE = "480x270"
SECONDS = 6
RATE = 25
_LONGEST = 60  # seconds for one video; on two cores each takes about one


@dataclass(frozen=True)
class Drawing:
    """One way to draw a video.

    Attributes:
        source: An FFmpeg source with its options, as ``-f lavfi -i`` takes it.
        filters: What its pictures go through, as ``-vf`` takes it.
    """

    source: str
    filters: str

    @property
    def needs(self) -> frozenset[str]:
        """Names of the source and filters that an FFmpeg must have."""
        steps = re.split(r"(?<!\\),", self.filters)
        return frozenset(step.split("=", 1)[0] for step in (self.source, *steps))


def _colour_formula(red: str, green: str, blue: str) -> Drawing:
    """A formula for each colour of each pixel; on a small canvas, since FFmpeg interprets it."""
    formulas = ":".join(
        f"{name}='{text}'" for name, text in zip("rgb", (red, green, blue), strict=True)
    )
    escaped = formulas.replace(",", "\\,")
    return Drawing(f"color=s=160x90:r={RATE}", f"format=gbrp,geq={escaped},scale=480:270")


def _cells(rule: int, tint: str) -> Drawing:
    """A cellular automaton of one dimension, one row of cells after the other."""
    return Drawing(
        f"cellauto=s=240x135:r={RATE}:rule={rule}:seed=5:ratio=0.02",
        f"format=rgb24,colorchannelmixer={tint},scale=480:270:flags=neighbor",
    )


_PLASMA = _colour_formula(
    "128+90*sin(X/23+T)+30*sin(Y/11-T*2)",
    "110+70*sin((X+Y)/31-T*1.3)",
    "150+80*cos(hypot(X-80,Y-45)/17-T*2)",
)

DRAWINGS: dict[str, Sequence[Drawing]] = {
    "fractal": (
        Drawing(
            f"mandelbrot=s={SIZE}:r={RATE}:maxiter=400:start_scale=3:end_scale=0.02:end_pts=150",
            "hue=s=1.6",
        ),
        Drawing(f"testsrc2=s={SIZE}:r={RATE}", "scale=480:270"),
    ),
    "game-of-life": (
        Drawing(
            f"life=s=120x68:r={RATE}:seed=7:ratio=0.3:mold=8:"
            "life_color=0xFFD54A:death_color=0xC2185B:mold_color=0x1A1A40",
            "scale=480:270:flags=neighbor,setsar=1",
        ),
        _cells(rule=110, tint="rr=0.9:gg=0.2:bb=0.5"),
    ),
    "colours": (_PLASMA,),
    "triangles": (
        Drawing(
            f"sierpinski=s={SIZE}:r={RATE}:seed=5:type=triangle:jump=40",
            "negate,colorchannelmixer=rr=1:gg=0.72:bb=0.25",
        ),
        _cells(rule=90, tint="rr=1:gg=0.72:bb=0.25"),
    ),
    "sunset": (
        _colour_formula(
            "if(gt(Y,60),40+60*lt(abs(X-80),22-(Y-60)/3)*gt(sin(Y*2.6+T*5),0),"
            "if(lt(hypot(X-80,Y-18-T*7),13),255,90+150*Y/60-T*7))",
            "if(gt(Y,60),30+45*lt(abs(X-80),22-(Y-60)/3)*gt(sin(Y*2.6+T*5),0),"
            "if(lt(hypot(X-80,Y-18-T*7),13),225-T*14,60+70*Y/60-T*6))",
            "if(gt(Y,60),70+15*gt(sin(Y*2.6+T*5),0),"
            "if(lt(hypot(X-80,Y-18-T*7),13),120-T*16,140-80*Y/60-T*4))",
        ),
    ),
    "ripples": (
        _colour_formula(
            "20+25*sin(hypot(X-45-T*9,Y-40)/2.2-T*8)",
            "110+70*sin(hypot(X-45-T*9,Y-40)/2.2-T*8)+30*sin(hypot(X-120,Y-60)/3-T*9)",
            "150+50*sin(hypot(X-45-T*9,Y-40)/2.2-T*8)+50*sin(hypot(X-120,Y-60)/3-T*9)",
        ),
    ),
}
"""By name, the ways to draw each video, best first: an old or small FFmpeg lacks some sources."""


def make_demo_videos(folder: Path) -> list[Path]:
    """Draw the videos, replacing those of an earlier run.

    Args:
        folder: Where to; made if it is not there.

    Returns:
        The videos, 480 × 270 pixels and six seconds each.

    Raises:
        MissingExtraError: There is no FFmpeg.
        SourceError: FFmpeg could not draw one of them.
        InputError: The folder cannot be made or written.
    """
    ffmpeg = find_ffmpeg()
    _make_folder(folder)
    videos = [folder / f"{name}.mp4" for name in DRAWINGS]
    for video, drawings in zip(videos, DRAWINGS.values(), strict=True):
        _draw(ffmpeg, choose(drawings, ffmpeg), video)
    return videos


def _make_folder(folder: Path) -> None:
    if any(place.exists() and not place.is_dir() for place in (folder, *folder.parents)):
        raise InputError(
            f"Expected {folder} to be a folder, or free for one. Received: a file of that name. "
            "Name another folder: frameatlas demo FOLDER."
        )
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)


def choose(drawings: Sequence[Drawing], ffmpeg: FFmpeg) -> Drawing:
    """The first drawing that this FFmpeg can make; the last one where it seems to make none."""
    return next((d for d in drawings if d.needs <= ffmpeg.filters), drawings[-1])


def _draw(ffmpeg: FFmpeg, drawing: Drawing, video: Path) -> None:
    command = _command(ffmpeg, drawing, video)
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SourceError(_failure(video, ffmpeg, type(error).__name__)) from error
    if run.returncode:
        lines = run.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SourceError(_failure(video, ffmpeg, lines[-1] if lines else "no reason"))


def _command(ffmpeg: FFmpeg, drawing: Drawing, video: Path) -> list[str]:
    import ffmpeg as ffmpeg_python

    output = (
        ffmpeg_python.input(drawing.source, f="lavfi", t=SECONDS)
        .output(
            f"file:{video.absolute()}",
            vf=drawing.filters,
            pix_fmt="yuv420p",
            **_encoder(ffmpeg.path),
        )
        .global_args("-nostdin", "-hide_banner", "-loglevel", "error", "-y")
    )
    command: list[str] = ffmpeg_python.compile(output, cmd=ffmpeg.path)
    return command


def _encoder(program: str) -> dict[str, str]:
    """H.264 where FFmpeg was built with x264, else MPEG-4, which every FFmpeg has."""
    if "libx264" in encoders_of(program):
        return {"vcodec": "libx264", "preset": "veryfast", "crf": "23"}
    return {"vcodec": "mpeg4", "qscale:v": "4"}


def _failure(video: Path, ffmpeg: FFmpeg, reason: str) -> str:
    return (
        f"Expected FFmpeg to draw {video.name}. Received: {reason}, from {ffmpeg.path}. Install "
        "FFmpeg 4.2 or newer, or index videos of your own: frameatlas index FOLDER."
    )
