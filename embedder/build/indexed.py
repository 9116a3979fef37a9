"""What an index run did."""

from dataclasses import dataclass

from frameatlas.atlas import Atlas
from frameatlas.store.manifest import Source


@dataclass(frozen=True)
class Indexed:
    """What an index run did.

    Attributes:
        atlas: The finished atlas.
        added: Sources read in this run, in the order of their frames.
        failed: Given files that gave no frames, and sources that gave only some.
        known: How many given files were in the atlas already.
        moved: How many of them were found under another path.
        pruned: Sources forgotten because their files are gone.
        redrawn: Whether the map was drawn anew.
        seconds: Wall time.
        skipped: How many files were passed over: sidecars, sound, what was excluded.
    """

    atlas: Atlas
    added: tuple[Source, ...]
    failed: tuple[Source, ...]
    known: int
    moved: int
    pruned: int
    redrawn: bool
    seconds: float
    skipped: int = 0
