"""Hardware decoding, tried first: an FFmpeg that claims to have some, in every way it may go."""

import os
import stat
import sys
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.embedder.build import hardware_choice
from frameatlas.embedder.build.hardware_choice import decoded_by, hardware_of
from frameatlas.embedder.decode import decoder, hardware
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg, inspect_ffmpeg
from frameatlas.embedder.decode.hardware import Trial, best_method, methods_of, same, try_on
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import VideoTask
from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.progress import NullProgress
from frameatlas.store.manifest import Source

SETTINGS = FrameSettings(3, 48)


def trial(seconds, level=100, count=8, late=0):
    pictures = np.full((count, 4, 6, 3), level, np.uint8)
    return Trial(pictures, tuple(range(late, count + late)), seconds)


@pytest.mark.parametrize(
    ("cuda", "vaapi", "chosen"),
    [
        (trial(0.5), trial(0.9), "cuda"),
        (trial(0.5), trial(0.2), "vaapi"),
        (trial(0.95), trial(0.9), "none"),  # hardly faster: that may be chance
        (trial(0.1, level=102), trial(0.5, level=101), "vaapi"),  # other pictures; within a level
        (trial(0.1, late=1), trial(0.1, count=7), "none"),  # other times; a frame less
        (hardware._NOTHING, trial(0.5), "vaapi"),  # it died, or hung
    ],
)
def test_only_what_is_faster_and_the_same_is_kept(cuda, vaapi, chosen):
    trials = {"none": trial(1.0), "cuda": cuda, "vaapi": vaapi}
    found, times = best_method(("cuda", "vaapi"), trials.__getitem__)
    assert found == chosen
    assert times == (1.0 if chosen == "none" else pytest.approx(1.0 / trials[chosen].seconds))


def test_without_methods_or_frames_nothing_is_tried():
    assert best_method((), lambda _: pytest.fail("tried")) == ("none", 1.0)
    few = {"none": trial(1.0, count=2), "cuda": trial(0.1, count=2)}
    assert best_method(("cuda",), few.__getitem__) == ("none", 1.0)


def test_a_level_is_forgiven_and_two_are_not():
    assert same(trial(1, 100), trial(1, 101))
    assert not same(trial(1, 100), trial(1, 102))
    assert not same(trial(1, 0), trial(1, 255))  # not by an overflow either


@pytest.fixture
def claims(tmp_path, monkeypatch):
    """Puts an FFmpeg in the real one's place that claims cuda and vaapi, and does as it is told."""

    if os.name != "posix":
        pytest.skip("what stands in FFmpeg's place is a script with a POSIX first line")

    def put(code):
        real = inspect_ffmpeg(find_ffmpeg().path)
        script = tmp_path / "fake" / "ffmpeg"
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            f"#!{sys.executable}\nimport os, sys, time\nreal = {real.path!r}\n"
            "words = sys.argv[1:]\n"
            "if '-hwaccels' in words:\n"
            "    print('Hardware acceleration methods:\\ncuda\\nvaapi\\n'); sys.exit()\n"
            "method = words[words.index('-hwaccel') + 1] if '-hwaccel' in words else 'none'\n"
            "if method != 'none':\n"
            "    at = words.index('-hwaccel'); words[at:at + 2] = []\n" + code
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        fake = replace(real, path=str(script))
        monkeypatch.setattr(decoder, "find_ffmpeg", lambda: fake)
        monkeypatch.setattr(hardware_choice, "find_ffmpeg", lambda: fake)
        monkeypatch.setattr(
            hardware_choice, "methods_of", lambda ffmpeg: methods_of(ffmpeg, "linux")
        )
        return fake

    return put


HONEST = "os.execv(real, [real, *words])"
SLOW = """
import subprocess
ffmpeg = subprocess.Popen([real, *words], stdout=subprocess.PIPE)
while block := ffmpeg.stdout.read(48 * 64 * 3):
    sys.stdout.buffer.write(block); sys.stdout.flush(); time.sleep(0.05)
"""
SLOWEST = SLOW.replace("0.05", "0.3")
"""Six times as slow: a busy machine does not turn the two round."""

OTHER_PICTURES = """
import subprocess
ffmpeg = subprocess.Popen([real, *words], stdout=subprocess.PIPE)
while block := ffmpeg.stdout.read(48 * 64 * 3):
    sys.stdout.buffer.write(bytes(255 - value for value in block)); sys.stdout.flush()
"""


def branch(**codes):
    """Code that does one thing for each method."""
    return "".join(
        f"if method == {name!r}:\n    " + "\n    ".join(code.strip().splitlines()) + "\n"
        for name, code in codes.items()
    )


class Notes(NullProgress):
    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


@pytest.fixture
def film(make_video):
    return make_video("a.mp4", "testsrc2=s=64x48:r=12:d=8", "-c:v", "libx264", "-g", "24")


def chosen(film, hwaccel="auto"):
    source = Source("a", str(film), "video", "ok", "", "d")
    notes = Notes()
    (task,) = decoded_by([VideoTask(source, hwaccel)], SETTINGS, notes, lambda: False)
    return task, notes.notes


def test_hardware_that_is_quick_and_right_is_kept_and_said(claims, film):
    claims(branch(none=SLOWEST, cuda=HONEST, vaapi="os.kill(os.getpid(), 11)"))
    task, notes = chosen(film)
    assert task.hwaccel == "cuda"
    (said,) = notes
    assert "decodes by cuda" in said
    assert "a.mp4" in said
    assert hardware_of([task]) == {"hwaccel": "cuda"}


@pytest.mark.parametrize(
    "cuda", [OTHER_PICTURES, "os.kill(os.getpid(), 11)", "time.sleep(100)", SLOWEST]
)
def test_wrong_pictures_a_crash_a_hang_and_slowness_leave_the_processor(
    claims, film, monkeypatch, cuda
):
    monkeypatch.setattr(hardware, "TRIAL_SECONDS", 8.0)
    claims(branch(none=SLOW, cuda=cuda, vaapi="sys.exit(1)"))
    task, notes = chosen(film)
    assert task.hwaccel == "none"
    assert not notes
    assert hardware_of([task]) == {}


def test_a_method_that_ffmpeg_does_not_know_is_one_sentence(claims, film):
    claims(HONEST)
    assert chosen(film, "vaapi")[0].hwaccel == "vaapi"
    with pytest.raises(InputError, match=r"lists \(cuda, vaapi\). Received: warp."):
        chosen(film, "warp")


def test_without_the_option_nothing_is_asked(monkeypatch, film):
    monkeypatch.setattr(hardware_choice, "find_ffmpeg", lambda: pytest.fail("asked"))
    assert chosen(film, "none")[0].hwaccel == "none"


def test_stopping_ends_the_trial(film):
    with pytest.raises(InterruptedIndexError):
        try_on(film, SETTINGS, lambda: True, "none")


@pytest.mark.process
def test_systems_have_methods_of_their_own(claims):
    fake = claims(HONEST)
    assert methods_of(fake, "linux") == ("cuda", "vaapi")
    assert methods_of(fake, "darwin") == ()
    assert methods_of(fake, "win32") == ("cuda",)
