"""Layouts that are hardly trained: for tests of what is around training."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def trained_plainly() -> Iterator[None]:
    """Arrange layouts in forty steps and train them in five, one operation after the other."""
    import tensorflow as tf

    from frameatlas.embedder.layout import atlas, neighbour_embedding, training

    with pytest.MonkeyPatch.context() as patch:
        for name in ("GATHERING", "SETTLING", "FADING", "EVENING", "RISING"):
            patch.setattr(neighbour_embedding, name, getattr(neighbour_embedding, name) // 10)
        patch.setattr(training, "CHUNK", 1)
        patch.setattr(training, "plan_steps", lambda _: 5)
        patch.setattr(atlas, "STEPS", 5)
        tf.config.run_functions_eagerly(True)
        try:
            yield
        finally:
            tf.config.run_functions_eagerly(False)
