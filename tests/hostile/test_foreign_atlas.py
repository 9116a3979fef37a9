"""An atlas from the internet: what is in its folder leads nowhere else, reading or writing."""

import json
import os
from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import DamagedAtlasError, Manifest, NoAtlasError, open_atlas
from frameatlas.atlas import MANIFEST, Atlas
from frameatlas.browser import make_app
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.map.stretch import Stretch
from frameatlas.errors import FormatError, SourceError
from frameatlas.store.content_digest import content_digest
from frameatlas.store.digests import text_digest
from frameatlas.store.hdf5_reader import read_column
from frameatlas.store.lock import lock_atlas
from frameatlas.store.manifest import MOST_FRAMES
from frameatlas.verify import check_atlas

COUNT = 12


@pytest.fixture
def elsewhere(tmp_path):
    """Another person's file outside the atlas."""
    path = tmp_path / "elsewhere" / "private.h5"
    path.parent.mkdir()
    with h5py.File(path, "w") as file:
        file["seconds"] = np.full(COUNT, 77.0)
    return path


def first_table(atlas):
    return atlas.folder / "sources" / atlas.sources[0].id / "features.h5"


def external_link(file, elsewhere):
    file["seconds"] = h5py.ExternalLink(str(elsewhere), "/seconds")


def soft_link(file, elsewhere):
    file["outside"] = h5py.ExternalLink(str(elsewhere), "/")
    file["seconds"] = h5py.SoftLink("/outside/seconds")


def external_storage(file, elsewhere):
    file.create_dataset("seconds", (COUNT,), "f8", external=[(str(elsewhere), 0, 8 * COUNT)])


def virtual(file, elsewhere):
    layout = h5py.VirtualLayout((COUNT,), "f8")
    layout[:] = h5py.VirtualSource(str(elsewhere), "seconds", (COUNT,))
    file.create_virtual_dataset("seconds", layout)


def packed(file, elsewhere):
    file.create_dataset("seconds", data=np.zeros(COUNT), compression="gzip")


def never_written(file, elsewhere):
    file.create_dataset("seconds", (COUNT,), "f8", fillvalue=1.0)


def group(file, elsewhere):
    file.create_group("seconds")


TRICKS = [external_link, soft_link, external_storage, virtual, packed, never_written, group]


@pytest.mark.parametrize("trick", TRICKS)
def test_tables_are_their_files_own_and_plain(tmp_atlas, elsewhere, trick):
    with h5py.File(first_table(tmp_atlas), "a") as file:
        del file["seconds"]
        trick(file, elsewhere)
    opened = open_atlas(tmp_atlas.folder)
    with pytest.raises(DamagedAtlasError, match=r"seconds|table"):
        assert opened.seconds[0] != 77.0


def test_a_table_cannot_ask_for_memory_that_its_file_has_not(tmp_path):
    path = tmp_path / "bomb.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("packed", (1 << 33,), "f8", chunks=(1 << 20,), compression="gzip")
        file.create_dataset("empty", (1 << 40,), "f8")
    assert path.stat().st_size < 100_000
    for name in ("packed", "empty"):
        with pytest.raises(DamagedAtlasError, match="packed or not whole"):
            read_column(path, name)


@pytest.mark.parametrize(("kind", "table"), [(Components, "basis"), (Stretch, "radii")])
def test_what_a_map_is_projected_with_cannot_ask_for_memory_or_lie_elsewhere(tmp_path, kind, table):
    path, other = tmp_path / "map.h5", tmp_path / "other.h5"
    with h5py.File(other, "w") as file:
        for name in ("mean", "basis", "explained_variance", "turned", "radii"):
            file[name] = np.ones((2, 2))
    for trick in ("memory", "elsewhere"):
        path.write_bytes(other.read_bytes())
        with h5py.File(path, "a") as file:
            del file[table]
            if trick == "memory":
                file.create_dataset(table, (1 << 40,), "f8")
            else:
                file[table] = h5py.ExternalLink(str(other), table)
        with pytest.raises(FormatError, match=r"packed or not whole|of its own"):
            kind.load(path)


@pytest.mark.parametrize("depth", ["file", "source", "sources", "map", "map file", "maps"])
def test_links_in_an_atlas_are_not_followed(tmp_atlas, tmp_path, depth):
    place = {
        "file": first_table(tmp_atlas),
        "source": first_table(tmp_atlas).parent,
        "sources": tmp_atlas.folder / "sources",
        "map": tmp_atlas.map_folder,
        "map file": tmp_atlas.map_folder / "scores.npy",
        "maps": tmp_atlas.folder / "maps",
    }[depth]
    place.rename(tmp_path / "outside")
    place.symlink_to(tmp_path / "outside")
    with pytest.raises(DamagedAtlasError, match="a link"):
        open_atlas(tmp_atlas.folder)


def test_a_manifest_that_is_a_link_or_a_pipe_is_not_read(tmp_atlas, tmp_path):
    path = tmp_atlas.folder / MANIFEST
    path.rename(tmp_path / "outside.json")
    path.symlink_to("/etc/passwd")
    with pytest.raises(DamagedAtlasError, match="a link") as told:
        open_atlas(tmp_atlas.folder)
    assert "root:" not in str(told.value)
    path.unlink()
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)  # who opens it waits for ever
        with pytest.raises(DamagedAtlasError, match="a pipe"):
            open_atlas(tmp_atlas.folder)


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX systems")
@pytest.mark.parametrize("name", ["source.json", "frames.npy", "more"])
def test_check_waits_for_nobody_at_a_pipe(tmp_atlas, name):
    """It is the first command that an atlas from elsewhere is given."""
    values = json.loads((tmp_atlas.folder / MANIFEST).read_text())
    values["sources"][0]["files"]["more"] = {"bytes": 0, "blake2b": 32 * "0"}
    (tmp_atlas.folder / MANIFEST).write_text(signed(values))
    place = first_table(tmp_atlas).with_name(name)
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    with pytest.raises(DamagedAtlasError, match="a pipe"):
        check_atlas(tmp_atlas.folder)


def test_an_atlas_that_the_user_reaches_by_a_link_is_opened(tmp_atlas, tmp_path):
    (tmp_path / "here.atlas").symlink_to(tmp_atlas.folder)
    assert len(open_atlas(tmp_path / "here.atlas").seconds) == len(tmp_atlas)


@pytest.mark.parametrize("name", [".building-x/features.bin", "lock", ".atlas.json.new", "maps/x"])
def test_nothing_is_written_through_a_link(tmp_atlas, tmp_path, name):
    victim = tmp_path / "bashrc"
    victim.write_text("mine")
    place = tmp_atlas.folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(victim)
    with pytest.raises(DamagedAtlasError, match="a link"), lock_atlas(tmp_atlas.folder):
        pytest.fail("the lock was given")
    assert victim.read_text() == "mine"


def test_pickled_arrays_are_not_unpickled(tmp_atlas):
    class Fires:
        def __reduce__(self):
            return (pytest.fail, ("it was unpickled",))

    for path in (tmp_atlas.map_folder / "scores.npy", first_table(tmp_atlas).parent / "frames.npy"):
        np.save(path, np.array([Fires()], dtype=object), allow_pickle=True)
    opened = open_atlas(tmp_atlas.folder)
    for read in (lambda: opened.scores, lambda: opened.frames[0]):
        with pytest.raises(DamagedAtlasError):
            read()


def signed(values):
    values.pop("checksum", None)
    inner = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return json.dumps({**values, "checksum": text_digest(inner)})


def test_an_atlas_that_claims_endless_frames_takes_no_memory(tmp_atlas):
    values = json.loads((tmp_atlas.folder / MANIFEST).read_text())
    for claimed, error in ((MOST_FRAMES + 1, FormatError), (MOST_FRAMES - 99, DamagedAtlasError)):
        values["sources"][0]["frames"] = claimed
        values["map"]["frames"] = sum(source["frames"] for source in values["sources"])
        (tmp_atlas.folder / MANIFEST).write_text(signed(values))
        with pytest.raises(error):
            assert open_atlas(tmp_atlas.folder).coordinates is None


@pytest.mark.parametrize("path", ["/etc/passwd", "/dev/zero", "/proc/self/environ", "//x/y.mp4"])
def test_a_source_that_names_a_file_of_this_machine_gives_nothing(tmp_atlas, tmp_path, path):
    """More of it: tests/browser/routes/test_videos.py, another file under a video's name."""
    source = replace(tmp_atlas.sources[0], path=path, codec="h264")
    manifest = replace(
        tmp_atlas.manifest,
        sources=(source, *tmp_atlas.manifest.sources[1:]),
        map=tmp_atlas.manifest.map,
    )
    client = make_app(Atlas(tmp_atlas.folder, manifest), cache=tmp_path).server.test_client()
    for address in ("/video/0", "/clip/0"):
        answer = client.get(address)
        assert answer.status_code in (404, 415, 501)
        assert b"root:" not in answer.data
        assert b"PATH=" not in answer.data


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices of POSIX systems")
def test_a_pipe_or_a_device_is_no_content(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", "/dev/tty"):
        with pytest.raises(SourceError, match=r"no regular file|no longer there"):
            content_digest(tmp_path / path)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", "a/../../b", "C:\\x"])
def test_names_in_a_manifest_stay_inside(tmp_atlas, name):
    """Every other field: tests/atlas/store/test_manifest.py, names that climb out."""
    text = (tmp_atlas.folder / MANIFEST).read_text()
    for old in (tmp_atlas.sources[0].id, tmp_atlas.map_folder.name, "scores.npy"):
        values = json.loads(text.replace(json.dumps(old), json.dumps(name)))
        (tmp_atlas.folder / MANIFEST).write_text(signed(values))
        for command in (open_atlas, check_atlas):
            with pytest.raises((FormatError, NoAtlasError)):
                command(tmp_atlas.folder)


def test_a_manifest_cannot_be_signed_by_accident(tmp_atlas):
    """The checksum finds damage, not malice: whoever changes a manifest can sign it anew."""
    values = json.loads((tmp_atlas.folder / MANIFEST).read_text())
    values["made"]["engine"] = "mine"
    assert Manifest.from_json(signed(values)).made.engine == "mine"
