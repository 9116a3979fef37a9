"""Text from outside, such as file names, where it is shown: it cannot act on what shows it.

A name may hold what a terminal obeys (escape sequences), what turns a line around (direction
marks), or what a spreadsheet takes for a formula.
"""

import re

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
_DIRECTIONS = r"\u200e\u200f\u2028-\u202e\u2066-\u2069"
_NO_TEXT = r"\ud800-\udfff"
_ACTING = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_NO_TEXT}]")
_BYTES = re.compile(f"[{_NO_TEXT}]")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def plain(text: str) -> str:
    """Text with everything that a terminal would obey written out by its number.

    Line breaks and tabs stay; so do the letters of every language.
    """
    return _ACTING.sub(lambda found: _escape(found[0]), text)


def one_line(text: str) -> str:
    """Plain text on one line: a name with a line break must not counterfeit another row."""
    return re.sub(r"[\t\n\r]", lambda found: _escape_line(found[0]), plain(text))


def _escape_line(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def say(text: str, *, err: bool = False) -> None:
    """Print a line for a person, on standard output or on standard error, as plain text."""
    import click

    click.echo(plain(text), err=err)


def spreadsheet_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula, and that a file of UTF-8 can hold."""
    text = _BYTES.sub(lambda found: _escape(found[0]), text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _escape(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "?"  # a byte of a name that is no UTF-8: no terminal or text can hold it
    return character.encode("unicode_escape").decode("ascii")
