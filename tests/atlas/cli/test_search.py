"""``frameatlas search`` as it is typed."""

import json
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from frameatlas import FrameatlasError, open_atlas
from frameatlas.bins.stored import edit_bins, rows_of, with_frames
from frameatlas.cli.main import cli
from frameatlas.embedder.query import describer as query
from frameatlas.store.shot_table import ShotTable, write_shots


def typed(*words):
    """What was printed; errors are raised."""
    done = CliRunner().invoke(cli, ["search", *map(str, words)])
    if done.exception:
        raise done.exception
    assert done.exit_code == 0
    return done.stdout, done.stderr


@pytest.fixture
def films(tmp_path, synthetic_atlas):
    return synthetic_atlas(
        tmp_path / "films.atlas",
        sources=(("video", 40), ("photos", 6), ("video", 30)),
        dimension=64,
        components=24,
    )


@pytest.fixture
def describing(films, monkeypatch):
    """A describer that takes frames 50 to 64 of the atlas for whatever it is shown."""
    asked = []

    class Known:
        def image(self, path, *, placed):
            assert not placed
            return self._described(path, slice(50, 51))

        def clip(self, path, *, progress):
            progress(14)
            return (self._described(path, slice(50, 64)),)

        def _described(self, path, rows):
            scores = np.asarray(films.scores[rows], np.float32)
            count = len(scores)
            pixels = np.asarray([films.frames[i] for i in range(rows.start, rows.stop)])
            places = np.full((count, 2), np.nan)
            times = 7 + np.arange(count) / 3
            return query.Described(scores, places, times, pixels, np.arange(count), path.name)

    @contextmanager
    def opened(atlas, **options):
        asked.append(options)
        yield Known()

    monkeypatch.setattr(query, "open_describer", opened)
    return asked


def test_frames_like_one(films):
    told, _ = typed(films.folder, "--frame", "0.mp4@2", "-k", 5, "--json")
    found = json.loads(told)
    assert [one["rank"] for one in found] == [1, 2, 3, 4, 5]
    assert list(found[0]) == ["rank", "similarity", "path", "seconds", "frame", "id"]
    similar = [one["similarity"] for one in found]
    assert similar == sorted(similar, reverse=True)
    assert 6 not in [one["frame"] for one in found]
    for one in found:
        origin = films.origins[one["frame"]]
        assert one["path"] == str(origin.path)
        assert one["seconds"] == (None if origin.name else pytest.approx(origin.seconds, abs=1e-3))


def test_one_frame_a_video_and_none_near(films):
    told, _ = typed(films.folder, "--frame", "0.mp4@2", "--one-per-video", "--json")
    assert len(json.loads(told)) == 3
    told, _ = typed(films.folder, "--frame", "0.mp4@2", "--skip-near", 3, "--json", "-k", 60)
    times = [one["seconds"] for one in json.loads(told) if one["path"].endswith("/0.mp4")]
    near = [abs(a - b) for i, a in enumerate([2.0, *times]) for b in times[i:]]
    assert min(near) > 3


def test_the_table_is_one_line_a_frame(films):
    told, _ = typed(films.folder, "--frame", "0.mp4@2", "-k", 4)
    lines = told.strip().splitlines()
    assert lines[0].split("\t") == ["rank", "similarity", "time", "name", "path"]
    assert len(lines) == 5
    assert lines[1].split("\t")[0] == "1"


def test_a_photo_is_looked_for(films, describing):
    told, _ = typed(films.folder, "--image", "beach.jpg", "--engine", "openvino", "--json", "-k", 2)
    found = json.loads(told)
    assert found[0]["frame"] == 50
    assert found[0]["similarity"] == pytest.approx(1, abs=1e-5)
    assert describing == [{"engine": "openvino", "weights": None, "preset": None}]


def test_a_clip_is_found(films, describing):
    told, _ = typed(films.folder, "--clip", "piece.mp4", "--json")
    found = json.loads(told)
    first = (50 - films.range_of(2).start) / 3
    assert len(found) == 1
    assert found[0]["path"] == "/videos/2.mp4"
    assert found[0]["query_from"] == 0
    assert found[0]["source_from"] == pytest.approx(first, abs=0.3)
    assert found[0]["source_to"] == pytest.approx(first + 14 / 3, abs=0.4)
    told, _ = typed(films.folder, "--clip", "piece.mp4")
    assert "in the video" in told.splitlines()[0]
    assert "0:01.3 – 0:06.0" in told.splitlines()[1]


def test_a_clip_that_is_nowhere_is_no_error(films, describing, monkeypatch):
    monkeypatch.setattr("frameatlas.cli.clip_results.find_clip", lambda *_, **__: [])
    told, said = typed(films.folder, "--clip", "piece.mp4")
    assert told == ""
    assert "Nothing of piece.mp4" in said
    assert json.loads(typed(films.folder, "--clip", "piece.mp4", "--json")[0]) == []


@pytest.mark.parametrize(
    "options", [("--frame", "0.mp4@2"), ("--image", "beach.jpg"), ("--clip", "piece.mp4")]
)
def test_sheets_are_drawn(films, describing, tmp_path, options):
    sheet = tmp_path / "sheet.png"
    _, said = typed(films.folder, *options, "-k", 7, "-o", sheet)
    assert "sheet.png: " in said
    with Image.open(sheet) as image:
        assert min(image.size) > 300
        assert len(image.convert("RGB").getcolors(10**6)) > 5


def test_a_photo_of_the_atlas_is_named_itself(films):
    name = films.origins[films.range_of(1)[2]].name
    told, _ = typed(films.folder, "--frame", name, "-k", 75, "--json")
    assert films.range_of(1)[2] not in [one["frame"] for one in json.loads(told)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "none of them"),
        (("--frame", "0.mp4@2", "--image", "x.jpg"), "--frame and --image"),
        (("--frame", "0.mp4@2", "-k", 0), "-k between 1 and"),
        (("--frame", "0.mp4@2", "-k", 100_000), "-k between 1 and"),
        (("--frame", "0.mp4@2", "--skip-near", -1), "--skip-near in seconds"),
        (("--frame", "0.mp4@2", "--skip-near", "nan"), "--skip-near in seconds"),
        (("--clip", "x.mp4", "--one-per-video"), "leave them out"),
        (("--frame", "0.mp4"), "write 0.mp4@12.5"),
        (("--frame", "0.mp4@2", "-o", "sheet.gif"), "ends in"),
        (("--frame", "0.mp4@2", "-o", "nowhere/sheet.png"), "nowhere"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(films, words, said):
    with pytest.raises(FrameatlasError) as caught:
        typed(films.folder, *words)
    assert said in str(caught.value)
    assert "Received: " in str(caught.value)


def test_a_real_piece_is_found_in_a_real_atlas(shared, tmp_path):
    """One clip indexed, two and a half seconds of it looked for: seconds, with the real network."""
    from frameatlas.embedder import index_videos

    clip = shared / "data" / "clips" / "sign-book.mkv"
    folder = tmp_path / "sign.atlas"
    index_videos([clip], folder)
    frame = tmp_path / "frame.png"
    atlas = open_atlas(folder)
    Image.fromarray(atlas.frames[5]).save(frame)
    best = json.loads(typed(folder, "--image", frame, "-k", 1, "--json")[0])
    assert (best[0]["frame"], round(best[0]["similarity"], 2)) == (5, 1.0)
    spans = json.loads(typed(folder, "--clip", clip, "--json")[0])
    assert len(spans) == 1
    assert Path(spans[0]["path"]).name == clip.name
    assert abs(spans[0]["source_from"]) < 0.4
    assert spans[0]["score"] > 0.95


@pytest.fixture
def shot_films(films):
    """The films, the first one cut at 4 and 8 s."""
    first = np.array([0, 4, 8], np.int64) * 90_000
    last = np.append(first[1:] - 3600, 13 * 90_000)
    kinds, strength = np.array([0, 1, 1], np.uint8), np.zeros(3, np.float32)
    table = ShotTable(first, last, first, first, kinds, strength, Fraction(1, 90_000))
    write_shots(films.folder / "sources" / films.sources[0].id, table)
    return films


def test_one_row_a_shot_with_its_span(shot_films):
    asked = (shot_films.folder, "--frame", "2.mp4@1", "-k", 90, "--json")
    found = json.loads(typed(*asked)[0])
    spans = [tuple(one["shot"]) for one in found if one["path"] == "/videos/0.mp4"]
    assert sorted(spans) == [(0, 4), (4, 8), (8, pytest.approx(13.3, abs=0.4))]
    assert all("shot" not in one for one in found if one["path"] != "/videos/0.mp4")
    assert len(found) == 3 + 6 + 29
    every = json.loads(typed(*asked, "--every-frame")[0])
    assert len(every) == 75
    best = {span: next(o for o in every if _within(o, span)) for span in spans}
    assert {one["frame"] for one in found} >= {one["frame"] for one in best.values()}


def _within(one, span):
    return one["path"] == "/videos/0.mp4" and span[0] <= one["seconds"] < span[1]


def test_a_frames_own_shot_is_left_out_with_it(shot_films):
    found = json.loads(typed(shot_films.folder, "--frame", "0.mp4@5", "-k", 90, "--json")[0])
    assert not [one for one in found if _within(one, (4, 8))]
    told, said = typed(shot_films.folder, "--frame", "0.mp4@5", "-k", 2)
    heads = ["rank", "similarity", "time", "shot", "name", "path"]
    assert told.splitlines()[0].split("\t") == heads
    assert said == "One row a shot, of its best frame; --every-frame lists them all.\n"
    assert typed(shot_films.folder, "--frame", "0.mp4@5", "--one-per-shot")[1] == ""
    apart = json.loads(
        typed(shot_films.folder, "--frame", "0.mp4@5", "-k", 90, "--json", "--skip-near", 0.5)[0]
    )
    assert [one for one in apart if _within(one, (4, 8))]


def test_conditions_may_give_one_frame_a_shot(shot_films):
    asked = (shot_films.folder, "--where", "date_from!=x", "--json")
    with pytest.raises(FrameatlasError):
        typed(*asked)
    edit_bins(shot_films.folder, lambda b: with_frames(b, "all", rows_of(shot_films, range(40))))
    asked = (shot_films.folder, "--where", "bins=all", "--json")
    assert len(json.loads(typed(*asked)[0])) == 40
    assert len(json.loads(typed(*asked, "--one-per-shot")[0])) == 3


def test_shots_that_cannot_be_read_do_not_stop_a_search(shot_films):
    place = shot_films.folder / "sources" / shot_films.sources[0].id / "shots.h5"
    place.write_bytes(place.read_bytes()[:200])
    asked = (shot_films.folder, "--frame", "2.mp4@1", "-k", 90, "--json")
    told, said = typed(*asked)
    assert len(json.loads(told)) == 75
    assert "shots.h5" in said
    assert "Every frame is listed" in said
    with pytest.raises(FrameatlasError, match=r"shots\.h5"):
        typed(*asked, "--one-per-shot")
    place.unlink()
    assert "frameatlas shots" in typed(*asked, "--one-per-shot")[1]
