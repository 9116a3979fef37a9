"""A head on what is known of crops: those of a tracklet together, people seen together apart.

Two tracklets may be one person who left and came back, so other tracklets are no negatives: only
those are that were seen at the same time. The head adds to what goes in, and begins with nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.learn.losses.metric import deviation
from frameatlas.reid.learn.training.objective import Batch, Parts, Stage
from frameatlas.reid.learn.training.train_plan import TrainPlan

HIDDEN = 256
TEMPERATURE = 0.1


@dataclass(frozen=True, eq=False)
class GameCrops:
    """Crops to learn from.

    Attributes:
        rows: float32 of shape (n, d), of length 1.
        tracklet: int64 of shape (n,).
        apart: bool of shape (t, t): tracklets that are two people for sure.
    """

    rows: NDArray[np.float32]
    tracklet: NDArray[np.int64]
    apart: NDArray[np.bool_]


def build_game_head(width: int, seed: int) -> Any:
    """A ``keras.Model`` from rows (n, d) to rows of the same shape, at first the same rows."""
    import keras

    inputs = keras.Input((width,), name="rows")
    x = keras.layers.Dense(
        HIDDEN,
        "relu",
        kernel_initializer=keras.initializers.HeNormal(seed),
        name="hidden",
        dtype="float32",
    )(inputs)
    x = keras.layers.Dense(width, kernel_initializer="zeros", name="change", dtype="float32")(x)
    return keras.Model(inputs, keras.layers.Add(name="changed", dtype="float32")([inputs, x]))


class GameObjective:
    """InfoNCE over the crops of a batch, with certain negatives alone.

    Args:
        crops: What is known.
        plan: Batches and the seed.
        head: From ``build_game_head``.
    """

    def __init__(self, crops: GameCrops, plan: TrainPlan, head: Any) -> None:
        self.crops, self.plan, self.head = crops, plan, head
        count = len(crops.apart)
        order = np.argsort(crops.tracklet, kind="stable")
        starts = np.searchsorted(crops.tracklet[order], np.arange(count + 1))
        self._members = [order[starts[n] : starts[n + 1]] for n in range(count)]
        several = np.array([len(own) > 1 for own in self._members])
        self._apart = crops.apart & several[:, None] & several[None]
        self.anchors = np.flatnonzero(self._apart.any(axis=1))
        self.stages = (Stage("game", 1.0, head.trainable_variables, self.losses),)

    def batch(self, step: int) -> Batch:
        """P tracklets, each beside one that was seen with it, K crops each."""
        random = np.random.default_rng([self.plan.seed, 10, step])
        first = random.choice(self.anchors, max(1, self.plan.people // 2))
        second = [random.choice(np.flatnonzero(self._apart[one])) for one in first]
        chosen = np.unique(np.concatenate([first, np.array(second)]))
        rows = np.concatenate(
            [random.choice(self._members[one], self.plan.pictures) for one in chosen]
        )
        tracklet = self.crops.tracklet[rows]
        itself = rows[:, None] == rows
        return {
            "rows": self.crops.rows[rows],
            "same": (tracklet[:, None] == tracklet) & ~itself,
            "different": self._apart[np.ix_(tracklet, tracklet)],
        }

    def begin_step(self, step: int, steps: int) -> None:
        """Nothing has to be done."""

    def state(self) -> Sequence[Any]:
        """The head."""
        return list(self.head.variables)

    def losses(self, batch: dict[str, Any]) -> Parts:
        """For each pair of one tracklet: its likeness against that to all who are others."""
        import tensorflow as tf

        unit = tf.math.l2_normalize(self.head(batch["rows"], training=True), axis=1)
        likeness = tf.matmul(unit, unit, transpose_b=True) / TEMPERATURE
        lowest = tf.constant(-1e9)
        others = tf.reduce_logsumexp(tf.where(batch["different"], likeness, lowest), axis=1)
        each = tf.nn.softplus(others[:, None] - likeness)
        pairs = tf.cast(batch["same"], tf.float32)
        loss = tf.reduce_sum(each * pairs) / tf.maximum(tf.reduce_sum(pairs), 1.0)
        return {"loss": loss, "deviation": deviation(unit)}
