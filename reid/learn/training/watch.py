"""What must not go on unnoticed: losses that are no numbers, and features that collapse."""

import math
from collections.abc import Mapping

from frameatlas.errors import TrainingError
from frameatlas.reid.learn.training.train_plan import TrainPlan

MOST_BAD = 3
"""Steps in a row without a finite loss, after which training ends."""

COLLAPSED, NEAR_MARGIN = 0.01, 0.01
"""Share of the first deviation below which features are one; of the margin that counts as it."""

PATIENCE, MARGIN_PATIENCE = 20, 50
"""Steps in a row for which features are one, or a triplet loss is its margin."""


class Watch:
    """Looks at the figures of each step.

    Args:
        plan: Says what is learnt, and so what is a sign of a collapse.
    """

    def __init__(self, plan: TrainPlan) -> None:
        self.plan = plan
        self._bad = self._flat = self._stuck = 0
        self._first = math.nan
        self.warned = False

    def see(self, figures: Mapping[str, float], applied: bool) -> str:
        """Take the figures of a step.

        Args:
            figures: By name, as an objective gives them.
            applied: Whether the loss and all gradients were finite.

        Returns:
            A warning, once; else "".

        Raises:
            TrainingError: It cannot go on.
        """
        self._bad = 0 if applied else self._bad + 1
        if self._bad >= MOST_BAD:
            raise TrainingError(
                f"Expected a finite loss. Received: {MOST_BAD} steps in a row without one; the "
                f"last good state is kept. Train with a lower --rate than {self.plan.rate:g}."
            )
        if not applied:
            return ""
        return self._collapse(figures)

    def _collapse(self, figures: Mapping[str, float]) -> str:
        spread = figures.get("deviation", math.nan)
        if math.isnan(self._first):
            self._first = spread
        self._flat = self._flat + 1 if spread < COLLAPSED * self._first else 0
        triplet = figures.get("triplet", math.nan)
        near = abs(triplet - self.plan.margin) <= NEAR_MARGIN * self.plan.margin
        self._stuck = self._stuck + 1 if near else 0
        if self._flat >= PATIENCE or (self._stuck >= MARGIN_PATIENCE and not self.plan.id_weight):
            raise TrainingError(_collapsed(spread, self._first))
        if self._stuck >= MARGIN_PATIENCE and not self.warned:
            self.warned = True
            return (
                f"the triplet loss stays at its margin, {self.plan.margin:g}: pictures of one "
                "person are as far apart as those of two; try a lower --rate"
            )
        return ""


def _collapsed(spread: float, first: float) -> str:
    return (
        f"Expected features that differ. Received: all alike, a deviation of {spread:.2g} where "
        f"it began with {first:.2g}: they collapsed. Train with --contrast ratio, or with a "
        "classification of people beside the loss, or with a lower --rate."
    )
