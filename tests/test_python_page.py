"""``docs/python.md`` from top to bottom, and every example, as they stand.

What is described is described by a stand-in for the network where only the way matters; the photos
of one example are described by the network itself.
"""

import contextlib
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas import open_atlas
from frameatlas.embedder import demo_videos, make_demo_videos
from frameatlas.embedder import index as indexing
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.query import describer

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def small_video(path, seed, frames=24):
    """A video of a square that walks, 12 pictures a second."""
    import av

    colours = np.random.default_rng(seed).integers(0, 255, (2, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuv420p"
        for number in range(frames):
            picture = np.full((90, 160, 3), colours[0], np.uint8)
            picture[20:60, 3 * number : 3 * number + 40] = colours[1]
            picture = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


@pytest.fixture(scope="session")
def child(module_at):
    """The module ``indexing_child.py``, which has the stand-in."""
    return module_at(ROOT / "tests" / "embedder" / "indexing_child.py")


def describe_quickly(patch, child):
    """A network of one matrix."""
    for module in (indexing, describer):
        patch.setattr(module, "open_engine", lambda *_, **__: child.MeanEngine())


@pytest.fixture
def stand_in(child, monkeypatch):
    """The network of one matrix, and a layout that takes no training."""
    describe_quickly(monkeypatch, child)
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)


@pytest.mark.process
def test_the_page_runs_from_top_to_bottom(
    stand_in, game_file, tmp_path, monkeypatch, no_cache_elsewhere
):
    (tmp_path / "videos").mkdir()
    for seed in range(3):
        small_video(tmp_path / "videos" / f"{seed}.mp4", seed)
    Image.new("RGB", (200, 120), (90, 120, 40)).save(tmp_path / "photo.jpg")
    shutil.copy(game_file[0], tmp_path / "game.mp4")
    shutil.copy(game_file[1], tmp_path / "game.txt")
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}
    said = io.StringIO()
    blocks = BLOCK.findall((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    with contextlib.redirect_stdout(said):
        for number, block in enumerate(blocks):
            exec(compile(block, f"<python.md, block {number + 1}>", "exec"), names)
    assert len(blocks) >= 7
    assert len(names["atlas"]) == 18
    assert names["done"].failed == ()
    assert (tmp_path / "window.png").stat().st_size > 1000
    assert (tmp_path / "site" / "index.html").exists()
    assert (
        len(set(names["players"].identities.player[names["players"].identities.player >= 0])) >= 2
    )
    assert "Expected an atlas" in said.getvalue()


@pytest.fixture
def no_cache_elsewhere(tmp_path, monkeypatch):
    """Tiles go into the test's own folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def run_script(name, *arguments):
    """Run the ``main`` of an example as it runs itself; what it returns, and what it printed."""
    names = {"__name__": "example"}
    exec(compile((EXAMPLES / name).read_text(encoding="utf-8"), name, "exec"), names)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = names["main"](*arguments)
    return result, said.getvalue()


def run_notebook(name):
    """Run a notebook's cells of code one after the other, as Jupyter does, without its kernel."""
    names = {"__name__": "notebook"}
    book = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        for number, cell in enumerate(book["cells"]):
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"<{name}, cell {number}>", "exec"), names)
    return names, said.getvalue()


def slower(rate):
    """The drawings of the demo, so many pictures a second: they take a quarter of the time."""
    usual = f"r={demo_videos.RATE}"
    return {
        name: [replace(way, source=way.source.replace(usual, f"r={rate}")) for way in ways]
        for name, ways in demo_videos.DRAWINGS.items()
    }


@pytest.fixture(scope="module")
def indexed(tmp_path_factory, child, trained_plainly):
    """The demo's videos, indexed by the first example; the layout is trained, if briefly."""
    folder = tmp_path_factory.mktemp("examples") / "demo"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch, trained_plainly():
        patch.setattr(demo_videos, "DRAWINGS", slower(6))  # twice as often as is looked
        make_demo_videos(folder / "videos")
        describe_quickly(patch, child)
        atlas, said = run_script("index_and_look.py", folder / "videos", folder / "demo.atlas")
    return folder, atlas, said


@pytest.fixture
def looked_at(indexed, child, monkeypatch):
    """``indexed``, and the network that made it for what is looked for there."""
    describe_quickly(monkeypatch, child)
    return indexed


@pytest.mark.slow
@pytest.mark.process
def test_index_and_look(looked_at):
    folder, atlas, said = looked_at
    assert len(atlas.sources) == 6
    assert len(atlas) >= 100
    assert said.count(" frames around ") == 6
    for name in ("demo.png", "window.png"):
        with Image.open(folder / name) as picture:
            assert np.asarray(picture).std() > 10


@pytest.mark.slow
@pytest.mark.process
def test_search_and_export(looked_at):
    folder, atlas, _ = looked_at
    site, said = run_script("search_and_export.py", folder / "demo.atlas")
    assert (site / "index.html").exists()
    rows = (folder / "frames.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(atlas) + 1
    assert re.search(r"\.mp4 from 0\.\d to [5-6]\.\d s", said), said


@pytest.mark.slow
@pytest.mark.process
def test_own_pictures(indexed, tmp_path):
    """With the network itself."""
    _, atlas, _ = indexed
    (tmp_path / "photos").mkdir()
    for frame in range(0, len(atlas), 9):
        Image.fromarray(atlas.frames[frame]).save(tmp_path / "photos" / f"{frame:03}.jpg")
    mapped, said = run_script("own_pictures.py", tmp_path / "photos", tmp_path / "photos.atlas")
    assert len(mapped) == len(range(0, len(atlas), 9))
    assert said.count("of 64 cells") == 3
    assert (tmp_path / "photos.jpg").stat().st_size > 10_000
    assert open_atlas(tmp_path / "photos.atlas").manifest.map == mapped.manifest.map


@pytest.mark.process
def test_who_is_who(stand_in, game_file, tmp_path):
    players, said = run_script("who_is_who.py", *game_file, tmp_path / "game.players")
    assert len(players.identities.player) == 6
    assert "6 tracklets of " in said
    assert (tmp_path / "game.players" / "players.csv").exists()


@pytest.mark.slow
@pytest.mark.process
def test_notebooks(looked_at, monkeypatch, no_cache_elsewhere):
    folder, atlas, _ = looked_at
    monkeypatch.chdir(folder.parent)
    first, said = run_notebook("index_and_look.ipynb")
    assert len(first["atlas"]) == len(atlas)
    assert said.count("red ") == 6
    second, said = run_notebook("search_and_export.ipynb")
    assert "most alike:" in said
    # Smaller and as a poor JPEG it is still nearest to its own video, if not to the very frame.
    nearest, query = second["nearest"], second["query"]
    assert atlas.source_numbers[nearest.frames[0]] == atlas.source_numbers[query]
    assert nearest.similarity[0] > 0.5
    assert (folder / "site" / "index.html").exists()


def test_notebooks_are_kept_without_what_they_print():
    books = sorted(EXAMPLES.glob("*.ipynb"))
    assert len(books) == 2
    for path in books:
        book = json.loads(path.read_text(encoding="utf-8"))
        assert book["nbformat"] == 4
        for cell in book["cells"]:
            assert cell.get("outputs", []) == [], path.name
            assert cell.get("execution_count") is None, path.name


def test_the_examples_page_names_every_example():
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in EXAMPLES.iterdir():
        if path.suffix in (".py", ".ipynb"):
            assert f"({path.name})" in page, path.name
