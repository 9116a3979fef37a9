"""Videos that players choke on: each gives frames, or a reason that a person accepts."""

import csv

import pytest

from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.errors import SourceError

pytestmark = pytest.mark.shared

WITHOUT_FRAMES = {
    # Encrypted; PyAV shows one wrong picture.
    "short-vp9-encrypted-video.mp4": "encrypted",
}
DAMAGED = {
    "corrupted.mp4",
    "colormap-range.gif",
    "track-with-zero-dimensions.mp4",
    "1257700.webm",
}
EXACT = {
    # Width and height of the frames, and how many there are.
    "video_0.mov": (534, 300, 1),
    "video_90.mov": (300, 534, 1),
    "video_180.mov": (534, 300, 1),
    "video_270.mov": (300, 534, 1),
    "bipbop_300wp_227kbps.mp4": (534, 300, 5),
    "bug557094.ogv": (400, 300, 1),
    "-video-with-dash-.mp4": (300, 300, 5),
    "789075.webm": (4096, 293, 1),
    "523528-2.gif": (300, 600, 1),
    "no_duration.webm": (534, 300, 15),
    "white.mp4": (400, 300, 30),
    "h265_10bits.mp4": (300, 300, 3),
}


def decode(path, sink):
    """Outcome and reason."""
    try:
        outcome = decode_video(
            path, probe_video(path), FrameSettings(), sink, stopped=lambda: False
        )
    except SourceError as error:
        return "failed", str(error)
    return outcome.status, outcome.reason


def test_odd_videos(shared, new_sink):
    wrong = []
    table = (shared / "data/odd/expected.csv").read_text().splitlines()
    for row in csv.DictReader(table):
        sink = new_sink()
        status, reason = decode(shared / "data/odd" / row["file"], sink)
        pictures = int(row["frames_decoded"] or 0)
        expected = "failed" if not pictures else "ok"
        if row["file"] in DAMAGED:
            expected = "damaged"
        if row["file"] in WITHOUT_FRAMES:
            expected = "failed"
            assert WITHOUT_FRAMES[row["file"]] in reason
        fine = status == expected and bool(reason) == (status != "ok")
        if row["file"] in EXACT:
            fine = fine and (*sink.shape[:2], sink.count) == EXACT[row["file"]]
        if not fine:
            wrong.append((row["file"], status, reason, sink.shape, sink.count))
    assert not wrong


def test_real_clips_are_whole(shared, new_sink):
    clips = sorted((shared / "data/clips").iterdir())
    assert len(clips) == 26
    wrong = []
    for path in clips:
        sink = new_sink()
        status, reason = decode(path, sink)
        duration = probe_video(path).duration
        if status != "ok" or abs(sink.count - 3 * duration) > max(1, 0.02 * 3 * duration):
            wrong.append((path.name, status, reason, sink.count, duration))
    assert not wrong
