"""Rounds of an adaptation, and what of them is on disk: whole after each, and within each."""

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError, InterruptedIndexError
from frameatlas.reid.learn.networks.heads import Network
from frameatlas.reid.learn.training.checkpoint import RunFolder
from frameatlas.reid.learn.training.trainer import Trainer, stopped_words

NOT_GUESSED = -2
"""Label of a picture before the first guess."""


@dataclass(frozen=True)
class Round:
    """What a round came to.

    Attributes:
        number: From 1.
        clusters: Guessed people.
        labelled: Share of the pictures that have one.
        agreement: ARI to the round before; NaN in the first.
        eps: Radius of the clusters.
        loss: Mean over the round, or over what of it came after it was taken up again; NaN where
            nothing was learnt.
    """

    number: int
    clusters: int
    labelled: float
    agreement: float
    eps: float
    loss: float

    def __str__(self) -> str:
        before = "" if np.isnan(self.agreement) else f", ARI to the last round {self.agreement:.3f}"
        loss = "" if np.isnan(self.loss) else f", loss {self.loss:.3f}"
        return (
            f"round {self.number}: {self.clusters} clusters, {self.labelled:.0%} of the pictures "
            f"labelled{before}, eps {self.eps:.2f}{loss}"
        )

    def values(self) -> dict[str, Any]:
        """As JSON: what is not known is null."""
        return {
            k: None if isinstance(v, float) and np.isnan(v) else v for k, v in vars(self).items()
        }


class AdaptState:
    """Where an adaptation stands: the network, the last guess, and the rounds that are done.

    Args:
        network: What learns.
        pictures: Number of pictures that are guessed.
        rounds: At most.
        run: Where it is kept; None keeps it in memory alone.
    """

    def __init__(
        self, network: Network, pictures: int, rounds: int, run: RunFolder | None = None
    ) -> None:
        self.run = run
        self._network = network
        self._label = _Array(np.full(pictures, NOT_GUESSED, np.int64))
        self._rounds = _Array(np.full((rounds, len(Round.__dataclass_fields__)), np.nan))
        self._done = 0

    def open(self, plan: dict[str, Any], *, resume: bool) -> None:
        """Begin, or go on with what the folder holds.

        Args:
            plan: All that decides the result, as JSON.
            resume: Whether to go on.

        Raises:
            InputError: The folder holds something else; see ``RunFolder.open``.
            FormatError: Its state is damaged.
        """
        if self.run is None:
            if resume:
                raise InputError("Expected a folder to go on with. Received: none.")
            return
        self.run.open(plan, resume=resume)
        if resume:
            self._done = self.run.load(self._variables())
        else:
            self.run.save(self._variables(), 0)

    @property
    def rounds(self) -> list[Round]:
        """Rounds that are done."""
        kept = self._rounds.values[: self._done]
        return [Round(int(n), int(clusters), *map(float, rest)) for n, clusters, *rest in kept]

    @property
    def label(self) -> NDArray[np.int64] | None:
        """The last guess, int64 of shape (n,); None before the first."""
        return self._label.values if self._done else None

    def end_round(self, one: Round, label: NDArray[np.int64]) -> None:
        """Take a round that is done, and keep it."""
        self._rounds.values[self._done] = astuple(one)
        self._label.assign(label)
        self._done += 1
        if self.run is not None:
            self.run.save(self._variables(), self._done)
            self._within().remove()

    def forget_if_new(self) -> None:
        """Remove the folder where no round is done: it would only be in the way."""
        if self.run is not None and not self._done:
            self.run.remove()

    def train(self, trainer: Trainer, number: int) -> None:
        """Train a round to its end, from where its state says that it was left.

        Raises:
            InterruptedIndexError: The user stopped; the state is kept.
            TrainingError: See ``Trainer.train``.
        """
        if self.run is not None:
            within = self._within()
            plan = {"round": number}
            resume = within.begun
            if resume:
                try:
                    within.open(plan, resume=True)
                except InputError:  # of the round before: killed before it was removed
                    within.remove()
                    resume = False
            if not resume:
                within.open(plan, resume=False)
            trainer.run = within
            if resume:
                trainer.resume()
        try:
            trainer.train()
        except InterruptedIndexError as error:
            raise InterruptedIndexError(stopped_words(self.run)) from error

    def _within(self) -> RunFolder:
        """The state of the round that is under way."""
        assert self.run is not None
        return RunFolder(self.run.path / "round")

    def _variables(self) -> list[Any]:
        return [*self._network.embed.variables, self._label, self._rounds]


class _Array:
    """A NumPy array that a checkpoint takes for a variable."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def numpy(self) -> NDArray[Any]:
        return self.values

    def assign(self, values: NDArray[Any]) -> None:
        self.values = np.array(values, self.values.dtype)
