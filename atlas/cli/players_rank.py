"""``frameatlas players rank``: who of a gallery is like each of some pictures of people."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
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
@click.option("--keep/--no-keep", default=True, help="Features beside the picture, for next time.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
@click.option("-o", "--output", default="ranking.png", show_default=True, help="Picture; CSV too.")
def rank(query: str, gallery: str, engine: str, as_json: bool, output: str, **given: Any) -> int:
    """Rank a gallery of people for each picture of a folder.

    Writes the ranked list as CSV and as a picture: queries in blue frames, found pictures in green
    ones if they show the same person and in red ones if not. Where the names tell who is who
    (those of Market-1501, DukeMTMC-reID, CUHK03, MSMT17 or SoccerNet, or a folder for each person)
    CMC and mAP are printed, with the protocol. What the network says is kept beside the picture:
    the next ranking of the same pictures takes seconds.
    """
    from frameatlas.reid.ranking.datasets import labels_of, read_people
    from frameatlas.reid.ranking.kept_features import ENDING, describe_and_keep
    from frameatlas.reid.ranking.rank import RankOptions, rank_people
    from frameatlas.reid.ranking.report import write_sheet, write_table

    weights, descriptor, keep = (given.pop(name) for name in ("weights", "descriptor", "keep"))
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
    paths = (*asked.paths, *searched.paths)
    with (
        RankingNetwork(engine, weights, descriptor) as network,
        _show_progress(len(paths), as_json) as progress,
    ):
        kept = picture.with_suffix(ENDING) if keep else None
        described = describe_and_keep(paths, network.open, network.key(), kept, progress)
    ranking = rank_people(asked, searched, described, options)
    write_table(ranking, table)
    drawn = write_sheet(ranking, picture)
    files = [str(picture), str(table)]
    say(json.dumps(_values(ranking, files)) if as_json else _words(ranking, files, drawn))
    return 0


class RankingNetwork:
    """What describes pictures, Xception or a trained descriptor; opened only if it is needed.

    Args:
        engine: Of Xception.
        weights: Other ones for it.
        descriptor: Instead of it.
    """

    def __init__(self, engine: str, weights: Path | None, descriptor: Path | None) -> None:
        from frameatlas.cli.learning.describe_game import check_descriptor
        from frameatlas.embedder.describe.weights import verify_weights

        self._engine, self._weights, self._descriptor = engine, weights, descriptor
        self._opened: Any = None
        check_descriptor(descriptor, None)
        if descriptor is None:
            verify_weights(weights)

    def __enter__(self) -> "RankingNetwork":
        return self

    def __exit__(self, *error: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def key(self) -> str:
        """Stands for what it says of a picture."""
        from frameatlas.embedder.describe.engine import engine_choice
        from frameatlas.embedder.describe.weights import find_packaged_weights
        from frameatlas.store.digests import file_digest

        if self._descriptor is not None:
            return file_digest(self._descriptor)
        return (
            f"{engine_choice(self._engine)} {file_digest(self._weights or find_packaged_weights())}"
        )

    def open(self) -> "Describe":
        """Load it."""
        if self._descriptor is not None:
            return self._trained(self._descriptor)
        from frameatlas.embedder.describe.descriptor import XceptionDescriptor
        from frameatlas.embedder.describe.engine import open_engine
        from frameatlas.embedder.describe.features import describe_frames

        network = XceptionDescriptor(open_engine(self._engine, self._weights))
        self._opened = network
        return lambda pixels, box: describe_frames(network, pixels, box)

    def _trained(self, descriptor: Path) -> "Describe":
        from frameatlas.cli.learning.describe_game import stretch
        from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
        from frameatlas.reid.learn.descriptor import load_descriptor

        import_tensorflow()
        trained = load_descriptor(descriptor)
        return lambda pixels, box: trained.describe(stretch(pixels, box, trained.size))


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
        f"{count_of(len(ranking.gallery), 'picture')} ranked for each of {len(ranking.query)}; "
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
