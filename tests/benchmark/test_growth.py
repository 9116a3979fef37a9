"""Growth: its sources, its figures, its plot."""

import math

import h5py
import numpy as np
import pytest
from benchmark import generated_sources, growth, growth_plot
from benchmark.growth_steps import STEPS, Steps
from benchmark.peak import OwnMemory, resident_megabytes
from PIL import Image

from frameatlas import open_atlas
from frameatlas.embedder.layout import atlas as atlas_layout
from frameatlas.embedder.layout import registry


def report(*sizes):
    rows = []
    for frames in sizes:
        for number, step in enumerate(STEPS):
            seconds = {f"{step} done": frames / 1000 * 2 ** max(0, number - 5)}
            own = {"own_megabytes": 100 + frames // 100_000, "resident_megabytes": 900}
            own["processor_seconds"] = dict.fromkeys(seconds, 0.25)
            rows.append({"step": step, "frames": frames, "seconds": seconds, **own})
    return {"sizes": list(sizes), "steps": rows}


def test_sizes_grow_by_ten_to_the_largest():
    assert growth.sizes_up_to(1_000) == [1_000]
    assert growth.sizes_up_to(100_000) == [1_000, 10_000, 100_000]
    assert growth.sizes_up_to(25_000) == [1_000, 10_000, 25_000]


def test_slopes_are_exponents():
    sizes = [1_000, 10_000, 100_000]
    assert growth.slope(sizes, [3 * n**1.5 for n in sizes]) == pytest.approx(1.5)
    assert growth.slope(sizes, [7.0] * 3) == pytest.approx(0.0, abs=1e-9)
    assert math.isnan(growth.slope([1_000], [1.0]))
    assert growth.bytes_a_frame(sizes, [1.0, 2.0, 2.9]) == 10


def test_the_table_keeps_its_figures():
    shown = growth.table(report(1_000, 10_000, 1_000_000))
    row = next(line for line in shown.splitlines() if line.startswith("| tiles done"))
    assert [cell.strip() for cell in row.split("|")[1:-1]] == [
        "tiles done", "1.00", "10.0", "1,000", "1.00", "1.00", "0.25",
    ]  # fmt: skip
    row = next(line for line in shown.splitlines() if line.startswith("| poster  "))
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["100", "100", "110"]
    assert [cell.strip() for cell in row.split("|")[-3:-1]] == ["10", "900"]


def test_a_single_size_has_no_slope():
    assert "slope" not in growth.table(report(1_000)).splitlines()[0]


def test_the_plot_shows_every_line(tmp_path):
    shown = report(1_000, 10_000)
    for number, row in enumerate(shown["steps"]):
        row["own_megabytes"] += 60 * (number % len(STEPS))
    growth_plot.draw(shown, tmp_path / "growth.png")
    with Image.open(tmp_path / "growth.png") as picture:
        assert picture.size == (2 * growth_plot.SIZE[0], growth_plot.SIZE[1])
        pixels = np.asarray(picture.convert("RGB")).astype(int).reshape(-1, 3)
    assert (pixels.min(axis=1) > 250).mean() > 0.8  # light
    for colour in growth_plot.COLOURS[: len(STEPS)]:
        wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
        assert (np.abs(pixels - wanted).max(axis=1) < 12).any(), colour


def test_a_small_disk_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(growth, "BYTES_A_FRAME", 10**18)
    assert growth.main(["--largest", "1000", "--scratch", str(tmp_path)]) == 2
    assert "--scratch" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_generated_sources_go_through_the_real_pipeline(tmp_path, monkeypatch, plain_steps):
    monkeypatch.setattr(generated_sources, "FRAMES_A_SOURCE", 40)
    steps = Steps(tmp_path / "small.atlas", 100)
    steps.folder.mkdir()
    steps.index()
    atlas = open_atlas(steps.folder)
    assert [source.frames for source in atlas.sources] == [40, 40, 20]
    assert steps.seconds["frames and features"] > 0
    stand_in = generated_sources.StandIn()
    shown = np.stack([atlas.frames[i] for i in range(100)])
    features = stand_in(None, shown, atlas.boxes)
    assert np.abs(features.astype(float) - atlas.features[:]).max() < 0.01
    units = (
        features.astype(np.float32) / np.linalg.norm(features.astype(np.float32), axis=1)[:, None]
    )
    assert units[0] @ units[1] > units[0] @ units[30] + 0.02  # one scene, another scene
    steps.components()
    with h5py.File(steps.folder / "maps" / ".building" / "components.h5") as file:
        assert file["basis"].shape[1] == 4096
    assert np.load(steps.folder / "between" / "scores.npy").shape[0] == 100
    steps.layout()
    with monkeypatch.context() as fitted:  # the layout that there is, not another one
        fitted.setitem(registry._LAYOUTS, "atlas", (None, atlas_layout.load))
        steps.placing()
    assert len(open_atlas(steps.folder).coordinates) == 100


def test_own_memory_sees_what_comes_and_goes():
    with OwnMemory() as own:
        before = own.megabytes
        held = np.ones(30_000_000)
        assert held[-1] == 1
        import time

        time.sleep(0.1)
        del held
    assert own.megabytes > before + 150
    assert resident_megabytes() >= own.megabytes * 0.9
