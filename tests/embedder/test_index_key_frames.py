"""Indexing by key frames: what the atlas says of it, and that all goes on working."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import imageio_ffmpeg
import numpy as np
import pytest

from frameatlas import IndexOptions, InputError, InterruptedIndexError, open_atlas
from frameatlas.embedder import index as indexing
from frameatlas.embedder.build import time_estimate
from frameatlas.embedder.build.indexed import Indexed
from frameatlas.embedder.build.pace import Pace
from frameatlas.embedder.find_shots import find_missing_shots
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.embedder.sources.tasks import VideoTask
from frameatlas.embedder.workers.messages import task_of, task_values
from frameatlas.frame_step import frame_step
from frameatlas.handover.cuts import stretches_of
from frameatlas.progress import NullProgress
from frameatlas.search.frame_reference import find_frame
from frameatlas.shots import Shots
from frameatlas.store.manifest import Source
from frameatlas.store.shot_table import read_shots
from frameatlas.summary import atlas_info
from frameatlas.verify import check_atlas

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds, a key frame every two, and another scene from the tenth second on."""
    import subprocess

    path = tmp_path_factory.mktemp("film") / "film.mp4"
    scenes = ["rgbtestsrc=s=96x64:r=10:d=10", "smptebars=s=96x64:r=10:d=10"]
    given = [part for scene in scenes for part in ("-f", "lavfi", "-i", scene)]
    joined = ["-filter_complex", "[0][1]concat=n=2", "-c:v", "libx264", "-g", "20"]
    quiet = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"]
    subprocess.run([*quiet, *given, *joined, "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


@pytest.fixture
def run(child: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Indexed]:
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: child.MeanEngine())
    monkeypatch.setattr(few_frames, "FEWEST", child.FEWEST)

    def index(paths: list[Path], output: Path, **options: object) -> Indexed:
        stopped = options.pop("stopped", lambda: False)
        wanted = IndexOptions(**{"height": 48, **options})  # type: ignore[arg-type]
        return index_videos(paths, output, options=wanted, stopped=stopped)  # type: ignore[arg-type]

    return index


def test_sources_of_one_atlas_may_differ(
    run: Callable[..., Indexed], film: Path, clips: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x.atlas"
    run([film], folder, sample="key")
    done = run([film, clips / "b.mp4"], folder)
    assert [source.sample for source in done.atlas.sources] == ["key", "all"]
    assert done.known == 1
    assert done.atlas.sources[0].frames == 10
    assert np.diff(done.atlas.seconds[:10]) == pytest.approx(2.0)
    assert check_atlas(folder) == []
    assert [source["sample"] for source in atlas_info(done.atlas)["sources"]] == ["key", "all"]
    text = (folder / "atlas.json").read_text()
    assert text.count('"sample"') == 1
    assert (frame_step(done.atlas, 0), frame_step(done.atlas, 1)) == pytest.approx((2, 1 / 3))
    first = next(stretches_of(done.atlas, np.arange(10)))
    assert (first.begin, first.end) == pytest.approx((0, 20))
    assert find_frame(done.atlas, "film.mp4@19.5") == 9
    assert find_frame(done.atlas, "film.mp4@10.2") == 5


def test_shots_are_found_at_key_frames_and_again_in_all(
    run: Callable[..., Indexed], film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x.atlas"
    atlas = run([film], folder, sample="key").atlas
    table = read_shots(folder / "sources" / atlas.sources[0].id)
    assert table is not None
    assert (table.key_frames, table.every_frame, len(table)) == (True, False, 2)
    assert float(table.first[1] * table.time_base) == 10.0
    assert [len(shot.frames) for shot in Shots(atlas).of_source(0)] == [5, 5]
    assert find_missing_shots(folder, NullProgress(), again=True).found == 1
    table = read_shots(folder / "sources" / atlas.sources[0].id)
    assert table is not None
    assert (table.key_frames, table.every_frame, len(table)) == (False, True, 2)


def test_a_stopped_run_goes_on_to_the_same_atlas(
    arrays: Callable[[Path], tuple[bytes, ...]],
    run: Callable[..., Indexed],
    film: Path,
    clips: Path,
    tmp_path: Path,
) -> None:
    run([film, clips], tmp_path / "x.atlas", sample="key")
    for patience in (0, 2, 5, 9, 20, 40):
        looks: list[None] = []

        def stopped(looks: list[None] = looks, patience: int = patience) -> bool:
            looks.append(None)
            return len(looks) > patience

        with pytest.raises(InterruptedIndexError):
            run([film, clips], tmp_path / "y.atlas", sample="key", stopped=stopped)
    run([film, clips], tmp_path / "y.atlas", sample="key")
    assert arrays(tmp_path / "x.atlas") == arrays(tmp_path / "y.atlas")


def test_what_was_made_of_key_frames_is_not_taken_for_all(
    arrays: Callable[[Path], tuple[bytes, ...]],
    run: Callable[..., Indexed],
    film: Path,
    tmp_path: Path,
) -> None:
    """A run that ended between its last source and the manifest, and is then asked for all."""
    run([film], tmp_path / "all.atlas")
    folder = tmp_path / "x.atlas"
    run([film], folder, sample="key")
    for left in ("atlas.json", "maps"):
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    done = run([film], folder)
    assert [source.sample for source in done.atlas.sources] == ["all"]
    assert arrays(folder) == arrays(tmp_path / "all.atlas")


def test_damaged_frames_are_made_again_as_they_were(
    arrays: Callable[[Path], tuple[bytes, ...]],
    run: Callable[..., Indexed],
    film: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "x.atlas"
    atlas = run([film], folder, sample="key").atlas
    before = arrays(folder)
    (folder / "sources" / atlas.sources[0].id / "frames.npy").write_bytes(b"")
    done = run([film], folder)
    assert done.atlas.sources[0].sample == "key"
    assert arrays(folder) == before
    assert check_atlas(folder) == []


def test_a_lost_manifest_is_written_anew(
    run: Callable[..., Indexed], film: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x.atlas"
    before = run([film], folder, sample="key").atlas.manifest
    (folder / "atlas.json").write_text("{")
    assert run([film], folder, sample="key").atlas.manifest.sources == before.sources


def test_animations_are_read_whole(run: Callable[..., Indexed], tmp_path: Path) -> None:
    from PIL import Image

    pictures = [Image.new("RGB", (64, 48), (40 * n, 0, 0)) for n in range(6)]
    pictures[0].save(tmp_path / "a.gif", save_all=True, append_images=pictures[1:], duration=500)
    atlas = run([tmp_path / "a.gif"], tmp_path / "x.atlas", sample="key").atlas
    assert (atlas.sources[0].sample, len(atlas)) == ("all", 6)


def test_auto_chooses_once_and_an_interrupted_run_keeps_to_it(
    run: Callable[..., Indexed], film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Measured or not: the pace is the test's, and the second run would choose otherwise."""
    pace = Pace(second=1.0, key_second=0.1, key_rate=0.5, frame=0.1)
    monkeypatch.setattr(time_estimate, "measure_pace", lambda *_: pace)
    monkeypatch.setattr(time_estimate, "FEWEST", 1)
    monkeypatch.setattr(time_estimate, "AUTO_SECONDS", 10.0)
    folder = tmp_path / "x.atlas"
    run([film], folder, sample="auto")
    for left in ("atlas.json", "maps"):
        path = folder / left
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    monkeypatch.setattr(time_estimate, "AUTO_SECONDS", 1e9)
    atlas = run([film], folder, sample="auto").atlas
    assert (atlas.sources[0].sample, len(atlas)) == ("key", 10)
    assert run([film], tmp_path / "y.atlas", sample="auto").atlas.sources[0].sample == "all"


def test_workers_are_told() -> None:
    source = Source("a", "/a.mp4", "video", "ok", "", "d")
    for sample in ("all", "key"):
        task = VideoTask(replace(source, sample=sample))
        again = task_of(task_values(task))
        assert isinstance(again, VideoTask)
        assert again.source == task.source


def test_a_word_that_means_nothing() -> None:
    with pytest.raises(InputError, match="--sample"):
        IndexOptions(sample="some")


def test_an_older_atlas_is_read_and_written_as_it_was(
    run: Callable[..., Indexed], clips: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "x.atlas"
    run([clips / "d.mp4"], folder)
    before = (folder / "atlas.json").read_bytes()
    assert b'"sample"' not in before
    run([clips / "d.mp4"], folder)
    assert (folder / "atlas.json").read_bytes() == before
    assert open_atlas(folder).sources[0].sample == "all"
