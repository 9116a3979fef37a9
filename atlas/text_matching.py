"""Texts compared as people mean them: without case, accents and signs."""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['’ʼ`´]")
_WORDS = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def folded(text: str) -> str:
    """A text without case and accents, its spaces one wide: "Été " and "ete" are one."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(bare.split())


def words_of(text: str) -> list[str]:
    """The words of a text, folded: "Don't!" is "dont".

    Of scripts that put no spaces between words, each letter is one: a phrase finds them in a row.
    """
    words: list[str] = []
    for word in _WORDS.findall(folded(_APOSTROPHES.sub("", text))):
        if _UNSPACED.search(word):
            words.extend(word)
        else:
            words.append(word)
    return words
