"""Dates, cameras and places: planted EXIF and container tags give exactly these frames."""

import os
from dataclasses import replace

import av
import h5py
import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from frameatlas import open_atlas
from frameatlas.atlas import MANIFEST
from frameatlas.columns.all_columns import Columns
from frameatlas.columns.where import frames_where
from frameatlas.embedder.metadata.camera_names import camera_name
from frameatlas.embedder.metadata.photo_metadata import photo_metadata
from frameatlas.embedder.metadata.video_metadata import video_metadata
from frameatlas.embedder.read_metadata import read_missing_metadata
from frameatlas.progress import NullProgress
from frameatlas.store.content_digest import content_digest
from frameatlas.verify import check_atlas

MTIME = 1_500_000_000


def ratio(*numbers):
    return tuple(TiffImagePlugin.IFDRational(*pair) for pair in numbers)


def photo(path, *, tags=None, more=None, gps=None):
    image = Image.new("RGB", (40, 30), (len(str(path)), 90, 30))
    exif = Image.Exif()
    exif.update(tags or {})
    if more:
        exif.get_ifd(0x8769).update(more)
    if gps:
        exif.get_ifd(0x8825).update(gps)
    image.save(path, exif=exif)
    os.utime(path, (MTIME, MTIME))
    return path


def video(path, **tags):
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update({name.replace("__", "."): value for name, value in tags.items()})
        stream = container.add_stream("mpeg4", rate=3)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    os.utime(path, (MTIME, MTIME))
    return path


GPS = {1: "S", 2: ratio((33, 1), (51, 1), (245, 10)), 3: "E", 4: ratio((151, 1), (12, 1), (0, 1))}


def test_exif_says_when_with_what_and_where(tmp_path):
    path = photo(
        tmp_path / "a.jpg",
        tags={0x010F: "NIKON CORPORATION\0", 0x0110: "NIKON D5", 0x0132: "2022:01:01 00:00:00"},
        more={0x9003: "2021:07:03 14:05:09", 0x9291: "25", 0xA434: "50mm f/1.8"},
        gps=GPS,
    )
    found = photo_metadata(path)
    assert (found.camera, found.lens, found.date_from) == ("NIKON D5", "50mm f/1.8", "exif")
    assert found.date == 1_625_321_109.25
    assert found.latitude == pytest.approx(-(33 + 51 / 60 + 24.5 / 3600))
    assert found.longitude == pytest.approx(151.2)


@pytest.mark.parametrize(
    ("tags", "gps"),
    [
        ({0x0132: "0000:00:00 00:00:00"}, {}),
        ({0x0132: "    :  :     :  :  "}, {1: "N", 2: ratio((1, 0), (0, 1), (0, 1))}),
        ({0x0132: "2021:13:40 99:99:99"}, {1: "N", 2: ratio((91, 1)), 3: "E", 4: ratio((9, 1))}),
        ({0x0110: "\x01\x02"}, {1: "N", 2: ratio((0, 1)), 3: "E", 4: ratio((0, 1))}),
        ({0x0132: "yesterday"}, {1: "N", 2: ratio((12, 1))}),
    ],
)
def test_what_a_camera_left_empty_is_nothing(tmp_path, tags, gps):
    found = photo_metadata(photo(tmp_path / "a.jpg", tags=tags, gps=gps))
    assert (found.date, found.camera, found.latitude, found.longitude) == (None, "", None, None)


def test_a_file_that_is_no_photo_says_nothing(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no photo")
    assert photo_metadata(tmp_path / "a.jpg").date is None
    assert video_metadata(tmp_path / "a.jpg").date is None


def test_a_container_says_when_with_what_and_where(tmp_path):
    path = video(
        tmp_path / "a.mov",
        creation_time="2020-02-03T10:00:00.5Z",
        com__apple__quicktime__creationdate="2020-02-03T12:00:00+0200",
        com__apple__quicktime__make="Apple",
        com__apple__quicktime__model="iPhone 11",
        com__apple__quicktime__location__ISO6709="+48.8577+002.2950+034.000/",
    )
    found = video_metadata(path)
    assert found.date == 1_580_731_200  # the clock on the wall, noon
    assert (found.camera, found.latitude, found.longitude) == ("Apple iPhone 11", 48.8577, 2.295)
    plain = video_metadata(video(tmp_path / "b.mkv", creation_time="2020-02-03T10:00:00Z"))
    assert (plain.date, plain.date_from) == (1_580_724_000, "container")
    assert video_metadata(video(tmp_path / "c.mp4")).date is None


@pytest.mark.parametrize(
    ("make", "model", "name"),
    [
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("SONY", "ILCE-7M3 ", "SONY ILCE-7M3"),
        ("", b"X100\0junk", "X100"),
        (None, 7, ""),
        ("Leica  Camera\n", "", "Leica Camera"),
    ],
)
def test_the_maker_is_said_once(make, model, name):
    assert camera_name(make, model) == name


@pytest.fixture
def planted(tmp_atlas, tmp_path):
    """The small atlas with originals: a dated video, an undated one, five photos."""
    place = tmp_path / "originals"
    (place / "photos").mkdir(parents=True)
    first = video(place / "first.mkv", creation_time="2019-05-06T07:00:00Z")
    second = video(place / "second.mp4")
    names, digests = [], []
    for number in range(5):
        taken = {0x9003: f"2021:07:0{number + 1} 10:00:00"} if number < 3 else {}
        path = place / "photos" / f"{number}.jpg"
        photo(path, tags={0x0110: f"C{number % 2}"}, more=taken, gps=GPS if number == 1 else {})
        names.append(path.name.encode())
        digests.append(content_digest(path).encode())
    sources = list(tmp_atlas.manifest.sources)
    for number, path in ((0, first), (1, second), (2, place / "photos")):
        digest = content_digest(path) if path.is_file() else sources[number].digest
        sources[number] = replace(sources[number], path=str(path), digest=digest)
    table = tmp_atlas.folder / "sources" / sources[2].id / "features.h5"
    with h5py.File(table, "r+") as file:
        del file["names"], file["digests"]
        file["names"], file["digests"] = np.array(names), np.array(digests)
    manifest = replace(tmp_atlas.manifest, sources=tuple(sources))
    (tmp_atlas.folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return open_atlas(tmp_atlas.folder)


def test_planted_dates_find_exactly_their_frames(planted):
    done = read_missing_metadata(planted.folder, NullProgress())
    assert (done.read, done.known) == (3, 0)
    assert len(done.failed) == 1  # the damaged video's file is not there
    columns = Columns(planted)

    def found(*conditions):
        return np.flatnonzero(frames_where(columns, conditions)).tolist()

    assert found("date=2019-05-06") == list(range(12))
    assert found("date>=2019-05-06T07:00:01", "date<2020") == list(range(3, 12))
    assert found("date_from=file") == [*range(12, 19), 22, 23]
    assert found("date=2017-07-14") == [*range(12, 19), 22, 23]
    assert found("date>=2021-07-02") == [20, 21]
    assert found("date=2021-07-01|2021-07-03") == [19, 21]
    assert found("camera=c1") == [20, 22]
    assert found("latitude<0") == [20]
    assert found("date=") == list(range(24, 28))


def test_what_is_known_is_not_read_again(planted):
    read_missing_metadata(planted.folder, NullProgress())
    place = planted.folder / "sources" / planted.sources[0].id / "metadata.h5"
    before = place.stat().st_mtime_ns
    done = read_missing_metadata(planted.folder, NullProgress())
    assert (done.read, done.known) == (0, 3)
    assert place.stat().st_mtime_ns == before
    assert read_missing_metadata(planted.folder, NullProgress(), again=True).read == 3


def test_another_file_in_the_place_is_not_believed(planted, tmp_path):
    photo(tmp_path / "originals" / "photos" / "1.jpg", more={0x9003: "1999:01:01 00:00:00"})
    done = read_missing_metadata(planted.folder, NullProgress())
    assert any(path.endswith("1.jpg") for path in done.failed)
    assert Columns(planted)["date"].at(20) is None


def test_check_knows_the_files_and_damage_is_one_sentence(planted, typed):
    read_missing_metadata(planted.folder, NullProgress())
    place = planted.folder / "sources" / planted.sources[2].id / "metadata.h5"
    with h5py.File(place, "r+") as file:
        file["values"][0, 1] = 1e300
    assert any("metadata.h5" in wrong for wrong in check_atlas(planted.folder))
    done = typed(planted.folder, "search", planted.folder, "--where", "date=2021")
    assert done.returncode == 2
    assert "metadata.h5" in done.stderr


def test_the_command_reads_lists_and_filters(planted, typed, tmp_path):
    done = typed(tmp_path, "metadata", planted.folder)
    assert done.returncode == 1
    assert "Metadata of 3 sources read" in done.stdout
    done = typed(tmp_path, "metadata", planted.folder, "--list")
    assert "camera  text  5 frames  C0 (3), C1 (2)" in done.stdout
    done = typed(tmp_path, "search", planted.folder, "--where", "camera=C1")
    lines = done.stdout.splitlines()
    assert lines == ["time\tname\tcamera", "\t1.jpg\tC1", "\t3.jpg\tC1"]
    done = typed(tmp_path, "info", planted.folder)
    assert "date of 24 frames, 2017-07-14T02:40:00 to 2021-07-03T10:00:00" in done.stdout
