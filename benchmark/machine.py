"""The machine and the libraries that figures were measured with."""

import os
import platform
import resource
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from frameatlas.embedder.build.versions import library_versions
from frameatlas.embedder.describe.cpu import processor_flags, processor_name
from frameatlas.processors import available_processors

TELLING_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
"""Instruction sets that explain a figure."""


PEERS = ("umap-learn", "openTSNE", "pacmap", "faiss-cpu", "scikit-learn", "scenedetect", "pyvips")

NOT_INSTALLED = "not installed"
"""Stands in tables for what a missing peer would have taken."""


def describe_machine() -> dict[str, Any]:
    """What a reader must know of the machine to judge a figure; values that JSON can hold."""
    flags = processor_flags()
    return {
        "processor": processor_name(),
        "cores": available_processors(),
        "flags": [flag for flag in TELLING_FLAGS if flag in flags],
        "memory_gigabytes": memory_gigabytes(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": load(),
        "versions": library_versions(),
    }


def memory_gigabytes(meminfo: Path = Path("/proc/meminfo")) -> float | None:
    """Main memory in units of 10^9 bytes; None where the system does not say it this way."""
    try:
        first = meminfo.read_text(encoding="utf-8").splitlines()[0]
    except OSError:
        return None
    return round(int(first.split()[1]) * 1024 / 1e9, 1)


def load() -> float | None:
    """Processes that wanted a processor during the last minute, ours among them."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


class Others:
    """What other programs took of the processors while something of ours ran.

    A load average also counts ourselves, and what ran a minute before.
    """

    def __init__(self) -> None:
        self._begun, self._busy, self._ours = (
            time.monotonic(),
            _busy_seconds(),
            our_processor_seconds(),
        )

    def cores(self) -> float | None:
        """Cores' worth of time since this value was made; None where the system cannot say."""
        busy, wall = _busy_seconds(), time.monotonic() - self._begun
        if busy is None or self._busy is None or wall <= 0:
            return None
        theirs = busy - self._busy - (our_processor_seconds() - self._ours)
        return round(max(theirs / wall, 0.0), 2)


def _busy_seconds(stat: Path = Path("/proc/stat")) -> float | None:
    """Seconds that all processors of the system worked."""
    try:
        fields = [int(text) for text in stat.read_text(encoding="utf-8").split("\n")[0].split()[1:]]
    except (OSError, ValueError):
        return None
    user, nice, system, _, _, interrupts, soft = fields[:7]
    return float(user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def our_processor_seconds() -> float:
    """Processor seconds of this process and of its children that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peer_versions() -> dict[str, str]:
    """Version of each library that we are measured against; "not installed" where it is not."""
    found = {}
    for name in PEERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = NOT_INSTALLED
    return found
