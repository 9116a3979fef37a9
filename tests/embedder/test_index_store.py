"""``index --store jpeg``: the same map from a tenth of the bytes, and an atlas that keeps to it."""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from frameatlas import IndexOptions, InputError, open_atlas
from frameatlas.cli.main import cli
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build.disk_estimate import Estimate, check_space
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.index_given import index_given
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.media.frame_sink import FrameSink, Outcome
from frameatlas.embedder.sources.given_task import GivenTask
from frameatlas.errors import SpaceError
from frameatlas.progress import Stopped
from frameatlas.store.manifest import Source
from frameatlas.verify import check_atlas

Run = Callable[..., Indexed]


@pytest.fixture
def run(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)

    def index(paths: Sequence[Path], output: Path, **options: object) -> Indexed:
        options.setdefault("height", 48)
        return index_videos(paths, output, options=IndexOptions(**options))  # type: ignore[arg-type]

    return index


@pytest.fixture(scope="module")
def made(
    child: ModuleType, clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Two atlases of the same videos, each stored in its way."""
    folder = tmp_path_factory.mktemp("stored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
        patch.setattr(few_frames, "FEWEST", child.FEWEST)
        return {
            store: index_videos(
                [clips], folder / f"{store}.atlas", options=IndexOptions(height=48, store=store)
            ).atlas.folder
            for store in ("raw", "jpeg")
        }


@pytest.fixture
def both(made: dict[str, Path], tmp_path: Path) -> SimpleNamespace:
    """Copies of them that may be changed."""
    copies = {store: shutil.copytree(made[store], tmp_path / made[store].name) for store in made}
    return SimpleNamespace(**{store: open_atlas(copy) for store, copy in copies.items()})


def test_the_map_is_the_same_and_the_frames_nearly(both: SimpleNamespace) -> None:
    raw, jpeg = both.raw, both.jpeg
    assert np.array_equal(raw.features[:], jpeg.features[:])
    assert np.array_equal(raw.coordinates, jpeg.coordinates)
    assert raw.manifest.map == jpeg.manifest.map
    for one, other in zip(raw.frames, jpeg.frames, strict=True):
        assert one.shape == other.shape
        assert np.abs(one.astype(int) - other).mean() < 15  # drawn bars, of the harshest colours
    assert (raw.manifest.format, jpeg.manifest.format) == (1, 2)
    assert check_atlas(jpeg.folder) == check_atlas(raw.folder) == []


def test_a_raw_atlas_says_nothing_new(both: SimpleNamespace) -> None:
    """Atlases made before stay byte for byte."""
    raw, jpeg = ((a.folder / "atlas.json").read_text("utf-8") for a in (both.raw, both.jpeg))
    assert '"store"' not in raw
    assert json.loads(jpeg)["made"]["store"] == "jpeg"
    places = [path.read_text("utf-8") for path in both.raw.folder.glob("sources/*/source.json")]
    assert places
    assert not any('"store"' in text for text in places)


def test_a_later_run_follows_and_another_form_is_refused(
    run: Run, clips: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "films", tmp_path / "x.atlas"
    folder.mkdir()
    shutil.copy(clips / "a.mp4", folder)
    run([folder], output, store="jpeg")
    shutil.copy(clips / "b.mp4", folder)
    added = run([folder], output)
    assert [list(source.files) for source in added.atlas.sources] == [
        ["features.h5", "frames.jpeg"]
    ] * 2
    before = (output / "atlas.json").read_bytes()
    with pytest.raises(InputError, match=r"Expected --store jpeg as in .*Received: raw"):
        run([folder], output, store="raw")
    assert (output / "atlas.json").read_bytes() == before
    with pytest.raises(InputError, match=r"Expected --store to be raw or jpeg\. Received: 'png'"):
        IndexOptions(store="png")


def test_damage_is_found_and_mended(both: SimpleNamespace, run: Run, clips: Path) -> None:
    folder = both.jpeg.folder
    path = folder / "sources" / both.jpeg.sources[0].id / "frames.jpeg"
    whole = path.read_bytes()
    path.write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
    (wrong,) = check_atlas(folder)
    assert "frames.jpeg" in wrong
    run([clips], folder)
    assert path.read_bytes() == whole
    path.write_bytes(whole[:-1])
    assert check_atlas(folder)
    run([clips], folder)
    assert check_atlas(folder) == []


def test_info_says_how_frames_are_stored(both: SimpleNamespace) -> None:
    sizes = {}
    for store, said in (("raw", "raw"), ("jpeg", "as JPEG")):
        folder = getattr(both, store).folder
        values = json.loads(CliRunner().invoke(cli, ["info", str(folder), "--json"]).stdout)
        assert values["store"] == store
        frames = [path.stat().st_size for path in folder.glob("sources/*/frames.*")]
        sizes[store] = values["frame_bytes"]
        assert values["frame_bytes"] == sum(frames)
        text = CliRunner().invoke(cli, ["info", str(folder)]).stdout
        assert f"frames stored {said}, {sum(frames) / 1e6:.1f} MB" in text
    assert sizes["jpeg"] < sizes["raw"] / 2  # tiny test patterns; real ones: a twelfth


def test_frames_that_somebody_else_makes(child: ModuleType, run: Run, tmp_path: Path) -> None:
    del run  # it puts the quick engine in the network's place

    def give(sink: FrameSink, stopped: Stopped) -> tuple[Outcome, list[str]]:
        sink.begin(64, 48, Fraction(1, 3))
        for number in range(sink.count, 40):
            sink.append(bytes([4 * number]) * (64 * 48 * 3), number, (0, 0, 64, 48))
        return Outcome("ok"), []

    source = Source("a" * 16, str(tmp_path / "a.mp4"), "video", "ok", "", "d" * 32)
    options = IndexOptions(height=48, store="jpeg")
    tasks = [GivenTask(source, 40, 64 * 48 * 3, give)]
    atlas = index_given(tasks, tmp_path / "x.atlas", options=options).atlas
    assert list(atlas.sources[0].files) == ["features.h5", "frames.jpeg"]
    assert [int(frame.mean()) for frame in atlas.frames[::10]] == [0, 40, 80, 120]


def test_a_small_disk_is_offered_jpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=5 * 10**9)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    needed = Estimate(67_000, 33e9, (("film.mp4", 33e9),), 22_000, 32e9)
    with pytest.raises(SpaceError, match=r"33\.0 GB.*--store jpeg \(about 4\.8 GB\), or go on"):
        check_space(needed, tmp_path, force=False, new=True)
    for store, new in (("raw", False), ("jpeg", True)):
        larger = Estimate(670_000, 330e9, (), 220_000, 320e9)
        with pytest.raises(SpaceError) as caught:
            check_space(larger, tmp_path, force=False, store=store, new=new)
        assert "--store" not in str(caught.value)
    assert "4.8 GB" in check_space(needed, tmp_path, force=False, store="jpeg")


def test_sources_of_two_forms_are_read_each_in_its_own(both: SimpleNamespace) -> None:
    """A development version that knew nothing of ``store`` may have dropped it."""
    folder = both.jpeg.folder
    made = both.jpeg.manifest.made
    manifest = replace(both.jpeg.manifest, made=replace(made, store="raw"))
    (folder / "atlas.json").write_text(manifest.to_json(), encoding="utf-8")
    opened = open_atlas(folder)
    assert np.array_equal(opened.frames[3], both.jpeg.frames[3])
