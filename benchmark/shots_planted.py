"""Sequences of real clips, joined in known places: what a finder of shots is measured on.

Each kind plants what finders stumble over. Segments are drawn from shots that were seen to be one
shot each; neighbours in a sequence come from clips that look unlike one another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.uint8]
"""uint8 of shape (n, 180, 320, 3), RGB."""

WIDTH, HEIGHT = 320, 180

ONE_SHOT: dict[str, tuple[tuple[int, int], ...]] = {
    "SOX5yA1l24A.mp4": ((0, 138), (138, 219), (219, 292)),
    "TrumanShow_wave_f_nm_np1_fr_med_26.avi": ((0, 19),),
    "big_buck_bunny_0_30.webm": ((60, 283), (283, 376), (376, 480), (551, 700)),
    "nasa_13013.mp4": ((0, 120), (152, 200), (204, 320)),
    "fire2.mp4": (),
    "flipping_a_pancake.mkv": ((0, 255),),
}
"""Ranges of frames without a cut, by eye, of the clips that are not one shot from end to end."""

ALIKE = ("sign-", "v_Soccer", "chair-", "pattern-")
"""How the names of clips begin that look alike."""


@dataclass
class Planted:
    """A sequence and where its shots change.

    Attributes:
        frames: What is to be encoded, a segment at a time.
        spans: First and last frame of each change: for a cut, the first of the new shot, twice.
        rate: Frames a second.
        durations: Ticks of 1/90000 s that each frame is shown, where they differ.
        interlaced: Whether its frames hold two fields each.
    """

    frames: list[Frames] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    rate: Fraction = Fraction(25)
    durations: list[int] | None = None
    interlaced: bool = False

    def __len__(self) -> int:
        return sum(len(part) for part in self.frames)


class Footage:
    """Segments of clips, none across a change of shot.

    Args:
        clips: Video files.
        random: Draws which.
    """

    def __init__(self, clips: Sequence[Path], random: np.random.Generator) -> None:
        self._clips = [clip for clip in clips if ONE_SHOT.get(clip.name, ((0, 0),))]
        self._random = random
        self._last = ""
        self._lengths = {clip: _length(clip) for clip in self._clips}

    def segment(self, least: int = 26, most: int = 80) -> Frames:
        """Consecutive frames of a clip unlike the last one's."""
        while True:
            clip = self._clips[self._random.integers(len(self._clips))]
            ranges = ONE_SHOT.get(clip.name, ((0, self._lengths[clip]),))
            first, stop = ranges[self._random.integers(len(ranges))]
            stop = min(stop, self._lengths[clip])
            if _look(clip) == self._last or stop - first < least:
                continue
            length = int(self._random.integers(least, min(most, stop - first) + 1))
            start = int(self._random.integers(first, stop - length + 1))
            self._last = _look(clip)
            return read_frames(clip, start, length)


def _look(clip: Path) -> str:
    return next((alike for alike in ALIKE if clip.name.startswith(alike)), clip.name)


def _length(clip: Path) -> int:
    with av.open(str(clip), metadata_errors="replace") as container:
        return sum(1 for p in container.demux(container.streams.video[0]) if p.size)


def read_frames(clip: Path, start: int, length: int) -> Frames:
    """Frames of a clip, scaled to fill 320 × 180 and cropped."""
    found: list[Frames] = []
    with av.open(str(clip), metadata_errors="replace") as container:
        for number, frame in enumerate(container.decode(container.streams.video[0])):
            if number < start:
                continue
            if len(found) == length:
                break
            scale = max(WIDTH / frame.width, HEIGHT / frame.height)
            w, h = round(frame.width * scale), round(frame.height * scale)
            whole = np.asarray(frame.reformat(w, h, "rgb24").to_ndarray(), np.uint8)
            x, y = (w - WIDTH) // 2, (h - HEIGHT) // 2
            found.append(whole[y : y + HEIGHT, x : x + WIDTH])
    return np.stack(found)


def cut(sequence: Planted, after: Frames) -> None:
    """Append a shot."""
    if sequence.frames:
        sequence.spans.append((len(sequence), len(sequence)))
    sequence.frames.append(after)


def dissolve(sequence: Planted, after: Frames, length: int) -> None:
    """Append a shot whose first frames are blended with the last ones of the shot before."""
    before = sequence.frames[-1]
    sequence.frames[-1], tail = before[:-length], before[-length:].astype(np.float32)
    weight = np.linspace(0, 1, length + 2, dtype=np.float32)[1:-1, None, None, None]
    blended = tail * (1 - weight) + after[:length] * weight
    sequence.spans.append((len(sequence), len(sequence) + length))
    sequence.frames += [blended.round().astype(np.uint8), after[length:]]


def fade(sequence: Planted, after: Frames, out: int, dark: int, back: int, level: int = 0) -> None:
    """Append a shot after a fade to black, or to another level, and back."""
    before = sequence.frames[-1]
    begin = len(sequence) - out
    down = np.linspace(1, 0, out, dtype=np.float32)[:, None, None, None]
    faded = before[-out:] * down + level * (1 - down)
    up = np.linspace(0, 1, back, dtype=np.float32)[:, None, None, None]
    risen = after[:back] * up + level * (1 - up)
    blank = np.full((dark, HEIGHT, WIDTH, 3), level, np.uint8)
    parts = [before[:-out], faded.astype(np.uint8), blank, risen.astype(np.uint8), after[back:]]
    sequence.frames[-1:] = parts
    sequence.spans.append((begin, begin + out + dark + back))


def flash(frames: Frames, random: np.random.Generator) -> Frames:
    """Two photographers' flashes within a shot, of one to three frames."""
    lit = frames.astype(np.float32)
    for place in random.choice(np.arange(6, len(frames) - 8), 2, replace=False).tolist():
        strength = random.uniform(0.5, 1.0)
        for step in range(random.integers(1, 4)):
            part = strength * 0.7**step
            lit[place + step] = lit[place + step] * (1 - part) + 255 * part
    return lit.clip(0, 255).astype(np.uint8)


def flicker(frames: Frames, random: np.random.Generator) -> Frames:
    """Brightness that changes from frame to frame, as of old film and of lamps."""
    depth = random.uniform(0.1, 0.3)
    gain = 1 + depth * random.uniform(-1, 1, len(frames))[:, None, None, None]
    return (frames * gain).clip(0, 255).astype(np.uint8)


def pan(frames: Frames, random: np.random.Generator) -> Frames:
    """A camera swept over the shot, up to a quarter of the picture a frame and back."""
    whole = frames.repeat(2, 1).repeat(2, 2)
    speed = random.uniform(0.4, 1.6)
    phase = np.cumsum(speed * np.abs(np.sin(np.linspace(0, 2 * np.pi, len(frames)))) * 0.2)
    place = 0.5 - 0.5 * np.cos(phase + random.uniform(0, 6))
    x = (place * WIDTH).astype(int)
    y = random.integers(0, HEIGHT)
    return np.stack(
        [f[y : y + HEIGHT, left : left + WIDTH] for f, left in zip(whole, x.tolist(), strict=True)]
    )


def woven(sequence: Planted) -> Planted:
    """Two frames become the fields of one."""
    every = np.concatenate(sequence.frames)
    every = every[: len(every) // 2 * 2]
    fields = every[0::2].copy()
    fields[:, 1::2] = every[1::2, 1::2]
    spans = [(a // 2, b // 2) for a, b in sequence.spans]
    return Planted([fields], spans, Fraction(30000, 1001), interlaced=True)


Kind = Callable[[Footage, np.random.Generator, int], Planted]


def _cuts(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    del random
    sequence = Planted()
    for _ in range(count):
        cut(sequence, footage.segment())
    return sequence


def _treated(treatment: Callable[[Frames, np.random.Generator], Frames]) -> Kind:
    def made(footage: Footage, random: np.random.Generator, count: int) -> Planted:
        sequence = Planted()
        for _ in range(count):
            cut(sequence, treatment(footage.segment(), random))
        return sequence

    return made


def _fades(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    sequence = Planted()
    cut(sequence, footage.segment(60, 90))
    for number in range(count - 1):
        out, dark, back = random.integers(6, 22), random.integers(0, 12), random.integers(6, 22)
        level = 255 if number % 4 == 3 else 0
        fade(sequence, footage.segment(60, 90), int(out), int(dark), int(back), level)
    return sequence


def _dissolves(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    sequence = Planted()
    cut(sequence, footage.segment(70, 110))
    for _ in range(count - 1):
        dissolve(sequence, footage.segment(70, 110), int(random.integers(6, 31)))
    return sequence


def _still(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    """A camera and a scene that stand still, with the noise of a sensor and slow light."""
    sequence = Planted()
    for _ in range(count):
        one = footage.segment()
        noise = random.normal(0, 3, one.shape).astype(np.float32)
        light = np.linspace(1, random.uniform(0.8, 1.2), len(one))[:, None, None, None]
        cut(sequence, ((one[:1] + noise) * light).clip(0, 255).astype(np.uint8))
    return sequence


def _mixed(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    sequence = Planted()
    cut(sequence, footage.segment(60, 100))
    for number in range(count - 1):
        after = footage.segment(60, 100)
        if number % 5 == 2:
            dissolve(sequence, after, int(random.integers(8, 25)))
        elif number % 5 == 4:
            fade(sequence, after, 10, 3, 10)
        else:
            cut(sequence, flash(after, random) if number % 5 == 1 else after)
    return sequence


def _film(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    sequence = _mixed(footage, random, count)
    sequence.rate = Fraction(24000, 1001)
    return sequence


def _varied(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    """Frames that are shown for 11 to 100 ms each, as telephones make them."""
    sequence = _mixed(footage, random, count)
    sequence.durations = random.integers(1000, 9001, len(sequence)).tolist()
    return sequence


def _interlaced(footage: Footage, random: np.random.Generator, count: int) -> Planted:
    del random
    sequence = Planted()
    for _ in range(count):
        cut(sequence, footage.segment(56, 120))
    return woven(sequence)


KINDS: dict[str, Kind] = {
    "cuts": _cuts,
    "flashes": _treated(flash),
    "pans": _treated(pan),
    "fades": _fades,
    "dissolves": _dissolves,
    "flicker": _treated(flicker),
    "still": _still,
    "interlaced": _interlaced,
    "23.976": _film,
    "vfr": _varied,
}


def lengths_of(sequence: Planted) -> list[int]:
    """Frames between the changes."""
    places = [0, *(begin for begin, _ in sequence.spans), len(sequence)]
    return [b - a for a, b in pairwise(places)]
