"""What the frames look like: turned, coloured, sized."""

from dataclasses import replace

import numpy as np
import pytest

from frameatlas.embedder.decode import decoder, filters
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.media.probe import probe_video

QUADRANTS = (
    "color=red:s=160x90:d=0.2,drawbox=x=80:w=80:h=45:c=lime:t=fill,"
    "drawbox=y=45:w=80:h=45:c=blue:t=fill,drawbox=x=80:y=45:w=80:h=45:c=white:t=fill"
)


RED, LIME, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def corners(picture):
    height, width, _ = picture.shape
    return [
        tuple(int(v) for v in picture[y, x])
        for y in (height // 4, 3 * height // 4)
        for x in (width // 4, 3 * width // 4)
    ]


def assert_colours(found, expected):
    assert np.abs(np.array(found, int) - np.array(expected)).max() <= 6, found


@pytest.mark.parametrize(
    ("degrees", "expected", "size"),
    [
        (0, [RED, LIME, BLUE, WHITE], (534, 300)),
        (90, [LIME, WHITE, RED, BLUE], (300, 534)),
        (180, [WHITE, BLUE, LIME, RED], (534, 300)),
        (270, [BLUE, RED, WHITE, LIME], (300, 534)),
    ],
)
def test_rotation_flags(decode, make_video, run_ffmpeg, sink, degrees, expected, size):
    plain = make_video("p.mp4", QUADRANTS, "-pix_fmt", "yuv444p")
    turned = run_ffmpeg("t.mp4", "-display_rotation", str(degrees), "-i", str(plain), "-c", "copy")
    decode(turned, sink)
    assert sink.shape[:2] == size
    assert_colours(corners(sink.picture(0)), expected)


@pytest.mark.parametrize(
    "options",
    [
        ("-pix_fmt", "yuv420p"),
        ("-pix_fmt", "yuvj420p"),
        ("-pix_fmt", "yuv420p10le"),
        ("-pix_fmt", "yuv444p", "-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709"),
        ("-c:v", "libx264rgb", "-pix_fmt", "rgb24"),
        ("-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p"),
        ("-c:v", "ffv1", "-pix_fmt", "gbrp12le"),
    ],
)
def test_colours_are_right_in_every_pixel_format(decode, make_video, sink, options):
    decode(make_video("a.mkv", QUADRANTS, *options), sink)
    assert_colours(corners(sink.picture(0)), [RED, LIME, BLUE, WHITE])


@pytest.mark.parametrize(
    "options",
    [
        ("-pix_fmt", "yuv420p"),
        ("-pix_fmt", "yuvj422p"),
        ("-pix_fmt", "yuv420p10le", "-colorspace", "bt709"),
        ("-pix_fmt", "yuv444p", "-color_range", "pc"),
        ("-c:v", "rawvideo", "-pix_fmt", "nv12"),
    ],
)
def test_by_way_of_planes_bytes_are_the_same(
    decode, make_video, sink, new_sink, monkeypatch, options
):
    path = make_video("a.mkv", "testsrc2=s=642x362:d=1,noise=alls=30", *options)
    ways = []

    def noted(plan):
        ways.append(by_way_of_planes(plan))
        return False

    by_way_of_planes = filters._by_way_of_planes
    decode(path, sink)
    monkeypatch.setattr(filters, "_by_way_of_planes", noted)
    at_once = new_sink()
    decode(path, at_once)
    assert ways == [True]
    assert sink.count == 3
    for number in range(3):
        np.testing.assert_array_equal(sink.picture(number), at_once.picture(number))


def test_unspecified_colours_of_high_definition_are_bt709(decode, make_video, sink):
    drawing = "color=red:s=1280x720:d=0.1,format=gbrp,scale=out_color_matrix=bt709,format=yuv444p"
    path = make_video("a.avi", drawing, "-c:v", "ffv1")
    assert probe_video(path).colour_space == 2
    decode(path, sink)
    assert_colours(corners(sink.picture(0)), [RED] * 4)


def test_sample_aspect(decode, make_video, sink):
    decode(make_video("a.mp4", "testsrc2=s=120x90:d=0.2,setsar=4/3"), sink)
    assert sink.shape[:2] == (534, 300)


@pytest.mark.parametrize("size", ["1x1", "2x2", "17x31", "101x99", "640x2", "3x500"])
def test_odd_sizes(decode, make_video, sink, size):
    path = make_video("a.mkv", f"color=red:s={size}:d=0.2", "-c:v", "ffv1", "-pix_fmt", "gbrp")
    decode(path, sink)
    width, height, _ = sink.shape
    assert min(width, height) == 300 or max(width, height) == 4096
    assert_colours(corners(sink.picture(0)), [RED] * 4)


def test_a_size_that_changes_midway_is_fitted_and_boxed(
    decode, make_video, run_ffmpeg, tmp_path, sink
):
    wide = make_video("wide.ts", "color=red:s=320x180:r=30:d=1")
    tall = make_video("tall.ts", "color=lime:s=90x180:r=30:d=1", "-output_ts_offset", "1")
    both = tmp_path / "both.ts"
    both.write_bytes(wide.read_bytes() + tall.read_bytes())
    outcome = decode(both, sink)
    assert sink.shape[:2] == (534, 300)
    assert sink.count == 6, outcome
    assert sink.boxes[:3] == [(0, 0, 534, 300)] * 3
    assert sink.boxes[-1] == (192, 0, 150, 300)
    assert_colours([sink.picture(5)[150, 267], sink.picture(5)[150, 10]], [LIME, (0, 0, 0)])


def test_interlaced_video_is_deinterlaced(decode, make_video, sink):
    # A bar that moves fast: between the fields it combs, line by line.
    drawing = "color=black:s=320x240:r=60:d=1[b];color=white:s=40x240:r=60:d=1[w];"
    drawing += "[b][w]overlay=x='mod(n*20,280)',tinterlace=4,fieldorder=tff,format=yuv420p"
    options = ("-flags", "+ildct+ilme", "-x264opts", "tff=1")
    path = make_video("i.mp4", drawing, *options)
    assert probe_video(path).interlaced
    decode(path, sink, height=240)
    picture = sink.picture(1).astype(int)
    combs = np.abs(picture[1:-1] - (picture[:-2] + picture[2:]) / 2).mean()
    assert combs < 2


def test_high_dynamic_range_is_tone_mapped(decode, make_video, sink):
    # Diffuse white, 203 cd/m², is 58 % of PQ's range: displayed raw, a middle grey.
    drawing = "color=0x949494:s=160x90:d=0.1,format=yuv420p10le"
    params = "log-level=none:transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc"
    path = make_video("h.mp4", drawing, "-c:v", "libx265", "-x265-params", params)
    decode(path, sink)
    assert 190 < sink.picture(0).mean() < 245


def test_tone_mapping_without_zscale(decode, make_video, monkeypatch, sink):
    real = find_ffmpeg()
    monkeypatch.setattr(
        decoder, "find_ffmpeg", lambda: replace(real, filters=real.filters - {"zscale"})
    )
    test_high_dynamic_range_is_tone_mapped(decode, make_video, sink)
