"""How many processors this process may use, which is not how many the machine has."""

import os


def available_processors() -> int:
    """Processors that the system lets this process use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
