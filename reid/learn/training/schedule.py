"""The learning rate over the epochs: warmed up, then dropped twice to a tenth."""

from frameatlas.errors import InputError

EPOCHS = 90
"""What UnB trained for; other lengths have their steps at the same shares of it."""

WARM, FIRST_DROP, SECOND_DROP = 10, 40, 70
START = 0.01
"""Share of the rate that the first epoch has (Luo et al. 2019, the code)."""

SCHEDULES = ("steps", "constant")


def rate_at(
    epoch: int, *, rate: float = 3.5e-4, epochs: int = EPOCHS, kind: str = "steps"
) -> float:
    """Adam's step size in an epoch, counted from 0.

    Of 90 epochs: 3.5e-6, 3.815e-5, … up to 3.5e-4 from epoch 10 on, 3.5e-5 from 40, 3.5e-6 from 70.

    Args:
        epoch: Which.
        rate: The largest.
        epochs: Of the whole training.
        kind: "steps", or "constant".
    """
    if kind not in SCHEDULES:
        raise InputError(f"Expected a schedule of {', '.join(SCHEDULES)}. Received: {kind!r}.")
    if kind == "constant":
        return rate
    place = epoch * EPOCHS / max(1, epochs)
    if place < WARM:
        return rate * (START + (1 - START) * place / WARM)
    return rate * (1.0 if place < FIRST_DROP else 0.1 if place < SECOND_DROP else 0.01)
