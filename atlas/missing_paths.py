"""What is said of a path that is not there, or of a pattern that no file fits."""

import os


def is_unmatched(text: str) -> bool:
    """Whether a text is a pattern such as ``*.mp4`` that no file was found for."""
    return ("*" in text or "?" in text) and not os.path.lexists(text)


def missing(text: str) -> str:
    """A path that is not there, why, and what to do: the end of a message.

    Args:
        text: As it was typed.
    """
    if is_unmatched(text):
        return f"{text}, a pattern that matches no file; check the folder and the spelling."
    return f"{text}, where no such file is; check the spelling."
