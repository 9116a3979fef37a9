"""Films for ``benchmark hours``: drawn scenes, encoded by real codecs, repeated to a length."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg

RATE, SCENE_SECONDS = 25, 2
SIZE = "1920x1080"

SCENES = (
    "testsrc2=s={size}:r={rate}:d={seconds}",
    "gradients=s={size}:r={rate}:d={seconds}:seed=3:speed=0.02",
    "mandelbrot=s=480x270:r={rate}:maxiter=300:end_pts=400:start_scale=2.5,scale={size}",
)
"""What is drawn, one after the other; a little noise on all of it keeps the codecs at work."""

CODECS: dict[str, tuple[str, ...]] = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-bf", "3"),
    "hevc": (
        *("-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", "log-level=0:keyint=50:min-keyint=50:open-gop=0"),
    ),
}
"""Key frames each two seconds, as cameras and web sites have them."""


def draw_film(folder: Path, codec: str, seconds: float, *, size: str = SIZE) -> Path:
    """A film of some seconds; only its first six are drawn and encoded.

    Args:
        folder: Where to.
        codec: One of ``CODECS``.
        seconds: Its length.
        size: Width and height, as FFmpeg writes them.
    """
    once = folder / f"once-{codec}-{size}.mp4"
    if not once.exists():
        _encode(once, CODECS[codec], size)
    film = folder / f"{codec}-{round(seconds)}.mp4"
    again = ["-stream_loop", "-1", "-i", str(once), "-t", f"{seconds:.3f}", "-c", "copy"]
    _run([*again, str(film)])
    return film


def _encode(film: Path, codec: Sequence[str], size: str) -> None:
    drawn = [
        scene.format(size=size, rate=RATE, seconds=SCENE_SECONDS) + _END.format(n=number)
        for number, scene in enumerate(SCENES)
    ]
    ends = "".join(f"[s{number}]" for number in range(len(SCENES)))
    graph = ";".join([*drawn, f"{ends}concat=n={len(SCENES)},format=yuv420p"])
    _run(["-filter_complex", graph, *codec, str(film)])


_END = f",trim=duration={SCENE_SECONDS},setsar=1,format=yuv420p,noise=alls=6:allf=t[s{{n}}]"


def _run(words: Sequence[str]) -> None:
    quiet = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-y"]
    subprocess.run([*quiet, *words], check=True, stderr=subprocess.DEVNULL)
