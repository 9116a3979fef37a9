"""``frameatlas players``: options that say what is to be made of what was found."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from frameatlas.reid.report.options import ReportOptions

_OPTIONS = (
    click.option("--stats", is_flag=True, help="Time, ways, speeds and heat maps of each player."),
    click.option(
        "--court",
        type=click.Path(path_type=Path),
        help="Where four points of the court are: speeds in metres.",
    ),
    click.option(
        "--boxes",
        multiple=True,
        type=click.Choice(("parquet", "coco")),
        help="Boxes in this format too; MOT and CSV always are.",
    ),
    click.option(
        "--film", type=click.Path(path_type=Path), metavar="FILE.mp4", help="The video with names."
    ),
    click.option("--clips", multiple=True, metavar="PLAYER", help="Films of a player's stays."),
)


@dataclass(frozen=True, eq=False)
class OutputOptions:
    """What is to be made of what was found.

    Attributes:
        report: What is written with it.
        film: The film with all boxes and names; None for none.
        clips: Names of players whose stays are cut out.
    """

    report: "ReportOptions"
    film: Path | None
    clips: tuple[str, ...]


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def take_output_options(given: dict[str, Any]) -> OutputOptions:
    """The options' value, taken out of all options of the command.

    Raises:
        InputError: The court or the film cannot be meant.
        MissingExtraError: What writes a format is not installed.
    """
    from frameatlas.reid.report.options import ReportOptions

    stats, court = given.pop("stats"), given.pop("court")
    boxes, film, clips = given.pop("boxes"), given.pop("film"), given.pop("clips")
    if "parquet" in boxes:
        from frameatlas.reid.report.box_files import import_parquet

        import_parquet()
    if film is not None or clips:
        from frameatlas.embedder.decode.ffmpeg.film_writer import check_film

        check_film(film or Path("clip.mp4"))
    found = None
    if court is not None:
        from frameatlas.reid.statistics.read_court import read_court

        found = read_court(court)
    report = ReportOptions(stats or found is not None, found, tuple(dict.fromkeys(boxes)))
    return OutputOptions(report, film, tuple(clips))
