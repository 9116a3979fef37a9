import io

import numpy as np
import pytest
from PIL import Image

from frameatlas.drawing.stored_pictures import StoredPictures
from frameatlas.drawing.tiles import encode_tile, pyramid_of, render_tile, tile_size
from frameatlas.errors import InputError
from frameatlas.geometry.cell_size import CellSize
from frameatlas.geometry.pyramid import EMPTY

POINTS = np.array([[-0.9, 0.9], [0.9, 0.9], [-0.9, -0.9], [0.9, -0.9], [0.1, 0.1], [-0.1, 0.1]])


@pytest.fixture(scope="module")
def atlas(synthetic_atlas, tmp_path_factory):
    """Six frames: one in each corner, two about the middle."""
    folder = tmp_path_factory.mktemp("tiles") / "six.atlas"
    return synthetic_atlas(folder, sources=(("video", 6),), size=(534, 300), coordinates=POINTS)


@pytest.fixture(scope="module")
def pyramid(atlas):
    return pyramid_of(atlas)


def golden(pyramid, colour_of, grid, height, width):
    """The picture that a tile of plain frames must be, made cell by cell."""
    across = len(grid)
    expected = np.zeros((height, width, 4), np.uint8)
    for row in range(height):
        for column in range(width):
            frame = grid[row * across // height, column * across // width]
            if frame != EMPTY:
                expected[row, column] = (*colour_of(int(frame)), 255)
    return expected


def test_tiles_have_the_shape_of_the_frames(atlas, tmp_atlas, synthetic_atlas, tmp_path):
    assert tile_size(atlas) == CellSize(256, 144)
    upright = synthetic_atlas(tmp_path / "u.atlas", sources=(("video", 3),), size=(30, 40))
    assert tile_size(upright) == CellSize(256, 341)


@pytest.mark.parametrize("scale", [1, 2])
def test_a_tile_is_its_cells_side_by_side_and_clear_where_none_is(atlas, pyramid, synthetic, scale):
    for z, x, y in [(0, 0, 0), (1, 0, 0), (1, 1, 1)]:
        picture = render_tile(atlas, pyramid, z, x, y, scale=scale)
        grid = pyramid.tile(z, x, y)
        assert picture.shape == (144 * scale, 256 * scale, 4)
        expected = golden(pyramid, synthetic.colour_of, grid, 144 * scale, 256 * scale)
        assert np.array_equal(picture[..., 3], expected[..., 3])
        assert np.abs(picture.astype(int) - expected).max() <= 1


def test_an_empty_tile_is_none(atlas, pyramid):
    filled = set(pyramid.tiles(2))
    x, y = next((x, y) for x in range(4) for y in range(4) if (x, y) not in filled)
    assert render_tile(atlas, pyramid, 2, x, y) is None
    assert render_tile(atlas, pyramid, 0, 0, 0, mask=np.zeros(6, bool)) is None


def test_a_frame_that_fills_its_tile_is_the_stored_one(atlas, pyramid, synthetic):
    x, y = pyramid.tiles(pyramid.deepest)[0]
    picture = render_tile(atlas, pyramid, pyramid.deepest, x, y, scale=2)
    assert picture.shape == (288, 512, 3)
    frame = int(pyramid.tile(pyramid.deepest, x, y)[0, 0])
    assert np.abs(picture.astype(int) - synthetic.colour_of(frame)).max() <= 1


def test_frames_are_not_enlarged_beyond_their_stored_size(tmp_atlas):
    pyramid = pyramid_of(tmp_atlas)  # frames of 64 × 36 pixels
    assert render_tile(tmp_atlas, pyramid, 0, 0, 0, scale=2).shape[:2] == (288, 512)
    x, y = pyramid.tiles(pyramid.deepest)[0]
    assert render_tile(tmp_atlas, pyramid, pyramid.deepest, x, y, scale=2).shape[:2] == (36, 64)


def test_frames_of_other_shapes_are_cropped_or_contained(tmp_atlas, synthetic):
    pyramid = pyramid_of(tmp_atlas)
    upright = 20  # a photo whose picture is half as wide as its frame
    mask = np.arange(len(tmp_atlas)) == upright
    x, y = next(
        t for t in pyramid.tiles(pyramid.deepest) if pyramid.tile(pyramid.deepest, *t) == 20
    )
    cropped = render_tile(tmp_atlas, pyramid, pyramid.deepest, x, y, mask=mask)
    assert np.abs(cropped.astype(int) - synthetic.colour_of(upright)).max() <= 1
    whole = render_tile(tmp_atlas, pyramid, pyramid.deepest, x, y, mask=mask, contain=True)
    assert whole[..., 3].mean() == pytest.approx(255 / 2, rel=0.05)


def test_quick_scaling_looks_like_scaling(synthetic_atlas, tmp_path):
    atlas = synthetic_atlas(tmp_path / "p.atlas", sources=(("video", 1),), size=(534, 300))
    rough = np.random.default_rng(0).integers(0, 256, (12, 20, 3), np.uint8)
    picture = np.asarray(Image.fromarray(rough).resize((534, 300), Image.Resampling.BICUBIC))
    pixels = np.load(next(atlas.folder.glob("sources/*/frames.npy")), mmap_mode="r+")
    pixels[0] = picture
    pixels.flush()
    pyramid = pyramid_of(atlas)
    cell = np.array(render_tile(atlas, pyramid, 0, 0, 0))
    rows, columns = np.nonzero(cell[..., 3])
    small = cell[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, :3]
    size = (small.shape[1], small.shape[0])
    slow = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
    assert size == (64, 36)
    assert np.abs(small.astype(int) - slow).mean() < 2.5


@pytest.mark.parametrize("size", [(534, 300), (300, 534), (133, 75)])
@pytest.mark.parametrize("contain", [False, True])
def test_tiles_of_frames_stored_as_jpeg_are_those_of_raw_ones(
    synthetic_atlas, synthetic, tmp_path, size, contain
):
    """Cells are drawn from small copies: no cell may move or lose its shape."""
    places, rng = [], np.random.default_rng(0)
    for store in ("raw", "jpeg"):
        kinds = (("video", 40), ("photos", 24))
        atlas = synthetic_atlas(tmp_path / f"{store}.atlas", sources=kinds, size=size, store=store)
        places.append(atlas)
    for number, source in enumerate(places[0].sources):
        path = places[0].folder / "sources" / source.id / "frames.npy"
        pixels = np.load(path, mmap_mode="r+")
        for row, frame in enumerate(places[0].range_of(number)):
            rough = Image.fromarray(rng.integers(0, 256, (12, 20, 3), np.uint8))
            x, y, w, h = places[0].boxes[frame]
            picture = np.asarray(rough.resize((w, h), Image.Resampling.BICUBIC))
            pixels[row, y : y + h, x : x + w] = picture
        pixels.flush()
        other = places[1].folder / "sources" / source.id / "frames.jpeg"
        synthetic.write_jpegs(other, np.array(pixels))
    pyramid = pyramid_of(places[0])
    for z in range(pyramid.deepest + 1):
        for scale in (1, 2):
            tile = pyramid.tiles(z)[0]
            raw, jpeg = (
                render_tile(atlas, pyramid, z, *tile, scale=scale, contain=contain)
                for atlas in places
            )
            assert raw.shape == jpeg.shape
            if raw.shape[2] == 4:
                assert np.array_equal(raw[..., 3], jpeg[..., 3])
            difference = np.abs(raw.astype(int) - jpeg)
            assert difference[..., :3].mean() < (3 if max(size) > 500 else 10), (z, scale)
            moved = np.abs(raw.astype(int) - np.roll(jpeg, 1, axis=1))
            assert difference.mean() < moved.mean()


def test_a_filter_reaches_the_pixels(atlas, pyramid, synthetic):
    mask = np.arange(6) == 3
    picture = render_tile(atlas, pyramid, 0, 0, 0, mask=mask)
    seen = picture[picture[..., 3] > 0][:, :3]
    assert np.abs(seen.astype(int) - synthetic.colour_of(3)).max() <= 1


def test_webp_keeps_clear_places_and_jpeg_shows_the_background(atlas, pyramid):
    picture = render_tile(atlas, pyramid, 0, 0, 0, pictures=StoredPictures(atlas))
    webp = Image.open(io.BytesIO(encode_tile(picture, "webp")))
    assert webp.format == "WEBP"
    assert np.array_equal(np.asarray(webp.convert("RGBA"))[..., 3], picture[..., 3])
    jpeg = np.asarray(Image.open(io.BytesIO(encode_tile(picture, "jpg", 95, (200, 10, 10)))))
    clear = np.abs(jpeg[picture[..., 3] == 0].astype(int) - (200, 10, 10))
    assert np.median(clear) <= 3
    assert encode_tile(picture, "webp") == encode_tile(picture, "webp")


def test_garbage_is_refused(atlas, pyramid):
    with pytest.raises(InputError, match="scale of 1 or 2"):
        render_tile(atlas, pyramid, 0, 0, 0, scale=3)
    with pytest.raises(InputError, match="Expected a tile"):
        render_tile(atlas, pyramid, 9, 0, 0)
    with pytest.raises(InputError, match="webp or jpg"):
        encode_tile(np.zeros((2, 2, 3), np.uint8), "gif")
