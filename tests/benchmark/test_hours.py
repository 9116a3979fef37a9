"""Hours: what is multiplied by what; and the measured parts, at the smallest size."""

import numpy as np
import pytest
from benchmark import hours, hours_reckoned, hours_steps
from benchmark.hours_films import draw_film

from frameatlas.embedder import index as indexing
from frameatlas.embedder.layout import atlas as atlas_layout


class Grey:
    """An engine that is quick."""

    name, identity, batch = "grey", "grey 1 cpu", 8

    def describe(self, crops):
        rows = crops[:, ::75, ::75].reshape(len(crops), -1).astype(np.float32)
        return np.tile(rows, (1, 2048 // rows.shape[1] + 1))[:, :2048]

    def close(self):
        pass


def film(codec="h264", sample="all", frames=180, processor=20.0):
    files = {"frames.npy": 480_000 * frames, "features.h5": 8_224 * frames, "shots.h5": 4_000}
    return {
        "codec": codec, "sample": sample, "frames": frames, "video_seconds": 60.0, "bytes": files,
        "processor_seconds": processor, "own_megabytes": 90, "size": "1920x1080",
    }  # fmt: skip


def step(name, seconds, own=1_000, frames=98_304):
    return {"step": name, "frames": frames, "seconds": {name: seconds}, "own_megabytes": own}


def report(**changes):
    describing = {"frames": 32, "describing_processor": 16.0, "identity": "grey 1 cpu"}
    steps = {"components": 20.0, "layout": 100.0, "placing": 60.0}
    served = {"hours": 300.0, "start_seconds": 2.5, "tile_cold_p95_ms": 40.0}
    return {
        "cores": 2,
        "hours": [30.0, 300.0],
        "films": [film(), film(sample="key", frames=36, processor=2.0), film("hevc")],
        "describe": {**describing, "own_megabytes": 230},
        "map": {name: step(name, seconds) for name, seconds in steps.items()},
        "served": [{**served, "server_own_megabytes": 1_200}],
        "run": None,
        **changes,
    }


def test_each_step_is_multiplied_by_what_it_scales_with():
    found = {line.step: line.hours for line in hours_reckoned.lines(report(), [30.0])}
    assert found["decode H.264, store, find shots"][30.0] == pytest.approx(30 * 3600 * 20 / 60 / 2)
    assert found["describe (grey 1 cpu)"][30.0] == pytest.approx(324_000 * 0.5 / 2)
    assert found["components"][30.0] == pytest.approx(20 * 324_000 / 98_304)
    assert found["fit the layout"][30.0] == pytest.approx(100)  # on a sample
    few = {line.step: line.hours for line in hours_reckoned.lines(report(served=[]), [3.0])}
    assert few["fit the layout"][3.0] == pytest.approx(100 * 32_400 / 98_304)


def test_key_frames_are_a_fifth_of_the_frames_and_a_tenth_of_the_decoding():
    whole = hours_reckoned.index_seconds(report(), 30.0)
    assert whole == pytest.approx(18_000 + 81_000 + 100 + 80 * 324_000 / 98_304)
    key = hours_reckoned.index_seconds(report(), 30.0, key=True)
    assert key == pytest.approx(1_800 + 16_200 + 100 * 64_800 / 98_304 + 80 * 64_800 / 98_304)
    disk = hours_reckoned.disk_bytes(report(), 30.0, key=True)
    assert disk["frames.npy"] == pytest.approx(480_000 * 64_800)


def test_memory_beyond_what_was_measured_grows_by_the_tables():
    found = hours_reckoned.memory_megabytes(report(), 300.0)
    assert found["placing"] == pytest.approx(1_000 + 79 * (3_240_000 - 98_304) / 1e6)
    assert found["the page's server"] == 1_200
    assert "the page's server" not in hours_reckoned.memory_megabytes(report(), 30.0)


def test_the_table_tells_what_was_measured_from_what_was_reckoned():
    run = {
        "frames": 450, "video_seconds": 150.0, "estimate": 100.0, "said": "About 2 min.",
        "whole": 160.0, "stages": {"describing": 125.0}, "others": 0.5,
    }  # fmt: skip
    shown = hours.table(report(run=run))
    (server,) = (line for line in shown.splitlines() if line.startswith("| start the page"))
    assert [cell.strip() for cell in server.split("|")[3:-1]] == [
        *("", "measured at each size", "", "2.5 s*"),
    ]
    decode = next(line for line in shown.splitlines() if line.startswith("| decode H.264"))
    assert [cell.strip() for cell in decode.split("|")[2:-1]] == [
        *("60 s of 1920 × 1080", "10.0 s", "length of the footage", "5.0 h", "50.0 h"),
    ]
    assert "| 2.1 min" in shown
    assert "| 0.80 " in shown
    assert "| 0.62 " in shown
    assert "“About 2 min.”" in shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0123, "12 ms"), (19.96, "20.0 s"), (61, "61 s"), (150, "2.5 min"), (7200, "2.0 h")],
)
def test_lengths_have_units_that_suit_them(seconds, said):
    assert hours.length(seconds) == said


@pytest.mark.process
def test_all_of_it_at_the_smallest_size(tmp_path, monkeypatch, capsys):
    """Real codecs and the real pipeline, in this process; the network and the map are stand-ins."""
    monkeypatch.setattr(hours_steps, "open_engine", lambda *_: Grey())
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: Grey())
    monkeypatch.setattr(atlas_layout, "STEPS", 5)
    monkeypatch.setattr(hours.growth, "run_step", lambda name, _, n: step(name, 1.0, 50, n))

    def in_this_process(name, *arguments):
        hours_steps.main(name, *map(str, arguments))
        return hours.json.loads(capsys.readouterr().out.splitlines()[-1])

    monkeypatch.setattr(hours, "_step", in_this_process)
    small = ("--size", "96x54", "--films-seconds", "6", "--described", "4", "--run-seconds", "8")
    wanted = ("--no-server", "--map-frames", "1000", "--hours", "30", "--json")
    assert hours.main([*small, *wanted, "--scratch", str(tmp_path)]) == 0
    found = hours.json.loads(capsys.readouterr().out)
    counts = {(film["codec"], film["sample"]): film["frames"] for film in found["films"]}
    assert {counts["h264", "all"], counts["hevc", "all"]} <= {18, 19}
    assert 3 <= counts["h264", "key"] <= 6
    run = found["run"]
    assert 24 <= run["frames"] <= 27
    assert run["estimate"] > 0
    assert 0 < run["stages"]["describing"] < run["whole"]
    assert "estimated / real" in hours.table(found)
    assert not list(tmp_path.iterdir())


def test_a_film_is_as_long_as_it_is_asked_for(tmp_path):
    from frameatlas.embedder.media.probe import probe_video

    film = draw_film(tmp_path, "h264", 13.0, size="96x54")
    assert probe_video(film).duration == pytest.approx(13.0, abs=0.2)
