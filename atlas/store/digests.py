"""Digests of stored files and texts: BLAKE2b, 16 bytes, hexadecimal."""

import hashlib
from pathlib import Path

_CHUNK = 1 << 20


def text_digest(text: str) -> str:
    """Digest of a text's UTF-8 bytes, or a name's own bytes where they are none."""
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def file_digest(path: Path) -> str:
    """Digest of a whole file, read in pieces of one mebibyte."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()
