"""What a search for players is to write beside who is who."""

from dataclasses import dataclass

from frameatlas.reid.statistics.court import Court

BOX_FORMATS = ("parquet", "coco")
"""Formats of boxes beside MOT and CSV, which are always written."""


@dataclass(frozen=True, eq=False)
class ReportOptions:
    """What is to be written.

    Attributes:
        stats: Whether statistics and their figures are.
        court: Where the court is; None leaves metres out.
        boxes: Of ``BOX_FORMATS``, those that boxes are written in too.
    """

    stats: bool = False
    court: Court | None = None
    boxes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """As ``players.json`` keeps them among the settings."""
        return {
            "stats": self.stats,
            "court_file": self.court.file if self.court else "",
            "boxes": list(self.boxes),
        }
