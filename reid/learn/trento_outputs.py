"""What Trento's system hands in of a test: attributes of every picture, and ranked galleries.

``classification_test.csv`` has a row a picture, with the columns of Market-1501's annotation, and
``junk_score``, Σ ã²: 12 where all attributes are certain, low where the network sees nobody.
``reid_test.txt`` has a line a query, with the first 50 pictures of the gallery.
"""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.reid.learn.descriptor import BLOCK, Descriptor
from frameatlas.reid.learn.evaluation import score_features
from frameatlas.reid.learn.market_attributes import CLASSES, COLUMNS, DOWN, PLAIN, UP
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.neighbour_lists import euclidean_blocks
from frameatlas.safe_text import spreadsheet_cell
from frameatlas.store.atomic import translate_os_errors, write_text

FIRST = 50
"""Pictures that are listed for each query."""

TABLE, LIST = "classification_test.csv", "reid_test.txt"


@dataclass(frozen=True)
class TrentoScores:
    """How good a descriptor of Trento's is.

    Attributes:
        own: Mean average precision in the report's own protocol; None where nobody is found twice.
        official: In the set's protocol; None as above.
        attributes: Share of attributes that are right, the mean over those that are known; None
            where none are. Published: .847.
        pictures: That were tested.
    """

    own: float | None
    official: float | None
    attributes: float | None
    pictures: int

    def __str__(self) -> str:
        def words(value: float | None) -> str:
            return "unknown" if value is None else f"{value:.1%}"

        return (
            f"{count_of(self.pictures, 'picture')} tested: mAP {words(self.official)}; "
            f"{words(self.own)} in "
            "Trento's own protocol, which compares with no other table; attributes right "
            f"{words(self.attributes)}."
        )


def write_test(descriptor: Descriptor, store: CropStore, folder: Path) -> TrentoScores:
    """Describe queries and gallery, write both files, and score.

    Args:
        descriptor: With attributes.
        store: The pictures; only its queries and its gallery are looked at.
        folder: Where to write; it is made.

    Raises:
        InputError: The descriptor has no attributes, or nothing is kept apart.
    """
    people = store.people
    rows = np.union1d(people.query, people.gallery)
    if not len(rows) or "attributes" not in descriptor.network.embed.output:
        raise InputError(
            "Expected a descriptor with attributes and pictures kept apart. Received: "
            f"{count_of(len(rows), 'picture')}, head {descriptor.network.architecture.head}."
        )
    described, classes, junk = describe_attributes(descriptor, store.pixels[rows])
    features = np.zeros((len(people), described.shape[1]), np.float32)
    features[rows] = described
    with translate_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    names = picture_names(people.paths)
    write_text(folder / TABLE, attribute_table([names[r] for r in rows], classes, junk))
    write_text(folder / LIST, ranked_lists(features, store))
    known = None if people.attributes is None else people.attributes[rows]
    return TrentoScores(
        _mean_precision(features, store, "trento"),
        _mean_precision(features, store, people.protocol.name),
        share_right(classes, known),
        len(rows),
    )


def describe_attributes(
    descriptor: Descriptor, pixels: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Descriptions (n, 553), classes of the attributes (n, 12), and junk scores (n,).

    Args:
        descriptor: With attributes.
        pixels: uint8 of shape (n, h, w, 3), of the descriptor's size.
    """
    parts = []
    for start in range(0, len(pixels), BLOCK):
        block = pixels[start : start + BLOCK].astype(np.float32)
        outputs = descriptor.network.embed(block, training=False)
        classes = np.stack([np.argmax(one, axis=1) for one in outputs["attributes"]], axis=1)
        junk = np.square(np.asarray(outputs["shares"])).sum(axis=1)
        parts.append((np.asarray(outputs["described"]), classes, junk))
    described, found, scores = (np.concatenate(part) for part in zip(*parts, strict=True))
    return described.astype(np.float32), found.astype(np.int64), scores.astype(np.float32)


def share_right(found: NDArray[np.int64], known: NDArray[np.int64] | None) -> float | None:
    """Mean over attributes of the share of pictures on which it is right; None: none is known."""
    if known is None or not (known >= 0).any():
        return None
    there = known >= 0
    right = ((found == known) & there).sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    return float(right[there.any(axis=0)].mean())


def attribute_columns(classes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Classes as the annotation has them: (n, 12) to (n, 27) of 1 and 2, the age 1 to 4."""
    values = np.ones((len(classes), len(COLUMNS)), np.int64)
    for place, name in enumerate(PLAIN):
        values[:, COLUMNS.index(name)] = classes[:, place] + 1
    for place, part, colours in ((len(PLAIN), "down", DOWN), (len(PLAIN) + 1, "up", UP)):
        for number, colour in enumerate(colours, 1):
            values[:, COLUMNS.index(part + colour)] += classes[:, place] == number
    values[:, COLUMNS.index("age")] = classes[:, len(CLASSES) - 1] + 1
    return values


def picture_names(paths: Sequence[Path]) -> list[str]:
    """Names of files; with their folders where two files have one name."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    root = os.path.commonpath([path.parent for path in paths])
    return [path.relative_to(root).as_posix() for path in paths]


def attribute_table(names: list[str], classes: NDArray[np.int64], junk: NDArray[np.float32]) -> str:
    """The table as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["picture", *COLUMNS, "junk_score"])
    for name, values, score in zip(names, attribute_columns(classes), junk, strict=True):
        rows.writerow([spreadsheet_cell(name), *values.tolist(), f"{score:.4f}"])
    return text.getvalue()


def ranked_lists(features: NDArray[np.float32], store: CropStore) -> str:
    """A line a query: its name, and the nearest of the gallery but for itself.

    By the mean squared difference of descriptions that are not made 1 long, as in the report.
    """
    people = store.people
    names = picture_names(people.paths)
    lines = []
    for start, block in euclidean_blocks(features[people.query], features[people.gallery]):
        for row, distance in enumerate(block):
            asked = people.query[start + row]
            order = people.gallery[np.argsort(distance, kind="stable")]
            first = [names[found] for found in order[order != asked][:FIRST]]
            lines.append(f"{names[asked]}: {', '.join(first)}\n")
    return "".join(lines)


def _mean_precision(features: NDArray[np.float32], store: CropStore, protocol: str) -> float | None:
    try:
        found = score_features(features, store.people, PROTOCOLS[protocol])
    except InputError:
        return None
    return found.scores["standard"].mean_precision
