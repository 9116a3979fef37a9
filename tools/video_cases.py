"""The kinds of video that `video_matrix` makes: what FFmpeg is told, and what truth follows."""

from collections.abc import Callable
from dataclasses import dataclass

FINE = ("-qscale:v", "2")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18")
X265 = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "18", "-x265-params", "log-level=none")
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M")
AV1 = ("-c:v", "libsvtav1", "-preset", "12", "-svtav1-params", "lp=1")


@dataclass(frozen=True)
class VideoCase:
    """One video.

    Attributes:
        topic: What varies: "codec and container", "frame rate", …
        name: What a person calls it.
        suffix: The file's, without the dot.
        options: What FFmpeg gets after its input.
        rate: Frames a second of the input.
        frames: Frames of the input.
        size: Width and height of the input, in pixels.
        start: Seconds by which the file's times are later than the input's, where the format
            keeps that.
        steps: After the video is made, FFmpeg copies it with these: input options, "|", output
            options; empty for no copy.
        cut: Share of the file's bytes that is kept.
        turned: Degrees counter-clockwise by which the shown picture is turned.
        readable: Whether the number in a picture can be read after the change, and tells its time.
        edit: What becomes of the file's bytes in the end.
    """

    topic: str
    name: str
    suffix: str
    options: tuple[str, ...] = X264
    rate: str = "30"
    frames: int = 60
    size: tuple[int, int] = (160, 96)
    start: float = 0.0
    steps: tuple[str, ...] = ()
    cut: float = 1.0
    turned: int = 0
    readable: bool = True
    edit: Callable[[bytes], bytes] = bytes


def _containers() -> list[VideoCase]:
    h264 = [("MP4", "mp4"), ("QuickTime", "mov"), ("Matroska", "mkv"), ("AVI", "avi")]
    h264 += [("MPEG-TS", "ts"), ("AVCHD", "m2ts"), ("Flash", "flv"), ("3GP", "3gp"), ("M4V", "m4v")]
    plain = (*X264, "-bf", "0")
    found: list[tuple[str, str, tuple[str, ...]]] = [
        (f"H.264, {name}", suffix, plain if suffix == "avi" else X264) for name, suffix in h264
    ]
    found += [
        ("H.265, MP4", "mp4", X265),
        ("H.265, Matroska", "mkv", X265),
        ("H.265, MPEG-TS", "ts", X265),
        ("AV1, MP4", "mp4", AV1),
        ("AV1, WebM", "webm", AV1),
        ("VP9, WebM", "webm", VP9),
        ("VP9, MP4", "mp4", VP9),
        ("VP8, WebM", "webm", VP8),
        ("VP8, IVF", "ivf", VP8),
        ("Theora, Ogg", "ogv", ("-c:v", "libtheora", *FINE)),
        ("MPEG-4 part 2, AVI", "avi", ("-c:v", "mpeg4", *FINE)),
        ("MPEG-4 part 2, MP4", "mp4", ("-c:v", "mpeg4", *FINE)),
        ("Xvid with B-frames, Matroska", "mkv", ("-c:v", "mpeg4", "-bf", "2", *FINE)),
        ("Xvid with B-frames, AVI", "avi", ("-c:v", "mpeg4", "-bf", "2", *FINE)),
        ("MS-MPEG-4 v3, AVI", "avi", ("-c:v", "msmpeg4", *FINE)),
        ("MPEG-1, MPEG-PS", "mpg", ("-c:v", "mpeg1video", *FINE)),
        ("MPEG-2, MPEG-PS", "mpg", ("-c:v", "mpeg2video", *FINE)),
        ("MPEG-2, VOB", "vob", ("-c:v", "mpeg2video", *FINE)),
        ("MPEG-2, MPEG-TS", "ts", ("-c:v", "mpeg2video", *FINE)),
        ("WMV 2, ASF", "wmv", ("-c:v", "wmv2", *FINE)),
        ("Sorenson H.263, Flash", "flv", ("-c:v", "flv", *FINE)),
        ("Motion JPEG, AVI", "avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", *FINE)),
        ("Motion JPEG, QuickTime", "mov", ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", *FINE)),
        ("ProRes 422, QuickTime", "mov", ("-c:v", "prores_ks", "-profile:v", "2")),
        ("ProRes 4444, QuickTime", "mov", ("-c:v", "prores_ks", "-pix_fmt", "yuva444p10le")),
        ("CineForm, QuickTime", "mov", ("-c:v", "cfhd")),
        ("JPEG 2000, QuickTime", "mov", ("-c:v", "jpeg2000")),
        ("Animation, QuickTime", "mov", ("-c:v", "qtrle")),
        ("FFV1, Matroska", "mkv", ("-c:v", "ffv1")),
        ("HuffYUV, AVI", "avi", ("-c:v", "huffyuv")),
        ("Ut Video, AVI", "avi", ("-c:v", "utvideo")),
        ("uncompressed, AVI", "avi", ("-c:v", "rawvideo", "-pix_fmt", "bgr24")),
        ("uncompressed, Y4M", "y4m", ("-pix_fmt", "yuv420p")),
        ("GIF", "gif", ()),
        ("animated PNG", "apng", ("-f", "apng")),
        ("bare H.264", "h264", X264),
    ]
    whole = [VideoCase("codec and container", *entry) for entry in found]
    gif = {"GIF": "25", "bare H.264": "25"}
    return [_with_rate(case, gif.get(case.name, case.rate)) for case in whole] + _broadcast()


def _with_rate(case: VideoCase, rate: str) -> VideoCase:
    return VideoCase(case.topic, case.name, case.suffix, case.options, rate)


def _broadcast() -> list[VideoCase]:
    topic = "codec and container"
    mxf = ("-c:v", "mpeg2video", *FINE)
    dnx = ("-c:v", "dnxhd", "-profile:v", "dnxhr_sq", "-pix_fmt", "yuv422p")
    dv = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p")
    return [
        VideoCase(topic, "MPEG-2, MXF", "mxf", mxf, "25", 50),
        VideoCase(topic, "DNxHR, QuickTime", "mov", dnx, "25", 50, (256, 120)),
        VideoCase(topic, "DV, AVI", "avi", dv, "25", 25, (720, 576)),
        VideoCase(topic, "H.263, 3GP", "3gp", ("-c:v", "h263", *FINE), "15", 30, (176, 144)),
    ]


def _rates() -> list[VideoCase]:
    topic = "frame rate"
    rates = [("1", 6), ("12", 24), ("15", 30), ("24000/1001", 48), ("24", 48), ("25", 50)]
    rates += [("30000/1001", 60), ("48", 96), ("50", 100), ("60000/1001", 120), ("60", 120)]
    rates += [("120", 240), ("240", 250)]
    found = [VideoCase(topic, f"{r} a second", "mp4", X264, r, count) for r, count in rates]
    half = ("-vf", "select='lt(n,20)+not(mod(n,5))'", "-fps_mode", "vfr", *X264)
    pause = ("-vf", "setpts='PTS+if(gte(N,30),5/TB,0)'", "-fps_mode", "vfr", *X264)
    jitter = ("-vf", "setpts='PTS+0.012*mod(N*7,5)/5/TB'", "-fps_mode", "vfr", *X264)
    varying = "variable frame rate"
    return [
        *found,
        VideoCase(varying, "30 a second, then 6, MP4", "mp4", half),
        VideoCase(varying, "30 a second, then 6, Matroska", "mkv", half),
        VideoCase(varying, "jitter of 12 ms", "mkv", jitter),
        VideoCase(varying, "one picture stands for five seconds", "mkv", pause, readable=False),
    ]


def _times() -> list[VideoCase]:
    topic = "start"
    copied = ("|", "-c", "copy")
    late = ("-itsoffset", "5", *copied)
    return [
        VideoCase(topic, "5 s late, Matroska", "mkv", start=5, steps=late),
        VideoCase(topic, "5 s late, MP4 (an empty edit)", "mp4", start=5, steps=late),
        VideoCase(
            topic,
            "25 hours in, MPEG-TS",
            "ts",
            (*X264, "-muxdelay", "0", "-muxpreload", "0", "-output_ts_offset", "90000"),
            start=90000,
        ),
        VideoCase(
            topic,
            "over the clock's wrap at 26.5 hours, MPEG-TS",
            "ts",
            (*X264, "-muxdelay", "0", "-muxpreload", "0", "-output_ts_offset", "95442"),
            start=95442,
        ),
        VideoCase(topic, "an edit list hides the first second", "mp4", steps=("-ss", "1", *copied)),
    ]


def _groups() -> list[VideoCase]:
    topic = "group of pictures"
    b = (*X264, "-bf", "3")
    return [
        VideoCase(topic, "key frames only", "mp4", (*X264, "-g", "1")),
        VideoCase(topic, "one key frame", "mp4", (*X264, "-g", "9999", "-sc_threshold", "0")),
        VideoCase(topic, "B-frames", "mp4", (*b, "-x264-params", "b-adapt=0:b-pyramid=none")),
        VideoCase(topic, "pyramid of B-frames", "mp4", (*b, "-x264-params", "b-pyramid=normal")),
        VideoCase(topic, "open groups", "mp4", (*b, "-x264-params", "open-gop=1:keyint=12")),
        VideoCase(topic, "intra refresh", "mp4", (*X264, "-x264-params", "intra-refresh=1")),
        VideoCase(topic, "slices and fields (PAFF)", "mp4", (*X264, "-x264-params", "tff=1")),
    ]


def _pictures() -> list[VideoCase]:
    formats = ["yuv420p", "yuvj420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "gray"]
    stored = [VideoCase("pixel format", f, "mp4", (*X264, "-pix_fmt", f)) for f in formats]
    other = ["yuv444p12le", "gray16le", "gbrp", "gbrp12le", "yuva420p", "yuv410p", "yuv411p"]
    stored += [VideoCase("pixel format", f, "mkv", ("-c:v", "ffv1", "-pix_fmt", f)) for f in other]
    stored += [
        VideoCase("pixel format", "pal8", "avi", ("-c:v", "msrle", "-pix_fmt", "pal8")),
        VideoCase("pixel format", "rgba", "mov", ("-c:v", "png", "-pix_fmt", "rgba")),
    ]
    turned = [
        VideoCase(
            "rotation",
            f"{angle} degrees",
            "mp4",
            steps=("-display_rotation", str(angle), "|", "-c", "copy"),
            turned=angle,
        )
        for angle in (90, 180, 270)
    ]
    shapes = [
        VideoCase("shape", "pixels of 4:3", "mp4", ("-vf", "setsar=4/3", *X264)),
        VideoCase("shape", "odd size", "mkv", ("-c:v", "ffv1"), size=(161, 97)),
        VideoCase("shape", "upright", "mp4", size=(96, 160)),
    ]
    return [*stored, *turned, *shapes, *_light()]


def _light() -> list[VideoCase]:
    hdr = "log-level=none:colorprim=bt2020:colormatrix=bt2020nc:transfer="
    ten = ("-c:v", "libx265", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p10le")
    # Two pictures of the input are one: the number stays whole where both fields show the same.
    fields = "telecine=pattern=2"
    weave = ("-vf", f"{fields},setfield=tff", "-flags", "+ildct+ilme")
    return [
        VideoCase("light", "PQ (HDR10)", "mp4", (*ten, "-x265-params", f"{hdr}smpte2084")),
        VideoCase("light", "HLG", "mp4", (*ten, "-x265-params", f"{hdr}arib-std-b67")),
        VideoCase(
            "interlacing",
            "H.264, top field first",
            "mp4",
            (*weave, *X264, "-x264-params", "tff=1"),
        ),
        VideoCase("interlacing", "MPEG-2, MPEG-PS", "mpg", (*weave, "-c:v", "mpeg2video", *FINE)),
    ]


def _endings() -> list[VideoCase]:
    topic = "duration"
    fragments = (*X264, "-g", "15", "-movflags", "frag_keyframe+empty_moov")
    live = (*X264, "-live", "1")
    return [
        VideoCase(topic, "missing: live Matroska", "mkv", live),
        VideoCase(topic, "missing: fragmented MP4", "mp4", fragments),
        VideoCase(topic, "missing: live WebM", "webm", (*VP9, "-live", "1")),
        VideoCase("damage", "half of an MPEG-TS", "ts", cut=0.5),
        VideoCase("damage", "half of a Matroska", "mkv", cut=0.5),
        VideoCase("damage", "half of a fragmented MP4", "mp4", fragments, cut=0.5),
        VideoCase("damage", "half of an AVI", "avi", ("-c:v", "mpeg4", *FINE), cut=0.5),
        VideoCase("damage", "half of an MP4: its index is gone", "mp4", cut=0.5),
    ]


_PACKET = 188
"""Bytes of an MPEG-TS packet."""


def _without(data: bytes, first: float, count: int) -> bytes:
    """A transport stream without so many packets from a share of it on."""
    place = int(len(data) * first) // _PACKET * _PACKET
    return data[:place] + data[place + count * _PACKET :]


def _receivers() -> list[VideoCase]:
    """What receivers and dashcams leave: streams that begin, jump, stop and go on anywhere."""
    topic = "broadcast and dashcam"
    short = (*X264, "-g", "15")
    jump = ("-vf", "setpts='PTS+if(gte(N,30),3600/TB,0)'", "-fps_mode", "vfr", *short)
    live = (*short, "-movflags", "frag_keyframe+empty_moov")

    zeros, packets = bytes(1 << 20), _PACKET
    cases: list[tuple[str, str, tuple[str, ...], bool, Callable[[bytes], bytes]]] = [
        ("begins between key frames", "ts", short, True, lambda d: _without(d, 0, len(d) // 600)),
        ("two recordings in one file: the clock goes back", "ts", short, False, lambda d: d + d),
        ("the clock jumps an hour ahead", "ts", jump, False, bytes),
        ("packets lost in the middle", "ts", short, False, lambda d: _without(d, 0.5, 20)),
        ("a packet cut off at the end", "ts", short, True, lambda d: d[: -packets // 2]),
        ("zeros behind the end, MPEG-TS", "ts", short, True, lambda d: d + zeros),
        ("zeros behind the end, MP4", "mp4", short, True, lambda d: d + zeros),
        ("power lost: the last fragment is cut, MP4", "mp4", live, True, lambda d: d[:-3000]),
    ]
    return [
        VideoCase(topic, name, suffix, options, readable=readable, edit=edit)
        for name, suffix, options, readable, edit in cases
    ]


CASES = (
    *(*_containers(), *_rates(), *_times(), *_groups(), *_pictures(), *_endings()),
    *_receivers(),
)
"""All of them; names are unique within a topic."""
