"""Every kind of stored pixels that a file can name: four colours are where they were put."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest

COLOURS = np.array([[(200, 40, 40), (40, 180, 60)], [(50, 60, 200), (230, 230, 230)]], np.uint8)
LUMA = np.array([0.299, 0.587, 0.114])
SOME = ("yuyv422", "bgr24", "yuv410p", "gray10le", "rgb555be", "gbrpf32le", "rgba64be", "xyz12le")
FEWEST = 100
"""Kinds that an FFmpeg of these years can name in a NUT file; 143 in the one tried last."""


def written_kinds():
    """FFmpeg's names of pixels that it reads and writes."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-pix_fmts"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [line.split()[1] for line in said.splitlines() if line.startswith("IO")]


def make(folder, kind):
    """Two pictures without compression; None where a NUT file cannot name the kind."""
    path = folder / f"{kind}.nut"
    base = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error"]
    given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "96x64", "-r", "3", "-i", "pipe:0"]
    packed = ["-c:v", "rawvideo", "-pix_fmt", kind, "-f", "nut", str(path)]
    pixels = COLOURS.repeat(32, 0).repeat(48, 1).tobytes() * 2
    command = [*base, *given, *packed]
    if subprocess.run(command, input=pixels, capture_output=True, check=False).returncode:
        return None
    return path if as_ffmpeg_names_it(path) == kind else None


def as_ffmpeg_names_it(path):
    """What the file itself says of its pixels; some kinds have no name there, or another's."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    line = next((line for line in said.splitlines() if "Video: rawvideo" in line), "")
    found = line.partition("), ")[2] or line.partition("rawvideo, ")[2]
    return found.split("(")[0].split(",")[0].strip()


def expected(kind):
    """Colours, or their brightness; and how far from them few bits may lead."""
    if kind.startswith(("gray", "ya")):
        grey = (COLOURS @ LUMA).round()[..., None].repeat(3, axis=2)
        return grey, 12
    few = {"bgr8": 60, "rgb8": 60}
    return COLOURS.astype(float), few.get(kind, 24 if "j4" in kind or "4" in kind else 12)


def check(folder, kind, decoded):
    path = make(folder, kind)
    if path is None:
        return False
    outcome, kept = decoded(path, height=64)
    assert outcome.status == "ok", kind
    assert kept.count == 2, kind
    colours, tolerance = expected(kind)
    found = kept.pictures[-1][16::32, 24::48].astype(float)
    assert np.abs(found - colours).max() <= tolerance, (kind, found.tolist())
    path.unlink()
    kept.restart()
    return True


@pytest.mark.process
@pytest.mark.parametrize("kind", SOME)
def test_a_kind_of_pixels(tmp_path, decoded, kind):
    if kind not in written_kinds() or not check(tmp_path, kind, decoded):
        pytest.skip(f"this FFmpeg does not write {kind}")


@pytest.mark.faults
def test_every_kind_of_pixels(tmp_path, decoded):
    bits = ("mono", "bgr4", "rgb4")  # one to four bits a pixel: dots, no colours
    kinds = [kind for kind in written_kinds() if not kind.startswith(bits)]
    assert sum(check(tmp_path, kind, decoded) for kind in kinds) >= FEWEST
