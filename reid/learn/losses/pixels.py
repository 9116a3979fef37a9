"""Losses on pixels: person or not, and pictures drawn again."""

from typing import Any


def weighted_mask_loss(logits: Any, mask: Any, alpha: float = 3.0, beta: float = 1.0) -> Any:
    """Mean of -[α p log x + β (1 - p) log(1 - x)] / (α + β), x = σ(logits) (Texas A&M).

    Args:
        logits: Tensor of shape (n, h, w).
        mask: p: 1 where there is a person, 0 where not, of the same shape.
        alpha: Weight of people's pixels; above β fewer of them are missed.
        beta: Weight of the others.
    """
    from keras import ops

    x = ops.cast(logits, "float32")
    p = ops.cast(mask, "float32")
    # log σ(x) = -softplus(-x), which cannot overflow
    each = alpha * p * ops.softplus(-x) + beta * (1 - p) * ops.softplus(x)
    return ops.mean(each) / (alpha + beta)


def absolute_error(drawn: Any, pictures: Any) -> Any:
    """L1 of pictures drawn again, as a mean: its scale does not depend on their size."""
    from keras import ops

    return ops.mean(ops.abs(drawn - pictures))
