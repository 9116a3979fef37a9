"""Tables of a game's players that are rightly signed and wrong, through all that reads them.

The next run makes anew what it can; all else says a sentence, with the exit code of bad input.
"""

import json
import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.browser import make_app
from frameatlas.embedder import index as indexing
from frameatlas.errors import FrameatlasError
from frameatlas.players.integrity import vouching
from frameatlas.reid.crops.crop_table import CropTable

OWNERS, CROPS, ATLAS = "crops.h5", "tables/*.h5", "sources/*/features.h5"
PIECES = ("tracklet", "first", "last", "player", "confidence")
TABLES = [
    *((OWNERS, name) for name in ("player", "tracklet", "piece", "picture", "tracklet_camera")),
    *((OWNERS, f"pieces/{name}") for name in PIECES),
    *((OWNERS, f"{name}_names") for name in ("player", "tracklet", "camera")),
    *((CROPS, name) for name in ("frame", "track", "box", "quality", "sharpness", "colour")),
    *((ATLAS, name) for name in ("features", "box", "seconds")),
]
READERS = {
    "again": ("players", "VIDEO", "--tracks", "TRACKS", "-o", "A"),
    "statistics": ("players", "VIDEO", "--tracks", "TRACKS", "-o", "A", "--stats"),
    "score": ("players", "score", "A", "--truth", "TRACKS"),
    "train": ("players", "train", "A", "--backbone", "tiny", "--epochs", "1", "-o", "t.descriptor"),
    "check": ("check", "A"),
    "info": ("info", "A", "--json"),
    "table": ("table", "A", "-o", "t.csv"),
    "poster": ("poster", "A", "--count", "4", "--tile-height", "16", "-o", "p.png"),
    "export": ("export", "A", "-o", "site", "--depth", "0", "--jobs", "1"),
}
CHEAP = [name for name in READERS if name != "train"]
PAGES = ("/api/atlas", "/api/players", "/api/players/crops/0", "/api/players/statistics", "/")


@pytest.fixture(scope="module")
def found(game_file, tmp_path_factory, grey):
    """The players of the small game."""
    from click.testing import CliRunner

    from frameatlas.cli.main import cli

    folder = tmp_path_factory.mktemp("found") / "game.players"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "open_engine", lambda *_, **__: grey())
        given = ["players", game_file[0], "--tracks", game_file[1], "-o", folder]
        said = CliRunner().invoke(cli, [str(word) for word in given])
    assert said.exit_code == 0, said.output
    return folder


@pytest.fixture
def program(typed, tmp_path, game_file, monkeypatch, grey):
    """``program(command, atlas)``: how it ended and what it said."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: grey())

    def run(name, atlas):
        places = {"A": atlas, "VIDEO": game_file[0], "TRACKS": game_file[1]}
        shutil.rmtree(tmp_path / "site", ignore_errors=True)
        return typed(tmp_path, *(places.get(word, word) for word in READERS[name]))

    return run


@pytest.fixture(params=["short", pytest.param("long", marks=pytest.mark.faults)])
def tried(request):
    """``tried(table, kind)``: commands to try, by number: few in ``make test``, else all."""

    def commands(table, kind):
        if request.param == "long":
            return list(READERS)
        return [CHEAP[(table + kind) % len(CHEAP)]] if kind % 4 == table % 4 else []

    return commands


def sign(folder, signed):
    """Have everything that vouches for tables say what is there now."""
    for path in (folder / "tables").iterdir():
        _sign_crops(path)
    report = json.loads((folder / "players.json").read_text())
    files = {name: folder / name for name in report.pop("files")}
    report.pop("checksum")
    (folder / "players.json").write_text(vouching(report, files))
    return signed.sign(folder)


def _sign_crops(path):
    import h5py

    with h5py.File(path, "a") as file:
        names = CropTable.__dataclass_fields__
        held = CropTable(*(file[name][()] for name in names))
        file.attrs["digest"] = held._digest()


@pytest.mark.process
@pytest.mark.parametrize("table", TABLES, ids=":".join)
def test_every_table_of_players_through_every_command(
    table, found, signed, program, tried, tmp_path
):
    where, name = table
    for number, kind in enumerate(signed.WRONG):
        commands = tried(TABLES.index(table), number)
        if not commands:
            continue
        folder = tmp_path / f"{number}.players"
        shutil.copytree(found, folder)
        if not signed.make_wrong(next(folder.glob(where)), name, kind):
            continue
        sign(folder, signed)
        for command in commands:
            done = program(command, folder)
            said = f"{command}, {kind}: {done.stdout}{done.stderr}"
            signed.assert_answered(done, said)
        _ask_pages(folder, tmp_path / "cache", kind)
        shutil.rmtree(folder)


def _ask_pages(folder, cache, said):
    """No address of the page answers with a fault; an atlas that cannot be opened has no page."""
    try:
        client = make_app(open_atlas(folder), cache=cache).server.test_client()
    except FrameatlasError:
        return
    for page in PAGES:
        answer = client.get(page)
        assert answer.status_code != 500, f"{said}, {page}: {answer.data[:300]!r}"
