"""How long a run will take: reckoned from a measured pace, by a clock that the test holds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from frameatlas.embedder.build import time_estimate as estimates
from frameatlas.embedder.build.disk_estimate import Estimate, Estimates, estimate
from frameatlas.embedder.build.pace import Clock, Pace, measure_pace
from frameatlas.embedder.build.time_estimate import TimeEstimate, Work
from frameatlas.embedder.decode.photos import PhotoFolder
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.sources.tasks import PhotosTask, VideoTask
from frameatlas.errors import InterruptedIndexError
from frameatlas.progress import NullProgress
from frameatlas.store.manifest import Source

PACE = Pace(second=0.2, key_second=0.02, key_rate=0.5, photo=0.1, frame=0.2)
HOUR = 3600.0


class Grey:
    """A descriptor of which each call takes a second by the test's clock."""

    name, digest, side, width, crops = "grey", "", 16, 2, 2

    def __init__(self, tick: Callable[[], None] = lambda: None, identity: str = "cpu") -> None:
        self._tick, self.identity = tick, identity
        self.calls = self.closed = 0

    def describe(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.calls += 1
        self._tick()
        return np.zeros((len(crops), 2), np.float32)

    def close(self) -> None:
        self.closed += 1


class Notes(NullProgress):
    """Keeps what is said."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


class Hand:
    """A clock that goes on when it is told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.clock = Clock(lambda: self.now, lambda: self.now)

    def tick(self) -> None:
        self.now += 1.0


def video(path: Path = Path("/nowhere/a.mp4"), sample: str = "all") -> VideoTask:
    return VideoTask(Source("a", str(path), "video", "ok", "", "d", sample=sample))


def film(hours: float) -> Estimates:
    frames = hours * HOUR * 3
    return Estimates(Estimate(frames, 0), {"a": frames}, {"a": hours * HOUR})


def test_processors_share_their_time_and_a_gpu_does_not() -> None:
    work = Work(1000.0, 0, 3.0)
    assert work.takes(PACE) == pytest.approx(1000 * 0.2 + 3000 * 0.2)
    assert work.takes(PACE, fps=1.0) == pytest.approx(1000 * 0.2 + 1000 * 0.2)
    assert work.takes(PACE, key=True) == pytest.approx(1000 * 0.02 + 500 * 0.2)
    gpu = Pace(second=0.2, frame=0.001, gpu=True)
    assert work.takes(gpu) == pytest.approx(200.0)
    assert Work(0, 100, 3.0).takes(PACE) == pytest.approx(100 * 0.1 + 100 * 0.2)


def test_a_long_run_says_its_hours_and_what_would_shorten_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(estimates, "measure_pace", lambda *_: PACE)
    said = TimeEstimate(FrameSettings(), lambda: None, lambda: False).sentence([video()], film(6))
    assert said == (
        "About 4 h 48 min on this machine; about 2 h 24 min with --fps 1, about 43 min with "
        "--sample key, about 1 h 12 min with a GPU that keeps up with decoding."
    )


def test_what_would_gain_nothing_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "measure_pace", lambda *_: Pace(second=1.0, gpu=True))
    timed = TimeEstimate(FrameSettings(), lambda: None, lambda: False)
    assert timed.sentence([video()], film(1)) == "About 1 h 0 min on this machine."
    keys = TimeEstimate(FrameSettings(), lambda: None, lambda: False)
    monkeypatch.setattr(estimates, "measure_pace", lambda *_: PACE)
    assert keys.sentence([video(sample="key")], film(6)) == "About 43 min on this machine."


def test_a_short_run_opens_and_measures_nothing() -> None:
    timed = TimeEstimate(FrameSettings(), lambda: pytest.fail("opened"), lambda: False)
    assert timed.sentence([video()], film(0.5)) is None


def test_the_machine_is_measured_once_and_the_network_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[Any] = []

    def measure(*given: Any) -> Pace:
        measured.append(given)
        return PACE

    monkeypatch.setattr(estimates, "measure_pace", measure)
    monkeypatch.setattr(estimates, "estimate", lambda *_: film(1))
    grey = Grey()
    timed = TimeEstimate(FrameSettings(), lambda: grey, lambda: False)
    timed.choose_sample([video()], NullProgress())
    timed.sentence([video()], film(1))
    assert (len(measured), grey.closed) == (1, 1)


@pytest.mark.parametrize(("hours", "chosen"), [(9.9, "all"), (10.1, "key"), (0.1, "all")])
def test_auto_takes_key_frames_beyond_eight_hours_and_says_what_is_lost(
    monkeypatch: pytest.MonkeyPatch, hours: float, chosen: str
) -> None:
    monkeypatch.setattr(estimates, "measure_pace", lambda *_: PACE)
    monkeypatch.setattr(estimates, "estimate", lambda *_: film(hours))
    notes = Notes()
    timed = TimeEstimate(FrameSettings(), lambda: None, lambda: False)
    assert timed.choose_sample([video()], notes) == chosen
    (said,) = notes.notes
    assert ("What is lost" in said) == (chosen == "key")
    assert ("about 1 h 13 min in place of about 8 h 5 min" in said) == (chosen == "key")


@pytest.mark.process
def test_the_pace_is_what_the_clock_says(make_video: Callable[..., Path], tmp_path: Path) -> None:
    """Describing is timed; decoding by a clock that stands still takes no time, and ends."""
    film = make_video("a.mp4", "testsrc2=s=64x48:r=10:d=6", "-c:v", "libx264", "-g", "20")
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    folder = PhotoFolder(tmp_path, (tmp_path / "a.png",))
    photos = PhotosTask(Source("p", str(tmp_path), "photos", "ok", "", "d"), folder, ("d",))
    hand = Hand()
    grey = Grey(hand.tick)
    settings = FrameSettings(3, 48)
    lost = video(tmp_path / "none.mp4")
    given = ([video(film), photos, lost], settings, grey, lambda: False, hand.clock)
    pace = measure_pace(*given)  # type: ignore[arg-type]
    assert pace.frame == pytest.approx(1 / 8)
    assert pace.key_rate == pytest.approx(3 / 4)
    assert (pace.second, pace.key_second, pace.gpu) == (0, 0, False)
    assert grey.calls == 2


def test_nothing_that_can_be_read_has_no_pace(tmp_path: Path) -> None:
    settings = FrameSettings()
    lost = video(tmp_path / "none.mp4")
    assert measure_pace([lost], settings, None, lambda: False) == Pace()
    grey = Grey(identity="tensorflow 2 GPU:0 mixed")
    assert measure_pace([lost], settings, grey, lambda: False) == Pace(gpu=True)


@pytest.mark.process
def test_stopping_ends_the_measuring(make_video: Callable[..., Path]) -> None:
    film = make_video("a.mp4", "testsrc2=s=64x48:r=10:d=6", "-c:v", "libx264")
    with pytest.raises(InterruptedIndexError):
        measure_pace([video(film)], FrameSettings(), None, lambda: True)


@pytest.mark.process
def test_key_frames_need_less_disk(make_video: Callable[..., Path]) -> None:
    film = make_video("a.mp4", "testsrc2=s=64x48:r=10:d=6,noise=alls=40", "-c:v", "libx264")
    every, key = (estimate([video(film, s)], FrameSettings()) for s in ("all", "key"))
    assert (every.total.frames, key.total.frames) == pytest.approx((18, 3))
    assert every.total.seconds == key.total.seconds == pytest.approx(6)
    assert key.total.bytes == pytest.approx(every.total.bytes / 6)
