"""JSON files of an atlas beside its manifest: bounded, never links, some with a checksum."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from frameatlas.errors import FormatError
from frameatlas.store.digests import text_digest
from frameatlas.store.json_fields import Fields
from frameatlas.store.symlinks import refuse_links


def read_json_file(path: Path, most_bytes: int) -> Fields | None:
    """The JSON object of a file; None where there is no file.

    Args:
        path: The file.
        most_bytes: A larger file is refused before it is read: parsing takes many times its size.

    Raises:
        FormatError: It is larger, cannot be read, or is no JSON object in UTF-8.
        DamagedAtlasError: It is a link or a device.
    """
    refuse_links([path])
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise FormatError(f"Expected {path} of at most {most_bytes} bytes. Received: {size}.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FormatError(f"Expected {path} to be a UTF-8 text. Received: {error}.") from error
    except OSError as error:
        raise FormatError(f"Expected to read {path}. Received: {error.strerror}.") from error
    return Fields.of_json(text, str(path))


def checked_text(content: Mapping[str, Any], indent: int | None = None) -> str:
    """The text of a file with its content's checksum, which ``check_content`` compares."""
    return json.dumps({**content, "checksum": _checksum(content)}, indent=indent) + "\n"


def check_content(fields: Fields) -> None:
    """Refuse an object that is not what ``checked_text`` wrote; FormatError."""
    content = {name: value for name, value in fields.values.items() if name != "checksum"}
    if fields.text("checksum") != _checksum(content):
        raise FormatError("another content than was written")


def _checksum(content: Mapping[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text_digest(plain)
