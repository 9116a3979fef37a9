"""The machine and the libraries that figures were measured with."""

import os
import platform
from pathlib import Path
from typing import Any

from frameatlas.embedder.processor_kind import processor_flags, processor_name
from frameatlas.embedder.processors import available_processors
from frameatlas.embedder.versions import library_versions

TELLING_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
"""Instruction sets that explain a figure."""


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
