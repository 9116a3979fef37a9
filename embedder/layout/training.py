"""Training encoder and decoder: one compiled loop over data that lies in memory as a tensor."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout import losses
from frameatlas.embedder.layout.exact_batchnorm import settle_norms, settle_spread

if TYPE_CHECKING:
    import keras

BATCH = 512
"""Large enough that a batch's mean and spread are those of all frames, to a few per cent."""

RATE = 0.01
"""Adam's largest step size."""

CHUNK = 100
"""Steps that run in the compiled loop before ``progress`` may stop the training: a second or so."""


@dataclass(frozen=True)
class TrainingPlan:
    """How long and how boldly to train.

    Attributes:
        steps: Batches, a multiple of ``CHUNK``.
        batch: Frames in each.
        rate: Adam's largest step size; it warms up over a tenth of the steps and falls by a cosine.
        triplet: Weight of the triplet log-ratio.
        temporal: Weight of the temporal term; 0 leaves it out.
        std: Wished standard deviation of the code.
        seed: Decides the batches.
    """

    steps: int
    batch: int
    rate: float
    triplet: float
    temporal: float
    std: float
    seed: int


def plan_steps(n: int) -> int:
    """Steps for n frames: forty passes, as the article trained, but neither few nor endless.

    A few hundred frames still need some thousand steps to unfold, and beyond 75,000 frames more
    steps did not lower the loss.
    """
    wished = math.ceil(40 * n / BATCH)
    return math.ceil(min(max(wished, 2000), 6000) / CHUNK) * CHUNK


def train(
    encoder: "keras.Model",
    decoder: "keras.Model",
    scores: NDArray[np.float32],
    between: NDArray[np.int64],
    plan: TrainingPlan,
    progress: Callable[[int, int], None] | None = None,
    guide: NDArray[np.float32] | None = None,
) -> None:
    """Fit both models to the scores, in place.

    Always on the CPU: the networks are so small that a GPU gains little, and there the
    order of its sums changes from run to run, and the map with it.

    Args:
        encoder: From ``build_encoder``; its regulariser is part of the loss.
        decoder: From ``build_decoder``.
        scores: float32 of shape (n, k).
        between: int64 of shape (m,), rows whose neighbours before and after are the frames next
            in time of the same path; used by the temporal term alone.
        plan: See ``TrainingPlan``.
        progress: Called with (step, steps) between compiled runs; may raise to stop.
        guide: float32 of shape (n, 2), codes that the frames are to have: the encoder learns
            them, and the decoder learns from them. None lets both find their own.
    """
    import tensorflow as tf

    with tf.device("/CPU:0"):
        data = tf.constant(scores if guide is None else np.hstack([scores, guide]))
        run = _compile_loop(encoder, decoder, plan)
        batches = _batches(len(scores), between, plan)
        for step in range(0, plan.steps, CHUNK):
            if progress:
                progress(step, plan.steps)
            rows, middles = next(batches)
            rates = tf.constant(_rates(step, plan))
            run(data, tf.constant(rows), tf.constant(middles), rates)
        if progress:
            progress(plan.steps, plan.steps)
        settle_norms(encoder, scores)
        if guide is None:
            settle_spread(encoder, scores, plan.std)
            guide = np.asarray(encoder(data, training=False))
        settle_norms(decoder, guide)


def loss_terms(
    encoder: "keras.Model",
    decoder: "keras.Model",
    scores: Any,
    moments: Any | None,
    plan: TrainingPlan,
    training: bool,
) -> dict[str, Any]:
    """Every weighted term of the loss on one batch, as scalar tensors.

    Args:
        encoder: The encoder.
        decoder: The decoder.
        scores: float32 tensor of shape (batch, k), or (batch, k + 2) with the codes that the
            frames are to have behind their scores.
        moments: Scores before, at and after some moments, one third each of (3 m, k), or None.
        plan: Gives the weights.
        training: Whether normalisation uses the batch's own statistics.
    """
    import tensorflow as tf

    components = encoder.input_shape[1]
    scores, guide = scores[:, :components], scores[:, components:]
    code = encoder(scores, training=training)
    shown = guide if guide.shape[1] else code
    terms = {
        "reconstruction": losses.reconstruction(scores, decoder(shown, training=training)),
        "std": sum(encoder.losses),
        "triplet": plan.triplet * losses.triplet_log_ratio(scores, code, plan.std),
    }
    if guide.shape[1]:
        terms["guide"] = losses.guide(code, guide, plan.std)
    if moments is not None:
        moments = moments[:, :components]
        before, here, after = tf.split(encoder(moments, training=training), 3)
        terms["temporal"] = plan.temporal * losses.temporal(before, here, after)
    return terms


def _compile_loop(
    encoder: "keras.Model", decoder: "keras.Model", plan: TrainingPlan
) -> Callable[..., Any]:
    """A function that runs ``CHUNK`` steps inside one XLA program."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.Adam(plan.rate)
    variables = encoder.trainable_variables + decoder.trainable_variables
    optimizer.build(variables)

    @tf.function(jit_compile=True)  # type: ignore[untyped-decorator]
    def run(data: Any, rows: Any, middles: Any, rates: Any) -> None:
        for i in tf.range(CHUNK):
            optimizer.learning_rate.assign(rates[i])
            with tf.GradientTape() as tape:
                moments = None
                if plan.temporal:
                    moments = tf.gather(data, _around(middles[i]))
                batch = tf.gather(data, rows[i])
                terms = loss_terms(encoder, decoder, batch, moments, plan, training=True)
                loss = tf.add_n(list(terms.values()))
            optimizer.apply(tape.gradient(loss, variables), variables)

    return run  # type: ignore[no-any-return]


def _around(middles: Any) -> Any:
    """Rows before, at and after each of (m,) rows, one after the other: shape (3 m,)."""
    from keras import ops

    return ops.concatenate([middles - 1, middles, middles + 1], axis=0)


def _batches(n: int, between: NDArray[np.int64], plan: TrainingPlan) -> Any:
    """Rows of the batches of each chunk, and of the moments for the temporal term.

    Yields:
        Two int32 arrays of shape (CHUNK, batch): every row once before any comes again.
    """
    random = np.random.default_rng(plan.seed)
    size = CHUNK * plan.batch
    deck = np.empty(0, np.int32)
    while True:
        while len(deck) < size:
            deck = np.concatenate([deck, random.permutation(n).astype(np.int32)])
        middles = np.zeros(size, np.int32)
        if plan.temporal:
            middles = random.choice(between, size).astype(np.int32)
        yield (deck[:size].reshape(CHUNK, -1), middles.reshape(CHUNK, -1))
        deck = deck[size:]


def _rates(start: int, plan: TrainingPlan) -> NDArray[np.float32]:
    """Adam's step size for each step of a chunk: linear warm-up, then half a cosine to nothing."""
    step = np.arange(start, start + CHUNK, dtype=np.float64)
    warm = max(plan.steps // 10, 1)
    rise = np.minimum((step + 1) / warm, 1.0)
    fall = 0.5 + 0.5 * np.cos(np.pi * np.clip((step - warm) / (plan.steps - warm), 0.0, 1.0))
    return (plan.rate * rise * fall).astype(np.float32)


def measure(
    encoder: "keras.Model",
    decoder: "keras.Model",
    scores: NDArray[np.float32],
    between: NDArray[np.int64],
    plan: TrainingPlan,
    guide: NDArray[np.float32] | None = None,
) -> dict[str, float]:
    """The weighted terms and their total with the frozen models, on 8,192 random frames."""
    import tensorflow as tf

    random = np.random.default_rng(plan.seed)
    rows = random.permutation(len(scores))[:8192]
    if guide is not None:
        scores = np.hstack([scores, guide])
    with tf.device("/CPU:0"):
        moments = None
        if plan.temporal:
            middles = random.permutation(between)[:8192]
            moments = tf.constant(scores[np.asarray(_around(middles))])
        batch = tf.constant(scores[rows])
        terms = loss_terms(encoder, decoder, batch, moments, plan, training=False)
    report = {name: float(value) for name, value in terms.items()}
    return {**report, "total": sum(report.values())}
