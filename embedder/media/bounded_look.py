"""Probing and scanning of files that may cost anything: in another process, within limits.

A file of some kilobytes can have FFmpeg's libraries take gigabytes or minutes before they give an
answer, and from within a process nothing ends them. So a child looks, and is ended where a file
costs too much. One that answered is used again: it costs nothing but its start.
"""

import atexit
import os
import signal
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

from frameatlas.embedder.media.child_process import ChildEndedError, LookChild
from frameatlas.embedder.media.look_child import decode_probe, decode_times, encode_probe
from frameatlas.embedder.media.open_media import refusal
from frameatlas.embedder.media.packet_times import PacketTimes, packet_times
from frameatlas.embedder.media.probe import VideoProbe, probe_video
from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.progress import Stopped

PROBE_SECONDS = 20.0
"""Processor time in which a file must show its first picture."""

SCAN_SECONDS, SCAN_RATE = 20.0, 40e6
"""Processor time of a scan: that, and a second for so many bytes."""

DISK_SECONDS, DISK_RATE = 120.0, 1e6
"""Wall time of a look: that, and a second for so many bytes; a disk may be far away."""

LEAST_MEMORY, MOST_MEMORY, MEMORY_PER_BYTE = 256 << 20, 1536 << 20, 24
"""Bytes that a look may take beside the program: an index takes some times its size on disk."""

_REMEMBERED = 256
"""Probes: a run looks at each file twice."""


def probe_within_limits(path: Path, *, stopped: Stopped = lambda: False) -> VideoProbe:
    """``probe_video`` in a process that is ended where a file costs too much.

    Raises:
        SourceError: It holds no video that can be shown, or costs more than looking may.
        InterruptedIndexError: The user stopped the run.
    """
    key = _version(path)
    with _lock:
        known = _probes.get(key)
    if known is not None:
        return known
    if not _can_limit():
        return probe_video(path)
    reason = refusal(path)
    if reason:
        raise SourceError(reason)
    try:
        answer, _ = _looked(path, {"look": "probe"}, PROBE_SECONDS, stopped)
    except _NoChildError:
        return probe_video(path)
    probe = decode_probe(answer["probe"])
    with _lock:
        _probes[key] = probe
        while len(_probes) > _REMEMBERED:
            _probes.popitem(last=False)
    return probe


def scan_within_limits(path: Path, probe: VideoProbe, *, stopped: Stopped) -> PacketTimes:
    """``packet_times`` in a process that is ended where a file costs too much.

    Raises:
        SourceError: It costs more than looking may, or names more packets than it can hold.
        InterruptedIndexError: The user stopped the run.
    """
    if not _can_limit():
        return packet_times(path, probe, stopped=stopped)
    question = {"look": "packets", "probe": encode_probe(probe)}
    seconds = SCAN_SECONDS + probe.bytes / SCAN_RATE
    try:
        answer, arrays = _looked(path, question, seconds, stopped)
    except _NoChildError:
        return packet_times(path, probe, stopped=stopped)
    return decode_times(answer["times"], arrays)


class _NoChildError(Exception):
    """A child could not run at all, for a reason that is not the file's: we look ourselves."""


_lock = threading.Lock()
_idle: list[LookChild] = []
_probes: OrderedDict[tuple[str, int, int, int], VideoProbe] = OrderedDict()


def _can_limit() -> bool:
    return os.name == "posix"


def _version(path: Path) -> tuple[str, int, int, int]:
    """What tells a file from another version of it."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return str(path), 0, 0, 0
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns


def _looked(
    path: Path, question: dict[str, Any], seconds: float, stopped: Stopped
) -> tuple[dict[str, Any], bytes]:
    """Ask a child that is idle, or a new one."""
    with suppress(OSError):
        path = path.absolute()
    size = _version(path)[2]
    memory = min(MOST_MEMORY, LEAST_MEMORY + MEMORY_PER_BYTE * size)
    question |= {
        "path": os.fsencode(path).hex(),
        "processor_seconds": seconds,
        "memory": memory,
    }
    if stopped():
        raise InterruptedIndexError("The run was stopped before a file was looked at.")
    child = _taken()
    try:
        answer, arrays = child.ask(question, DISK_SECONDS + size / DISK_RATE, stopped)
    except ChildEndedError as error:
        status = child.end()
        if status >= 0:
            raise _NoChildError from error
        raise SourceError(_why_ended(status, seconds, memory)) from error
    except TimeoutError as error:
        child.end()
        raise SourceError("the disk gave no answer in time") from error
    except InterruptedIndexError:
        child.end()
        raise
    if answer.get("memory"):
        child.end()  # what a library did not get it may not have given back
        raise SourceError(_too_much_memory(memory))
    with _lock:
        _idle.append(child)
    if "refused" in answer:
        raise SourceError(str(answer["refused"]))
    return answer, arrays


def _taken() -> LookChild:
    with _lock:
        if _idle:
            return _idle.pop()
    try:
        return LookChild()
    except OSError as error:
        raise _NoChildError from error


def _why_ended(status: int, seconds: float, memory: int) -> str:
    if os.name == "posix" and status == -signal.SIGPROF:
        return f"looking what it holds took more than {seconds:.0f} s of computing"
    if os.name == "posix" and status in (-signal.SIGKILL, -signal.SIGABRT):
        return _too_much_memory(memory)
    return "FFmpeg's libraries crash when they open it"


def _too_much_memory(memory: int) -> str:
    return f"looking what it holds takes more than {memory / 1e9:.1f} GB of memory"


@atexit.register
def _end_all() -> None:
    while _idle:
        _idle.pop().end()
