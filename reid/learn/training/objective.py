"""What a system minimises: batches in, losses out; the loop around it is ``trainer``'s."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

Batch = dict[str, NDArray[Any]]
Parts = dict[str, Any]
"""Losses and other figures of a step by name, scalar tensors; the first is what is minimised."""


@dataclass(frozen=True)
class Stage:
    """A part of a training in which the same numbers are learnt.

    Attributes:
        name: For the user.
        share: Of the epochs.
        variables: What is learnt by Adam.
        losses: From a batch, as tensors, to the losses; the first is minimised.
        moving: What a forward pass changes: means and variances of batch normalisation.
        centres: Learnt by an SGD of their own with rate ``CENTRE_RATE`` from the loss "centre".
    """

    name: str
    share: float
    variables: Sequence[Any]
    losses: Callable[[dict[str, Any]], Parts]
    moving: Sequence[Any] = field(default=())
    centres: Sequence[Any] = field(default=())


CENTRE_RATE = 0.5
"""Of the centres' SGD, whose gradient is divided by the loss' weight (Luo et al. 2019)."""


class Objective(Protocol):
    """A system that can be trained."""

    @property
    def stages(self) -> Sequence[Stage]:
        """What is learnt, one after the other."""

    def batch(self, step: int) -> Batch:
        """The batch of a step, a function of the seed and the step alone."""

    def begin_step(self, step: int, steps: int) -> None:
        """Called before each step, with the number of steps of an epoch."""

    def state(self) -> Sequence[Any]:
        """Everything that a checkpoint has to hold but optimisers: variables in a fixed order."""
