import csv
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.errors import InputError
from frameatlas.geometry.viewport import Grid, Viewport
from frameatlas.poster import PosterOptions, render

SOURCES = (("video", 120), ("photos", 40), ("video", 90))


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    coordinates = np.random.default_rng(0).uniform(-1, 1, (250, 2))
    return synthetic_atlas(
        tmp_path_factory.mktemp("poster") / "a.atlas",
        sources=SOURCES,
        dimension=16,
        coordinates=coordinates,
    )


def options(tmp_path, name="a.png", **options):
    options.setdefault("tile_height", 36)
    viewport = options.pop("viewport", Viewport(0.1, -0.1, 1.2))
    return PosterOptions(viewport, tmp_path / name, **options)


def colours(path, grid, cell):
    """The colour at every cell's middle, (cells, 3)."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    y = np.arange(grid.rows) * cell.height + cell.height // 2
    x = np.arange(grid.columns) * cell.width + cell.width // 2
    return pixels[np.ix_(y, x)].reshape(-1, 3)


def test_the_poster_shows_each_frame_near_its_coordinates(atlas, tmp_path, synthetic):
    report = render(atlas, options(tmp_path, grid=Grid(5, 8)))
    assert (report.width, report.height) == (5 * 64, 8 * 36)
    assert report.repeats == report.empty == 0
    found = colours(report.output, report.grid, report.cell)
    frame_of = {synthetic.colour_of(i): i for i in range(250)}
    frames = [frame_of[tuple(map(int, colour))] for colour in found]
    assert len(set(frames)) == 40
    viewport = Viewport(0.1, -0.1, 1.2)
    middles = viewport.on_map(viewport.middles(report.grid))
    away = np.linalg.norm(atlas.coordinates[frames] - middles, axis=1) / 0.24
    assert away.mean() == pytest.approx(report.mean_displacement, abs=1e-6)
    assert away.mean() < 0.6


def test_by_default_the_window_is_filled(atlas, tmp_path):
    report = render(atlas, options(tmp_path))
    within = Viewport(0.1, -0.1, 1.2)
    held = within.holds(within.local(atlas.coordinates), report.grid).sum()
    assert 0.85 * held <= report.grid.cells <= held
    assert 0.7 < report.width / report.height < 1.4


def test_count_gives_at_most_so_many(atlas, tmp_path):
    assert render(atlas, options(tmp_path, count=40)).grid.cells in range(34, 41)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "btf", "pdf"])
def test_equal_wishes_give_equal_bytes(atlas, tmp_path, ending):
    first = render(atlas, options(tmp_path, f"a.{ending}", grid=Grid(5, 8), gap=3, apart=1))
    again = render(atlas, options(tmp_path, f"b.{ending}", grid=Grid(5, 8), gap=3, apart=1, jobs=1))
    assert first.output.read_bytes() == again.output.read_bytes()


def test_turning_by_half_turns_the_order_of_the_cells(atlas, tmp_path):
    grid = Grid(5, 8)
    plain = render(atlas, options(tmp_path, "a.png", grid=grid))
    turned = render(
        atlas, options(tmp_path, "b.png", grid=grid, viewport=Viewport(0.1, -0.1, 1.2, turn=180))
    )
    assert turned.mean_displacement == pytest.approx(plain.mean_displacement)
    first, second = (colours(r.output, grid, r.cell) for r in (plain, turned))
    assert np.array_equal(first, second[::-1])


def test_print_width_decides_the_resolution(atlas, tmp_path):
    report = render(atlas, options(tmp_path, grid=Grid(5, 8), print_width=25.4))
    assert report.dpi == pytest.approx(32)
    with Image.open(report.output) as image:
        assert image.info["dpi"][0] == pytest.approx(32, abs=0.02)


class Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def test_links_lead_to_every_cell_s_moment(atlas, tmp_path):
    report = render(atlas, options(tmp_path, "a b.tif", grid=Grid(5, 8), links=True))
    table = (tmp_path / "a b.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    page = Anchors()
    page.feed((tmp_path / "a b.html").read_text(encoding="utf-8"))
    assert len(rows) == len(page.links) == report.grid.cells
    for row, link in zip(rows, page.links, strict=True):
        origin = atlas.origins[int(row["frame"])]
        assert row["video"] == str(origin.path)
        if origin.name:
            assert link == origin.path.as_uri()
            assert row["seconds"] == ""
        else:
            assert float(row["seconds"]) == pytest.approx(origin.seconds, abs=1e-6)
            assert link == f"{origin.path.as_uri()}#t={origin.seconds:.3f}"


def test_links_of_names_that_are_no_utf_8(synthetic_atlas, tmp_path):
    made = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 12),), dimension=16)
    named = replace(made.manifest.sources[0], path="/videos/caf\udce9.mp4")
    (made.folder / "atlas.json").write_text(made.manifest.with_sources((named,)).to_json())
    report = render(open_atlas(made.folder), options(tmp_path, grid=Grid(2, 2), links=True))
    table = report.output.with_suffix(".csv").read_text(encoding="utf-8")
    page = report.output.with_suffix(".html").read_text(encoding="utf-8")
    assert "/videos/caf?.mp4" in table
    assert "file:///videos/caf%E9.mp4" in page


def test_progress_counts_the_cells(atlas, tmp_path):
    told = []
    render(atlas, options(tmp_path, grid=Grid(2, 3)), on_cell=lambda *cell: told.append(cell))
    assert told == [(n, 6) for n in range(1, 7)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"grid": Grid(20, 20)}, "at most 250 cells"),
        ({"count": 251}, "--count of at most 250"),
        ({"name": "a.bmp"}, "Expected a file that ends in"),
        ({"name": "a.jpg", "grid": Grid(1, 250), "tile_height": 300}, "at most 65535 pixels"),
        ({"name": "a.webp", "grid": Grid(1, 250)}, None),
        ({"name": "a.webp", "grid": Grid(1, 250), "tile_height": 70}, "at most 16383 pixels"),
        ({"name": "none/a.png"}, "none of that name"),
        ({"viewport": Viewport(1, 1, 1e-6)}, "empty window"),
    ],
)
def test_wishes_that_cannot_be_met_are_one_sentence_and_write_nothing(
    atlas, tmp_path, values, message
):
    asked = options(tmp_path, **values)
    if message is None:
        render(atlas, asked)
        return
    with pytest.raises(InputError, match=message) as caught:
        render(atlas, asked)
    assert "Received: " in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "values",
    [
        {"count": 0},
        {"tile_height": 0},
        {"gap": -1},
        {"dpi": 0},
        {"dpi": float("nan")},
        {"print_width": 0},
        {"apart": -1},
        {"quality": 101},
        {"fit": "stretch"},
        {"fill": "random"},
        {"jobs": 0},
        {"grid": Grid(1, 1), "count": 1},
    ],
)
def test_wishes_that_mean_nothing_are_refused(values, tmp_path):
    with pytest.raises(InputError, match=r"Expected .*Received: "):
        options(tmp_path, **values)
