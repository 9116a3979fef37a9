"""Reading JSON from disk: every field is checked where it enters, and named when it is wrong."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frameatlas.errors import FormatError

SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""Names that may become a file or folder: nothing that climbs out of the atlas."""


@dataclass(frozen=True)
class Fields:
    """One JSON object of a stored file.

    Attributes:
        values: Its members.
        place: File and position, for messages: "atlas.json, sources[3]".
    """

    values: dict[str, Any]
    place: str

    @classmethod
    def of_json(cls, text: str, place: str) -> "Fields":
        """Parse a text that must hold one JSON object."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"Expected {place} to be JSON. Received: {error}.") from error
        return cls._checked(values, place)

    @classmethod
    def _checked(cls, values: Any, place: str) -> "Fields":
        if not isinstance(values, dict):
            raise FormatError(
                f"Expected {place} to be a JSON object. Received: {type(values).__name__}."
            )
        return cls(values, place)

    def _get(self, key: str, kinds: type | tuple[type, ...], expected: str) -> Any:
        value = self.values.get(key)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise self._wrong(key, expected)
        return value

    def _wrong(self, key: str, expected: str) -> FormatError:
        received = repr(self.values[key])[:80] if key in self.values else "nothing"
        return FormatError(f"Expected {self.place}, {key}, to be {expected}. Received: {received}.")

    def text(self, key: str) -> str:
        """A string."""
        return str(self._get(key, str, "a text"))

    def name(self, key: str) -> str:
        """A string that can name a folder inside the atlas and nothing outside it."""
        return self.safe(self.text(key))

    def safe(self, name: str) -> str:
        """The name itself, where it can name a file inside the atlas and nothing outside it."""
        if not SAFE_NAME.fullmatch(name):
            raise FormatError(
                f"Expected {self.place} to name a file of letters, digits, '.', '_' and '-'. "
                f"Received: {name!r}."
            )
        return name

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """One of several strings."""
        if self.values.get(key) not in choices:
            raise self._wrong(key, "one of " + ", ".join(choices))
        return str(self.values[key])

    def integer(self, key: str, *, least: int) -> int:
        """A whole number, not below ``least``."""
        value = self._get(key, int, f"a whole number, {least} or more")
        if value < least or value > 2**62:
            raise self._wrong(key, f"a whole number, {least} or more")
        return int(value)

    def number(self, key: str) -> float:
        """A finite number."""
        value = self._get(key, (int, float), "a number")
        if abs(value) > 1e300 or not math.isfinite(value):
            raise self._wrong(key, "a finite number")
        return float(value)

    def positive(self, key: str, *, zero: bool = False) -> float:
        """A finite number above 0, or 0 itself where that is allowed."""
        value = self.number(key)
        if value < 0 or (value == 0 and not zero):
            raise self._wrong(key, "0 or more" if zero else "more than 0")
        return value

    def optional_number(self, key: str) -> float | None:
        """A finite number, or None where the field is null."""
        return None if self.values.get(key) is None and key in self.values else self.number(key)

    def numbers(self, key: str) -> list[float]:
        """A list of finite numbers."""
        entries = self._get(key, list, "a list of numbers")
        places = {f"{key}[{i}]": entry for i, entry in enumerate(entries)}
        return [Fields(places, self.place).number(place) for place in places]

    def texts(self, key: str) -> list[str]:
        """A list of strings."""
        entries = self._get(key, list, "a list of texts")
        places = {f"{key}[{i}]": entry for i, entry in enumerate(entries)}
        return [Fields(places, self.place).text(place) for place in places]

    def object(self, key: str) -> "Fields":
        """An object inside this one."""
        return self._checked(self.values.get(key), f"{self.place}, {key}")

    def objects(self, key: str) -> list["Fields"]:
        """A list of objects."""
        entries = self._get(key, list, "a list")
        return [self._checked(e, f"{self.place}, {key}[{i}]") for i, e in enumerate(entries)]
