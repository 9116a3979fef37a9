"""What an index run and ``info`` say of photos: which were read, why not, what belongs together."""

import json
from types import SimpleNamespace

import pytest
from PIL import Image

from frameatlas import IndexOptions, open_atlas
from frameatlas.cli.endings.index_summary import index_summary
from frameatlas.embedder import index as indexing
from frameatlas.embedder.decode import jpeg_xl
from frameatlas.embedder.decode.jpeg_xl import photo_content
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.errors import SourceError
from frameatlas.photos.taken import bursts, taken_at
from frameatlas.progress import NullProgress
from frameatlas.store.manifest import Source
from frameatlas.summary import atlas_info

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80)


class Grey:
    """In the network's place: the mean colour of each crop."""

    name, identity, batch = "tensorflow", "grey", 8

    def describe(self, crops):
        means = crops.reshape(len(crops), -1, 3).mean(axis=1)
        return means.repeat(683, axis=1)[:, :2048].astype("f4") / 255

    def close(self):
        """Nothing is held."""


@pytest.fixture
def run(monkeypatch):
    """``run(folder, atlas)``: an index run without a network."""
    monkeypatch.setattr(indexing, "open_engine", lambda *_, **__: Grey())
    monkeypatch.setattr(few_frames, "FEWEST", 10**6)

    def index(folder, atlas, **options):
        return index_videos([folder], atlas, options=IndexOptions(height=32, **options))

    return index


def photo(path, colour, taken=None, fraction=None):
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    if fraction is not None:
        exif.get_ifd(0x8769)[0x9291] = fraction
    Image.new("RGB", (48, 32), colour).save(path, exif=exif)
    return path


def failed(done):
    return {name: s.reason for s in done.failed for name in [s.path.rpartition("/")[2]]}


def test_photos_that_no_package_reads_are_named_each_with_its_remedy(tmp_path, run):
    """Also where there are no others, whatever they are called, and by every run anew."""
    folder = tmp_path / "phone"
    folder.mkdir()
    (folder / "a.heic").write_bytes(HEIC)
    (folder / "b.jpg").write_bytes(HEIC)
    (folder / "c.png").write_text("no picture")
    for _ in range(3):
        done = run(folder, tmp_path / "x.atlas")
        reasons = failed(done)
        assert list(reasons) == ["a.heic", "b.jpg", "c.png"]
        assert "pip install frameatlas[heic]" in reasons["a.heic"]
        assert "pip install frameatlas[heic]" in reasons["b.jpg"]
        assert len(done.atlas.manifest.sources) == 3
    photo(folder / "c.png", "red")
    done = run(folder, tmp_path / "x.atlas")
    assert list(failed(done)) == ["a.heic", "b.jpg"]
    assert [o.name for o in done.atlas.origins] == ["c.png"]


def test_a_cut_photo_is_known_and_mended(tmp_path, run):
    folder = tmp_path / "album"
    folder.mkdir()
    photo(folder / "a.png", "red")
    Image.effect_noise((300, 300), 90).save(folder / "cut.jpg")
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    for known in (0, 2):
        done = run(folder, tmp_path / "x.atlas")
        (source,) = done.atlas.manifest.sources
        assert (source.status, source.reason) == ("damaged", "cut.jpg: the photo is cut off")
        assert (len(done.failed), done.known) == (1, known)
    (folder / "cut.jpg").write_bytes(whole)
    done = run(folder, tmp_path / "x.atlas")
    assert [s.status for s in done.atlas.manifest.sources] == ["ok", "ok"]
    assert done.failed == ()


@pytest.mark.parametrize(
    "said",
    [
        b"Unknown input format: 'jpegxl_pipe'",
        b"Decoding requested, but no decoder found for: jpegxl",
    ],
)
def test_an_ffmpeg_without_jpeg_xl_gives_the_remedy(tmp_path, monkeypatch, said):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\x0a" + bytes(40))
    ended = SimpleNamespace(stdout=b"", stderr=said, returncode=1)
    monkeypatch.setattr(jpeg_xl.subprocess, "run", lambda *_, **__: ended)
    with pytest.raises(SourceError, match=r"install FFmpeg 6\.1 or newer, with libjxl"):
        photo_content(path)


@pytest.mark.parametrize(
    ("name", "taken", "fraction", "seconds"),
    [
        ("a.jpg", "2024:05:01 10:00:07", "25", 7.25),
        ("a.jpg", "2024:05:01 10:00:07", None, 7.0),
        ("IMG_20240501_100009.jpg", None, None, 9.0),
        ("PXL_20240501_100009123.jpg", None, None, 9.123),
        ("PXL_20240501_100009123.BURST-02.jpg", "2024:05:01 10:00:01", None, 1.0),
        ("20240501-100009.png", None, None, 9.0),
        ("IMG_1234.jpg", None, None, None),
        ("a.jpg", "0000:00:00 00:00:00", None, None),
        ("99999999_999999.jpg", None, None, None),
    ],
)
def test_when_a_photo_was_taken(tmp_path, name, taken, fraction, seconds):
    found = taken_at(photo(tmp_path / name, "red", taken, fraction))
    assert found == (None if seconds is None else pytest.approx(1714557600 + seconds))


def test_bursts_are_three_photos_that_follow_each_other():
    names = ["a", "b", "c", "d", "e", "f", "g"]
    assert bursts(names, [0, 0.5, 1.4, 9, 9.2, None, 30]) == [["a", "b", "c"]]
    assert bursts(names, [2, 1, 0, 7, 8, 9, None]) == [["c", "b", "a"], ["d", "e", "f"]]
    assert bursts([], []) == []


def test_info_tells_live_photos_and_bursts_and_both_stay(tmp_path, run, ffmpeg, typed):
    folder = tmp_path / "phone"
    folder.mkdir()
    for second in range(3):
        photo(folder / f"IMG_{second}.jpg", (80 * second, 9, 9), f"2024:05:01 10:00:0{second}")
    photo(folder / "IMG_77.JPG", "lime")
    photo(folder / "long.jpg", "blue")
    for name, seconds in (("phone/img_77.MOV", 3), ("phone/long.mp4", 9)):
        ffmpeg(name, "-f", "lavfi", "-i", f"testsrc2=s=64x48:r=6:d={seconds}")
    done = run(folder, tmp_path / "x.atlas")
    assert len(done.atlas) == 5 + 9 + 27
    info = atlas_info(done.atlas)
    assert info["live_photos"] == [
        {"photo": str(folder / "IMG_77.JPG"), "video": str(folder / "img_77.MOV")}
    ]
    assert info["bursts"] == [[str(folder / f"IMG_{n}.jpg") for n in range(3)]]
    said = typed(tmp_path, "info", "x.atlas").stdout
    assert "1 live photo (a photo, and a short film of the same name)" in said
    assert "1 burst, of 3 photos taken within a second of each other" in said
    assert json.loads(typed(tmp_path, "info", "x.atlas", "--json").stdout)["run"] is None


def source(path, status, frames, reason="", kind="video"):
    return Source(path, path, kind, status, reason, path, frames)


def test_failures_are_grouped_and_counts_agree():
    added = [
        source("/v/a.mp4", "ok", 9),
        source("/v/b.mp4", "damaged", 5, "the file is cut off"),
        source("/v/c.mp4", "damaged", 6, "the file is cut off"),
        source("/v/photos", "ok", 30, kind="photos"),
    ]
    songs = [source(f"/v/{n}.iso", "failed", 0, "no known video format") for n in range(25)]
    done = SimpleNamespace(
        atlas=type("Atlas", (), {"sources": tuple(added), "__len__": lambda _: 50})(),
        added=tuple(added + songs),
        failed=(*added[1:3], *songs),
        known=1,
        moved=0,
        pruned=2,
        skipped=3,
        seconds=12.4,
    )
    lines = index_summary(done, "x.atlas").splitlines()
    assert lines[:6] == [
        "Not whole:",
        "  the file is cut off:",
        "    /v/b.mp4",
        "    /v/c.mp4",
        "Failed:",
        "  no known video format:",
    ]
    assert lines[-4:] == [
        "    … and 5 more",
        "3 videos and 30 photos added (2 of the videos not whole), 1 file known already, "
        "2 sources forgotten, 25 failed, 3 skipped; in 12 s.",
        "x.atlas: 50 frames, of 3 videos and 30 photos (2 of the videos not whole).",
        "Next: frameatlas browse x.atlas",
    ]
    assert sum("no known video format" in line for line in lines) == 1


def test_a_name_with_a_line_break_stays_on_its_line():
    bad = source("/v/a\nFailed: b.mp4", "failed", 0, "no video\nstream")
    atlas = type("Atlas", (), {"sources": (), "__len__": lambda _: 0})()
    done = SimpleNamespace(
        atlas=atlas, added=(), failed=(bad,), known=0, moved=0, pruned=0, skipped=0, seconds=1.0
    )
    assert index_summary(done, "x.atlas").splitlines() == [
        "Failed:",
        "  no video\\nstream:",
        "    /v/a\\nFailed: b.mp4",
        "nothing added, 1 failed; in 1 s.",
        "x.atlas: no frames.",
    ]


def test_an_atlas_of_before_has_no_notes_on_photos(tmp_path, run):
    folder = tmp_path / "album"
    folder.mkdir()
    for second in range(3):
        photo(folder / f"IMG_20240501_10000{second}.jpg", (80 * second, 9, 9))
    atlas = run(folder, tmp_path / "x.atlas").atlas
    for notes in atlas.folder.glob("sources/*/photos.json"):
        notes.write_text('{"taken": [1], "unread": 7}')
        assert len(atlas_info(open_atlas(atlas.folder))["bursts"]) == 1
        notes.unlink()
    assert len(atlas_info(open_atlas(atlas.folder))["bursts"]) == 1


def test_what_is_excluded_later_stays_until_it_is_pruned(tmp_path, run, ffmpeg):
    folder, said = tmp_path / "media", []
    (folder / "tmp").mkdir(parents=True)
    (folder / "mixed").mkdir()
    ffmpeg("media/a.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=6:d=1")
    ffmpeg("media/tmp/b.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:r=6:d=1")
    photo(folder / "tmp" / "a.png", "red")
    photo(folder / "top.png", "navy")
    for name in ("b.png", "c.jpg"):
        photo(folder / "mixed" / name, "lime")
    frames = len(run(folder, tmp_path / "x.atlas").atlas)
    patterns = ("tmp/", "*.png")
    told = type("Told", (NullProgress,), {"note": lambda _, text: said.append(text)})()
    for prune in (False, True, False):
        options = IndexOptions(height=32, exclude=patterns, prune=prune)
        done = index_videos([folder], tmp_path / "x.atlas", options=options, progress=told)
        patterns = ()
        if not prune and done.pruned == 0 and len(done.atlas) == frames:
            assert any(
                "3 of the atlas' sources would be passed over now (5 frames" in text
                and "--prune takes them out" in text
                for text in said
            )
            said.clear()
    paths = [s.path for s in done.atlas.manifest.sources]
    assert paths == [str(folder / "a.mp4"), str(folder / "mixed")]
    assert len(done.atlas) == frames - 5
    assert not any("passed over" in text for text in said)
    assert [text for text in said if text.startswith("Forgotten: ")]


def test_frames_that_a_replaced_film_still_has_stay_where_they_are(tmp_path, run, ffmpeg):
    """On a real map: a recording that has grown, beside one that has not changed."""
    folder = tmp_path / "films"
    folder.mkdir()
    still = ("-c:v", "ffv1")  # each picture is the same however long the recording
    ffmpeg("films/a.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=6:d=3", *still)
    ffmpeg("films/b.mkv", "-f", "lavfi", "-i", "mandelbrot=s=64x48:r=6", "-t", "3", *still)
    first = run(folder, tmp_path / "x.atlas").atlas
    before = {
        (o.path.name, round(o.seconds, 3)): tuple(first.coordinates[n])
        for n, o in enumerate(first.origins)
    }
    ffmpeg("films/a.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=6:d=5", *still)
    done = run(folder, tmp_path / "x.atlas")
    after = {
        (o.path.name, round(o.seconds, 3)): tuple(done.atlas.coordinates[n])
        for n, o in enumerate(done.atlas.origins)
    }
    assert not done.redrawn
    assert len(done.atlas.sources) == 2
    assert (len(before), len(after)) == (18, 24)
    assert {key: after[key] for key in before} == before
