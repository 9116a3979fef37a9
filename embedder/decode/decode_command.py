"""The command that turns a video into raw frames."""

from typing import Any

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg.program import FFmpeg
from frameatlas.embedder.decode.filters import filter_chain
from frameatlas.embedder.media.alpha import alpha_decoder
from frameatlas.embedder.shots.sketches import SKETCHES, sketch_output
from frameatlas.processors import available_processors
from frameatlas.safe_formats import LARGEST_PICTURE

FPS_MODE_SINCE = (59, 27)
"""libavformat of FFmpeg 5.1, which renamed -vsync to -fps_mode."""

GLOBAL_OPTIONS = (
    *("-nostdin", "-hide_banner", "-nostats", "-copyts"),
    *("-loglevel", "repeat+level+info"),
)

_NAME = "file:source"

FEW_PROCESSORS = 2
"""Up to so many, FFmpeg decodes in one thread."""

INPUT_BSF_SINCE = (61, 7)
"""libavformat of FFmpeg 7.1, which takes bitstream filters for inputs."""

_DECODE_ALL = frozenset({"vp9", "av1"})
"""Codecs of which some decoders do not know ``skip_frame``: their packets are left out before."""


def decode_command(ffmpeg: FFmpeg, plan: DecodePlan) -> list[str]:
    """The command that writes the kept frames to its standard output, and their times to its error.

    The messages' levels are written out, since they decide what counts as damage.
    """
    import ffmpeg as ffmpeg_python

    # ffmpeg-python hashes its arguments as UTF-8: a name may hold any bytes, and comes in later.
    source = ffmpeg_python.input(_NAME, **_input_options(ffmpeg, plan))
    frames = source[str(plan.probe.stream)]
    sketched = None
    if plan.sketches is not None:
        both = frames.filter_multi_output("split")
        frames, sketched = both.stream(0), both.stream(1)
    for name, positional, named in filter_chain(ffmpeg, plan):
        frames = frames.filter(name, *positional, **named)
    mode = "fps_mode" if ffmpeg.libavformat >= FPS_MODE_SINCE else "vsync"
    output = frames.output(
        "pipe:1",
        format="rawvideo",
        vcodec="rawvideo",
        pix_fmt="rgba" if plan.alpha else "rgb24",
        an=None,
        sn=None,
        dn=None,
        **{mode: "passthrough"},
    )
    if plan.sketches is not None:
        small = sketch_output(sketched, plan.probe.time_base, mode)
        output = ffmpeg_python.merge_outputs(output, small)
    return _compiled(ffmpeg, plan, output)


def sketch_command(ffmpeg: FFmpeg, plan: DecodePlan) -> list[str]:
    """The command that writes a small picture of every frame, and nothing else."""
    import ffmpeg as ffmpeg_python

    frames = ffmpeg_python.input(_NAME, **_input_options(ffmpeg, plan))[str(plan.probe.stream)]
    mode = "fps_mode" if ffmpeg.libavformat >= FPS_MODE_SINCE else "vsync"
    return _compiled(ffmpeg, plan, sketch_output(frames, plan.probe.time_base, mode))


def _compiled(ffmpeg: FFmpeg, plan: DecodePlan, output: Any) -> list[str]:
    """The command's words, the files' own names put in."""
    import ffmpeg as ffmpeg_python

    output = output.global_args(*GLOBAL_OPTIONS)
    command: list[str] = ffmpeg_python.compile(output, cmd=ffmpeg.path)
    names = {_NAME: f"file:{plan.source.absolute()}", SKETCHES: f"file:{plan.sketches}"}
    return [names.get(word, word) for word in command]


def _input_options(ffmpeg: FFmpeg, plan: DecodePlan) -> dict[str, str | None]:
    options: dict[str, str | None] = {
        "protocol_whitelist": "file,pipe",
        "format_whitelist": plan.probe.container,
        "max_pixels": str(LARGEST_PICTURE),
    }
    decoder = alpha_decoder(plan.probe.codec) if plan.alpha else None
    if decoder is not None:
        options["vcodec"] = decoder
    if plan.skip_frame != "default":
        options["skip_frame"] = plan.skip_frame
    filtered = plan.probe.codec in _DECODE_ALL and ffmpeg.libavformat >= INPUT_BSF_SINCE
    if plan.skip_frame == "nokey" and filtered:
        options["bsf:v"] = "noise=drop=not(key)"
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
