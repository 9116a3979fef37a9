"""The lock: one writer, told apart by process and host, and free again however that one ends."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from frameatlas.errors import LockedError
from frameatlas.store.lock import LOCK_FILE, lock_atlas

HOLD = """
import sys, time
from pathlib import Path
from frameatlas.store.lock import lock_atlas
with lock_atlas(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of ``tmp_path``."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_process_is_told_who_holds_it(tmp_path, holder):
    with pytest.raises(LockedError) as caught, lock_atlas(tmp_path):
        raise AssertionError("two processes hold it")
    message = str(caught.value)
    assert f"process {holder.pid} on {socket.gethostname()}" in message
    assert "Wait until that is done" in message


@pytest.mark.skipif(os.name != "posix", reason="this system has no SIGKILL")
def test_kill_9_frees_it(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with lock_atlas(tmp_path):
        pass


def test_is_free_again_after_use_and_after_an_error(tmp_path):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), lock_atlas(tmp_path):
            raise ZeroDivisionError
    with lock_atlas(tmp_path):
        assert str(os.getpid()) in (tmp_path / LOCK_FILE).read_text()


def test_the_same_process_cannot_take_it_twice(tmp_path):
    with lock_atlas(tmp_path), pytest.raises(LockedError), lock_atlas(tmp_path):
        raise AssertionError("it was taken twice")


@pytest.mark.parametrize("left", ["", "{", "[]", '{"process": 1}', "\0" * 10, '{"since": "x"}'])
def test_an_unreadable_owner_is_another_process(tmp_path, holder, left):
    (tmp_path / LOCK_FILE).write_text(left)
    with pytest.raises(LockedError, match="by another process"), lock_atlas(tmp_path):
        raise AssertionError("two processes hold it")


@pytest.mark.parametrize("left", ["", "{", "an old owner's line"])
def test_a_file_that_nobody_holds_is_no_lock(tmp_path, left):
    (tmp_path / LOCK_FILE).write_text(left)
    with lock_atlas(tmp_path):
        pass
