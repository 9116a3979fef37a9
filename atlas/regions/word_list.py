"""Lists of words that regions may be named by: a text file, one a line."""

from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.plurals import count_of
from frameatlas.store.notes.vocabulary_file import LONGEST_WORD, MOST_WORDS

_LARGEST = 2_000_000
"""Bytes of a list, at most."""


def everyday_words() -> tuple[str, ...]:
    """The list that comes with frameatlas: 300 things that people film and photograph."""
    return read_word_list(Path(__file__).with_name("everyday.txt"))


def read_word_list(path: Path) -> tuple[str, ...]:
    """The words of a file, each once; empty lines and those that begin with # are passed over.

    Raises:
        InputError: It is no such file, or no list of words.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(_wrong(path, f"{path.stat().st_size} bytes"))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(_wrong(path, "a file that is no UTF-8 text")) from error
    except OSError as error:
        raise InputError(_wrong(path, str(error.strerror))) from error
    lines = (" ".join(line.split()) for line in text.splitlines())
    words = tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
    long = next((word for word in words if len(word) > LONGEST_WORD or not word.isprintable()), "")
    if long:
        raise InputError(_wrong(path, f"the line {long[:40]!r}…"))
    if not 2 <= len(words) <= MOST_WORDS:
        raise InputError(_wrong(path, f"{count_of(len(words), 'word')}"))
    return words


def _wrong(path: Path, received: str) -> str:
    return (
        f"Expected --vocabulary as a text file of 2 to {MOST_WORDS} words, one a line, each of at "
        f"most {LONGEST_WORD} letters. Received: {path}, {received}."
    )
