from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

from frameatlas import open_atlas
from frameatlas.browser import BrowserTools, make_app
from frameatlas.browser.downloads.timebases import rates_of_originals
from frameatlas.browser.view.open_map import OpenMap
from frameatlas.errors import SourceError
from frameatlas.store.content_digest import content_digest

NTSC = Fraction(30_000, 1001)


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
