"""Indexing as a whole, with real FFmpeg and a quick stand-in for the network."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from frameatlas import (
    FormatError,
    IndexOptions,
    InputError,
    LayoutOptions,
    LockedError,
    open_atlas,
)
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas


@pytest.fixture
def run(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Indexed]:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)

    def index(paths: list[Path], output: Path, **options: object) -> Indexed:
        options.setdefault("height", 48)
        return index_videos(paths, output, options=IndexOptions(**options))  # type: ignore[arg-type]

    return index


def test_a_folder_becomes_an_atlas(
    clip_lengths: dict[str, float], run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    done = run([clips], tmp_path / "x.atlas")
    assert [(Path(s.path).name, s.status) for s in done.added] == [(n, "ok") for n in clip_lengths]
    atlas = done.atlas
    for source, seconds in zip(atlas.sources, clip_lengths.values(), strict=True):
        assert abs(source.frames - 3 * seconds) <= 1
    assert atlas.coordinates.shape == (len(atlas), 2)
    assert np.abs(atlas.coordinates).max() <= 1
    assert atlas.features.shape == (len(atlas), 4096)
    assert atlas.frames[0].shape[0] == 48
    first = atlas.range_of(1).start
    assert atlas.origins[first].path == clips / "b.mp4"
    assert atlas.origins[first + 3].seconds == pytest.approx(1.0, abs=0.1)
    assert check_atlas(atlas.folder) == []
    info = atlas_info(atlas)
    assert info["frames"] == len(atlas)
    assert info["features"] == 4096
    assert info["components"]["number"] <= 256
    assert len(info["layout"]["mean"]) == len(info["layout"]["std"]) == 2
    assert info["map"] == atlas.manifest.map.id if atlas.manifest.map else False


def test_two_runs_agree_and_another_seed_differs(
    arrays: Callable[[Path], tuple[bytes, ...]],
    child: ModuleType,
    clips: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    plain_steps: None,
) -> None:
    """With the autoencoder, quickly trained, in place of the other tests' principal axes."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    for name, seed in (("x", 0), ("y", 0), ("z", 1)):
        options = IndexOptions(height=48, layout=LayoutOptions(seed=seed))
        index_videos([clips], tmp_path / f"{name}.atlas", options=options)
    assert arrays(tmp_path / "x.atlas") == arrays(tmp_path / "y.atlas")
    assert arrays(tmp_path / "x.atlas") != arrays(tmp_path / "z.atlas")


def test_a_second_run_adds_what_is_new_and_moves_nothing(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "films", tmp_path / "x.atlas"
    folder.mkdir()
    for name in ("a.mp4", "b.mp4", "c.avi"):
        shutil.copy(clips / name, folder)
    before = run([folder], output).atlas
    coordinates, identity = before.coordinates.copy(), before.manifest.map
    again = run([folder], output)
    assert (again.known, len(again.added), again.redrawn) == (3, 0, False)
    assert again.atlas.manifest.map == identity
    shutil.copy(clips / "d.mp4", folder / "0-new.mp4")
    (folder / "a.mp4").rename(folder / "moved.mp4")
    added = run([folder], output)
    assert [Path(s.path).name for s in added.added] == ["0-new.mp4"]
    assert added.moved == 1
    assert Path(added.atlas.sources[0].path).name == "moved.mp4"
    assert not added.redrawn
    assert np.array_equal(added.atlas.coordinates[: len(coordinates)], coordinates)
    assert np.isfinite(added.atlas.coordinates).all()
    assert check_atlas(output) == []


def test_prune_forgets_and_refit_redraws(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "films", tmp_path / "x.atlas"
    shutil.copytree(clips, folder)
    before = run([folder], output).atlas
    kept = np.concatenate(
        [before.coordinates[: before.offsets[1]], before.coordinates[before.offsets[2] :]]
    )
    gone = before.sources[1]
    (folder / "b.mp4").unlink()
    assert len(run([folder], output).atlas) == len(before)  # missing files stay until --prune
    pruned = run([folder], output, prune=True)
    assert (pruned.pruned, pruned.redrawn) == (1, False)
    assert np.array_equal(pruned.atlas.coordinates, kept)
    assert not (output / "sources" / gone.id).exists()
    refitted = run([folder], output, refit=True)
    assert refitted.redrawn
    assert not np.array_equal(refitted.atlas.coordinates, kept)
    assert check_atlas(output) == []


def test_copies_are_sources_of_their_own(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(clips / "d.mp4", folder / name)
    done = run([folder], tmp_path / "x.atlas")
    assert [Path(s.path).name for s in done.atlas.sources] == ["one.mp4", "two.mp4"]
    assert len({s.id for s in done.atlas.sources}) == 2
    assert run([folder], tmp_path / "x.atlas").known == 2
    (tmp_path / "by another name").symlink_to(folder)
    again = run([tmp_path / "by another name"], tmp_path / "x.atlas")
    assert (again.known, again.moved, len(again.added)) == (2, 0, 0)


def test_bad_files_are_named_and_tried_again(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    folder, output = tmp_path / "films", tmp_path / "x.atlas"
    folder.mkdir()
    (folder / "broken.mp4").write_bytes(b"not a video at all" * 100)
    shutil.copy(clips / "d.mp4", folder)
    done = run([folder], output)
    assert [(Path(s.path).name, s.status) for s in done.failed] == [("broken.mp4", "failed")]
    assert done.failed[0].reason
    shutil.copy(clips / "c.avi", folder / "broken.mp4")  # the download is complete now
    healed = run([folder], output)
    assert [(Path(s.path).name, s.status) for s in healed.added] == [("broken.mp4", "ok")]
    assert not healed.failed
    assert {s.status for s in healed.atlas.manifest.sources} == {"ok"}


def test_damaged_stored_frames_are_made_again(
    arrays: Callable[[Path], tuple[bytes, ...]],
    run: Callable[..., Indexed],
    clips: Path,
    tmp_path: Path,
) -> None:
    output = tmp_path / "x.atlas"
    atlas = run([clips], output).atlas
    before = arrays(output)
    with (output / "sources" / atlas.sources[1].id / "frames.npy").open("r+b") as file:
        file.truncate(1000)
    assert "frames.npy" in check_atlas(output)[0]
    run([clips], output)
    assert check_atlas(output) == []
    assert arrays(output) == before
    (output / "maps" / open_atlas(output).map_folder.name / "stretch.h5").write_bytes(b"x")
    assert "stretch.h5" in check_atlas(output)[0]
    assert run([clips], output).redrawn
    assert check_atlas(output) == []


def test_a_damaged_manifest_is_written_anew(
    arrays: Callable[[Path], tuple[bytes, ...]],
    run: Callable[..., Indexed],
    clips: Path,
    tmp_path: Path,
) -> None:
    output = tmp_path / "x.atlas"
    run([clips], output, fps=2.0)
    before = arrays(output)
    text = (output / "atlas.json").read_text(encoding="utf-8")
    (output / "atlas.json").write_text(text.replace('"frames": 2', '"frames": 3'), encoding="utf-8")
    with pytest.raises(FormatError, match="checksum"):
        open_atlas(output)
    again = run([clips], output)  # at the rate that its sources were made with
    assert again.atlas.manifest.made.fps == 2.0
    assert arrays(output) == before
    assert check_atlas(output) == []


def test_photos_are_frames_too(run: Callable[..., Indexed], tmp_path: Path) -> None:
    folder, output = tmp_path / "album", tmp_path / "x.atlas"
    folder.mkdir()
    for number, size in enumerate([(90, 60), (60, 90), (80, 80)]):
        Image.new("RGB", size, (40 * number, 90, 200)).save(folder / f"{number}.png")
    (folder / "bad.jpg").write_bytes(b"\xff\xd8 no more")
    done = run([folder], output)
    source, bad = done.atlas.sources
    assert (source.kind, source.frames, source.status) == ("photos", 3, "ok")
    assert (bad.path, bad.kind, bad.status) == (str(folder / "bad.jpg"), "photos", "failed")
    assert "no photo" in bad.reason
    assert [o.name for o in done.atlas.origins] == ["0.png", "1.png", "2.png"]
    Image.new("RGB", (70, 60), (1, 2, 3)).save(folder / "new.png")
    added = run([folder], output)
    assert [s.frames for s in added.added if s.frames] == [1]
    assert len(added.atlas) == 4


def test_two_indexers_do_not_meet(run: Callable[..., Indexed], clips: Path, tmp_path: Path) -> None:
    from frameatlas.store.lock import lock_atlas

    output = tmp_path / "x.atlas"
    run([clips / "d.mp4"], output)
    with lock_atlas(output), pytest.raises(LockedError, match="process"):
        run([clips / "d.mp4"], output)


def test_an_output_that_is_no_atlas_is_left_alone(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("hello", encoding="utf-8")
    with pytest.raises(InputError, match=r"dear\.txt"):
        run([clips], tmp_path / "letters")
    with pytest.raises(InputError, match="a file"):
        run([clips], tmp_path / "letters" / "dear.txt")
    assert (tmp_path / "letters" / "dear.txt").read_text(encoding="utf-8") == "hello"


def test_another_frame_rate_is_refused(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    run([clips / "d.mp4"], tmp_path / "x.atlas")
    with pytest.raises(InputError, match="--fps 3"):
        run([clips / "d.mp4"], tmp_path / "x.atlas", fps=5.0)


def test_an_atlas_of_int8_says_so_and_keeps_to_it(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    output = tmp_path / "x.atlas"
    made = run([clips / "a.mp4"], output, precision="int8").atlas.manifest.made
    assert made.precision == "int8"
    assert '"precision": "int8"' in (output / "atlas.json").read_text()
    assert atlas_info(open_atlas(output))["precision"] == "int8"
    with pytest.raises(InputError, match="do not mix"):
        run([clips], output, precision="auto")
    assert run([clips / "b.mp4"], output).atlas.manifest.made == made


def test_floats_mix_and_an_atlas_that_nobody_asked_says_nothing(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    output = tmp_path / "x.atlas"
    run([clips / "a.mp4"], output)
    assert "precision" not in (output / "atlas.json").read_text()
    with pytest.raises(InputError, match="do not mix"):
        run([clips / "b.mp4"], output, precision="int8")
    added = run([clips / "b.mp4"], output, precision="float32")
    assert added.atlas.manifest.made.precision == "float32"
    assert len(added.added) == 1
