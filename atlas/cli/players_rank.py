"""``frameatlas players rank``: who of a gallery is like each of some pictures of people."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.errors import InputError
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.reid.ranking.features import Describe
    from frameatlas.reid.ranking.rank import Ranking

RANKS = (1, 5, 10)


@click.command(epilog="Example:  frameatlas players rank --query query/ --gallery gallery/")
@click.option("--query", required=True, help="Folder of pictures to look for.")
@click.option("--gallery", required=True, help="Folder of pictures to rank.")
@click.option("--ap", default="standard", show_default=True, help="standard, trapezoid or sklearn.")
@click.option("--rerank", is_flag=True, help="Re-rank with k-reciprocal neighbours.")
@click.option("--camera-norm", is_flag=True, help="Take away what a camera's pictures share.")
@click.option("--centre/--no-centre", default=True, help="Take away what all pictures share.")
@click.option("--colour-weight", default=1.0, show_default=True, help="Torso colour; network is 1.")
@click.option("--top", default=50, show_default=True, help="Ranks that are listed.")
@click.option("--engine", default="auto", show_default=True, help="tensorflow or openvino.")
@click.option("--weights", type=click.Path(path_type=Path), help="Other weights for Xception.")
@click.option("--descriptor", type=click.Path(path_type=Path), help="Instead of Xception.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
@click.option("-o", "--output", default="ranking.png", show_default=True, help="Picture; CSV too.")
def rank(query: str, gallery: str, engine: str, as_json: bool, output: str, **given: Any) -> int:
    """Rank a gallery of people for each picture of a folder.

    Writes the ranked list as CSV and as a picture: queries in blue frames, found pictures in green
    ones if they show the same person and in red ones if not. Where the names tell who is who
    (Market-1501's or SoccerNet's names, or a folder for each person) CMC and mAP are printed, with
    the protocol.
    """
    from frameatlas.reid.ranking.datasets import labels_of, read_people
    from frameatlas.reid.ranking.rank import RankOptions, rank_people
    from frameatlas.reid.ranking.report import write_sheet, write_table

    weights, descriptor = given.pop("weights"), given.pop("descriptor")
    options = RankOptions(**given)
    picture = Path(output)
    table = picture.with_suffix(".csv")
    if picture.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp"):
        raise InputError(f"Expected --output to end in .png, .jpg or .webp. Received: {output}.")
    if not picture.parent.is_dir():
        raise InputError(
            f"Expected --output in a folder that there is. Received: {output}; make "
            f"{picture.parent} first."
        )
    asked, searched = read_people(Path(query)), read_people(Path(gallery))
    labels_of(asked, searched)  # says what is wrong before minutes of describing
    with (
        _describing(engine, weights, descriptor) as describe,
        _show_progress(len(asked) + len(searched), as_json) as progress,
    ):
        ranking = rank_people(asked, searched, describe, options, progress)
    write_table(ranking, table)
    drawn = write_sheet(ranking, picture)
    files = [str(picture), str(table)]
    say(json.dumps(_values(ranking, files)) if as_json else _words(ranking, files, drawn))
    return 0


@contextmanager
def _describing(engine: str, weights: Path | None, descriptor: Path | None) -> "Iterator[Describe]":
    """What describes pictures: Xception, or a trained descriptor."""
    if descriptor is not None:
        from frameatlas.cli.learning.describe_game import check_descriptor, stretch
        from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
        from frameatlas.reid.learn.descriptor import load_descriptor

        check_descriptor(descriptor, None)
        import_tensorflow()
        trained = load_descriptor(descriptor)
        yield lambda pixels, box: trained.describe(stretch(pixels, box, trained.size))
        return
    from frameatlas.embedder.describe.descriptor import XceptionDescriptor
    from frameatlas.embedder.describe.engine import open_engine
    from frameatlas.embedder.describe.features import describe_frames

    network = XceptionDescriptor(open_engine(engine, weights))
    try:
        yield lambda pixels, box: describe_frames(network, pixels, box)
    finally:
        network.close()


@contextmanager
def _show_progress(total: int, quiet: bool) -> "Iterator[Callable[[int], None] | None]":
    """A bar on a terminal; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Pictures", total=total)
        yield lambda done: bar.update(task, completed=done)


def _values(ranking: "Ranking", files: list[str]) -> dict[str, Any]:
    return {
        "protocol": ranking.protocol,
        "queries": len(ranking.query),
        "gallery": len(ranking.gallery),
        "files": files,
        "scores": {
            ap: {
                "queries": scores.queries,
                "mAP": round(scores.mean_precision, 6),
                "mINP": round(scores.mean_inverse_penalty, 6),
                **{f"rank-{n}": round(float(v), 6) for n, v in _ranks(scores.cmc)},
            }
            for ap, scores in ranking.scores.items()
        },
    }


def _ranks(cmc: Any) -> list[tuple[int, float]]:
    """CMC at 1, 5 and 10; a shorter gallery has at its end what it has from there on."""
    return [(n, cmc[min(n, len(cmc)) - 1]) for n in RANKS]


def _words(ranking: "Ranking", files: list[str], drawn: int) -> str:
    lines = [
        f"{len(ranking.gallery)} pictures ranked for each of {len(ranking.query)}; "
        f"{files[0]} shows {drawn} of them, {files[1]} has all.",
        f"Protocol: {ranking.protocol}.",
    ]
    for number, (ap, scores) in enumerate(ranking.scores.items()):
        if number == 0:
            ranks = ", ".join(f"rank-{n} {value:.1%}" for n, value in _ranks(scores.cmc))
            lines.append(f"{scores.queries} queries count: {ranks}.")
        lines.append(
            f"mAP {scores.mean_precision:.1%} (average precision: {ap})"
            + (f", mINP {scores.mean_inverse_penalty:.1%}." if number == 0 else ".")
        )
    return "\n".join(lines)
