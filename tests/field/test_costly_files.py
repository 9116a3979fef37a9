"""Files of some kilobytes that would cost minutes or gigabytes: ended in time, with a reason."""

import io
import struct
import sys
import threading
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from frameatlas.embedder.media import bounded_look
from frameatlas.embedder.media.bounded_look import probe_within_limits, scan_within_limits
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.photos.memory import MemoryBudget, decoded_bytes
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.scans import refuse_endless_scans

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@pytest.fixture
def clip(ffmpeg):
    return ffmpeg("a.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-c:v", "mpeg4")


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def enlarged(path, kind, change):
    """An MP4 with one of its tables made over; those around it say their new sizes."""
    data = path.read_bytes()

    def walk(start, end):
        out, place = b"", start
        while place < end:
            size, name = struct.unpack(">I4s", data[place : place + 8])
            body = data[place + 8 : place + size]
            if name == kind:
                body = change(body)
            elif name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"):
                body = walk(place + 8, place + size)
            out += box(name, body)
            place += size
        return out

    path.write_bytes(walk(0, len(data)))
    return path


def test_a_table_that_names_the_same_pictures_again_and_again(clip):
    def edits(body):
        del body
        entry = struct.pack(">IIHH", 1000, 0, 1, 0)
        return struct.pack(">II", 0, 4000) + 4000 * entry

    path = enlarged(clip, b"elst", edits)
    with pytest.raises(SourceError, match=r"more pictures|took more|takes more"):
        scan_within_limits(path, probe_within_limits(path), stopped=lambda: False)


@LINUX
def test_a_table_of_twenty_million_samples(clip):
    def samples(body):
        del body
        return struct.pack(">II", 0, 1) + struct.pack(">II", 20_000_000, 1)

    longer = struct.pack(">III", 0, 9, 20_000_000)
    path = enlarged(enlarged(clip, b"stts", samples), b"stsz", lambda _: longer)
    found = []
    with suppress(SourceError):
        probe = probe_within_limits(path)
        found = scan_within_limits(path, probe, stopped=lambda: False).seconds
    assert len(found) <= path.stat().st_size


@LINUX
def test_a_packed_index_that_bursts(tmp_path):
    packed = zlib.compress(bytes(400 << 20), 9)
    index = box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", struct.pack(">I", 400 << 20), packed))
    (tmp_path / "a.mov").write_bytes(box(b"ftyp", b"qt  ", bytes(4)) + box(b"moov", index))
    with pytest.raises(SourceError):
        probe_within_limits(tmp_path / "a.mov")


@LINUX
def test_looking_takes_so_much_time_and_no_more(tmp_path, ffmpeg, monkeypatch):
    monkeypatch.setattr(bounded_look, "PROBE_SECONDS", 0.05)
    head = ffmpeg("a.h264", "-f", "lavfi", "-i", "color=s=16x16:d=0.1", "-c:v", "libx264")
    with (tmp_path / "zeros.h264").open("wb") as file:
        file.write(head.read_bytes()[:30])
        file.truncate(200 << 20)
    with pytest.raises(SourceError, match=r"s of computing|memory|size is missing|no picture"):
        probe_within_limits(tmp_path / "zeros.h264")
    monkeypatch.setattr(bounded_look, "PROBE_SECONDS", 20.0)
    assert probe_within_limits(head).codec == "h264"


def test_a_child_is_used_again_and_a_stop_is_obeyed(clip, ffmpeg):
    probe_within_limits(clip)
    before = list(bounded_look._idle)
    other = ffmpeg("b.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-c:v", "mpeg4")
    probe = probe_within_limits(other)
    assert bounded_look._idle == before
    times = scan_within_limits(other, probe, stopped=lambda: False)
    assert len(times.seconds) == 25
    with pytest.raises(InterruptedIndexError):
        scan_within_limits(other, replace_bytes(other, probe), stopped=lambda: True)


def replace_bytes(path, probe):
    """The same probe: a scan asks whether it is to stop before anything has come."""
    del path
    return probe


def test_where_no_child_can_run_files_are_looked_at_here(clip, monkeypatch):
    monkeypatch.setattr(bounded_look, "_idle", [])
    monkeypatch.setattr(bounded_look, "_probes", type(bounded_look._probes)())
    monkeypatch.setattr("sys.executable", sys.executable + "-that-is-not-there")
    probe = probe_within_limits(clip)
    assert probe.codec == "mpeg4"
    assert len(scan_within_limits(clip, probe, stopped=lambda: False).seconds) == 25


def progressive(path, scans):
    """A JPEG whose last scan comes again and again."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path, progressive=True)
    data = path.read_bytes()
    last = data.rfind(b"\xff\xda")
    path.write_bytes(data[:last] + scans * data[last:-2] + data[-2:])
    return path


def test_a_jpeg_of_endless_scans(tmp_path):
    with pytest.raises(SourceError, match=r"a JPEG of 15\d\d scans"):
        read_photo(progressive(tmp_path / "a.jpg", 1500), 8, 8)
    assert read_photo(progressive(tmp_path / "b.jpg", 1), 8, 8).shape == (8, 8, 3)


def test_what_lies_behind_a_photo_is_no_scan_of_it(tmp_path):
    path = progressive(tmp_path / "a.jpg", 1)
    path.write_bytes(path.read_bytes() + b"\xff\xda" * 300)
    assert read_photo(path, 8, 8).shape == (8, 8, 3)
    refuse_endless_scans(path)


def test_scans_of_one_colour_each_count_too(tmp_path):
    Image.new("RGB", (16, 16)).save(tmp_path / "a.jpg")
    data = (tmp_path / "a.jpg").read_bytes()
    scan = data.rindex(b"\xff\xda")
    one = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(9)
    refuse_endless_scans(io.BytesIO(data[:scan] + 100 * one + data[-2:]))
    with pytest.raises(SourceError, match="a JPEG of 101 scans"):
        refuse_endless_scans(io.BytesIO(data[:scan] + 101 * one + data[-2:]))
    refuse_endless_scans(io.BytesIO(data[:-2] + 101 * one + data[-2:]))  # never looked at


def test_a_jpeg_of_endless_segments(tmp_path):
    path = progressive(tmp_path / "a.jpg", 1)
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xfe\0\2" * 30_000 + data[2:])
    with pytest.raises(SourceError, match="more than 20,000 segments"):
        read_photo(path, 8, 8)


def test_photos_share_one_budget():
    budget, order = MemoryBudget(100), []
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with budget.taken(80):
            entered.set()
            leave.wait(30)
            order.append("first")

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(30)
    threading.Timer(0.05, leave.set).start()
    with budget.taken(1000):  # larger than all: alone, and not for ever
        order.append("second")
    thread.join(30)
    assert order == ["first", "second"]


def test_the_budget_knows_what_kinds_of_pixels_take():
    assert decoded_bytes(1000, 1000, "L", "PNG") == 1_000_000
    assert decoded_bytes(1000, 1000, "RGB", "PNG") == 4_000_000
    assert decoded_bytes(1000, 1000, "RGB", "WEBP") == 8_000_000


READ = """
import resource, sys
from pathlib import Path
from frameatlas.photos.photo import photo_size, read_photo
from frameatlas.photos.scans import refuse_endless_scans
path = Path(sys.argv[1])
photo_size(path); read_photo(path, 30, 30)
own = next(line for line in Path("/proc/self/status").open() if line.startswith("VmHWM"))
print(int(own.split()[1]) // 1024)
"""


@LINUX
@pytest.mark.parametrize("kind", ["float", "sixteen"])
def test_deep_greys_are_reduced_before_they_are_reckoned_with(tmp_path, kind):
    import subprocess

    side, size = 7000, 4 if kind == "float" else 2
    strip = zlib.compress(bytes(side * 70 * size), 9)
    count = side // 70
    entries = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8 * size), (259, 3, 1, 8),
        (262, 3, 1, 1), (277, 3, 1, 1), (278, 4, 1, 70), (339, 3, 1, 3 if kind == "float" else 1),
    ]  # fmt: skip
    offsets = 8 + 2 + 12 * (len(entries) + 2) + 4
    first = offsets + 8 * count
    entries += [(273, 4, count, offsets), (279, 4, count, offsets + 4 * count)]
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    data = b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)
    data += struct.pack(f"<{count}I", *([first] * count))
    data += struct.pack(f"<{count}I", *([len(strip)] * count)) + strip
    (tmp_path / "a.tif").write_bytes(data)
    assert photo_size(tmp_path / "a.tif") == (side, side)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(tmp_path / "a.tif")],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    # The decoded picture once, and what the libraries themselves take.
    assert int(done.stdout) < side * side * size / 1e6 + 170
