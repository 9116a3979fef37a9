"""A list of words with their vectors: ``vocabulary.json``, made by the network of the atlas' words.

It lies in the atlas so that regions are named where the network is not.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FormatError
from frameatlas.store.atomic import write_text
from frameatlas.store.digests import text_digest
from frameatlas.store.json_fields import Fields
from frameatlas.store.json_file import read_json_file

VOCABULARY_FILE = "vocabulary.json"

MOST_WORDS = 5_000
LONGEST_WORD = 60
"""Characters of a word; what names a region has to fit on a map."""

MOST_BYTES = 200_000_000


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words and what the network makes of them.

    Attributes:
        digest: SHA-256 of the network.
        words: As people wrote them.
        vectors: float16 of shape (words, width), unit length.
    """

    digest: str
    words: tuple[str, ...]
    vectors: NDArray[np.float16]


def write_vocabulary(folder: Path, vocabulary: Vocabulary) -> None:
    """Write the list of an atlas anew."""
    packed = base64.b64encode(np.asarray(vocabulary.vectors, "<f2").tobytes()).decode("ascii")
    words = list(vocabulary.words)
    checksum = _checksum(vocabulary.digest, words, packed)
    values = {"digest": vocabulary.digest, "words": words, "vectors": packed, "checksum": checksum}
    write_text(folder / VOCABULARY_FILE, json.dumps(values) + "\n")


def _checksum(digest: str, words: list[str], packed: str) -> str:
    return text_digest(json.dumps([digest, words, packed]))


def read_vocabulary(folder: Path, width: int) -> Vocabulary | None:
    """The list of an atlas; None where it has none.

    Args:
        folder: The atlas.
        width: Numbers of a vector of its words.

    Raises:
        FormatError: The file is not what the format says.
        DamagedAtlasError: It is a link.
    """
    path = folder / VOCABULARY_FILE
    fields = read_json_file(path, MOST_BYTES)
    if fields is None:
        return None
    words = tuple(fields.texts("words"))
    content = (fields.text("digest"), list(words), fields.text("vectors"))
    if fields.text("checksum") != _checksum(*content):
        raise FormatError(
            f"Expected {path} as it was written. Received: changed content; `frameatlas words` "
            "with --vocabulary makes it again."
        )
    if len(words) > MOST_WORDS or any(not 0 < len(word) <= LONGEST_WORD for word in words):
        raise FormatError(f"Expected {path} to hold short words. Received: others.")
    return Vocabulary(fields.text("digest"), words, _vectors(fields, len(words), width))


def _vectors(fields: Fields, words: int, width: int) -> NDArray[np.float16]:
    try:
        flat = np.frombuffer(base64.b64decode(fields.text("vectors"), validate=True), "<f2")
    except (binascii.Error, ValueError) as error:
        raise FormatError(f"Expected vectors in {fields.place}. Received: {error}.") from error
    if flat.size != words * width or not np.isfinite(flat).all():
        raise FormatError(
            f"Expected {words} vectors of {width} numbers in {fields.place}. Received: others; "
            "`frameatlas words` makes the file again."
        )
    return flat.astype(np.float16).reshape(words, width)
