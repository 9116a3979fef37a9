"""Losses on classes: who it is, smoothed, and what they wear."""

from collections.abc import Sequence
from typing import Any


def smoothed_identity(logits: Any, person: Any, smoothing: float = 0.1, weight: Any = None) -> Any:
    """Cross entropy with targets (1 - ε) y + ε / K.

    Args:
        logits: Tensor of shape (n, K).
        person: Integers of shape (n,).
        smoothing: ε; 0 is plain cross entropy.
        weight: float (n,): 0 leaves a picture out; None counts all.
    """
    from keras import ops

    shares = ops.log_softmax(ops.cast(logits, "float32"), axis=1)
    index = ops.cast(person, "int32")[:, None]
    own = ops.take_along_axis(shares, index, axis=1)[:, 0]
    each = -(1 - smoothing) * own - smoothing * ops.mean(shares, axis=1)
    if weight is None:
        return ops.mean(each)
    return ops.sum(each * weight) / ops.maximum(ops.sum(weight), 1.0)


def attribute_loss(logits: Sequence[Any], classes: Any) -> Any:
    """Sum of the cross entropies of all attributes; classes of -1 are not known and do not count.

    Args:
        logits: Of each attribute, tensor of shape (n, its classes).
        classes: Integers of shape (n, attributes).
    """
    from keras import ops

    total = 0.0
    for number, one in enumerate(logits):
        known = ops.cast(classes[:, number] >= 0, "float32")
        index = ops.maximum(ops.cast(classes[:, number], "int32"), 0)[:, None]
        own = ops.take_along_axis(ops.log_softmax(one, axis=1), index, axis=1)[:, 0]
        total = total - ops.sum(own * known) / ops.maximum(ops.sum(known), 1.0)
    return total
