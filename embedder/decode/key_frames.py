"""Key frames only: how they are asked for, and whether what came is to be trusted."""

from dataclasses import replace

from frameatlas.embedder.decode.decode_plan import DecodePlan
from frameatlas.embedder.decode.kept_frame import RunEnding
from frameatlas.embedder.media.packet_times import PacketTimes

_FEWEST = 0.9
"""Part of the key frames that must come: else the decoder skips what it should not."""


_ANIMATIONS = frozenset({"gif", "apng", "webp"})
"""Short, and cheap to decode; their key frames say nothing."""


def key_plan(plan: DecodePlan, times: PacketTimes | None) -> DecodePlan | None:
    """A plan that looks at key frames only; None where that spares nothing, or gives wrong times.

    Every frame of ProRes or Motion JPEG is a key frame. AVI stores no times, and counts those of
    frames that are shown in another order wrongly once some are left out.

    Args:
        plan: The plan for all frames.
        times: When frames are shown.
    """
    if times is None or not len(times.seconds) or len(times.keys) == len(times.seconds):
        return None
    if plan.probe.codec in _ANIMATIONS:
        return None
    if plan.probe.container == "avi" and times.first_decoded is None:
        return None
    rule = replace(plan.rule, standing=(), keys=True)
    return replace(plan, rule=rule, skip_frame=_skipped(plan, times))


def _skipped(plan: DecodePlan, times: PacketTimes) -> str:
    """FFmpeg's ``skip_frame`` by which every key frame comes whole."""
    if plan.probe.interlaced:
        return "default"  # the second field of a key frame need not be intra-coded
    if times.keys_alone:
        return "nokey"
    return "noref" if len(times.reference) else "default"


def trusts(plan: DecodePlan, times: PacketTimes | None, ending: RunEnding) -> bool:
    """Whether a decoder that skipped all but key frames gave those that the packets announce.

    Args:
        plan: How it was run.
        times: When frames are shown.
        ending: How it ended.
    """
    if plan.skip_frame != "nokey" or ending.damage or ending.key_frames is None or times is None:
        return True
    announced = len(plan.rule.kept(times.keys[times.keys >= plan.rule.start - 1e-6]))
    return ending.key_frames >= _FEWEST * announced - 1
