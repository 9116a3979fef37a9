"""Every benchmark's table says the report that the very benchmark makes.

The reports are made by the benchmarks' own code at the smallest sizes; what takes minutes
(networks, peers, whole commands) is replaced by quick answers of the same kind.
"""

import json
import re
import shutil
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from benchmark import __main__ as chooser
from benchmark import (
    browser,
    clips,
    decode,
    decode_peers,
    features,
    headlines,
    index,
    layout,
    layout_atlas,
    machine,
    pca,
    players_speed,
    poster,
    report,
    search,
    similar,
    tiles,
)
from benchmark.clip_pieces import Cut, Segment

from frameatlas.geometry.viewport import Grid

NOT_INSTALLED = machine.NOT_INSTALLED


@pytest.fixture
def printed(capsys):
    """``printed(module, *options)``: the report of ``--json``, and its table."""

    def run(module, *options):
        assert module.main([*options, "--json"]) == 0
        made = json.loads(capsys.readouterr().out)
        assert report.Run(made.get("benchmark", "players_speed"), options, made, 1.0, 1.0, None)
        name = module.__name__.rpartition(".")[2]
        shown = report.table_of(name)(made)
        well_formed(shown)
        if name in chooser.SHORT:
            well_formed(headlines.table({name: made}))
        return made, shown

    return run


def well_formed(shown):
    """Every row of a table has as many cells, and no value is left as Python says it."""
    tables = re.findall(r"(?:^\|.*\n?)+", shown, re.MULTILINE)
    assert tables, shown
    for table in tables:
        rows = table.splitlines()
        assert len(rows) > 2, shown
        assert len({row.count("|") for row in rows}) == 1, table
    assert not re.search(r"\bNone\b|\bnan\b|[{}]", shown), shown


def row_of(shown, begin):
    """The cells of the row that begins so."""
    row = next(line for line in shown.splitlines() if line.startswith(f"| {begin}"))
    return [cell.strip() for cell in row.split("|")[1:-1]]


@pytest.mark.parametrize("there", [True, False])
def test_features(printed, monkeypatch, there):
    def described(crops):
        return crops[:, :4, :4].reshape(len(crops), -1).astype(np.float32) + 1

    def opened(name, *, precision="auto"):
        kind = "bfloat16" if precision == "auto" else precision
        return SimpleNamespace(describe=described, identity=f"made-up 1.0 cpu {kind}")

    model = SimpleNamespace(
        predict=lambda crops, **_: described(np.rint((crops + 1) * np.float32(127.5)))
    )
    monkeypatch.setattr(features, "load_xception", lambda: model)
    monkeypatch.setattr(features, "is_installed", lambda name: there or name == "tensorflow")
    monkeypatch.setattr(features, "open_engine", opened)
    made, shown = printed(features, "--quick")
    assert row_of(shown, "ours, TensorFlow")[1] == "bfloat16"
    if there:
        assert row_of(shown, "ours, OpenVINO, `--precision int8`")[1] == "int8"
    assert row_of(shown, "ours, TensorFlow")[6] == "1.0000000"
    assert (NOT_INSTALLED in row_of(shown, "ours, OpenVINO ")) is not there
    assert f"{made['crops']} crops, median of {made['rounds']} rounds" in shown


def test_pca(printed, monkeypatch):
    monkeypatch.setattr(pca, "_run", pca._measure)
    monkeypatch.setattr(pca, "DIMENSION", 64)
    _, shown = printed(pca, "--frames", "300", "--peers", "covariance_eigh")
    assert float(row_of(shown, "scikit-learn, `covariance_eigh`")[-1]) < 1e-2
    assert "300 × 64 made-up features" in shown


@pytest.mark.parametrize("memory", [True, False])
def test_index(printed, monkeypatch, memory):
    costs = {"index": 9.0, "decode": 2.0, "describe": 8.0, "memory": 3.0}

    def measured(step, *_):
        return index.Cost(costs[step] / 2, costs[step], 123.4, 60)

    monkeypatch.setattr(index, "measured", measured)
    monkeypatch.setattr(index, "make_demo_videos", lambda _: [])
    _, shown = printed(index, "--rounds", "2", *([] if memory else ["--no-memory"]))
    assert row_of(shown, "describing alone") == ["describing alone", "8.00", "4.00"]
    assert "takes 0.90 of the parts' processor time" in shown
    if memory:
        assert row_of(shown, "100,000") == ["100,000", "123", "1.50"]
    else:
        assert "100,000" not in shown


@pytest.mark.parametrize("told", [0, 1])
def test_clips(printed, monkeypatch, tmp_atlas, told):
    video = Path(tmp_atlas.sources[0].path)
    pieces = [
        Segment("one", "encoded", (Cut(video, 0.0, 3.0),)),
        Segment("two", "encoded", (Cut(video, 0.0, 3.0), Cut(video, 3.0, 3.0))),
        Segment("three", "grey", (Cut(Path("/videos/away.mp4"), 0.0, 3.0),), known=False),
    ]
    clip = SimpleNamespace(seconds=np.arange(9) / 3, scores=np.zeros((9, 8)))
    describer = SimpleNamespace(clip=lambda _: (clip,))
    span = SimpleNamespace(
        source=0, query_from=0.0, query_to=3.0, source_from=0.0, source_to=3.0, score=0.9
    )
    monkeypatch.setattr(clips, "videos_of", lambda *_: ([video] * 3, [], "made-up videos"))
    monkeypatch.setattr(clips, "planned_pieces", lambda *_, **__: pieces)
    monkeypatch.setattr(clips, "atlas_of", lambda *_: tmp_atlas)
    monkeypatch.setattr(clips, "open_describer", lambda _: nullcontext(describer))
    monkeypatch.setattr(clips, "write_piece", lambda piece, folder: folder / piece.name)
    monkeypatch.setattr(clips, "find_clip", lambda *_: [span] * told)
    _, shown = printed(clips)
    assert row_of(shown, "encoded")[1:4] == ["1", str(told), f"{told:.3f}"]
    assert row_of(shown, "absent")[3] == ""  # nothing was to be found, so no share of it
    assert row_of(shown, "all")[1] == "3"
    assert "3 pieces among 28 frames of made-up videos" in shown


@pytest.mark.parametrize("montage", ["montage", None])
def test_poster(printed, monkeypatch, synthetic_atlas, montage):
    def ran(command):
        if command[1] != "-version":
            Path(command[-1]).write_bytes(bytes(600_000))
        return "Version: ImageMagick 6.9 Q16 2021-01-25 somewhere\n"

    def made(folder, frames):
        return synthetic_atlas(folder, sources=(("video", min(frames, 40)),), dimension=16)

    monkeypatch.setattr(poster, "GRID", Grid(3, 2))
    monkeypatch.setattr(poster, "GIGAPIXEL", Grid(3, 2))
    monkeypatch.setattr(poster, "made", made)
    monkeypatch.setattr(poster, "_run", ran)
    monkeypatch.setattr(poster, "best", lambda work, _=3: (work(), 0.5)[1])
    monkeypatch.setattr(poster.shutil, "which", lambda _: montage)
    known = Path("/proc/self/status").exists()
    figures, shown = printed(poster, *([] if known and montage else ["--no-gigapixel"]))
    cells = row_of(shown, "PNG")
    assert cells[2] == ("0.60" if montage else "")
    assert (NOT_INSTALLED in cells) is (montage is None)
    assert "3 × 2 pictures" in shown
    assert ("memory map. ImageMagick 6.9." in shown) is (montage is not None)
    assert ("MB of memory" in shown) is ("gigapixel_peak_megabytes" in figures)


@pytest.mark.parametrize("montage", [True, False])
def test_tiles(printed, monkeypatch, synthetic_atlas, montage):
    if montage and not shutil.which("montage"):
        pytest.skip("ImageMagick's montage is not installed")
    if not montage:
        monkeypatch.setattr(tiles.shutil, "which", lambda _: None)

    def made(folder, _):
        return synthetic_atlas(folder, sources=(("video", 12),), dimension=16)

    monkeypatch.setattr(tiles, "made", made)
    monkeypatch.setattr(tiles, "TILES", 12)
    monkeypatch.setattr(tiles, "MONTAGES", 1)
    _, shown = printed(tiles, "--frames", "2000", *([] if montage else ["--no-export"]))
    assert float(row_of(shown, "a new tile")[1]) > 0
    assert (row_of(shown, "the same by ImageMagick")[1] == NOT_INSTALLED) is not montage
    assert "2,000 frames" in shown
    assert ("Export: " in shown) is montage


@pytest.mark.parametrize("page", ["Chromium is not installed", None])
@pytest.mark.parametrize("options", [["--frames", "90", "1000"], ["--atlas"]])
def test_browser(printed, monkeypatch, tmp_atlas, tmp_path, options, page):
    server = browser.Served("http://127.0.0.1:1", 1, 0.5)

    def figures(*_, **__):
        shown = {"page": page} if page else {"first_picture_seconds": 1.25}
        return {"start_seconds": server.started, "hover_p95_ms": 3.5, **shown}

    monkeypatch.setattr(browser, "measure", figures)
    monkeypatch.setattr(browser, "large_atlas", lambda *_: tmp_atlas)
    given = [*options, str(tmp_atlas.folder)] if options == ["--atlas"] else options
    _, shown = printed(browser, *given)
    sizes = ["28"] if options == ["--atlas"] else ["90", "1,000"]
    assert row_of(shown, "frames") == ["frames", *sizes, "goal"]
    assert row_of(shown, "start seconds") == ["start seconds", *["0.50"] * len(sizes), "3"]
    assert (page or "1.25") in shown


def test_search(printed):
    _, shown = printed(search, "--frames", "3000", "--queries", "2")
    assert row_of(shown, "frameatlas ")[-1] == "100.0%"
    assert row_of(shown, "NumPy")[-1] == "100.0%"
    assert "FAISS" in shown


def test_players_speed(printed):
    made, shown = printed(players_speed, "--tracklets", "50", "--crops", "8")
    assert (made["tracklets"], made["crops"]) == (50, 400)
    assert row_of(shown, "50")[1] == "400"


@pytest.mark.parametrize("peer", [True, False])
def test_decode(printed, monkeypatch, tmp_path, game_file, peer):
    if peer and not decode_peers.there():
        pytest.skip("PySceneDetect is not installed")
    monkeypatch.setattr(decode_peers, "there", lambda: peer)
    made, shown = printed(decode, str(game_file[0]), "--rounds", "1")
    assert made["total"]["frames"] == 7
    assert float(row_of(shown, "FFmpeg with the same filters, to nowhere")[3]) > 0
    assert (NOT_INSTALLED in row_of(shown, "PySceneDetect")) is not peer


@pytest.fixture
def quick_layout(monkeypatch):
    """Layouts that are fitted at once."""
    fitted = {"steps": 10, "batch": 32, "frames_trained": 320, "losses": {"reconstruction": 0.5}}
    fitted |= {"mean": [0.0, 0.0], "std": [0.3, 0.3], "saturated": 0.0}

    def fit(*_, **__):
        time.sleep(0.02)
        return SimpleNamespace(report=fitted)

    for module in (layout, layout_atlas):
        monkeypatch.setattr(module, "fit_layout", fit)


def test_layout(printed, monkeypatch, quick_layout):
    monkeypatch.setattr(layout, "SLICE", 64)
    _, shown = printed(layout, "--frames", "320")
    assert "computed from 64 frames" in row_of(shown, "the same model")[-1]
    assert "320 × 256 made-up scores, 1 passes, layout `article`" in shown


def test_layout_atlas(printed, monkeypatch, quick_layout):
    monkeypatch.setattr(layout_atlas, "place_frames", lambda *_: None)
    monkeypatch.setattr(
        layout_atlas, "measured", lambda work, *given: {**work(*given), "peak_megabytes": 400.2}
    )
    _, shown = printed(layout_atlas, "--frames", "320", "1000")
    assert row_of(shown, "320")[-2:] == ["400", "0"]
    assert row_of(shown, "1,000")[-1] == "1"


def test_similar(printed, monkeypatch, synthetic_atlas, tmp_path):
    atlas = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 12),) * 4, dimension=32)
    names = ["chair-1.mp4", "chair-2.mp4", "pattern-1.mp4", "pattern-2.mp4"]
    known = dict(zip(range(4), names, strict=True))
    monkeypatch.setattr(similar, "take_of", lambda _, number, __: known[number].partition("-")[0])
    figures = {"machine": {}, **similar.measured(atlas, similar.TAKES)}
    shown = report.table_of("similar")(json.loads(json.dumps(figures)))
    well_formed(shown)
    assert row_of(shown, "map, ordered")[1].endswith("of 4")
