"""Whoever does the work of a run: this process, or a cluster's workers."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from frameatlas.atlas import Atlas
from frameatlas.embedder.build.pipeline import BuildContext, build_sources
from frameatlas.embedder.components.covariance import Covariance
from frameatlas.embedder.map.map_draft import no_chunks
from frameatlas.embedder.sources.tasks import Task
from frameatlas.progress import Progress
from frameatlas.store.manifest import Source


class Workforce(Protocol):
    """Whoever does the work of a run: this process, or a cluster's workers."""

    def build(
        self, tasks: Sequence[Task], shop: BuildContext, progress: Progress
    ) -> Iterator[Source]:
        """Read and describe sources; yields each one's record as it is published, in any order."""

    def chunks(self, atlas: Atlas, first: int) -> Iterator[Covariance]:
        """Moments of whole chunks of features; may end early, or have none: see ``map_draft``."""


class ThisProcess:
    """The ``Workforce`` that everybody has."""

    def build(
        self, tasks: Sequence[Task], shop: BuildContext, progress: Progress
    ) -> Iterator[Source]:
        """Read and describe sources here, in their order."""
        return build_sources(tasks, shop, progress)

    def chunks(self, atlas: Atlas, first: int) -> Iterator[Covariance]:
        """None: who asks counts."""
        return no_chunks(atlas, first)
