"""TensorFlow without its start-up chatter on standard error."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LEVEL = "TF_CPP_MIN_LOG_LEVEL"


def import_tensorflow() -> Any:
    """TensorFlow, imported without what its C++ logs at start, unless the user set the log level.

    The variable hides most, but some lines are written before TensorFlow has read it (the search
    for CUDA). They go to file descriptor 2 itself, past ``sys.stderr``; so that descriptor is
    turned away for the import. Python's own errors are exceptions and pass through untouched.
    """
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
