"""What happens to the pictures of a video between FFmpeg's decoder and our pipe."""

from itertools import pairwise

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.ffmpeg.program import FFmpeg
from frameatlas.embedder.media.alpha import alpha_decoder
from frameatlas.embedder.media.probe import VideoProbe

HDR_WHITE = 203.0
"""Candela per square metre of diffuse white in high dynamic range (ITU-R BT.2408)."""

Filter = tuple[str, tuple[str, ...], dict[str, str]]
"""Name, positional and named arguments."""


def filter_chain(ffmpeg: FFmpeg, plan: DecodePlan) -> list[Filter]:
    """What happens to the pictures. Only the kept ones are deinterlaced, scaled and converted."""
    select: Filter = ("select", (plan.rule.expression(),), {})
    chain = [*_before_select(ffmpeg, plan.probe), select, *_after_select(ffmpeg, plan.probe)]
    if plan.alpha:
        # Premultiplied before it is scaled: colours that are hidden must not bleed into others.
        chain += [("format", ("gbrap",), {}), ("premultiply", (), {"inplace": "1"})]
    chain.append(_scale(plan))
    chain += [] if plan.alpha else _tone_mapping(ffmpeg, plan.probe)
    if _by_way_of_planes(plan):
        # Interleaved by a filter of our own: the one that FFmpeg would put here makes all pictures
        # of the first one's shape.
        chain += [("format", ("gbrp",), {}), ("scale", (), {"eval": "frame"})]
    chain.append(("format", ("rgba" if plan.alpha else "rgb24",), {}))
    silent = {"checksum": "0"} if ffmpeg.showinfo_without_checksum else {}
    chain.append(("showinfo", (), silent))
    size = (str(plan.width), str(plan.height))
    chain.append(("pad", (*size, "(ow-iw)/2", "(oh-ih)/2", "black"), {}))
    return chain


def can_keep_alpha(ffmpeg: FFmpeg, probe: VideoProbe) -> bool:
    """Whether a video has transparent parts, and this FFmpeg can tell them."""
    decoder = alpha_decoder(probe.codec)
    known = decoder is None or decoder in ffmpeg.decoders
    return probe.alpha and not probe.transfer and known and "premultiply" in ffmpeg.filters


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
    dar = _display_aspect(plan)
    options = {
        "w": f"if(lt(abs({h}*{dar}-{w}),3),{w},max(1,min({w},round({h}*{dar}))))",
        "h": f"if(lt(abs({h}*{dar}-{w}),3),{h},max(1,min({h},round({w}/{dar}))))",
        **({"eval": "frame"} if plan.aspects else {}),
        "flags": "bicubic+accurate_rnd+full_chroma_int",
    }
    probe = plan.probe
    rgb = probe.pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal", "gray"))
    if probe.colour_space == 2 and not rgb and min(probe.coded_width, probe.coded_height) >= 720:
        # Unspecified, and swscale takes it for BT.601; players take BT.709 from 720 lines on.
        options["in_color_matrix"] = "bt709"
    return ("scale", (), options)


def _by_way_of_planes(plan: DecodePlan) -> bool:
    """Whether colours become red, green and blue planes first, and are interleaved afterwards.

    The bytes are the same, and swscale, which has vector instructions for planes alone, takes a
    quarter less of the whole decoding's time.
    """
    plain = plan.probe.pixel_format.startswith(("yuv", "nv"))
    return plain and not (plan.alpha or plan.probe.transfer)


def _display_aspect(plan: DecodePlan) -> str:
    """Width over height as shown; by the stream's own headers where they change midway."""
    if not plan.aspects:
        return "dar"
    shape = f"{float(plan.aspects[-1][1])!r}"
    for (_, before), (change, _) in reversed(list(pairwise(plan.aspects))):
        shape = f"if(lt(t,{change!r}),{float(before)!r},{shape})"
    # What is turned has exchanged width and height, and its pixels' too.
    shape = f"1/({shape})" if plan.probe.rotation % 180 else shape
    return f"(a*{shape})"


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
