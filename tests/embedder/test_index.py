"""Indexing as a whole, with real FFmpeg and a quick stand-in for the network."""

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import ffmpeg
import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from frameatlas import (
    IndexWish,
    InputError,
    InterruptedIndexError,
    LayoutWish,
    LockedError,
    open_atlas,
)
from frameatlas.check import check_atlas
from frameatlas.embedder import article_layout, training
from frameatlas.embedder import index as indexing
from frameatlas.embedder.index import Indexed, index_videos
from frameatlas.info import atlas_info

CHILD = Path(__file__).with_name("indexing_child.py")


@pytest.fixture(scope="module")
def child() -> ModuleType:
    spec = importlib.util.spec_from_file_location("frameatlas_indexing_child", CHILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_video(path: Path, source: str, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    command = (
        ffmpeg.input(source, f="lavfi")
        .output(str(path), t=seconds, vcodec="mpeg4", **{"q:v": 4})
        .overwrite_output()
        .compile(imageio_ffmpeg.get_ffmpeg_exe())
    )
    subprocess.run([*command, "-loglevel", "error"], check=True, stdin=subprocess.DEVNULL)


SOURCES = {
    "a.mp4": ("testsrc2=s=128x72:r=12", 14),
    "b.mp4": ("mandelbrot=s=128x72:r=12", 13),
    "c.avi": ("life=s=96x96:r=12:seed=1:ratio=0.3", 12),
    "d.mp4": ("cellauto=s=96x72:r=12:seed=2", 3),
}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    for name, (source, seconds) in SOURCES.items():
        make_video(folder / name, source, seconds)
    return folder


@pytest.fixture
def run(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Indexed]:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(article_layout, "FEWEST", child.FEWEST)

    def index(paths: list[Path], output: Path, **wish: object) -> Indexed:
        wish.setdefault("height", 48)
        return index_videos(paths, output, wish=IndexWish(**wish))  # type: ignore[arg-type]

    return index


def arrays(folder: Path) -> tuple[bytes, ...]:
    atlas = open_atlas(folder)
    return tuple(
        np.ascontiguousarray(part).tobytes()
        for part in (atlas.coordinates, atlas.code, atlas.scores, atlas.features[:], atlas.seconds)
    )


def test_a_folder_becomes_an_atlas(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    done = run([clips], tmp_path / "x.atlas")
    assert [(Path(s.path).name, s.status) for s in done.added] == [(n, "ok") for n in SOURCES]
    atlas = done.atlas
    for source, (_, seconds) in zip(atlas.sources, SOURCES.values(), strict=True):
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
    child: ModuleType, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the autoencoder, quickly trained, in place of the other tests' principal axes."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(training, "plan_steps", lambda _: 60)
    for name, seed in (("x", 0), ("y", 0), ("z", 1)):
        wish = IndexWish(height=48, layout=LayoutWish(seed=seed))
        index_videos([clips], tmp_path / f"{name}.atlas", wish=wish)
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
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
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


def test_photos_are_frames_too(run: Callable[..., Indexed], tmp_path: Path) -> None:
    folder, output = tmp_path / "album", tmp_path / "x.atlas"
    folder.mkdir()
    for number, size in enumerate([(90, 60), (60, 90), (80, 80)]):
        Image.new("RGB", size, (40 * number, 90, 200)).save(folder / f"{number}.png")
    (folder / "bad.jpg").write_bytes(b"\xff\xd8 no more")
    done = run([folder], output)
    source = done.atlas.sources[0]
    assert (source.kind, source.frames, source.status) == ("photos", 3, "damaged")
    assert "bad.jpg" in source.reason
    assert [o.name for o in done.atlas.origins] == ["0.png", "1.png", "2.png"]
    Image.new("RGB", (70, 60), (1, 2, 3)).save(folder / "new.png")
    added = run([folder], output)
    assert [s.frames for s in added.added if s.frames] == [1]
    assert len(added.atlas) == 4


def test_a_stopped_run_says_so_and_goes_on(
    child: ModuleType, clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(article_layout, "FEWEST", child.FEWEST)
    wish = IndexWish(height=48)
    index_videos([clips], tmp_path / "x.atlas", wish=wish)
    for patience in (0, 2, 5, 9, 20):
        looks: list[None] = []

        def stopped(looks: list[None] = looks, patience: int = patience) -> bool:
            looks.append(None)
            return len(looks) > patience

        with pytest.raises(InterruptedIndexError):
            index_videos([clips], tmp_path / "y.atlas", wish=wish, stopped=stopped)
    index_videos([clips], tmp_path / "y.atlas", wish=wish)
    assert arrays(tmp_path / "x.atlas") == arrays(tmp_path / "y.atlas")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_killed_at_random_moments_the_atlas_is_the_same(clips: Path, tmp_path: Path) -> None:
    def start(output: Path, delay: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(CHILD), str(clips), str(output), delay]
        return subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True)

    calm = start(tmp_path / "calm.atlas", "0")
    began = time.monotonic()
    _, errors = calm.communicate(timeout=240)
    assert calm.returncode == 0, errors.decode()
    length = time.monotonic() - began
    moments = random.Random(7)
    kills = 0
    for _ in range(10):
        process = start(tmp_path / "killed.atlas", "0.3")
        try:
            process.communicate(timeout=1 + moments.random() * length)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            kills += 1
    assert kills >= 3
    last = start(tmp_path / "killed.atlas", "0")
    _, errors = last.communicate(timeout=240)
    assert last.returncode == 0, errors.decode()
    assert arrays(tmp_path / "calm.atlas") == arrays(tmp_path / "killed.atlas")
    assert check_atlas(tmp_path / "killed.atlas") == []


def test_two_indexers_do_not_meet(run: Callable[..., Indexed], clips: Path, tmp_path: Path) -> None:
    from frameatlas.lock import locked

    output = tmp_path / "x.atlas"
    run([clips / "d.mp4"], output)
    with locked(output), pytest.raises(LockedError, match="process"):
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
