"""Square crops of frames, and how features are put together from them."""

import numpy as np
import pytest

from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.describe.features import crop_regions, describe_frames, square_crops
from frameatlas.errors import FormatError, WeightsError


class ColourEngine:
    """Describes a crop by its mean colour; counts what it was given."""

    name, identity, batch = "colour", "colour 1", 4

    def __init__(self) -> None:
        self.given = 0

    def describe(self, crops):
        self.given += len(crops)
        features = np.zeros((len(crops), 2048), np.float32)
        features[:, :3] = crops.mean(axis=(1, 2))
        return features

    def close(self) -> None:
        pass


def frame_of(picture, size=(300, 534), at=(0, 0), padding=255):
    """One frame with a picture somewhere in it, and its box."""
    frame = np.full((1, *size, 3), padding, np.uint8)
    height, width = picture.shape[:2]
    y, x = at
    frame[0, y : y + height, x : x + width] = picture
    return frame, np.array([[x, y, width, height]], np.int32)


def gradient(width, height):
    """Red grows to the right, green downwards."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :, 0] = np.linspace(0, 255, width).round()
    picture[:, :, 1] = np.linspace(0, 255, height).round()[:, None]
    return picture


@pytest.mark.parametrize(
    ("width", "height", "regions"),
    [
        (534, 300, [(0, 0, 300, 300), (234, 0, 534, 300)]),
        (300, 534, [(0, 0, 300, 300), (0, 234, 300, 534)]),
        (300, 300, [(0, 0, 300, 300)]),
        (600, 300, [(0, 0, 300, 300), (300, 0, 600, 300)]),
        (900, 300, [(0, 0, 450, 300), (450, 0, 900, 300)]),
        (3, 1, [(0, 0, 1.5, 1), (1.5, 0, 3, 1)]),
        (1, 1, [(0, 0, 1, 1)]),
    ],
)
def test_regions_are_squares_at_both_ends(width, height, regions):
    assert crop_regions(width, height) == regions


@pytest.mark.parametrize(("width", "height"), [(w, h) for w in range(1, 9) for h in range(1, 20)])
def test_regions_miss_no_pixel(width, height):
    seen = np.zeros((height, width), bool)
    for left, top, right, bottom in crop_regions(width, height):
        seen[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
    assert seen.all()


def test_a_wide_frame_gives_its_left_and_its_right():
    crops, index = square_crops(*frame_of(gradient(534, 300)))
    assert crops.shape == (2, 299, 299, 3)
    assert crops.dtype == np.uint8
    assert index.tolist() == [[0, 1]]
    left, right = crops[:, 150, :, 0].astype(int)
    assert left[0] <= 1
    assert abs(left[-1] - 255 * 300 / 534) <= 2
    assert abs(right[0] - 255 * 234 / 534) <= 2
    assert right[-1] >= 254


def test_a_tall_frame_gives_its_top_and_its_bottom():
    crops, _ = square_crops(*frame_of(gradient(300, 534), size=(534, 300)))
    top, bottom = crops[:, :, 150, 1].astype(int)
    assert top[0] <= 1
    assert bottom[-1] >= 254
    assert abs(bottom[0] - 255 * 234 / 534) <= 2


def test_a_picture_longer_than_two_to_one_is_squeezed_so_that_nothing_is_missed():
    picture = np.zeros((100, 500, 3), np.uint8)
    picture[:, 240:260] = 255  # a bar in the middle, which two squares of 100 would not see
    crops, _ = square_crops(*frame_of(picture))
    assert crops[0, 150, -5:].min() > 200
    assert crops[1, 150, :5].min() > 200
    share = (crops.mean(axis=(1, 2, 3)) / 255).mean()
    assert share == pytest.approx(20 / 500, abs=0.002)


def test_a_square_picture_is_described_once():
    engine = ColourEngine()
    frames = np.full((3, 80, 80, 3), 50, np.uint8)
    box = np.array([[0, 0, 80, 80], [0, 0, 80, 40], [5, 5, 9, 9]], np.int32)
    _, index = square_crops(frames, box)
    assert index.tolist() == [[0, 0], [1, 2], [3, 3]]
    features = describe_frames(XceptionDescriptor(engine), frames, box)
    assert engine.given == 4
    assert (features[0, :2048] == features[0, 2048:]).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (7, 3), (260, 299), (150, 100)])
def test_padding_never_bleeds_into_a_crop(size):
    picture = np.full((*size, 3), 10, np.uint8)
    crops, _ = square_crops(*frame_of(picture, at=(30, 60), padding=255))
    assert (crops == 10).all()


def test_scaling_down_is_antialiased():
    checkers = np.indices((1200, 1200)).sum(axis=0) % 2 * np.uint8(255)
    picture = np.repeat(checkers[:, :, None], 3, axis=2).astype(np.uint8)
    crops, _ = square_crops(*frame_of(picture, size=(1200, 1200)))
    inner = crops[0, 5:-5, 5:-5].astype(int)
    assert np.abs(inner - 127).max() < 12


def test_crops_do_not_depend_on_their_neighbours():
    random = np.random.default_rng(0)
    frames = random.integers(0, 256, (5, 60, 100, 3), dtype=np.uint8)
    box = np.array([[0, 0, 100, 60], [3, 4, 50, 50], [0, 0, 9, 60], [99, 59, 1, 1], [0, 0, 90, 20]])
    crops, index = square_crops(frames, box.astype(np.int32))
    for number in range(5):
        alone, own = square_crops(frames[number : number + 1], box[number : number + 1])
        assert (crops[index[number]] == alone[own[0]]).all()


def test_features_are_the_first_half_and_then_the_second():
    frame, box = frame_of(gradient(534, 300))
    features = describe_frames(XceptionDescriptor(ColourEngine()), frame, box)
    assert features.shape == (1, 4096)
    assert features.dtype == np.float16
    assert features[0, 0] < features[0, 2048]


def test_no_frames_give_no_features():
    features = describe_frames(
        XceptionDescriptor(ColourEngine()),
        np.empty((0, 9, 9, 3), np.uint8),
        np.empty((0, 4), np.int32),
    )
    assert features.shape == (0, 4096)


@pytest.mark.parametrize("box", [[0, 0, 0, 5], [-1, 0, 5, 5], [0, 0, 11, 5], [8, 0, 3, 5]])
def test_a_box_outside_its_frame_is_refused(box):
    with pytest.raises(FormatError, match="Expected every box"):
        square_crops(np.zeros((1, 10, 10, 3), np.uint8), np.array([box], np.int32))


def test_boxes_and_pixels_must_fit():
    with pytest.raises(FormatError, match="one a frame"):
        square_crops(np.zeros((2, 9, 9, 3), np.uint8), np.zeros((1, 4), np.int32))
    with pytest.raises(FormatError, match="uint8 of shape"):
        square_crops(np.zeros((2, 9, 9), np.uint8), np.zeros((2, 4), np.int32))


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e6])
def test_features_that_are_no_float16_numbers_are_refused(value):
    class Broken(ColourEngine):
        def describe(self, crops):
            return np.full((len(crops), 2048), value, np.float32)

    with pytest.raises(WeightsError, match="finite features"):
        describe_frames(XceptionDescriptor(Broken()), *frame_of(gradient(20, 10)))
