import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas.browser.server import serve as serving
from frameatlas.browser.view.wing_tools import PosterOrder
from frameatlas.cli.browse import browser_tools
from frameatlas.cli.main import cli
from frameatlas.errors import NoAtlasError


def run(*arguments):
    return CliRunner().invoke(cli, ["browse", *map(str, arguments)])


@pytest.fixture
def served(monkeypatch):
    calls = []

    def serve(make, host, port, *, open_page, say):
        say("http://…")
        calls.append((make(serving.Access()), host, port, open_page))

    monkeypatch.setattr(serving, "serve", serve)
    return calls


def test_it_serves_the_atlas_on_loopback(served, tmp_atlas, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    shown = run(tmp_atlas.folder, "--no-open", "--port", 8060)
    assert shown.exit_code == 0, shown.output
    app, *given = served[0]
    assert given == ["127.0.0.1", 8060, False]
    facts = app.server.test_client().get("/api/atlas").json
    assert facts["frames"] == 28
    tools = ["cut_clip", "describe_image", "describe_texts", "frame_rate", "prepare_search"]
    assert sorted(facts["tools"]) == [*tools, "render_poster", "run_command"]


def test_where_others_reach_the_page_it_runs_no_commands():
    assert browser_tools(alone=False).run_command is None
    assert browser_tools(alone=True).run_command is not None


def test_it_needs_an_atlas(served, tmp_path):
    assert isinstance(run(tmp_path / "none.atlas").exception, NoAtlasError)
    assert not served


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_it_refuses_ports_that_cannot_be(served, tmp_atlas, port):
    assert run(tmp_atlas.folder, "--port", port).exit_code == 2


def test_posters_are_rendered_by_the_poster_wing(tmp_atlas, tmp_path):
    render = browser_tools().render_poster
    told = []
    order = PosterOrder((0, 0), 2.0, grid=(4, 3), tile_height=36, ending=".png")
    said = render(tmp_atlas, order, tmp_path / "p.png", lambda *given: told.append(given))
    assert said.startswith("4 × 3 pictures, 256 × 108 pixels")
    assert told[-1] == (12, 12)
    assert (tmp_path / "p.png").stat().st_size > 100


def test_the_engine_stays_open_between_pictures(tmp_atlas, monkeypatch):
    from frameatlas.embedder.query import describer as query

    opened = []

    class Describer:
        def __init__(self, atlas, **_):
            opened.append(atlas)

        def image(self, data):
            return np.array(len(data))

    monkeypatch.setattr(query, "open_describer", Describer)
    describe = browser_tools().describe_image
    assert [int(describe(tmp_atlas, b"x" * n)) for n in (1, 2)] == [1, 2]
    assert len(opened) == 1


def test_clips_are_cut_by_the_embedder_wing(monkeypatch, tmp_path):
    from frameatlas.embedder.decode.ffmpeg import clip_cutter

    calls = []
    monkeypatch.setattr(clip_cutter, "cut_clip", lambda *given: calls.append(given))
    browser_tools().cut_clip(tmp_path, 1.0, 2.0, tmp_path / "out")
    assert calls == [(tmp_path, 1.0, 2.0, tmp_path / "out")]
