import itertools
from fractions import Fraction

import av
import h5py
import numpy as np
import pytest
from PIL import Image

from frameatlas.errors import InterruptedIndexError, SourceError
from frameatlas.reid.crops.colour_histogram import COLOURS, lab_of, sharpness, torso_colour
from frameatlas.reid.crops.crop import HEIGHT, WIDTH
from frameatlas.reid.crops.crop_table import CropTable
from frameatlas.reid.crops.crops import crops_as_frames, read_crops
from frameatlas.reid.crops.selection import APART, MOST_CROPS, box_quality, overlaps, plan_crops
from frameatlas.reid.tracks.frame_reader import open_pictures
from frameatlas.reid.tracks.mot import read_mot


def never():
    return False


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A video whose k-th frame has k in the brightness of its left half."""
    path = tmp_path_factory.mktemp("counted") / "counted.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.options, stream.bit_rate = {"bf": "2"}, 8_000_000
        for number in range(1, 41):
            picture = np.zeros((64, 64, 3), np.uint8)
            picture[:, :32] = 5 * number
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def test_frame_k_is_the_kth_that_a_decoder_gives(counted):
    video = open_pictures(counted)
    got = list(video.pictures([40, 1, 7, 8, 99]))
    assert [picture.number for picture in got] == [1, 7, 8, 40]
    for picture in got:
        assert picture.pixels[:, 8:24].mean() == pytest.approx(5 * picture.number, abs=2)
    assert video.kind == "video"
    assert video.size == (64, 64)
    seconds = [float(picture.pts * video.time_base) for picture in got]
    np.testing.assert_allclose(seconds, [0, 6 / 30, 7 / 30, 39 / 30], atol=1e-3)


def test_a_sequence_is_a_folder_of_numbered_images(tmp_path):
    images = tmp_path / "frames"
    images.mkdir()
    for number in (1, 2, 10):
        Image.new("RGB", (20, 10), (number, 0, 0)).save(images / f"{number:06d}.png")
    (images / "000003.png").write_bytes(b"no image")
    (images / "notes.txt").write_text("not an image")
    (tmp_path / "seqinfo.ini").write_text(
        "[Sequence]\nname=x\nimDir=frames\nframeRate=12.5\nseqLength=10\n"
    )
    sequence = open_pictures(tmp_path)
    assert sequence.kind == "photos"
    assert sequence.rate == Fraction(25, 2)
    got = list(sequence.pictures([1, 3, 10, 11]))
    assert [(p.number, p.pts, p.name) for p in got] == [(1, 0, "000001.png"), (10, 9, "000010.png")]
    assert got[1].pixels[0, 0].tolist() == [10, 0, 0]


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        ("[Other]\n", "section"),
        ("nonsense", "section"),
        ("[Sequence]\nframeRate=often\n", "section"),
        ("[Sequence]\nimDir=../../elsewhere\n", "beside it"),
    ],
)
def test_a_sequence_file_that_cannot_be_meant_is_one_sentence(tmp_path, info, sentence):
    (tmp_path / "seqinfo.ini").write_text(info)
    with pytest.raises(SourceError, match=sentence):
        open_pictures(tmp_path)


def test_what_is_no_video_is_one_sentence(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "empty").mkdir()
    for name, sentence in (("text.mp4", "to be a video"), ("empty", "no image")):
        with pytest.raises(SourceError, match=sentence):
            open_pictures(tmp_path / name)
    with pytest.raises(SourceError, match="no longer there"):
        open_pictures(tmp_path / "none.mp4")


def test_at_most_forty_crops_of_a_tracklet_five_frames_apart(tracks_of):
    long = [(k, 1, 10, 10, 40, 100) for k in range(1, 1001)]
    short = [(k, 2, 200, 10, 40, 100) for k in range(1, 24)]
    plan = plan_crops(tracks_of(*sorted(long + short)), (640, 480))
    one, two = plan.frame[plan.track == 1], plan.frame[plan.track == 2]
    assert len(one) == MOST_CROPS
    assert one[-1] - one[0] > 900
    assert len(two) == 5
    for frames in (one, two):
        blocks = (frames - 1) // APART
        assert len(np.unique(blocks)) == len(blocks)
    assert (np.diff(plan.frame) >= 0).all()


def test_the_best_box_of_five_frames_is_taken(tracks_of):
    rows = [(k, 1, 10, 10, 40, 50 + 10 * (k == 3)) for k in range(1, 6)]
    assert plan_crops(tracks_of(*rows), (640, 480)).frame.tolist() == [3]


def test_quality_tells_small_hidden_and_cut_off_boxes(tracks_of):
    size = (640, 480)

    def quality(*rows, confidence=1.0):
        return box_quality(tracks_of(*rows, confidence=confidence), size)

    assert quality((1, 1, 11, 11, 40, 96))[0] == pytest.approx(1)
    assert quality((1, 1, 11, 11, 40, 192))[0] == pytest.approx(1)
    assert quality((1, 1, 11, 11, 40, 48))[0] == pytest.approx(0.5)
    assert quality((1, 1, 11, 11, 40, 96), confidence=0.4)[0] == pytest.approx(0.4)
    assert quality((1, 1, -19, 11, 40, 96))[0] == pytest.approx(0.5)
    assert quality((1, 1, -35, 11, 40, 96))[0] == 0, "less than 30 % is inside"
    assert quality((1, 1, 11, -193, 40, 96))[0] == 0
    assert quality((1, 1, 900, 11, 40, 96))[0] == 0
    assert quality((1, 1, 11, 11, 2, 96))[0] == 0
    half = quality((1, 1, 11, 11, 40, 96), (1, 2, 31, 11, 40, 96))
    np.testing.assert_allclose(half, [0.5, 0.5])
    assert overlaps(tracks_of((1, 1, 0, 0, 9, 9), (2, 2, 0, 0, 9, 9))).tolist() == [0, 0]


def test_a_crop_is_the_box_on_black(game_file):
    video, file = game_file
    pictures = open_pictures(video)
    frames, table = crops_as_frames(pictures, plan_crops(read_mot(file)[0], pictures.size))
    assert frames.pixels.shape == (len(table), HEIGHT, WIDTH, 3)
    assert len(table) == 6 * 5
    x, y, width, height = frames.box[0]
    assert (width, height) == (102, 256)
    assert (x, y) == (13, 0)
    assert not frames.pixels[0, :, :x].any()
    top = frames.pixels[0, 20:130, x + 10 : x + width - 10].mean(axis=(0, 1))
    np.testing.assert_allclose(top, (200, 30, 30), atol=12)
    assert frames.seconds[0] == pytest.approx((table.frame[0] - 1) / 25, abs=1e-3)


def test_colours_of_a_torso_tell_teams_apart():
    def shirt(colour):
        picture = np.full((100, 40, 3), 90, np.uint8)
        picture[15:55, 10:30] = colour
        return torso_colour(picture)

    red, dark_red, blue = shirt((200, 30, 30)), shirt((170, 25, 25)), shirt((30, 60, 200))
    assert red.shape == (COLOURS,)
    assert red.dtype == np.float32
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-5)
    assert red @ dark_red > 0.6
    assert red @ blue < 0.3
    for shape in ((1, 1, 3), (2, 9, 3), (300, 1, 3)):
        assert np.isfinite(torso_colour(np.zeros(shape, np.uint8))).all()


def test_lab_of_known_colours():
    known = lab_of(np.array([[1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 0, 1.0]]))
    expected = [[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.2], [32.3, 79.19, -107.86]]
    np.testing.assert_allclose(known, expected, atol=0.02)


def test_a_blurred_picture_is_less_sharp():
    noise = np.random.default_rng(0).integers(0, 255, (64, 32, 3), np.uint8)
    blurred = np.asarray(Image.fromarray(noise).resize((8, 16)).resize((32, 64)))
    assert sharpness(noise) > 10 * sharpness(blurred)
    assert sharpness(noise[:2, :2]) == 0


def test_an_interrupted_run_goes_on_where_it_was(game_file, memory_sink):
    pictures = open_pictures(game_file[0])
    plan = plan_crops(read_mot(game_file[1])[0], pictures.size)
    turns = itertools.count()
    with pytest.raises(InterruptedIndexError):
        read_crops(pictures, plan, memory_sink, lambda: next(turns) > 10)
    assert memory_sink.count == 11
    before = memory_sink.crops[:]
    table = read_crops(pictures, plan, memory_sink, never)
    assert memory_sink.restarts == 0
    assert memory_sink.crops[:11] == before
    assert memory_sink.count == len(table) == len(plan)
    frames, _ = crops_as_frames(pictures, plan)
    assert [frame.tobytes() for frame in frames.pixels] == memory_sink.crops


def test_what_an_interrupted_run_left_is_not_trusted_blindly(game_file, memory_sink):
    pictures = open_pictures(game_file[0])
    plan = plan_crops(read_mot(game_file[1])[0], pictures.size)
    read_crops(pictures, plan, memory_sink, never)
    right = memory_sink.crops[:]
    memory_sink.cut(7).crops[6] = bytes(len(right[6]))
    read_crops(pictures, plan, memory_sink, never)
    assert memory_sink.restarts == 1
    assert memory_sink.crops == right


def test_tracks_of_another_video_give_no_crops(game_file, tracks_of, memory_sink):
    pictures = open_pictures(game_file[0])
    plan = plan_crops(tracks_of((500, 1, 10, 10, 40, 90)), pictures.size)
    with pytest.raises(SourceError, match="of this video"):
        read_crops(pictures, plan, memory_sink, never)


def test_what_is_known_of_crops_is_kept_whole_or_not_at_all(game_file, tmp_path):
    pictures = open_pictures(game_file[0])
    _, table = crops_as_frames(pictures, plan_crops(read_mot(game_file[1])[0], pictures.size))
    path = tmp_path / "tables" / "one.h5"
    table.save(path)
    again = CropTable.load(path)
    np.testing.assert_array_equal(again.colour, table.colour)
    np.testing.assert_array_equal(again.frame, table.frame)
    path.write_bytes(path.read_bytes()[:900])
    assert CropTable.load(path) is None
    assert CropTable.load(tmp_path / "none.h5") is None


@pytest.mark.parametrize("shape", [(), (1 << 40,)])
def test_a_table_of_crops_that_is_none_or_asks_for_any_memory_is_made_anew(tmp_path, shape):
    with h5py.File(tmp_path / "odd.h5", "w") as file:
        for name in ("frame", "track", "box", "quality", "sharpness", "colour"):
            file.create_dataset(name, shape, "f8", chunks=(1 << 20,) if shape else None)
    assert CropTable.load(tmp_path / "odd.h5") is None


def test_turned_videos_are_seen_as_players_show_them(shared):
    for name, size in (("video_0.mov", (568, 320)), ("video_90.mov", (320, 568))):
        video = open_pictures(shared / "data" / "odd" / name)
        picture = next(iter(video.pictures([1])))
        assert video.size == size
        assert picture.pixels.shape == (size[1], size[0], 3)


def test_odd_files_give_pictures_or_one_sentence(shared):
    refused = 0
    for path in sorted((shared / "data" / "odd").iterdir()):
        if path.stat().st_size > 2_000_000:
            continue
        try:
            pictures = list(open_pictures(path).pictures([1, 3]))
        except SourceError:
            refused += 1
            continue
        assert all(picture.pixels.dtype == np.uint8 for picture in pictures)
    assert refused
