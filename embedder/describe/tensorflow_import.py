"""TensorFlow without its start-up chatter on standard error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LEVEL = "TF_CPP_MIN_LOG_LEVEL"

GROWTH = "TF_FORCE_GPU_ALLOW_GROWTH"
"""Whether a GPU's memory is taken as it is needed."""


def import_tensorflow() -> Any:
    """TensorFlow, imported without what its C++ logs at start, unless the user set the log level.

    The variable hides most, but some lines are written before TensorFlow has read it (the search
    for CUDA). They go to file descriptor 2 itself, past ``sys.stderr``; so that descriptor is
    turned away for the import. Python's own errors are exceptions and pass through untouched.

    A GPU's memory is taken as it is needed, and the rest left to the user's other programs, unless
    the user set it otherwise. TensorFlow settles that with the first tensor, which may be one of a
    network's weights: too early for ``set_memory_growth`` in an engine that gets a built network.
    """
    os.environ.setdefault(GROWTH, "true")
    if LEVEL in os.environ:
        import tensorflow

        return tensorflow
    os.environ[LEVEL] = "2"
    with descriptor_turned_away():
        import tensorflow

        tensorflow.config.list_physical_devices()
    return tensorflow


@contextmanager
def descriptor_turned_away(descriptor: int = 2) -> Iterator[None]:
    """Send one file descriptor to nowhere, and restore it however the block ends."""
    try:
        kept = os.dup(descriptor)
    except OSError:  # closed, as a daemon's may be: nothing can be written there anyway
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(nowhere)
