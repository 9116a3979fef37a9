"""Which FFmpeg is there, what it can do, and the command that turns a video into raw frames."""

import re
import shutil
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from frameatlas.embedder.decode.ffmpeg_process import VideoProcess
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.media.frame_size import frame_size
from frameatlas.embedder.media.probe import VideoProbe
from frameatlas.errors import MissingExtraError, SourceError
from frameatlas.processors import available_processors
from frameatlas.safe_formats import LARGEST_PICTURE

FPS_MODE_SINCE = (59, 27)
"""libavformat of FFmpeg 5.1, which renamed -vsync to -fps_mode."""

ANSWER_SECONDS = 30.0
"""How long an FFmpeg may think about what it is."""

LONGEST_ANSWER = 1 << 20

FEW_PROCESSORS = 2
"""Up to so many, FFmpeg decodes in one thread."""

HDR_WHITE = 203.0
"""Candela per square metre of diffuse white in high dynamic range (ITU-R BT.2408)."""


@dataclass(frozen=True)
class FFmpeg:
    """An FFmpeg program and what it can do.

    Attributes:
        path: The executable.
        version: What it calls itself, for example "6.1.1-3ubuntu5".
        libavformat: Major and minor version of that library: the program's own is free text.
        filters: Names of its filters.
        showinfo_without_checksum: Whether ``showinfo`` can leave out its checksums.
    """

    path: str
    version: str
    libavformat: tuple[int, int]
    filters: frozenset[str]
    showinfo_without_checksum: bool


def find_ffmpeg() -> FFmpeg:
    """The user's own FFmpeg where there is one on PATH, else imageio-ffmpeg's.

    Raises:
        MissingExtraError: There is neither.
    """
    own = shutil.which("ffmpeg")
    return inspect_ffmpeg(own or _find_shipped_ffmpeg())


def _find_shipped_ffmpeg() -> str:
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise MissingExtraError(
            "Expected FFmpeg on PATH or the package imageio-ffmpeg. Received: neither. "
            "Install FFmpeg, or run: pip install imageio-ffmpeg."
        ) from error


@lru_cache
def inspect_ffmpeg(path: str) -> FFmpeg:
    """Ask an FFmpeg for its version, filters and options.

    Raises:
        MissingExtraError: It cannot be run.
    """
    version = _ask(path, "-version")
    name = re.search(r"ffmpeg version (\S+)", version)
    library = re.search(r"libavformat\s+(\d+)\.\s*(\d+)", version)
    filters = re.findall(r"^ [A-Z.|]{2,3} +(\w+) +\S+->\S+", _ask(path, "-filters"), re.MULTILINE)
    return FFmpeg(
        path=path,
        version=name.group(1) if name else "unknown",
        libavformat=(int(library.group(1)), int(library.group(2))) if library else (0, 0),
        filters=frozenset(filters),
        showinfo_without_checksum="checksum" in _ask(path, "-h", "filter=showinfo"),
    )


def _ask(path: str, *question: str) -> str:
    """FFmpeg's answer, or its beginning: what stands in its place may talk without end."""
    command = [path, "-hide_banner", *question] if question != ("-version",) else [path, *question]
    answer = bytearray(LONGEST_ANSWER)
    try:
        with VideoProcess(
            command, lambda _: None, stopped=lambda: False, stall_seconds=ANSWER_SECONDS
        ) as asked:
            asked.read_into(memoryview(answer))
    except SourceError as error:
        raise _no_ffmpeg(path, str(error)) from error
    if asked.stalled:
        raise _no_ffmpeg(path, f"no answer within {ANSWER_SECONDS:.0f} seconds")
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _no_ffmpeg(path: str, reason: str) -> MissingExtraError:
    return MissingExtraError(
        f"Expected an FFmpeg that runs. Received: {path}, which does not ({reason}). Install "
        "FFmpeg, or remove that file from PATH."
    )


@dataclass(frozen=True)
class DecodePlan:
    """Everything that decides which bytes a run of FFmpeg puts out.

    Attributes:
        source: The video's file.
        probe: What it holds.
        rule: Which frames are kept.
        width: Frame's pixels across.
        height: Frame's pixels down.
        seek: Seconds in the file's own time from where decoding begins, None for the beginning.
        hwaccel: FFmpeg's option of that name; "none" decodes on the CPU.
        skip_frame: FFmpeg's option of that name; "noref" leaves out what nothing refers to.
    """

    source: Path
    probe: VideoProbe
    rule: KeepRule
    width: int
    height: int
    seek: float | None = None
    hwaccel: str = "none"
    skip_frame: str = "default"

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame, RGB."""
        return self.width * self.height * 3


def decode_command(ffmpeg: FFmpeg, plan: DecodePlan) -> list[str]:
    """The command that writes the kept frames to its standard output, and their times to its error.

    The messages' levels are written out, since they decide what counts as damage.
    """
    import ffmpeg as ffmpeg_python

    source = ffmpeg_python.input(f"file:{plan.source.absolute()}", **_input_options(plan))
    frames = source[str(plan.probe.stream)]
    for name, positional, named in filter_chain(ffmpeg, plan):
        frames = frames.filter(name, *positional, **named)
    mode = "fps_mode" if ffmpeg.libavformat >= FPS_MODE_SINCE else "vsync"
    output = frames.output(
        "pipe:1",
        format="rawvideo",
        vcodec="rawvideo",
        pix_fmt="rgb24",
        an=None,
        sn=None,
        dn=None,
        **{mode: "passthrough"},
    ).global_args(
        "-nostdin", "-hide_banner", "-nostats", "-copyts", "-loglevel", "repeat+level+info"
    )
    command: list[str] = ffmpeg_python.compile(output, cmd=ffmpeg.path)
    return command


def _input_options(plan: DecodePlan) -> dict[str, str | None]:
    options: dict[str, str | None] = {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": plan.probe.container,
        "max_pixels": str(LARGEST_PICTURE),
    }
    if plan.skip_frame != "default":
        options["skip_frame"] = plan.skip_frame
    if available_processors() <= FEW_PROCESSORS:
        # Threads cost 3 to 7 % more CPU time, and here the describing needs the other processor.
        options["threads"] = "1"
    if plan.hwaccel != "none":
        options["hwaccel"] = plan.hwaccel
    if plan.seek is not None:
        # Without -noaccurate_seek FFmpeg would throw away what lies before the moment itself,
        # and -ss counts from where the file begins, -copyts or not.
        options["noaccurate_seek"] = None
        options["ss"] = f"{max(0.0, plan.seek - plan.probe.container_start):.6f}"
    return options


Filter = tuple[str, tuple[str, ...], dict[str, str]]
"""Name, positional and named arguments."""


def filter_chain(ffmpeg: FFmpeg, plan: DecodePlan) -> list[Filter]:
    """What happens to the pictures. Only the kept ones are deinterlaced, scaled and converted."""
    select: Filter = ("select", (plan.rule.expression(),), {})
    chain = [*_before_select(ffmpeg, plan.probe), select, *_after_select(ffmpeg, plan.probe)]
    chain.append(_scale(plan))
    chain += _tone_mapping(ffmpeg, plan.probe)
    chain.append(("format", ("rgb24",), {}))
    silent = {"checksum": "0"} if ffmpeg.showinfo_without_checksum else {}
    chain.append(("showinfo", (), silent))
    size = (str(plan.width), str(plan.height))
    chain.append(("pad", (*size, "(ow-iw)/2", "(oh-ih)/2", "black"), {}))
    return chain


def _before_select(ffmpeg: FFmpeg, probe: VideoProbe) -> list[Filter]:
    """Deinterlacing that needs a frame's neighbours, where there is none that does not."""
    if probe.interlaced and "estdif" not in ffmpeg.filters and "yadif" in ffmpeg.filters:
        return [("yadif", (), {"mode": "send_frame", "deint": "interlaced"})]
    return []


def _after_select(ffmpeg: FFmpeg, probe: VideoProbe) -> list[Filter]:
    """Deinterlacing within one frame: only those that are marked, others pass untouched."""
    if probe.interlaced and "estdif" in ffmpeg.filters:
        return [("estdif", (), {"mode": "frame", "deint": "interlaced"})]
    return []


def _scale(plan: DecodePlan) -> Filter:
    """To the frame's size, or, where the picture's shape changes midway, to fit into it."""
    w, h = plan.width, plan.height
    options = {
        "w": f"if(lt(abs({h}*dar-{w}),3),{w},max(1,min({w},round({h}*dar))))",
        "h": f"if(lt(abs({h}*dar-{w}),3),{h},max(1,min({h},round({w}/dar))))",
        "flags": "bicubic+accurate_rnd+full_chroma_int",
    }
    probe = plan.probe
    rgb = probe.pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal", "gray"))
    if probe.colour_space == 2 and not rgb and min(probe.coded_width, probe.coded_height) >= 720:
        # Unspecified, and swscale takes it for BT.601; players take BT.709 from 720 lines on.
        options["in_color_matrix"] = "bt709"
    return ("scale", (), options)


def _tone_mapping(ffmpeg: FFmpeg, probe: VideoProbe) -> list[Filter]:
    """High dynamic range to what a screen shows, after scaling: a few hundred lines only."""
    if not probe.transfer:
        return []
    if not {"zscale", "tonemap"} <= ffmpeg.filters:
        return [("format", ("rgb24",), {}), ("lutrgb", (), _tone_curve(probe.transfer))]
    transfer = {"pq": "smpte2084", "hlg": "arib-std-b67"}[probe.transfer]
    given = {"tin": transfer, "pin": "bt2020", "min": "bt2020nc"}
    linear = {**given, "t": "linear", "npl": f"{HDR_WHITE:g}"}
    return [
        ("zscale", (), linear),
        ("format", ("gbrpf32le",), {}),
        ("zscale", (), {"p": "bt709"}),
        ("tonemap", ("mobius",), {"desat": "0"}),
        ("zscale", (), {"t": "bt709", "m": "bt709", "r": "pc"}),
        ("format", ("yuv444p",), {}),
    ]


def _tone_curve(transfer: str) -> dict[str, str]:
    """A curve per channel for an FFmpeg without zscale: right in brightness, paler in colour."""
    # lutrgb tries values beyond 255 too, and gives up where one is no number.
    code = "(min(val,255)/255)"
    if transfer == "hlg":
        # Hybrid log-gamma is made to be shown as it is; its lights only look a little dark.
        curve = f"255*pow({code},0.9)"
    else:
        power = f"pow({code},1/78.84375)"
        part = f"max({power}-0.8359375,0)/(18.8515625-18.6875*{power})"
        light = f"10000/{HDR_WHITE:g}*pow({part},1/0.1593017578125)"
        curve = f"255*pow(({light})/(1+({light}))*1.25,1/2.2)"
    return {"r": curve, "g": curve, "b": curve}


def plan_size(probe: VideoProbe, short_side: int) -> tuple[int, int]:
    """Width and height of a video's frames."""
    exact = Fraction(probe.coded_width) * probe.sample_aspect / probe.coded_height
    exact = 1 / exact if probe.rotation % 180 else exact
    return frame_size(exact.numerator, exact.denominator, short_side)
