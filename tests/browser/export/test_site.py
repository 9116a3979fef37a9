"""The files of a static site: what they tell, how large they are, and how a run goes on."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas.browser import SiteOptions, export_site
from frameatlas.browser.export import site as export
from frameatlas.browser.export.site_folder import RECORD, is_whole
from frameatlas.browser.export.size_plan import format_bytes, plan_site
from frameatlas.drawing.tiles import pyramid_of
from frameatlas.errors import InputError, InterruptedIndexError, NoAtlasError, SpaceError


class Heard:
    """A progress that keeps what it is told."""

    def __init__(self):
        self.notes, self.steps, self.begun = [], [], {}

    def stage(self, name, total, unit, kept=0):
        self.begun[name] = kept
        self.steps.append((name, kept))

    def step(self, done, current=""):
        self.steps[-1] = (self.steps[-1][0], done)

    def expect(self, total):
        del total

    def note(self, text):
        self.notes.append(text)

    def source(self, source):
        raise AssertionError("no source is indexed here")


def files_of(site):
    return {str(p.relative_to(site)): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def told(site, name):
    """The arguments of the one call that a script of data is."""
    text = (site / "data" / name).read_text(encoding="ascii")
    return json.loads("[" + re.fullmatch(r"FrameSite\.\w+\((.*)\);\n", text, re.DOTALL)[1] + "]")


@pytest.fixture
def site(tmp_path):
    return tmp_path / "site"


@pytest.fixture(scope="module")
def exported(atlas_to_copy, tmp_path_factory):
    """A whole site, for tests that only look at it; and what came of it."""
    report = export_site(atlas_to_copy, SiteOptions(tmp_path_factory.mktemp("exported") / "site"))
    return report.output, report


def test_every_filled_tile_is_there_and_no_other(exported, atlas_to_copy):
    site, report = exported
    pyramid = pyramid_of(atlas_to_copy)
    expected = {
        f"{z}/{x}/{y}.webp" for z in range(pyramid.deepest + 1) for x, y in pyramid.tiles(z)
    }
    found = {p.relative_to(site / "tiles").as_posix() for p in site.glob("tiles/*/*/*")}
    assert found == expected
    assert report.tiles == len(expected)
    assert report.depth == report.deepest == pyramid.deepest
    assert report.bytes == sum(map(len, files_of(site).values()))
    assert is_whole(site)
    with Image.open(site / "tiles/0/0/0.webp") as picture:
        assert picture.size == (512, 288)


def test_columns_are_what_the_pyramid_says(tmp_atlas, site, monkeypatch):
    monkeypatch.setattr("frameatlas.browser.export.data_scripts.CHUNK", 10)
    export_site(tmp_atlas, SiteOptions(site))
    pyramid, count = pyramid_of(tmp_atlas), len(tmp_atlas)
    columns = []
    for number, first in enumerate(range(0, count, 10)):
        chunk, text = told(site, f"frames-{number}.js")
        rows = min(10, count - first)
        data = base64.b64decode(text)
        assert (chunk, len(data)) == (number, 12 * rows)
        columns.append(np.frombuffer(data, np.uint32).reshape(3, rows))
    cells, ranks, seconds = np.concatenate(columns, axis=1)
    assert np.array_equal(cells, pyramid.cells)
    assert np.array_equal(ranks, pyramid.ranks)
    assert np.array_equal(seconds.view(np.float32), tmp_atlas.seconds.astype(np.float32))
    (about,) = told(site, "atlas.js")
    assert about["frames"] == count
    assert [frames for _, _, frames in about["sources"]] == [s.frames for s in tmp_atlas.sources]


def test_no_path_of_this_machine_is_told(exported, atlas_to_copy):
    site, _ = exported
    for name, content in files_of(site).items():
        assert b"/videos/" not in content, name
        assert str(atlas_to_copy.folder.parent).encode() not in content, name
    (about,) = told(site, "atlas.js")
    assert [name for name, _, _ in about["sources"]] == ["0.mp4", "1.mp4", "2", "3.mp4", "4.mp4"]
    _, text = told(site, "names-2.js")
    assert base64.b64decode(text).decode().split("\n") == [f"photo {i}.jpg" for i in range(5)]


def test_nothing_in_the_page_leads_to_another_machine(exported):
    site, _ = exported
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "<title>synthetic · frameatlas</title>" in page
    linked = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert all(link.startswith("data:") or (site / link).is_file() for link in linked)
    assert (site / "assets/leaflet/LICENSE").is_file()
    for name in files_of(site):
        assert (site / name).suffix in {".js", ".css", ".html", ".png", ".webp", ".json", ""}


def test_the_title_is_text_whatever_the_atlas_is_called(tmp_atlas, site):
    odd = tmp_atlas.folder.rename(tmp_atlas.folder.with_name("<b>$title & \udcff.atlas"))
    from frameatlas import open_atlas

    export_site(open_atlas(odd), SiteOptions(site))
    assert "&lt;b&gt;$title &amp; \ufffd" in (site / "index.html").read_text(encoding="utf-8")


def test_the_size_is_estimated_before_anything_is_written(tmp_atlas, site):
    heard = Heard()
    report = export_site(tmp_atlas, SiteOptions(site), progress=heard)
    plan = plan_site(tmp_atlas, pyramid_of(tmp_atlas), SiteOptions(site))
    assert format_bytes(plan.bytes) in heard.notes[0]
    assert plan.bytes == pytest.approx(report.bytes, rel=0.05)
    assert ("Tiles", report.tiles) in heard.steps


def test_a_size_that_is_too_small_makes_it_shallower_and_says_so(tmp_atlas, site):
    whole = plan_site(tmp_atlas, pyramid_of(tmp_atlas), SiteOptions(site))
    report = export_site(tmp_atlas, SiteOptions(site, max_bytes=whole.bytes - 1))
    assert report.depth == whole.depth - 1
    assert "with every zoom" in report.notes[0]
    assert sorted(p.name for p in (site / "tiles").iterdir()) == [
        str(z) for z in range(report.depth + 1)
    ]


def test_a_wished_depth_that_is_too_large_is_refused(tmp_atlas, site):
    with pytest.raises(InputError, match="lower --depth"):
        export_site(tmp_atlas, SiteOptions(site, depth=3, max_bytes=200_000))
    with pytest.raises(InputError, match="higher --max-bytes"):
        export_site(tmp_atlas, SiteOptions(site, max_bytes=1000))
    assert not site.exists()


def test_a_stopped_run_leaves_no_page_and_the_next_goes_on(tmp_atlas, site, monkeypatch, exported):
    monkeypatch.setattr(export, "_BATCH", 5)
    looks = iter([False, False, True])
    with pytest.raises(InterruptedIndexError, match="same command again"):
        export_site(tmp_atlas, SiteOptions(site), stopped=lambda: next(looks))
    assert not (site / "index.html").exists()
    assert not is_whole(site)
    heard = Heard()
    report = export_site(tmp_atlas, SiteOptions(site), progress=heard)
    assert report.kept == 10
    assert heard.begun["Tiles"] == 10
    assert dict(heard.steps)["Tiles"] == report.tiles
    assert files_of(site) == files_of(exported[0])


def test_after_a_kill_what_is_not_whole_is_made_again(tmp_atlas, site, exported):
    child = (
        "import sys, os; from pathlib import Path; from frameatlas import open_atlas;"
        "from frameatlas.browser import SiteOptions, export_site; looks = iter([0, 1]);"
        "import frameatlas.browser.export.site as e; e._BATCH = 6;"
        "export_site(open_atlas(sys.argv[1]), SiteOptions(Path(sys.argv[2])),"
        " stopped=lambda: next(looks) and os.kill(os.getpid(), 9))"
    )
    argv = [sys.executable, "-c", child, str(tmp_atlas.folder), str(site)]
    assert subprocess.run(argv, check=False).returncode == -9
    (site / ".removed-tiles-1").mkdir()
    cut = next(site.glob("tiles/*/*/*.webp"))
    cut.write_bytes(cut.read_bytes()[:-7])
    (cut.parent / ".3.webp.99.new").write_bytes(b"begun")
    report = export_site(tmp_atlas, SiteOptions(site))
    assert report.kept == 5
    assert files_of(site) == files_of(exported[0])


def test_other_tiles_replace_the_old_ones_and_equal_ones_stay(tmp_atlas, site):
    first = export_site(tmp_atlas, SiteOptions(site))
    assert export_site(tmp_atlas, SiteOptions(site)).kept == first.tiles
    shallow = export_site(tmp_atlas, SiteOptions(site, depth=1))
    assert shallow.kept == shallow.tiles < first.tiles
    assert not (site / "tiles/2").exists()
    assert export_site(tmp_atlas, SiteOptions(site, quality=30)).kept == 0


@pytest.mark.parametrize("content", ["mine.txt", "sub/index.html"])
def test_a_folder_with_something_else_is_not_touched(tmp_atlas, site, content):
    (site / content).parent.mkdir(parents=True)
    (site / content).write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else"):
        export_site(tmp_atlas, SiteOptions(site))
    assert [str(p.relative_to(site)) for p in site.rglob("*") if p.is_file()] == [content]


def test_places_that_cannot_be_written_are_refused(tmp_atlas, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="the file"):
        export_site(tmp_atlas, SiteOptions(tmp_path / "file"))
    with pytest.raises(InputError, match="to exist"):
        export_site(tmp_atlas, SiteOptions(tmp_path / "none" / "site"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"depth": -1}, "--depth"),
        ({"quality": 0}, "--webp-quality"),
        ({"max_bytes": 0}, "--max-bytes"),
        ({"jobs": 0}, "--jobs"),
    ],
)
def test_wishes_that_mean_nothing_are_refused(options, said):
    with pytest.raises(InputError, match=said):
        SiteOptions(Path("site"), **options)


def test_a_full_disk_is_told_before_anything_is_written(tmp_atlas, site, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(export.shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(SpaceError, match="of room"):
        export_site(tmp_atlas, SiteOptions(site))
    assert not site.exists()


def test_an_atlas_without_a_map_or_frames_is_refused(synthetic_atlas, tmp_path, site):
    unfinished = synthetic_atlas(tmp_path / "u.atlas", sources=(("video", 3),), mapped=False)
    with pytest.raises(NoAtlasError, match="not finished"):
        export_site(unfinished, SiteOptions(site))
    empty = synthetic_atlas(tmp_path / "e.atlas", sources=(("video", 3),), mapped=False)
    empty.offsets = np.zeros(2, np.int64)
    with pytest.raises(InputError, match="empty"):
        export_site(empty, SiteOptions(site))
    assert not site.exists()


def test_a_damaged_record_is_only_a_site_to_make_again(tmp_atlas, site):
    export_site(tmp_atlas, SiteOptions(site))
    (site / RECORD).write_text("{", encoding="utf-8")
    assert not is_whole(site)
    assert export_site(tmp_atlas, SiteOptions(site)).kept == 0
    assert is_whole(site)
