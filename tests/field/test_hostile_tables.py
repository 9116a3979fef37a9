"""Tables that are rightly signed and wrong, through every command that reads them.

A sentence and the exit code of bad input; never a fault of our own, and nothing that is drawn of
numbers that are none. ``test_wrong_tables.py`` beside this asks the readers themselves.
"""

import shutil
import subprocess
from dataclasses import replace

import h5py
import numpy as np
import pytest
from PIL import Image

from frameatlas import IndexOptions, open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.browser import make_app
from frameatlas.embedder import index as indexing
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.read_metadata import read_missing_metadata
from frameatlas.errors import FrameatlasError
from frameatlas.progress import NullProgress
from frameatlas.search.word_search import word_heat, word_neighbours
from frameatlas.store.atomic import describe_files
from frameatlas.store.words_record import WordsRecord

WIDTH, CROPS = 8, 2


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A folder of a film, with its subtitles, and photos."""
    import imageio_ffmpeg

    folder = tmp_path_factory.mktemp("library")
    film = ["-f", "lavfi", "-i", "testsrc2=s=96x64:r=12:d=4", str(folder / "film.mp4")]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", *film]
    subprocess.run(command, check=True)
    (folder / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\na menial job\n")
    for number in range(5):
        Image.new("RGB", (48, 32), (50 * number, 200 - 30 * number, 90)).save(
            folder / f"{number}.png"
        )
    return folder


@pytest.fixture(scope="module")
def whole(library, tmp_path_factory, grey):
    """The atlas of it, with words, shots, subtitles and a column: everything that has a table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "open_engine", lambda *_, **__: grey())
        patch.setattr(few_frames, "FEWEST", 10**6)
        folder = tmp_path_factory.mktemp("whole") / "whole.atlas"
        atlas = index_videos([library], folder, options=IndexOptions(height=32)).atlas
    read_missing_metadata(folder, NullProgress())
    files = {}
    for source in atlas.sources:
        place = folder / "sources" / source.id
        random = np.random.default_rng(1).normal(size=(source.frames * CROPS, WIDTH))
        with h5py.File(place / "words.h5", "w") as file:
            file["words"] = (random / np.linalg.norm(random, axis=1)[:, None]).astype(np.float16)
        files[source.id] = describe_files(place, ["words.h5"])["words.h5"]
    words = WordsRecord("CLIPBackbone", "0" * 64, WIDTH, CROPS, files)
    (folder / MANIFEST).write_text(replace(atlas.manifest, words=words).to_json())
    return open_atlas(folder)


MAP, FILM, PHOTOS = "maps/*", "sources/*[film]", "sources/*[photos]"
TABLES = [
    *((MAP, "coordinates.h5", "coordinates"), (MAP, "coordinates.h5", "code")),
    *((MAP, "scores.npy", ""), (MAP, "stretch.h5", "radii"), (MAP, "components.h5", "@scale")),
    *((MAP, "components.h5", name) for name in ("mean", "basis", "explained_variance")),
    *((FILM, "features.h5", name) for name in ("features", "seconds", "pts", "box", "@time_base")),
    *((PHOTOS, "features.h5", name) for name in ("names", "digests", "box", "seconds")),
    *((FILM, "shots.h5", name) for name in ("first", "strength", "@digest", "@time_base")),
    *((FILM, "metadata.h5", name) for name in ("values", "header")),
    *((FILM, "frames.npy", ""), (FILM, "words.h5", "words")),
]
"""Where, which file, which table; "@" for what is kept beside tables."""

READERS = {
    "check": ("check", "A"),
    "info": ("info", "A", "--json"),
    "index": ("index", "NEW", "-o", "A", "--height", "32"),
    "relayout": ("relayout", "A", "--rotate", "30"),
    "words": ("search", "A", "--said", "job"),
    "cuts": ("cuts", "A", "--shots", "film.mp4", "--snap", "shots", "-o", "c.edl"),
    "selection": ("cuts", "A", "--where", "date>=2001", "-o", "c.otio"),
    "shots": ("shots", "A", "--list"),
    "metadata": ("metadata", "A", "--list"),
    "table": ("table", "A", "--vectors", "-o", "t.csv"),
    "poster": ("poster", "A", "--count", "4", "--tile-height", "16", "--links", "-o", "p.png"),
    "search": ("search", "A", "--frame", "film.mp4@1", "-o", "s.otio"),
    "similar": ("similar", "A", "--all"),
    "export": ("export", "A", "-o", "site", "--depth", "0", "--jobs", "1"),
}

PAGES = (
    *("/api/atlas", "/api/nearest/1", "/api/path/MAP/0", "/api/similar/0", "/api/novelty/MAP/0"),
    *("/api/cells/MAP/1/0/0", "/tiles/MAP/0/0/0.webp", "/frames/MAP/1.jpg", "/api/frame/1"),
    *("/api/points/MAP", "/api/points/MAP?where=date>=2001", "/api/density/MAP", "/api/trust/MAP"),
    *("/api/clusters/MAP", "/api/columns", "/api/said?q=job", "/api/shots/0", "/api/moment/0"),
)


@pytest.fixture(params=["short", pytest.param("long", marks=pytest.mark.faults)])
def share(request):
    """How much is tried: every other kind with one command in ``make test``, else all with all."""
    return 1 if request.param == "long" else len(READERS)


@pytest.fixture
def program(typed, tmp_path, library, monkeypatch, grey):
    """``program(command, atlas)``: how it ended and what it said."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: grey())
    monkeypatch.setattr(few_frames, "FEWEST", 10**6)
    (tmp_path / "new").mkdir()
    Image.new("RGB", (48, 32), (9, 77, 99)).save(tmp_path / "new" / "n.png")

    def run(name, atlas):
        places = {"A": atlas, "NEW": tmp_path / "new"}
        shutil.rmtree(tmp_path / "site", ignore_errors=True)
        given = [str(places.get(word, word)) for word in READERS[name]]
        if name == "index":
            given.insert(1, str(library))
        return typed(tmp_path, *given)

    return run


def place_of(atlas, where, file):
    """Where a table lies."""
    if where == MAP:
        return atlas.map_folder / file
    kind = "photos" if where == PHOTOS else "video"
    source = next(source for source in atlas.sources if source.kind == kind)
    return atlas.folder / "sources" / source.id / file


def ask_pages(atlas, cache, said):
    """No address of the page answers with a fault."""
    client = make_app(atlas, cache=cache).server.test_client()
    for page in PAGES:
        answer = client.get(page.replace("MAP", atlas.map_folder.name))
        assert answer.status_code != 500, f"{said}, {page}: {answer.data[:300]!r}"


@pytest.mark.process
@pytest.mark.parametrize("table", TABLES, ids=lambda table: ":".join(table[1:]))
def test_every_table_through_every_command(table, whole, signed, program, share, tmp_path):
    begin = TABLES.index(table)
    for number, kind in enumerate(signed.WRONG):
        if share > 1 and number % 2 != begin % 2:
            continue
        folder = tmp_path / f"{number}.atlas"
        shutil.copytree(whole.folder, folder)
        where, file, name = table
        if not signed.make_wrong(place_of(open_atlas(folder), where, file), name, kind):
            continue
        atlas = signed.sign(folder)
        first = (begin + number) % share
        for command in list(READERS)[first::share]:
            done = program(command, folder)
            said = f"{command}, {kind}: {done.stdout}{done.stderr}"
            signed.assert_answered(done, said)
        if share == 1 or number % 4 == begin % 4:
            ask_pages(atlas, tmp_path / "cache", kind)
        shutil.rmtree(folder)


@pytest.mark.process
def test_a_sentence_is_not_answered_from_wrong_words(whole, signed, tmp_path):
    """What no vector of a network is says so by its file: it finds nothing and everything."""
    query = np.full(WIDTH, WIDTH**-0.5, np.float32)
    for kind in signed.WRONG[:-2]:
        folder = shutil.copytree(whole.folder, tmp_path / f"{kind}.atlas")
        assert signed.make_wrong(place_of(open_atlas(folder), FILM, "words.h5"), "words", kind)
        atlas = signed.sign(folder)
        with pytest.raises(FrameatlasError, match=r"words\.h5"):
            word_neighbours(atlas, query, 3)
        with pytest.raises(FrameatlasError, match=r"words\.h5"):
            word_heat(atlas, query)
