import os
import sys
import threading
import time

import pytest

from frameatlas.embedder.decode.ffmpeg.process import VideoProcess
from frameatlas.errors import InterruptedIndexError, SourceError


def start(code, *, stopped=lambda: False, stall=30.0, on_line=lambda line: None):
    return VideoProcess([sys.executable, "-c", code], on_line, stopped=stopped, stall_seconds=stall)


def read(process, count):
    buffer = bytearray(count)
    return process.read_into(memoryview(buffer)), bytes(buffer)


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_bytes_lines_and_status_arrive():
    lines = []
    code = "import sys; print('a\\nb', file=sys.stderr); print('12345', end=''); sys.exit(3)"
    with start(code, on_line=lines.append) as process:
        assert read(process, 3) == (True, b"123")
        assert read(process, 3)[0] is False
        assert process.wait() == 3
    assert lines == ["a", "b"]


def test_a_hanging_program_is_ended_with_its_children():
    code = "import subprocess; subprocess.run(['sleep', '100'])"
    before = time.monotonic()
    with start(code, stall=0.5) as process:
        assert read(process, 1)[0] is False
        process.wait()
        assert process.stalled
    assert time.monotonic() - before < 60
    assert is_gone(process._process.pid)
    assert "ffmpeg" not in str([thread.name for thread in threading.enumerate()])


def test_a_program_that_closes_its_output_and_hangs_is_ended():
    code = "import os, time; os.close(1); time.sleep(100)"
    with start(code, stall=0.5) as process:
        assert read(process, 1)[0] is False
        assert process.wait() < 0
        assert process.stalled


def test_slow_but_steady_output_is_no_stall():
    code = "import os, time\nfor i in range(8): time.sleep(.5); os.write(1, b'x')"
    with start(code, stall=3.0) as process:
        assert read(process, 8)[0] is True
        assert not process.stalled


def test_the_time_of_a_slow_reader_does_not_count():
    code = "import sys; sys.stdout.write('x' * 3_000_000)"
    with start(code, stall=2.0) as process:
        assert read(process, 1_000_000)[0]
        time.sleep(2.5)
        assert read(process, 2_000_000)[0]
        assert process.wait() == 0
        assert not process.stalled


def test_a_stop_ends_the_program_quickly():
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    before = time.monotonic()
    process = start("import time; time.sleep(100)", stopped=stop.is_set)
    with process, pytest.raises(InterruptedIndexError):
        read(process, 1)
    assert time.monotonic() - before < 60
    assert is_gone(process._process.pid)


def test_leaving_early_ends_the_program():
    with start("import time; print('x'); time.sleep(100)") as process:
        read(process, 1)
    assert is_gone(process._process.pid)


def test_a_program_that_cannot_be_started(tmp_path):
    with pytest.raises(SourceError, match="could not be started"):
        VideoProcess([str(tmp_path / "none")], print, stopped=lambda: False)
