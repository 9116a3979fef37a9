"""Words in figures: Pillow's own font, so that a figure is the same on every machine."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from frameatlas.drawing.compose import Colour

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

ELLIPSIS = "…"


@cache
def font(size: int) -> Font:
    """The font that comes with Pillow, so many pixels high."""
    return ImageFont.load_default(size)


def width_of(text: str, size: int) -> float:
    """Pixels across of a line of text."""
    return float(font(size).getlength(text))


def elide(text: str, size: int, width: float) -> str:
    """A text that fits a width: its begin and its end stay, its middle goes."""
    if width_of(text, size) <= width:
        return text
    for kept in range(len(text) - 1, 0, -1):
        head, tail = (kept + 1) // 2, kept // 2
        short = text[:head] + ELLIPSIS + text[len(text) - tail :]
        if width_of(short, size) <= width:
            return short
    return ELLIPSIS


def two_lines(text: str, size: int, width: float) -> tuple[str, str]:
    """A name on at most two lines: broken where it must be, its middle left out if it is longer."""
    if width_of(text, size) <= width:
        return text, ""
    first = next(n for n in range(len(text), 0, -1) if n == 1 or width_of(text[:n], size) <= width)
    # Better after a dash, a dot or a blank than within a word.
    natural = max(text.rfind(mark, first // 2, first) for mark in " -_.")
    cut = natural + 1 if natural > 0 else first
    if width_of(text[cut:], size) > width:
        tail = elide(text[cut:], size, width)
        return text[:cut], tail
    return text[:cut], text[cut:]


def write_line(
    image: Image.Image,
    place: tuple[float, float],
    text: str,
    size: int,
    colour: Colour,
    anchor: str = "la",
) -> None:
    """Write one line.

    Args:
        image: RGB.
        place: x and y in pixels of what the anchor says.
        text: The line.
        size: Pixels.
        colour: Of the letters.
        anchor: As in Pillow: "la" is left and ascender, "mm" the middle.
    """
    ImageDraw.Draw(image).text(place, text, fill=colour, font=font(size), anchor=anchor)
