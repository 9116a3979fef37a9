"""Contact sheets show every picture whole, in its order, with its caption."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from frameatlas import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.poster.figures.contact_sheet import (
    BACKGROUND,
    ELLIPSIS,
    MARK,
    contact_sheet,
    shorten,
    write_sheet,
)

CELL = CellSize(80, 60)
COLOURS = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250)]


def plain(colour, width=80, height=60):
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = colour
    return picture


def places(sheet, colour):
    """Left, top, right and bottom of all pixels of one colour."""
    rows, columns = np.nonzero((sheet == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_pictures_stand_in_rows():
    pictures = [plain(colour) for colour in COLOURS]
    sheet = contact_sheet(pictures, ["one"] * 5, columns=3, cell=CELL)
    found = [places(sheet, colour) for colour in COLOURS]
    for left, top, right, bottom in found:
        assert (right - left, bottom - top) == (80, 60)
    assert found[0][1] == found[1][1] == found[2][1] < found[3][1] == found[4][1]
    assert found[0][0] < found[1][0] < found[2][0]
    assert found[3][0] == found[0][0]
    assert sheet.shape[1] > 3 * 80


def test_pictures_of_other_shapes_are_whole():
    sheet = contact_sheet([plain(COLOURS[0], 30, 90)], ["tall"], columns=1, cell=CELL)
    left, top, right, bottom = places(sheet, COLOURS[0])
    assert (right - left, bottom - top) == (20, 60)


def test_captions_and_title_are_written_below_and_above():
    bare = contact_sheet([plain(COLOURS[0])], [""], columns=1, cell=CELL)
    said = contact_sheet([plain(COLOURS[0])], ["0:07.4\nfilm"], columns=1, cell=CELL)
    titled = contact_sheet([plain(COLOURS[0])], [""], columns=1, cell=CELL, title="clips")
    assert bare.shape[0] < titled.shape[0]
    bottom = places(said, COLOURS[0])[3]
    lines = (said[bottom:] != BACKGROUND).any(axis=(1, 2))
    assert lines.sum() >= 10
    top = places(titled, COLOURS[0])[1]
    assert (titled[:top] != BACKGROUND).any()
    assert not (bare[: places(bare, COLOURS[0])[1]] != BACKGROUND).any()


def test_marked_pictures_have_a_frame():
    pictures = [plain(COLOURS[0]), plain(COLOURS[1])]
    sheet = contact_sheet(pictures, ["", ""], columns=2, cell=CELL, marked={1})
    left, _, right, _ = places(sheet, MARK)
    inner = places(sheet, COLOURS[1])
    assert left < inner[0]
    assert right > inner[2]
    assert left > places(sheet, COLOURS[0])[2]


def test_an_empty_cell_is_background():
    sheet = contact_sheet([None, plain(COLOURS[0])], ["", ""], columns=2, cell=CELL)
    left, top, _, bottom = places(sheet, COLOURS[0])
    assert (sheet[top:bottom, : left - 2] == BACKGROUND).all()


@pytest.mark.parametrize("text", ["short", "a-very-long-name-of-a-video-file.mp4", "x" * 500, ""])
@pytest.mark.parametrize("width", [5, 60, 200])
def test_long_lines_lose_their_middle(text, width):
    draw = ImageDraw.Draw(Image.new("RGB", (10, 10)))
    font = ImageFont.load_default(12)
    shown = shorten(draw, text, font, width)
    assert draw.textlength(shown, font) <= max(width, draw.textlength(ELLIPSIS, font))
    if shown != text:
        left, right = shown.split(ELLIPSIS)
        assert text.startswith(left)
        assert text.endswith(right)
        assert 0 <= len(left) - len(right) <= 1


def test_letters_of_any_script_are_no_fault():
    sheet = contact_sheet([plain(COLOURS[0])], ["Über 東京 🙂\n\x07"], columns=1, cell=CELL)
    assert sheet.dtype == np.uint8


@pytest.mark.parametrize(
    ("pictures", "captions", "columns"), [([], [], 1), ([None], [], 1), ([None], [""], 0)]
)
def test_sheets_that_cannot_be_are_refused(pictures, captions, columns):
    with pytest.raises(InputError, match=r"Expected at least one picture.*Received"):
        contact_sheet(pictures, captions, columns=columns, cell=CELL)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "pdf"])
def test_sheets_are_written(tmp_path, ending):
    sheet = contact_sheet([plain(COLOURS[0])], ["red"], columns=1, cell=CELL)
    write_sheet(tmp_path / f"sheet.{ending}", sheet)
    if ending != "pdf":
        with Image.open(tmp_path / f"sheet.{ending}") as image:
            assert image.size == (sheet.shape[1], sheet.shape[0])
    with pytest.raises(InputError, match="ends in"):
        write_sheet(tmp_path / "sheet.gif", sheet)
