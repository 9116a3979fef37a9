"""Losses on distances between pictures: batch-hard triplet, contrastive, centres, memory.

Distances have gradients everywhere: the root of a picture's distance to itself is safe.
"""

from typing import Any

SAFE = 1e-12
FAR = 1e9
"""Added to distances that must not be chosen."""


def pair_distances(features: Any) -> Any:
    """Euclidean distances of all pairs, tensor (n, d) to (n, n), float32."""
    from keras import ops

    x = ops.cast(features, "float32")
    squares = ops.sum(ops.square(x), axis=1)
    squared = squares[:, None] + squares[None, :] - 2 * ops.matmul(x, ops.transpose(x))
    far = squared > SAFE
    return ops.where(far, ops.sqrt(ops.where(far, squared, 1.0)), 0.0)


def hardest(features: Any, person: Any, different: Any = None, same: Any = None) -> Any:
    """Distance to the farthest of the same person and to the nearest of another, each (n,).

    Args:
        features: Tensor of shape (n, d).
        person: Integers of shape (n,).
        different: bool of shape (n, n): who is another person for sure; None: other numbers.
        same: bool of shape (n, n): who is the same for sure; None: equal numbers.

    Returns:
        Both distances, and bool (n,): whether a picture has both, and so is an anchor.
    """
    from keras import ops

    distance = pair_distances(features)
    equal = person[:, None] == person[None, :]
    same = equal if same is None else same
    different = ops.logical_not(equal) if different is None else different
    own = ops.max(ops.where(same, distance, -1.0), axis=1)
    other = ops.min(ops.where(different, distance, FAR), axis=1)
    several = ops.sum(ops.cast(same, "int32"), axis=1) > 1
    anchor = ops.logical_and(several, ops.any(different, axis=1))
    return own, other, anchor


def batch_hard_triplet(
    features: Any,
    person: Any,
    margin: float | None = 0.3,
    different: Any = None,
    same: Any = None,
) -> Any:
    """Mean of max(0, margin + farthest of the same - nearest other) (Hermans et al. 2017).

    Args:
        features: Not of length 1, tensor of shape (n, d).
        person: Integers of shape (n,).
        margin: None takes the soft margin, log(1 + exp(…)).
        different: See ``hardest``.
        same: See ``hardest``.
    """
    from keras import ops

    own, other, anchor = hardest(features, person, different, same)
    gap = own - other
    each = ops.softplus(gap) if margin is None else ops.relu(gap + margin)
    counted = ops.cast(anchor, "float32")
    return ops.sum(ops.where(anchor, each, 0.0)) / ops.maximum(ops.sum(counted), 1.0)


def contrastive(first: Any, second: Any, different: Any, margin: float = 1.0) -> Any:
    """½ D² where two pictures show one person, else ½ max(0, margin - D)² (Hadsell 2006).

    Args:
        first: Tensor of shape (n, d).
        second: The other picture of each pair, (n, d).
        different: Numbers of shape (n,): 1 where they show two people, else 0.
        margin: Distance from which on two people are far enough; Texas A&M took 100.
    """
    from keras import ops

    squares = ops.sum(ops.square(first - second), axis=1)
    far = squares > SAFE
    distance = ops.where(far, ops.sqrt(ops.where(far, squares, 1.0)), 0.0)
    y = ops.cast(different, "float32")
    return ops.mean(0.5 * (1 - y) * squares + 0.5 * y * ops.square(ops.relu(margin - distance)))


def centre_loss(features: Any, person: Any, centres: Any) -> Any:
    """Mean squared distance to the person's centre, without the usual ½ (as Luo's code).

    Args:
        features: Tensor of shape (n, d).
        person: Integers of shape (n,).
        centres: Tensor of shape (people, d).
    """
    from keras import ops

    return ops.mean(ops.sum(ops.square(features - ops.take(centres, person, axis=0)), axis=1))


def memory_contrast(features: Any, person: Any, memory: Any, temperature: float = 0.05) -> Any:
    """InfoNCE against a memory of one row a cluster (Cluster-Contrast, Dai et al. 2021).

    Args:
        features: Of length 1, tensor of shape (n, d).
        person: Cluster of each, integers of shape (n,).
        memory: Of length 1, tensor of shape (clusters, d).
        temperature: Divides similarities.
    """
    from keras import ops

    logits = ops.matmul(features, ops.transpose(memory)) / temperature
    return ops.mean(-_log_shares(logits, person))


def _log_shares(logits: Any, person: Any) -> Any:
    from keras import ops

    shares = ops.log_softmax(logits, axis=1)
    return ops.take_along_axis(shares, ops.cast(person, "int32")[:, None], axis=1)[:, 0]


def batch_ratio(features: Any, person: Any, kind: str = "ratio") -> Any:
    """EPFL's contrast over all pairs of a batch: see ``contrastive_losses``.

    Args:
        features: Tensor of shape (n, d).
        person: Integers of shape (n,).
        kind: "ratio", whose gradient is that of intra · log(intra / inter); or "intra" alone,
            which collapses.
    """
    from keras import ops

    distance = pair_distances(features)
    same = ops.cast(person[:, None] == person[None, :], "float32")
    intra = ops.sum(distance * same) / ops.sum(same)
    if kind == "intra":
        return intra
    inter = ops.sum(distance * (1 - same)) / ops.maximum(ops.sum(1 - same), 1.0)
    return intra - ops.stop_gradient(intra / ops.maximum(inter, SAFE)) * inter


def deviation(features: Any) -> Any:
    """Mean over the dimensions of the deviation within a batch: 0 where all are alike."""
    from keras import ops

    return ops.mean(ops.std(ops.cast(features, "float32"), axis=0))
