from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest

from frameatlas import open_atlas
from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.downloads.cut_lists import edl
from frameatlas.browser.downloads.timebases import rates_of_originals, timebase_of
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.browser.view.selection import Span
from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest

NTSC = Fraction(30_000, 1001)


@pytest.mark.parametrize(
    ("rate", "name", "count"),
    [
        (NTSC, "29.97", 30),
        (Fraction(24_000, 1001), "23.976", 24),
        (Fraction(24), "24", 24),
        (Fraction("29.9698"), "29.97", 30),
        (Fraction(15), "30", 30),
        (Fraction(240), "60", 60),
        (Fraction(120_000, 1001), "59.94", 60),
        (Fraction(1, 7), "36.571", None),
        (None, "25", 25),
        (Fraction(0), "25", 25),
    ],
)
def test_a_rate_is_told_in_the_nearest_timebase_of_editing_programs(rate, name, count):
    base = timebase_of(rate)
    if count is None:
        assert 23 <= base.rate <= 60
    else:
        assert (str(base), base.count) == (name, count)


def test_a_list_is_counted_in_the_rate_of_most_of_its_seconds(tmp_atlas):
    rates = {0: NTSC, 1: Fraction(25)}
    cut = [Span(0, 3600.0, 3610.01, 30), Span(1, 1.0, 2.0, 3)]
    lines = "".join(edl(OpenMap(tmp_atlas), cut, "cut", rates.get)).splitlines()
    assert lines[2] == "* FRAME RATE: 29.97"
    # An hour has 107,892 frames, 108 fewer than timecodes without dropping count.
    assert "00:59:56:12 01:00:06:12 01:00:00:00 01:00:10:00" in lines[4]
    assert "* FRAME RATE OF CLIP: 25" in lines
    assert "* FRAME RATE OF CLIP: 29.97" not in lines
    assert "00:00:01:00 00:00:02:00 01:00:10:00 01:00:11:00" in lines[6]


def test_each_video_is_asked_once_and_only_where_it_is_as_it_was_indexed(tmp_atlas):
    asked = []

    def path_of(_, number):
        if number == 1:
            raise SourceError("gone")
        return f"{number}.mp4"

    def probe(path):
        asked.append(path)
        return NTSC

    rate_of = rates_of_originals(OpenMap(tmp_atlas), SimpleNamespace(path_of=path_of), probe)
    assert [rate_of(0), rate_of(0), rate_of(1)] == [NTSC, NTSC, None]
    assert asked == ["0.mp4"]
    assert rates_of_originals(OpenMap(tmp_atlas), SimpleNamespace(), None)(0) is None


def test_a_download_has_the_rate_of_the_film(tmp_path, tmp_atlas):
    film = tmp_path / "film.mp4"
    film.write_bytes(b"the film")
    first = replace(tmp_atlas.manifest.sources[0], path=str(film), digest=content_digest(film))
    manifest = replace(tmp_atlas.manifest, sources=(first, *tmp_atlas.manifest.sources[1:]))
    (tmp_atlas.folder / "atlas.json").write_text(manifest.to_json())
    tools = BrowserTools(frame_rate=lambda path: NTSC if path == film else None)
    app = make_app(open_atlas(tmp_atlas.folder), tools, cache=tmp_path / "cache")
    options = {"filter": {"v": "0"}}
    answer = app.server.test_client().post(
        "/api/export/edl", json=options, headers={"X-Frameatlas": "1"}
    )
    assert "* FRAME RATE: 29.97\n" in answer.text
