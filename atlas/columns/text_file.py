"""Text files that other programs wrote, in whatever encoding."""

from pathlib import Path

from frameatlas.errors import InputError

MOST_BYTES = 256 << 20

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_text(path: Path, expected: str) -> str:
    """A text file in UTF-8, UTF-16 with its mark, or else Windows-1252, which holds Latin-1.

    Args:
        path: The file.
        expected: What it should be, for the message.

    Raises:
        InputError: It cannot be read, or is no text.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"Expected {expected} in {path}. Received: {error.strerror}; name a file that can be "
            "read."
        ) from error
    if len(content) > MOST_BYTES:
        raise InputError(
            f"Expected {expected} in {path}. Received: more than {MOST_BYTES >> 20} MB; split it."
        )
    text = decode_text(content)
    if text is None:
        raise InputError(
            f"Expected {expected} in {path}. Received: what is no text; name a text file."
        )
    return text


def decode_text(content: bytes) -> str | None:
    """The text of some bytes; None where they are no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if wide := _wide(content):
        return content.decode(wide, "replace")
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; in Latin-1 every byte means something.
        return content.decode("cp1252", "replace")


def _wide(content: bytes) -> str:
    """UTF-16 without its mark, as some programs write it: every second byte is hardly ever used."""
    head = content[:2000]
    if len(head) < 4 or b"\0" not in head:
        return ""
    even, odd = head[::2].count(0), head[1::2].count(0)
    most = 0.4 * len(head) / 2
    if odd > most and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > most and odd == 0 else ""
