"""The terms of the layout's loss, each a plain function of tensors."""

from typing import Any

FLOOR = 1e-3
"""ε of the log-ratio, as a share of the mean squared distance between two points, so that equal
frames weigh the same among the scores (hundreds of numbers) as among the codes (two)."""


def reconstruction(scores: Any, decoded: Any) -> Any:
    """Mean squared error, a scalar.

    Args:
        scores: float32 tensor of shape (batch, k).
        decoded: float32 tensor of shape (batch, k).
    """
    from keras import ops

    return ops.mean(ops.square(scores - decoded))


def triplet_log_ratio(scores: Any, code: Any, std: float) -> Any:
    """How far the codes' ratios of squared distances are from those of the scores, a scalar.

    The triplets A, B, C are each row, the next and the one after it: a shuffled batch makes them
    random. The mean over them of the squared difference of
    log((ε + |A - B|²) / (ε + |B - C|²)) among scores and among codes.

    Args:
        scores: float32 tensor of shape (batch, k), of root mean square 1.
        code: float32 tensor of shape (batch, 2).
        std: The code's wished standard deviation on each axis.
    """
    from keras import ops

    wide = _log_ratio(scores, FLOOR * 2.0 * scores.shape[1])
    flat = _log_ratio(code, FLOOR * 2.0 * code.shape[1] * std**2)
    return ops.mean(ops.square(wide - flat))


def _log_ratio(rows: Any, floor: float) -> Any:
    """log((ε + |A - B|²) / (ε + |B - C|²)) of each row and its two followers, shape (batch,)."""
    from keras import ops

    step = ops.sum(ops.square(rows - ops.roll(rows, -1, axis=0)), axis=1)
    log_step = ops.log(floor + step)
    return log_step - ops.roll(log_step, -1, axis=0)


def temporal(before: Any, code: Any, after: Any) -> Any:
    """Mean squared distance of each code from the middle of its neighbours in time, a scalar.

    Args:
        before: float32 tensor of shape (batch, 2), codes of the frames before.
        code: float32 tensor of shape (batch, 2).
        after: float32 tensor of shape (batch, 2), codes of the frames after.
    """
    from keras import ops

    return ops.mean(ops.sum(ops.square((before + after) / 2.0 - code), axis=1))


def guide(code: Any, wished: Any, std: float) -> Any:
    """Mean squared distance of codes from where they are to be, as a share of the code's variance.

    Args:
        code: float32 tensor of shape (batch, 2).
        wished: float32 tensor of shape (batch, 2).
        std: The code's wished standard deviation on each axis.
    """
    from keras import ops

    return ops.mean(ops.square(code - wished)) / std**2
