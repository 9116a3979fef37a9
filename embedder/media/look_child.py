"""A process of its own that looks at media files for another, within limits: see ``bounded_look``.

``child_process`` starts it. Requests come as one JSON object a line: ``{"look": "probe",
"path": …}`` or ``{"look": "packets", "path": …, "probe": …}``, with limits. An answer is one JSON
object a line, followed by as many bytes as its ``bytes`` says.
"""

import json
import os
import signal
import sys
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from frameatlas.embedder.media.packet_times import PacketTimes, packet_times
from frameatlas.embedder.media.probe import VideoProbe, probe_video
from frameatlas.errors import SourceError

ARRAYS = ("seconds", "reference", "keys")
"""Fields of ``PacketTimes`` that follow an answer as float64."""


def main() -> None:
    """Answer until the input ends."""
    given, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What libraries print must not come between answers.
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asks
    for line in given:
        request = json.loads(line)
        _limit(request["processor_seconds"], request["memory"])
        _answer(request, answers)


def encode_probe(probe: VideoProbe) -> dict[str, Any]:
    """A probe as JSON holds it."""
    return {
        name: [value.numerator, value.denominator] if isinstance(value, Fraction) else value
        for name, value in asdict(probe).items()
    }


def decode_probe(values: dict[str, Any]) -> VideoProbe:
    """The probe that ``encode_probe`` wrote."""
    fields: dict[str, Any] = {
        name: Fraction(*value) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return VideoProbe(**fields)


def decode_times(values: dict[str, Any], arrays: bytes) -> PacketTimes:
    """The packet times of an answer."""
    parts, start = [], 0
    for count in values.pop("counts"):
        parts.append(np.frombuffer(arrays, np.float64, count, start))
        start += 8 * count
    aspects = tuple((at, Fraction(*aspect)) for at, aspect in values.pop("aspects"))
    fields: dict[str, Any] = {**values, **dict(zip(ARRAYS, parts, strict=True))}
    return PacketTimes(aspects=aspects, **fields)


def _answer(request: dict[str, Any], answers: BinaryIO) -> None:
    path, arrays = Path(os.fsdecode(bytes.fromhex(request["path"]))), b""
    try:
        if request["look"] == "probe":
            said: dict[str, Any] = {"probe": encode_probe(probe_video(path))}
        else:
            probe = decode_probe(request["probe"])
            times = packet_times(path, probe, stopped=lambda: False)
            said, arrays = _encode_times(times)
    except SourceError as error:
        said = {"refused": str(error)}
    except MemoryError:
        said = {"memory": True}
    answers.write(json.dumps({**said, "bytes": len(arrays)}).encode() + b"\n" + arrays)
    answers.flush()


def _encode_times(times: PacketTimes) -> tuple[dict[str, Any], bytes]:
    arrays = [getattr(times, name) for name in ARRAYS]
    said = {
        "end": times.end,
        "complete": times.complete,
        "first_decoded": times.first_decoded,
        "first": times.first,
        "keys_alone": times.keys_alone,
        "aspects": [[at, [a.numerator, a.denominator]] for at, a in times.aspects],
        "counts": [len(values) for values in arrays],
    }
    return {"times": said}, b"".join(np.asarray(v, np.float64).tobytes() for v in arrays)


def _limit(processor_seconds: float, memory: int) -> None:
    """Let the system end this process where a file costs more than it may."""
    if sys.platform == "win32":
        return
    import resource

    # Counted in processor time, and ended by the system: a decoder in C asks nobody.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, processor_seconds)
    used = _address_space()
    if used:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, hard))


def _address_space() -> int:
    """Bytes that this process has mapped; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
