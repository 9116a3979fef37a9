"""A camera's name, made of what it calls its maker and its model."""

import re
from typing import Any

_LONGEST = 200


def camera_name(make: Any, model: Any) -> str:
    """Maker and model in one; the maker once, and "" where neither is known.

    >>> camera_name("NIKON CORPORATION", "NIKON D5")
    'NIKON D5'
    """
    maker, name = _plain(make), _plain(model)
    first = maker.split(" ")[0]
    if not maker or (name and name.casefold().startswith(first.casefold())):
        return name
    return f"{maker} {name}".strip()


def _plain(value: Any) -> str:
    """A text of one line without the padding that cameras leave."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return ""
    return re.sub(r"[\x00-\x20\x7f\ud800-\udfff]+", " ", text.split("\0")[0]).strip()[:_LONGEST]
