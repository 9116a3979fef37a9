"""Planted sequences as videos."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmark.shots_planted import HEIGHT, WIDTH, Planted


def write_sequence(sequence: Planted, path: Path) -> None:
    """Encode a sequence as H.264."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=sequence.rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "23", "preset": "veryfast", "threads": "1"}
        if sequence.interlaced:
            stream.options["x264-params"] = "tff=1"
        base = 1 / sequence.rate if sequence.durations is None else Fraction(1, 90000)
        stream.codec_context.time_base = base
        for frame, pts in _encoded_frames(sequence):
            frame.pts, frame.time_base = pts, base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _encoded_frames(sequence: Planted) -> Iterator[tuple[av.VideoFrame, int]]:
    pts = 0
    number = 0
    for part in sequence.frames:
        for pixels in part:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")
            yield frame.reformat(format="yuv420p"), pts
            pts += 1 if sequence.durations is None else sequence.durations[number]
            number += 1
