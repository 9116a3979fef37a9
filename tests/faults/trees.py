"""Folders as values: what lies in them, byte for byte, and how it is damaged."""

import hashlib
from pathlib import Path

import psutil

PASSING = frozenset({"lock"})
"""Files that stay and say nothing: the lock belongs to a process, not to the file."""


def tree(folder: Path) -> dict[str, str]:
    """Digest of every file of a folder by its path in it; folders end with a slash."""
    return {
        str(path.relative_to(folder)) + ("/" if path.is_dir() else ""): _content(path)
        for path in sorted(folder.rglob("*"))
        if path.name not in PASSING
    }


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Paths that are in one tree only, or differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def processes_about(part: str) -> list[str]:
    """Command lines of running processes that name a path: FFmpegs that were left behind."""
    found = []
    for process in psutil.process_iter(["cmdline", "status", "name"]):
        words = process.info["cmdline"] or []
        if "ffmpeg" in str(process.info["name"]) and any(part in word for word in words):
            found.append(" ".join(words))
    return found


def damage(path: Path, kind: str, place: float) -> None:
    """Do something to a file; ``place`` between 0 and 1 says where a bit is flipped."""
    content = path.read_bytes()
    if kind == "gone":
        path.unlink()
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        byte = int(place * len(content))
        path.write_bytes(content[:byte] + bytes([content[byte] ^ 4]) + content[byte + 1 :])


def _content(path: Path) -> str:
    return "" if path.is_dir() else hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest()
