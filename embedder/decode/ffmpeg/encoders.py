"""Which encoders an FFmpeg was built with, and the best of those that would do."""

import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from frameatlas.errors import MissingExtraError


@lru_cache
def encoders_of(program: str) -> frozenset[str]:
    """Names of all encoders that an FFmpeg has."""
    listed = subprocess.run(
        [program, "-hide_banner", "-encoders"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    ).stdout.decode("utf-8", "replace")
    return frozenset(line.split()[1] for line in listed.splitlines() if len(line.split()) > 1)


def best_encoder(program: str, names: Iterable[str], purpose: str = "") -> str:
    """The first of ``names`` that an FFmpeg has.

    Args:
        program: The FFmpeg.
        names: Encoders, the best first.
        purpose: What it is for, as ``.mp4``: for the message.

    Raises:
        MissingExtraError: It has none of them.
    """
    names = list(names)
    there = encoders_of(program)
    for name in names:
        if name in there:
            return name
    raise MissingExtraError(
        f"Expected an FFmpeg with one of {', '.join(names)}{purpose and f' for {purpose}'}. "
        f"Received: {Path(program).name}, which has none; install FFmpeg with libx264, or remove "
        "that one from PATH: the packaged one has it."
    )
