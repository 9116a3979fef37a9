"""The clustering autoencoder of EPFL's report (Ballestrazzi), rebuilt in Keras.

A dense autoencoder learns to reconstruct, then also to keep pictures of one label together. Where
the report is silent or its text and code differ, this follows the code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.learn.contrastive_losses import Contrast, contrast

if TYPE_CHECKING:
    import keras

Latent = Literal["relu", "sigmoid", "tanh", "fixed-variance"]
"""The published latent; two within bounds; and the one that the report asks for: without limits,
variance 1."""

WIDTHS = (500, 64, 10)
"""Published layers from picture to code; the decoder has the same, back."""


@dataclass(frozen=True)
class ClusteringPlan:
    """How to train.

    Attributes:
        latent: Last layer of the encoder.
        contrast: "ratio" is published.
        reconstruction_share: Share of reconstruction in the second phase, 0 to 1.
        pretrain: Epochs of reconstruction alone.
        epochs: Epochs of the second phase, a step for each label.
        batch: Pictures of a step of the first phase.
        same: Pictures of the label in a step of the second phase; the report took all.
        different: Pictures of other labels in such a step; the report took all.
        rate: Adam's step size.
        squared: Squared distances, as in the report's text instead of its code.
        pull: λ, weight of intra where ``contrast`` is "weighted" (equation 2).
        push: γ, weight of inter there.
        output: Last layer of the decoder: "sigmoid" for pictures, "linear" for features.
        seed: Decides weights and batches.
    """

    latent: Latent = "relu"
    contrast: Contrast = "ratio"
    reconstruction_share: float = 0.99
    pretrain: int = 40
    epochs: int = 100
    batch: int = 512
    same: int = 256
    different: int = 1024
    rate: float = 1e-3
    squared: bool = False
    pull: float = 1.0
    push: float = 1.0
    output: Literal["sigmoid", "linear"] = "sigmoid"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.latent not in get_args(Latent) or self.contrast not in get_args(Contrast):
            raise InputError(
                f"Expected a latent of {get_args(Latent)} and a contrast of {get_args(Contrast)}. "
                f"Received: {self.latent!r} and {self.contrast!r}."
            )
        if not 0 <= self.reconstruction_share <= 1:
            raise InputError(
                "Expected a share of reconstruction between 0 and 1. Received: "
                f"{self.reconstruction_share}."
            )


def build_clustering_encoder(
    inputs: int, widths: tuple[int, ...] = WIDTHS, latent: Latent = "relu", seed: int = 0
) -> "keras.Model":
    """From float32 (n, inputs) to codes float32 (n, widths[-1])."""
    import keras

    model = keras.Sequential(name="clustering_encoder")
    model.add(keras.Input((inputs,)))
    for place, width in enumerate(widths[:-1]):
        model.add(_dense(width, _fan(inputs, widths, place), "relu", seed + place))
    last = len(widths) - 1
    active = None if latent == "fixed-variance" else latent
    model.add(_dense(widths[-1], _fan(inputs, widths, last), active, seed + last))
    if latent == "fixed-variance":
        model.add(keras.layers.BatchNormalization(center=False, scale=False, momentum=0.9))
    return model


def build_clustering_decoder(
    inputs: int, widths: tuple[int, ...] = WIDTHS, output: str = "sigmoid", seed: int = 0
) -> "keras.Model":
    """From codes float32 (n, widths[-1]) back to float32 (n, inputs)."""
    import keras

    model = keras.Sequential(name="clustering_decoder")
    model.add(keras.Input((widths[-1],)))
    back = (*widths[-2::-1], inputs)
    for place, width in enumerate(back):
        active = output if place == len(back) - 1 else "relu"
        model.add(_dense(width, _fan(widths[-1], back, place), active, seed + 50 + place))
    return model


def train_clustering(
    pictures: NDArray[np.float32],
    labels: NDArray[np.int64],
    plan: ClusteringPlan,
    widths: tuple[int, ...] = WIDTHS,
    pretrained: Callable[["keras.Model"], None] | None = None,
) -> "keras.Model":
    """Train on labelled pictures and give the encoder.

    Args:
        pictures: float32 of shape (n, d), values from 0 to 1.
        labels: int64 of shape (n,), at least two different ones.
        plan: How.
        widths: Layers of the encoder.
        pretrained: Given the encoder between the two phases, to look at.
    """
    import keras
    import tensorflow as tf

    present = np.unique(labels)
    if len(present) < 2 or len(labels) != len(pictures):
        raise InputError(
            f"Expected a label for each of {len(pictures)} pictures, and at least two different "
            f"ones. Received: {count_of(len(labels), 'label')}, {len(present)} different ones."
        )
    inputs = pictures.shape[1]
    encoder = build_clustering_encoder(inputs, widths, plan.latent, plan.seed)
    decoder = build_clustering_decoder(inputs, widths, plan.output, plan.seed)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer = keras.optimizers.Adam(plan.rate)
    optimizer.build(variables)
    with tf.device("/CPU:0"):
        data = tf.constant(pictures)
        steps = _steps(encoder, decoder, optimizer, plan)
        random = np.random.default_rng(plan.seed)
        for _ in range(plan.pretrain):
            order = random.permutation(len(pictures)).astype(np.int32)
            for start in range(0, len(order), plan.batch):
                steps[0](data, tf.constant(order[start : start + plan.batch]))
        if pretrained:
            pretrained(encoder)
        # The published code goes on with the same Adam, moments and all.
        for _ in range(plan.epochs):
            for label in present:
                same = _draw(np.flatnonzero(labels == label), plan.same, random)
                different = _draw(np.flatnonzero(labels != label), plan.different, random)
                steps[1](data, tf.constant(same), tf.constant(different))
    return encoder


def encode(encoder: "keras.Model", pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Codes of pictures, float32 of shape (n, d)."""
    blocks = [
        np.asarray(encoder(pictures[start : start + 4096], training=False))
        for start in range(0, len(pictures), 4096)
    ]
    return np.concatenate(blocks)


def second_phase_loss(
    encoder: Any, decoder: Any, same: Any, different: Any, plan: ClusteringPlan
) -> Any:
    """The loss of a step of the second phase, a scalar tensor.

    Args:
        encoder: The encoder.
        decoder: The decoder.
        same: Pictures of one label, (s, d).
        different: Pictures of other labels, (t, d).
        plan: Gives the weights.
    """
    from keras import ops

    codes = encoder(ops.concatenate([same, different], axis=0), training=True)
    count = ops.shape(same)[0]  # not known when the step is compiled: labels differ in size
    own = codes[:count]
    loss, _, _ = contrast(own, codes[count:], plan.contrast, plan.squared, (plan.pull, plan.push))
    share = plan.reconstruction_share
    if not share:
        return (1 - share) * loss
    reconstruction = ops.mean(ops.square(decoder(own, training=True) - same))
    return share * reconstruction + (1 - share) * loss


def _steps(encoder: Any, decoder: Any, optimizer: Any, plan: ClusteringPlan) -> tuple[Any, Any]:
    """A compiled step of each phase; both use the same optimiser."""
    import tensorflow as tf
    from keras import ops

    variables = encoder.trainable_variables + decoder.trainable_variables

    def apply(tape: Any, loss: Any) -> None:
        gradients = tape.gradient(loss, variables)
        pairs = [(g, v) for g, v in zip(gradients, variables, strict=True)]
        optimizer.apply([tf.zeros_like(v) if g is None else g for g, v in pairs], variables)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def reconstruct(data: Any, rows: Any) -> None:
        batch = tf.gather(data, rows)
        with tf.GradientTape() as tape:
            again = decoder(encoder(batch, training=True), training=True)
            loss = ops.mean(ops.square(again - batch))
        apply(tape, loss)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def separate(data: Any, same: Any, different: Any) -> None:
        own, others = tf.gather(data, same), tf.gather(data, different)
        with tf.GradientTape() as tape:
            loss = second_phase_loss(encoder, decoder, own, others, plan)
        apply(tape, loss)

    return reconstruct, separate


def _draw(rows: NDArray[np.int64], most: int, random: np.random.Generator) -> NDArray[np.int32]:
    chosen = rows if len(rows) <= most else random.choice(rows, most, replace=False)
    return chosen.astype(np.int32)


def _fan(inputs: int, widths: tuple[int, ...], place: int) -> int:
    return inputs if place == 0 else widths[place - 1]


def _dense(width: int, fan: int, activation: str | None, seed: int) -> "keras.layers.Dense":
    """A layer with PyTorch's first weights and biases: uniform within 1 / √(inputs)."""
    import keras

    reach = fan**-0.5
    return keras.layers.Dense(
        width,
        activation=activation,
        kernel_initializer=keras.initializers.RandomUniform(-reach, reach, seed=seed),
        bias_initializer=keras.initializers.RandomUniform(-reach, reach, seed=seed + 1000),
        dtype="float32",
    )
