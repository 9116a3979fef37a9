import numpy as np
import pytest
from PIL import Image

from frameatlas import InputError, VideoPath, path_of
from frameatlas.poster.figures.figure_text import elide, two_lines, width_of
from frameatlas.poster.figures.paths_figure import (
    GAP,
    PALETTE,
    ROWS,
    FigureVideo,
    paths_figure,
    write_paths,
)
from frameatlas.poster.figures.paths_map import apart, arrow_head, paths_map, round_corners


@pytest.fixture(scope="module")
def atlas(tmp_path_factory, synthetic_atlas):
    lengths = (12, 30, 1, 40)
    return synthetic_atlas(
        tmp_path_factory.mktemp("figure") / "a.atlas",
        sources=[("video", n) for n in lengths],
        dimension=16,
    )


def near(figure, colour, tolerance=3):
    """Which pixels have about a colour."""
    return (np.abs(figure.astype(int) - colour) <= tolerance).all(axis=-1)


def test_every_video_has_its_line_and_its_column(atlas):
    videos = [FigureVideo.of(atlas, 0, query=True)]
    videos += [FigureVideo.of(atlas, n, distance=0.1 * n) for n in (1, 2, 3)]
    figure = paths_figure(atlas, videos, title="Most similar", subtitle="by the map")
    assert figure.dtype == np.uint8
    height, width = figure.shape[:2]
    for rank in range(3):
        seen = np.argwhere(near(figure, PALETTE[rank]))
        assert (seen[:, 1] < width / 2).any(), "a line on the map"
        assert (seen[:, 1] > width / 2).any(), "a mark above the column"
    assert np.mean(near(figure, (255, 255, 255))) > 0.3, "a light background"
    assert height < width


def test_columns_show_frames_in_time(atlas):
    shown = []

    def picture(row):
        shown.append(row)
        return np.full((36, 64, 3), 5 * row, np.uint8)

    path = path_of(atlas, 3)
    figure = paths_figure(atlas, [FigureVideo("a", path, picture)])
    assert len(shown) == ROWS
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (0, 39)
    bottom = figure[-70 - GAP, -100]
    assert bottom.tolist() == [195, 195, 195]


def test_a_video_of_one_frame_is_drawn(atlas):
    assert near(paths_figure(atlas, [FigureVideo.of(atlas, 2)]), PALETTE[0]).any()


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "pdf"])
def test_the_same_figure_is_the_same_file(atlas, tmp_path, ending):
    videos = [FigureVideo.of(atlas, n) for n in (1, 3)]
    files = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for file in files:
        write_paths(atlas, videos, file, title="Videos")
    assert files[0].read_bytes() == files[1].read_bytes()
    if ending != "pdf":
        with Image.open(files[0]) as picture:
            assert picture.width > 1000
            assert ending == "webp" or picture.info["dpi"][0] == pytest.approx(200, abs=1)


def test_bad_places_and_no_videos_are_refused(atlas, tmp_path):
    videos = [FigureVideo.of(atlas, 0)]
    for name in ("a.gif", "none/a.png", ""):
        with pytest.raises(InputError):
            write_paths(atlas, videos, tmp_path / name)
    empty = VideoPath(np.zeros((0, 2)), np.zeros((0, 8), np.float32), np.zeros(0))
    for wrong in ([], videos * 50, [FigureVideo("e", empty, lambda _: None)]):
        with pytest.raises(InputError):
            paths_figure(atlas, wrong)


def test_all_frames_are_grey_points(atlas):
    drawn = np.asarray(paths_map(atlas.coordinates, [], (600, 400)))
    dark = near(drawn[5:-5, 5:-5], (205, 205, 205), 12)
    assert dark.sum() > len(atlas) * 10
    assert np.ptp(drawn.astype(int), axis=2).max() == 0, "nothing is coloured"


def test_a_line_stays_near_its_corners_and_keeps_its_ends():
    corners = np.array([[0, 0], [100, 0], [100, 100], [100, 100], [0, 100.0]])
    line = round_corners(corners, 10)
    assert line[0].tolist() == [0, 0]
    assert line[-1].tolist() == [0, 100]
    assert len(line) > len(corners)
    for corner in corners:
        assert np.linalg.norm(line - corner, axis=1).min() < 10
    still = np.zeros((4, 2))
    assert len(round_corners(still, 10)) == 1


def test_discs_keep_apart_and_the_first_keeps_its_place():
    points = np.array([[100, 100], [100, 100], [105, 100], [300, 20], [300, 20.0]])
    places = apart(points, 40, np.array([400, 300]))
    assert places[0].tolist() == [100, 100]
    assert places[3].tolist() == [300, 20]
    distances = np.linalg.norm(places[:, None] - places, axis=2) + 1000 * np.eye(5)
    assert distances.min() >= 39.9
    assert np.linalg.norm(places - points, axis=1).max() <= 120
    assert ((places >= 20) & (places <= (380, 280))).all()


def test_the_arrow_points_to_where_the_way_ends():
    way = np.array([[0, 0], [5, 40], [100, 40.0]])
    arrow = arrow_head(way, 20)
    assert arrow[0].tolist() == [110, 40]
    assert (arrow[1:, 0] < 100).all()
    assert arrow_head(np.zeros((3, 2)), 20) is None


@pytest.mark.parametrize("name", ["a", "v_SoccerJuggling_g23_c01.avi", "x" * 300, "", "häfen – 1"])
def test_names_fit_above_their_column(name):
    first, second = two_lines(name, 20, 160)
    assert max(width_of(first, 20), width_of(second, 20)) <= 160
    assert first + second == name or "…" in second
    assert width_of(elide(name, 20, 60), 20) <= 60
