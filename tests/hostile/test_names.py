"""Names of files are only names: for terminals, spreadsheets, cut lists, pages and archives."""

import csv
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from frameatlas.atlas import MANIFEST, open_atlas
from frameatlas.browser import make_app
from frameatlas.browser.downloads.cut_lists import CutRequest, cut_file
from frameatlas.browser.export.options import SiteOptions
from frameatlas.browser.export.site import export_site
from frameatlas.cli.progress_lines import source_line
from frameatlas.errors import InputError
from frameatlas.safe_text import plain, spreadsheet_cell

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202egpj.exe\r\x08"
SCRIPT = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
OURS = {"X-Frameatlas": "1"}


def renamed(atlas, *names):
    """The atlas with its first videos called otherwise."""
    old = atlas.manifest.sources
    sources = [
        replace(source, path=f"/videos/{name}", codec="[red]\x1b[1m", reason=name)
        for source, name in zip(old, names, strict=False)
    ]
    manifest = atlas.manifest.with_sources((*sources, *old[len(sources) :]))
    (atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(atlas.folder)


def printed(*arguments, **environment):
    """What a command prints, both outputs together."""
    program = "import sys; sys.argv[0] = 'frameatlas'; from frameatlas.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
    )
    return done.stdout + done.stderr


def test_no_command_prints_what_a_terminal_obeys(tmp_atlas):
    atlas = renamed(tmp_atlas, ESCAPES + "a.mp4", "b\udcff\x1b[2J.mp4")
    (atlas.map_folder / "scores.npy").unlink()
    for arguments in (
        ("info", atlas.folder),
        ("check", atlas.folder),
        ("similar", atlas.folder, ESCAPES),
        ("search", atlas.folder, "--frame", f"{ESCAPES}@1"),
        ("info", f"{atlas.folder}{ESCAPES}"),
    ):
        shown = printed(*arguments)
        assert shown
        assert not set(shown) & ({*range(32), 127} - {9, 10}), (arguments[0], shown[:400])
        for acting in (b"\xc2\x9b", "\u202e".encode()):
            assert acting not in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_letters_that_the_output_does_not_have_cost_only_themselves(tmp_atlas, encoding):
    atlas = renamed(tmp_atlas, "映画 1.mp4", "Straße.mp4")
    for arguments in (("info", atlas.folder), ("similar", atlas.folder, "Straße.mp4")):
        shown = printed(*arguments, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert b"fault" not in shown, shown[-400:]
        assert b" 1.mp4" in shown


def test_progress_is_plain_too(tmp_atlas):
    source = replace(tmp_atlas.sources[0], path="/v/" + ESCAPES)
    assert "\x1b" not in source_line(source)
    assert "\\x1b" in source_line(source)


@pytest.mark.parametrize("name", ["=cmd|' C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\t=1", "＝1"])
def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_atlas, tmp_path, name):
    atlas = renamed(tmp_atlas, name)
    client = make_app(atlas, cache=tmp_path).server.test_client()
    answer = client.post("/api/export/csv", json={}, headers=OURS)
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0]["video"] == f"'{name}"
    assert spreadsheet_cell("film=1.mp4") == "film=1.mp4"


def test_an_archive_holds_no_name_that_climbs(tmp_atlas, tmp_path):
    atlas = renamed(tmp_atlas, "..", "../../etc/cron.d/x", "C:\\x\x00.mp4", "a\nb")
    client = make_app(atlas, cache=tmp_path).server.test_client()
    answer = client.post("/api/export/zip", json={}, headers=OURS)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert len(archive.namelist()) == len(atlas)
        for name in archive.namelist():
            parts = name.split("/")
            assert len(parts) == 2
            assert ".." not in parts
            assert not set(name) & set('\\:*?"<>|\n\0')


def cut_list(atlas, kind, source):
    frames = np.array(atlas.range_of(source)[:3])
    made = cut_file(atlas, frames, kind, "t\nx", CutRequest(), lambda _: None)
    return made.content.decode().splitlines()


def test_a_cut_list_has_the_lines_that_we_wrote(tmp_atlas):
    atlas = renamed(tmp_atlas, "a\n001  AX V C 00:00:00:00\nb.mp4", "it's.mp4")
    assert len(cut_list(atlas, "edl", 0)) == 7
    with pytest.raises(InputError, match="rename"):
        cut_list(atlas, "concat", 0)
    assert cut_list(atlas, "concat", 1)[2] == r"file '/videos/it'\''s.mp4'"
    for kind in ("otio", "llc", "fcpxml"):
        assert cut_list(atlas, kind, 0)


def test_no_name_is_markup_on_a_site_or_in_an_answer(tmp_atlas, tmp_path):
    atlas = renamed(tmp_atlas, SCRIPT)
    export_site(atlas, SiteOptions(tmp_path / "site"))
    for path in (tmp_path / "site").rglob("*.html"):
        assert "alert(1)" not in path.read_text(encoding="utf-8")
    client = make_app(atlas, cache=tmp_path / "cache").server.test_client()
    for address in ("/", "/api/find?text=script", f"/api/frame/{SCRIPT}", f"/{SCRIPT}"):
        answer = client.get(address, headers={"Accept": "text/html"})
        if answer.mimetype == "text/html":
            assert b"<script>alert(1)" not in answer.data
            assert b"<img src=x" not in answer.data
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_letter_of_every_language_stays():
    for text in ("Straße.mp4", "映画.mp4", "فيلم.mp4", "🎬 film.mp4", "a\tb\nc"):
        assert plain(text) == text
    letters = "".join(map(chr, np.arange(0x20, 0x7F)))
    assert plain(letters) == letters
