"""FCPXML 1.9, which Final Cut Pro, DaVinci Resolve and Premiere (by its importers) read.

https://developer.apple.com/documentation/professional-video-applications/fcpxml-reference
All times are whole frames, written as fractions of a second.
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from xml.sax.saxutils import quoteattr

from frameatlas.handover.cuts import Cut, Media
from frameatlas.handover.timecode import Timebase

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML may hold."""


def fcpxml(cuts: Sequence[Cut], title: str, base: Timebase) -> str:
    """A project whose timeline holds the cuts, one after the other.

    Args:
        cuts: In their order.
        title: Of event and project.
        base: The timeline's rate: its frames are what lengths are rounded to.
    """
    medias = list(dict.fromkeys(cut.media for cut in cuts))
    largest = max(medias, key=lambda media: media.width * media.height)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE fcpxml>"]
    lines += ['<fcpxml version="1.9">', " <resources>"]
    lines.append(_format("r0", base.rate, largest))
    for number, media in enumerate(medias, 1):
        lines += [_format(f"f{number}", media.rate, media), *_asset(number, media)]
    lines += [" </resources>", f" <library><event name={_attribute(title)}>"]
    spine, total = _spine(cuts, medias, base)
    form = "DF" if base.drop else "NDF"
    length = _time(base.seconds(total))
    lines += [
        f"  <project name={_attribute(title)}>",
        f'   <sequence format="r0" duration="{length}" tcStart="0s" tcFormat="{form}">',
        "    <spine>",
        *spine,
        "    </spine></sequence></project></event></library>",
        "</fcpxml>",
    ]
    return "\n".join(lines) + "\n"


def _format(name: str, rate: Fraction, media: Media) -> str:
    size = f' width="{media.width}" height="{media.height}"' if media.width else ""
    return f'  <format id="{name}" frameDuration="{_time(1 / rate)}"{size}/>'


def _asset(number: int, media: Media) -> list[str]:
    name, url = _attribute(media.path.name), _attribute(media.path.absolute().as_uri())
    frames = max(1, round(media.duration * media.rate))
    return [
        f'  <asset id="a{number}" name={name} start="0s" hasVideo="1" format="f{number}" '
        f'duration="{_time(frames / media.rate)}">',
        f'   <media-rep kind="original-media" src={url}/></asset>',
    ]


def _spine(cuts: Sequence[Cut], medias: list[Media], base: Timebase) -> tuple[list[str], int]:
    lines = []
    offset = 0
    for cut in cuts:
        start = cut.first / cut.media.rate
        frames = max(1, base.frames(cut.frames / cut.media.rate))
        lines.append(
            f'     <asset-clip ref="a{medias.index(cut.media) + 1}" name={_attribute(cut.name)} '
            f'offset="{_time(base.seconds(offset))}" start="{_time(start)}" '
            f'duration="{_time(base.seconds(frames))}"/>'
        )
        offset += frames
    return lines, offset


def _time(seconds: Fraction) -> str:
    whole = seconds.denominator == 1
    return f"{seconds.numerator}s" if whole else f"{seconds.numerator}/{seconds.denominator}s"


def _attribute(text: str) -> str:
    return quoteattr(_UNFIT.sub("\ufffd", text))
