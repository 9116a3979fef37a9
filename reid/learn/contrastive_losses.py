"""The losses that pull one person together and push people apart (EPFL, Ballestrazzi), and traps.

For the code z of pictures, S those of one label and D the others:

    intra = mean over S × S of the distance, inter = mean over D × S of the distance
    ratio = intra - stop_gradient(intra / inter) · inter
    loss  = 0.99 · reconstruction + 0.01 · ratio

The ratio loss is always 0 and only its gradient counts: that of intra times log(intra / inter). Two
traps: without stopping the weight's gradient the whole is 0, and the square root of the distance
of a picture to itself has no derivative. Intra alone collapses: every code becomes the same.
"""

from typing import Any, Literal

Contrast = Literal["ratio", "intra", "weighted", "none"]
"""The published ratio; intra alone, which collapses; λ · intra - γ · inter with weights that are
given, as the report's equation 2 has it; or nothing."""

TINY = 1e-12
"""Squared distances below it have no gradient: they are those of a picture to itself."""


def distances(codes: Any, others: Any, squared: bool = False) -> Any:
    """Distances of all pairs: tensors (n, d) and (m, d) to (n, m), with finite gradients.

    Args:
        codes: Codes.
        others: Codes.
        squared: Squared distances, as the report's equation 2 has them; its code has plain ones.
    """
    from keras import ops

    differences = ops.expand_dims(codes, 1) - ops.expand_dims(others, 0)
    squares = ops.sum(ops.square(differences), axis=2)
    if squared:
        return squares
    far = squares > TINY
    # Both branches of a choice are derived: the root must be safe where it is not chosen too.
    return ops.where(far, ops.sqrt(ops.where(far, squares, 1.0)), 0.0)


def contrast(
    same: Any,
    different: Any,
    kind: Contrast = "ratio",
    squared: bool = False,
    weights: tuple[float, float] = (1.0, 1.0),
) -> tuple[Any, Any, Any]:
    """The contrastive part for the codes of one label and those of all others.

    Args:
        same: Codes of one label, tensor of shape (s, d).
        different: Codes of other labels, tensor of shape (t, d).
        kind: Which loss.
        squared: See ``distances``.
        weights: λ and γ of "weighted". Its push has no end where codes have none: it is meant for
            latents within bounds.

    Returns:
        The loss, intra and inter, as scalar tensors.
    """
    from keras import ops

    intra = ops.mean(distances(same, same, squared))
    inter = ops.mean(distances(different, same, squared))
    if kind == "none":
        return ops.zeros_like(intra), intra, inter
    if kind == "intra":
        return intra, intra, inter
    if kind == "weighted":
        return weights[0] * intra - weights[1] * inter, intra, inter
    weight = ops.stop_gradient(intra / ops.maximum(inter, TINY))
    return intra - weight * inter, intra, inter
