"""What the processor can do: whether bfloat16 is arithmetic there, or an emulation."""

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


def processor_flags(cpuinfo: Path = CPUINFO) -> frozenset[str]:
    """Instruction sets as Linux lists them; empty on other systems."""
    return frozenset(_field(cpuinfo, "flags").split())


def processor_name(cpuinfo: Path = CPUINFO) -> str:
    """Model of the processor, for reports."""
    return _field(cpuinfo, "model name") or platform.processor() or platform.machine()


def has_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Whether x86 instructions for bfloat16 are there.

    Without them libraries emulate it, which is slower than float32. Where the system does not
    tell (macOS, Windows), the answer is no: slower on a few machines, wrong on none.
    """
    return not BFLOAT16_FLAGS.isdisjoint(processor_flags(cpuinfo))


def _field(cpuinfo: Path, name: str) -> str:
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")
