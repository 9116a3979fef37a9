"""Every file of an atlas, damaged or made: an atlas may come from anywhere."""

import json
from dataclasses import replace

import h5py
import numpy as np
import pytest

from frameatlas import Manifest, open_atlas
from frameatlas.atlas import MANIFEST, Atlas
from frameatlas.browser.export.site_folder import _read_record, is_whole
from frameatlas.browser.view.index_status import indexing
from frameatlas.cli.info import _lines
from frameatlas.embedder.build.source_builder import any_made
from frameatlas.embedder.build.source_progress import load_progress
from frameatlas.embedder.components.pca import Components
from frameatlas.embedder.layout.pca_layout import PrincipalLayout
from frameatlas.embedder.layout.registry import load_layout
from frameatlas.embedder.map.place_frames import tell_misfits
from frameatlas.errors import FrameatlasError
from frameatlas.progress import NullProgress
from frameatlas.store.atomic import describe_files
from frameatlas.store.column_rules import LONGEST_FRAME
from frameatlas.store.digests import text_digest
from frameatlas.store.frame_rows import AtlasFrames
from frameatlas.store.hdf5_reader import Hdf5Rows, read_column, read_number, read_ratio
from frameatlas.store.lock import _holder
from frameatlas.summary import atlas_info


@pytest.fixture
def atlas(tmp_atlas):
    """The atlas, its columns read once."""
    return tmp_atlas


def written(path, data):
    path.write_bytes(data)
    return path


def test_manifests(fuzz, atlas):
    text = (atlas.folder / MANIFEST).read_bytes()

    def run(data):
        Manifest.from_json(data.decode("utf-8", "surrogateescape"))

    fuzz("atlas.json", [text], run, 15_000)


def test_manifests_on_disk(fuzz, atlas):
    text = (atlas.folder / MANIFEST).read_bytes()

    def run(data):
        open_atlas(written(atlas.folder / MANIFEST, data).parent)

    fuzz("atlas.json on disk", [text], run, 1_000)


def test_manifests_with_a_checksum_that_fits(fuzz, atlas):
    content = json.loads((atlas.folder / MANIFEST).read_text())
    del content["checksum"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    short = json.dumps({**content, "sources": content["sources"][:1], "map": None}, sort_keys=True)

    def run(data):
        try:
            values = json.loads(data)
            inner = json.dumps(values, sort_keys=True, separators=(",", ":"))
            signed = json.dumps({**values, "checksum": text_digest(inner)})
        except (ValueError, TypeError, RecursionError):
            return
        manifest = Manifest.from_json(signed)
        assert Manifest.from_json(manifest.to_json()) == manifest

    fuzz("atlas.json, signed", [text.encode(), short.encode()], run, 20_000)


def test_frames_and_columns_of_manifests_that_lie(fuzz, atlas):
    content = json.loads((atlas.folder / MANIFEST).read_text())
    counts = json.dumps([source["frames"] for source in content["sources"]])

    def run(data):
        try:
            told = json.loads(data)
            for source, frames in zip(content["sources"], told, strict=False):
                source["frames"] = frames
            content["map"]["frames"] = sum(told)
        except (ValueError, TypeError, RecursionError):
            return
        content.pop("checksum", None)
        inner = json.dumps(content, sort_keys=True, separators=(",", ":"))
        signed = json.dumps({**content, "checksum": text_digest(inner)})
        (atlas.folder / MANIFEST).write_text(signed)
        opened = open_atlas(atlas.folder)
        for read in (lambda: opened.coordinates, lambda: opened.boxes, lambda: opened.frames[0]):
            read()

    fuzz("numbers of frames", [counts.encode()], run, 3_000, (FrameatlasError, IndexError))


def vouched_for(atlas, name):
    """The atlas with a file of its map as it is now: whoever makes an atlas can sign it."""
    record = atlas.manifest.map
    files = {**record.files, **describe_files(atlas.map_folder, [name])}
    return Atlas(atlas.folder, replace(atlas.manifest, map=replace(record, files=files)))


@pytest.mark.parametrize("name", ["map.json", "quality.json"])
def test_what_a_map_says_of_itself(fuzz, atlas, name):
    path = atlas.map_folder / name
    figures = {"trustworthiness": 0.9, "continuity": None, "fill": 0.8, "order": 0.7}
    quality = {"map": figures, "placed_later": {"frames": 3, "misfits": 1}, "sample": 28}
    seeds = [path.read_bytes(), json.dumps(quality).encode()]
    seeds = seeds if name == "quality.json" else seeds[:1]

    def run(data):
        written(path, data)
        values = atlas_info(vouched_for(atlas, name))
        assert "\n".join(_lines(values))
        json.dumps(values)
        tell_misfits(atlas.map_folder, 1, 30, NullProgress())

    fuzz(name, seeds, run, 2_500)


def test_layouts(fuzz, tmp_path):
    layout = PrincipalLayout(np.zeros(2), np.ones(2), 8, {"mean": [0.0, 0.0]})
    layout.save(tmp_path)
    path = tmp_path / "layout.json"

    def run(data):
        load_layout(written(path, data).parent)

    fuzz("layout.json", [path.read_bytes()], run, 3_000)


def test_sources_under_way(fuzz, atlas):
    place = next((atlas.folder / "sources").iterdir())
    told = (place / "source.json").read_bytes()
    progress = {"key": "k", "frames": 4, "described": 2, "width": 64, "height": 36}
    saved = json.dumps({**progress, "time_base": [1, 90_000]}).encode()

    def run(data):
        written(place / "source.json", data)
        any_made(place.parent)
        written(place / "progress.json", data)
        load_progress(place, "k")

    fuzz("source.json, progress.json", [told, saved], run, 4_000)


def test_who_holds_the_lock(fuzz, atlas):
    owner = json.dumps({"process": 3, "host": "here", "since": 1.7e9}).encode()

    def run(data):
        path = written(atlas.folder / "lock", data)
        assert "written by" in _holder(path, atlas.folder)
        found = indexing(atlas.folder, atlas.manifest)
        assert found is None or found.text()

    fuzz("lock", [owner], run, 4_000)


def test_what_a_site_says_of_itself(fuzz, tmp_path):
    told = {"state": "whole", "map": "m", "frames": 3, "quality": 80, "format": 1}

    def run(data):
        written(tmp_path / "frameatlas-site.json", data)
        is_whole(tmp_path)
        _read_record(tmp_path)

    fuzz("frameatlas-site.json", [json.dumps(told).encode()], run, 3_000)


# A header as Python 2 wrote it is read, with a note of NumPy's.
PYTHON_2 = pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning")


@PYTHON_2
def test_pictures(fuzz, tmp_path):
    path = tmp_path / "frames.npy"
    np.save(path, np.zeros((3, 4, 6, 3), np.uint8))

    def run(data):
        picture = AtlasFrames([written(path, data)], [3])[1]
        assert picture.ndim == 3
        assert picture.nbytes <= len(data)

    fuzz("frames.npy", [path.read_bytes()], run, 8_000)


def test_pictures_as_jpeg(fuzz, tmp_path, synthetic):
    path = tmp_path / "frames.jpeg"
    rough = np.random.default_rng(0).integers(0, 255, (3, 4, 6, 3), np.uint8)
    pictures = rough.repeat(9, axis=1).repeat(9, axis=2)
    synthetic.write_jpegs(path, pictures)

    def run(data):
        frames = AtlasFrames([written(path, data)], [3])
        wrong = None
        for read in (lambda: frames[1], lambda: frames.reduced(1, 2), lambda: frames.reduced(2, 6)):
            try:
                assert max(read().shape) <= LONGEST_FRAME
            except FrameatlasError as error:
                wrong = error
        if wrong:
            raise wrong

    fuzz("frames.jpeg", [path.read_bytes()], run, 6_000)


@PYTHON_2
def test_scores(fuzz, atlas):
    path = atlas.map_folder / "scores.npy"
    seed = path.read_bytes()

    def run(data):
        # A new file each time: the one before may still be mapped.
        path.unlink(missing_ok=True)
        written(path, data)
        assert len(open_atlas(atlas.folder).scores) == len(atlas)

    fuzz("scores.npy", [seed], run, 4_000)


def test_tables(fuzz, tmp_path):
    path = tmp_path / "features.h5"
    with h5py.File(path, "w") as file:
        file.attrs["time_base"] = [1, 90_000]
        file.attrs["scale"] = 1.5
        file["features"] = np.ones((4, 8), np.float16)
        file["seconds"] = np.arange(4.0)
        file["names"] = np.array([b"a.jpg", b"b.jpg"])

    def run(data):
        written(path, data)
        reads = (
            lambda: Hdf5Rows(path, "features", (4, 8))[1:3],
            lambda: read_column(path, "seconds"),
            lambda: read_column(path, "names"),
            lambda: read_ratio(path, "time_base"),
            lambda: read_number(path, "scale"),
        )
        wrong = None
        for read in reads:
            try:
                read()
            except FrameatlasError as error:
                wrong = error
        if wrong:
            raise wrong

    fuzz("features.h5", [path.read_bytes()], run, 6_000)


def test_components(fuzz, tmp_path):
    path = tmp_path / "components.h5"
    ones = np.ones((2, 8), np.float32)
    Components(ones[0], ones, np.ones(2), 3.0, 1.0).save(path)

    def run(data):
        Components.load(written(path, data))

    fuzz("components.h5", [path.read_bytes()], run, 3_000)
