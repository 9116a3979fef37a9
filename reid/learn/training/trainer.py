"""The one training loop: steps, a state that survives, and a line an epoch."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.objective import CENTRE_RATE, Objective, Stage
from frameatlas.reid.learn.training.schedule import rate_at
from frameatlas.reid.learn.training.train_plan import TrainPlan
from frameatlas.reid.learn.training.watch import Watch

SAVED_EVERY = 300.0
"""Seconds after which a state is written, whatever the epoch."""

LARGEST_SCALE, SCALE_PATIENCE = 2.0**15, 2000
"""Of a loss in float16: where it begins, and good steps after which it is doubled."""


@dataclass(frozen=True)
class Epoch:
    """What an epoch came to.

    Attributes:
        number: From 1.
        of: Epochs there are.
        stage: Name of what was learnt.
        rate: Adam's step size.
        figures: Means over its steps, by name.
        seconds: On the clock.
    """

    number: int
    of: int
    stage: str
    rate: float
    figures: dict[str, float]
    seconds: float

    def __str__(self) -> str:
        shown = "  ".join(f"{name} {value:.4f}" for name, value in self.figures.items())
        return f"epoch {self.number}/{self.of}  rate {self.rate:.3g}  {shown}  {self.seconds:.0f} s"


@dataclass(frozen=True)
class Watchers:
    """Who is told what happens, and who says that it is enough.

    Attributes:
        epoch: Told of each epoch.
        note: Told a sentence that the user should read.
        stopped: True once the user wants to stop.
    """

    epoch: Callable[[Epoch], None] = lambda _: None
    note: Callable[[str], None] = lambda _: None
    stopped: Callable[[], bool] = lambda: False


class Trainer:
    """Trains an objective.

    Args:
        objective: What is minimised.
        plan: How.
        steps: Of an epoch.
        run: Where its state is kept; None keeps none.
        watchers: Who is told.
    """

    def __init__(
        self,
        objective: Objective,
        plan: TrainPlan,
        steps: int,
        run: RunFolder | None = None,
        watchers: Watchers | None = None,
    ) -> None:
        import keras

        self.objective, self.plan, self.steps, self.run = objective, plan, steps, run
        self.watchers = watchers or Watchers()
        self._optimizers = [keras.optimizers.Adam(plan.rate) for _ in objective.stages]
        for optimizer, stage in zip(self._optimizers, objective.stages, strict=True):
            optimizer.build(list(stage.variables))
        self._scale = keras.Variable(
            LARGEST_SCALE if half_precision(plan) else 1.0, trainable=False, dtype="float32"
        )
        self._good = 0
        self._compiled: dict[int, Any] = {}
        self.done = 0

    @property
    def variables(self) -> Sequence[Any]:
        """Everything that the next step depends on."""
        own = [v for optimizer in self._optimizers for v in optimizer.variables]
        return [*self.objective.state(), *own, self._scale]

    def resume(self) -> None:
        """Take the state of the run's folder."""
        assert self.run is not None
        self.done = self.run.load(self.variables)

    def seconds_a_step(self, most_steps: int = 20, most_seconds: float = 20.0) -> float:
        """Time a few steps, then put everything back as it was."""
        before = [variable.numpy() for variable in self.variables]
        self._step(0)  # compiles
        begun, steps = time.perf_counter(), 0
        while steps < most_steps and (not steps or time.perf_counter() - begun < most_seconds):
            self._step(steps)
            steps += 1
        seconds = (time.perf_counter() - begun) / steps
        for variable, values in zip(self.variables, before, strict=True):
            variable.assign(values)
        self._good = 0
        return seconds

    def train(self) -> None:
        """Go on to the end of the plan.

        Raises:
            TrainingError: Losses are no numbers, or features collapsed; the last state is kept.
            InterruptedIndexError: The user stopped; the state is kept.
            InputError: Memory does not suffice.
        """
        watch = Watch(self.plan)
        saved = time.monotonic()
        for epoch in range(self.done // self.steps, self.plan.epochs):
            begun, sums = time.monotonic(), _Sums()
            for step in range(self.done, (epoch + 1) * self.steps):
                figures, applied = self._step(step)
                warning = watch.see(figures, applied or float(self._scale) > 1)
                if warning:
                    self.watchers.note(warning)
                sums.add(figures, applied)
                self.done = step + 1
                if self.watchers.stopped():
                    self._save()
                    raise InterruptedIndexError(stopped_words(self.run))
                if time.monotonic() - saved > SAVED_EVERY:
                    self._save()
                    saved = time.monotonic()
            self._save()
            saved = time.monotonic()
            stage = self.objective.stages[self._stage(epoch)].name
            took = time.monotonic() - begun
            rate = self._rate(epoch)
            self.watchers.epoch(Epoch(epoch + 1, self.plan.epochs, stage, rate, sums.means(), took))

    def _save(self) -> None:
        if self.run is not None:
            self.run.save(self.variables, self.done)

    def _rate(self, epoch: int) -> float:
        plan = self.plan
        return rate_at(epoch, rate=plan.rate, epochs=plan.epochs, kind=plan.schedule)

    def _stage(self, epoch: int) -> int:
        """Number of the stage that an epoch belongs to."""
        ends = np.cumsum([stage.share for stage in self.objective.stages]) * self.plan.epochs
        return min(int(np.searchsorted(ends - 1e-9, epoch, "right")), len(ends) - 1)

    def _step(self, step: int) -> tuple[dict[str, float], bool]:
        import tensorflow as tf

        epoch = step // self.steps
        number = self._stage(epoch)
        if number not in self._compiled:
            self._compiled[number] = compiled_step(
                self.objective.stages[number], self._optimizers[number], self._scale, self.plan
            )
        self.objective.begin_step(step, self.steps)
        self._optimizers[number].learning_rate.assign(self._rate(epoch))
        try:
            batch = {k: tf.constant(v) for k, v in self.objective.batch(step).items()}
            figures, applied = self._compiled[number](batch)
        except (MemoryError, tf.errors.ResourceExhaustedError) as error:
            raise InputError(
                f"Expected memory for batches of {self.plan.people} × {self.plan.pictures}. "
                "Received: less; take --batch 8x4, or smaller pictures with --size. What was "
                "learnt until the last state is kept."
            ) from error
        done = bool(applied)
        self._rescale(done)
        return {name: float(value) for name, value in figures.items()}, done

    def _rescale(self, applied: bool) -> None:
        """Halve the scale where float16 was not enough, double it after many good steps."""
        if not half_precision(self.plan):
            return
        scale = float(self._scale)
        self._good = self._good + 1 if applied else 0
        if not applied and scale > 1:
            self._scale.assign(scale / 2)
        elif self._good >= SCALE_PATIENCE:
            self._scale.assign(min(2 * scale, LARGEST_SCALE))
            self._good = 0


def half_precision(plan: TrainPlan) -> bool:
    """Whether a plan computes in float16 on this machine."""
    import tensorflow as tf

    if plan.precision != "auto":
        return plan.precision == "mixed"
    return bool(tf.config.list_physical_devices("GPU"))


def compiled_step(stage: Stage, optimizer: Any, scale: Any, plan: TrainPlan) -> Any:
    """A function of a batch that makes one step, unless a number in it is not finite.

    Then nothing changes: neither weights nor moments, nor what batch normalisation has seen.
    """
    import tensorflow as tf

    own, centres = list(stage.variables), list(stage.centres)

    @tf.function(reduce_retracing=True)  # type: ignore[untyped-decorator]
    def step(batch: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        moving = list(stage.moving)
        before = [tf.identity(v.value) for v in moving]
        with tf.GradientTape() as tape:
            parts = stage.losses(batch)
            total = next(iter(parts.values()))
            scaled = total * scale.value
        gradients = tape.gradient(scaled, [v.value for v in (*own, *centres)])
        gradients = [
            tf.zeros_like(v.value) if g is None else tf.convert_to_tensor(g) / scale.value
            for g, v in zip(gradients, (*own, *centres), strict=True)
        ]
        finite = tf.reduce_all([tf.math.is_finite(total)] + [_finite(g) for g in gradients])

        def apply() -> Any:
            decayed = [
                g + plan.weight_decay * v.value
                for g, v in zip(gradients[: len(own)], own, strict=True)
            ]
            optimizer.apply(decayed, own)
            for gradient, centre in zip(gradients[len(own) :], centres, strict=True):
                centre.value.assign_sub(CENTRE_RATE * gradient / plan.centre_weight)
            return tf.constant(True)

        def restore() -> Any:
            for variable, value in zip(moving, before, strict=True):
                variable.value.assign(value)
            return tf.constant(False)

        return parts, tf.cond(finite, apply, restore)

    return step


def _finite(gradient: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_all(tf.math.is_finite(gradient))


def stopped_words(run: RunFolder | None) -> str:
    """What the user is told who stopped a training."""
    if run is None:
        return "Stopped."
    return f"Stopped. What was learnt is kept in {run.path}: give the same command with --resume."


class _Sums:
    """Means of figures over the steps of an epoch."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._count = 0
        self._skipped = 0

    def add(self, figures: dict[str, float], applied: bool) -> None:
        """Take a step's figures, unless it was not applied."""
        if not applied:
            self._skipped += 1
            return
        self._count += 1
        for name, value in figures.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def means(self) -> dict[str, float]:
        """By name; and how many steps were not applied, where there are any."""
        means = {name: value / max(1, self._count) for name, value in self._sums.items()}
        return means | ({"skipped": float(self._skipped)} if self._skipped else {})
