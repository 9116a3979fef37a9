"""Layouts are trained by a compiled loop; compiling one takes ten times as long as running it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from frameatlas.embedder.layout import training
from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder

KEPT: dict[tuple[Any, ...], SimpleNamespace] = {}
COMPILE = training._compile_loop


@pytest.fixture(scope="module", autouse=True)
def compiled_once() -> Iterator[None]:
    """Trainings of one shape share a compiled loop: networks and Adam of its own, set each time.

    That the loop itself trains, as users have it, to the same bytes, ``test_training.py`` shows by
    a process of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "_compile_loop", _shared_loop)
        yield


def _shared_loop(encoder: Any, decoder: Any, plan: training.TrainingPlan) -> Callable[..., None]:
    import tensorflow as tf

    if tf.config.functions_run_eagerly():
        return COMPILE(encoder, decoder, plan)
    begun = False

    def run(data: Any, *values: Any) -> None:
        nonlocal begun
        loop = _loop_for(encoder, decoder, plan, tuple(data.shape))
        if not begun:
            for variable, value in zip(loop.adam.variables, loop.first, strict=True):
                variable.assign(value)
        begun = True
        for kept, own in zip(loop.models, (encoder, decoder), strict=True):
            kept.set_weights(own.get_weights())
        loop.run(data, *values)
        for kept, own in zip(loop.models, (encoder, decoder), strict=True):
            own.set_weights(kept.get_weights())

    return run


def _loop_for(
    encoder: Any, decoder: Any, plan: training.TrainingPlan, shape: tuple[int, ...]
) -> SimpleNamespace:
    """The loop for all that is written into its program: seed and steps are not."""
    regulariser = encoder.layers[-1].activity_regularizer.get_config()
    widths = tuple(_widths(model) for model in (encoder, decoder))
    written = {name: value for name, value in vars(plan).items() if name not in ("seed", "steps")}
    components = encoder.input_shape[1]
    key = (shape, components, widths, training.CHUNK, *regulariser.items(), *written.items())
    if key not in KEPT:
        given = {"std": regulariser["std"], "std_weight": regulariser["weight"]}
        models = (
            build_encoder(components, widths=widths[0], **given),
            build_decoder(components, widths=widths[1]),
        )
        KEPT[key] = _compiled(models, plan)
    return KEPT[key]


def _widths(model: Any) -> tuple[int, ...]:
    return tuple(layer.units for layer in model.layers if hasattr(layer, "units"))[:-1]


def _compiled(models: Any, plan: training.TrainingPlan) -> SimpleNamespace:
    import keras

    made = []

    def adam(rate: float) -> Any:
        made.append(usual(rate))
        return made[0]

    usual = keras.optimizers.Adam
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.optimizers, "Adam", adam)
        run = COMPILE(models[0], models[1], plan)
    first = [variable.numpy() for variable in made[0].variables]
    return SimpleNamespace(run=run, models=models, adam=made[0], first=first)
