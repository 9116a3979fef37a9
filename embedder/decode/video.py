"""Videos become frames: FFmpeg's kept frames go, in order and with their own times, to a sink."""

from dataclasses import dataclass, replace
from pathlib import Path

from frameatlas.embedder.decode.completeness import judge, measure_duration
from frameatlas.embedder.decode.decode_plan import DecodePlan, plan_size
from frameatlas.embedder.decode.decoder import Decoder
from frameatlas.embedder.decode.ffmpeg.log import refuse_full_disk
from frameatlas.embedder.decode.ffmpeg.process import STALL_SECONDS
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.filters import can_keep_alpha
from frameatlas.embedder.decode.frame_selection import KeepRule, standing_frames
from frameatlas.embedder.decode.kept_frame import RunEnding
from frameatlas.embedder.decode.key_frames import key_plan, trusts
from frameatlas.embedder.decode.silent_damage import silent_damage
from frameatlas.embedder.media.bounded_look import scan_within_limits
from frameatlas.embedder.media.frame_sink import FrameSettings, FrameSink, Outcome
from frameatlas.embedder.media.packet_times import LARGEST_SCAN, PacketTimes
from frameatlas.embedder.media.probe import VideoProbe
from frameatlas.embedder.shots.sketches import SketchFiles
from frameatlas.errors import SourceError
from frameatlas.progress import Stopped


def decode_video(
    path: Path,
    probe: VideoProbe,
    settings: FrameSettings,
    sink: FrameSink,
    *,
    stopped: Stopped,
    hwaccel: str = "none",
    stall_seconds: float = STALL_SECONDS,
    sketches: SketchFiles | None = None,
    sample: str = "all",
) -> Outcome:
    """Decode a video into a sink, or go on where an interrupted run ended.

    Args:
        path: The video.
        probe: What it holds.
        settings: Frames a second and height.
        sink: Gets the frames; where it already holds some, they are verified and continued.
        stopped: True once the user wants the run to stop.
        hwaccel: FFmpeg's option of that name, "auto" for what the machine has.
        stall_seconds: Seconds without progress after which the video is given up.
        sketches: Get a small picture of every decoded frame, from which shots are found; none where
            the outcome is that only key frames were looked at.
        sample: "all", or "key" to look at key frames only, where that spares anything.

    Returns:
        Whether all frames came, and what is missing.

    Raises:
        SourceError: Not one frame came; the message says why.
        InterruptedIndexError: The user stopped the run; what came is in the sink.
    """
    times = _scan(path, probe, stopped, always=sample == "key")
    if probe.duration is None:
        probe = replace(probe, duration=measure_duration(probe, times))
    plan = _plan(path, probe, settings, times, hwaccel)
    work = _Work(sink, stopped, stall_seconds, sketches, times)
    sink.begin(plan.width, plan.height, probe.time_base)
    keys = key_plan(plan, times) if sample == "key" else None
    outcome = None if keys is None else work.decode_key_frames(keys)
    if outcome is not None:
        return outcome
    if times is not None and _reference_frames_suffice(plan, times):
        plan = replace(plan, skip_frame="noref")
        work.times = replace(times, seconds=times.reference)
    return work.outcome(*work.decode(plan))


def decode_unscanned(
    path: Path,
    probe: VideoProbe,
    settings: FrameSettings,
    sink: FrameSink,
    *,
    stopped: Stopped,
    hwaccel: str = "none",
    sample: str = "all",
) -> None:
    """Decode a video from its beginning without a look at its packets, to see how long it takes.

    Args:
        path: The video.
        probe: What it holds.
        settings: Frames a second and height.
        sink: Gets the frames.
        stopped: True once enough is decoded.
        hwaccel: FFmpeg's option of that name.
        sample: "all", or "key" for key frames only.

    Raises:
        InterruptedIndexError: ``stopped`` gave True.
        SourceError: FFmpeg could not be started.
    """
    plan = _plan(path, probe, settings, None, hwaccel)
    if sample == "key":
        plan = replace(plan, rule=replace(plan.rule, keys=True), skip_frame="nokey")
    sink.begin(plan.width, plan.height, probe.time_base)
    Decoder(plan, sink, stopped, STALL_SECONDS, None, None).decode_all()


@dataclass
class _Work:
    """Where the frames of one video go, and what is known of it.

    Attributes:
        sink: Gets the frames.
        stopped: True once the user wants the run to stop.
        stall_seconds: Seconds without progress after which the video is given up.
        sketches: Get a small picture of every decoded frame.
        times: When frames are shown.
    """

    sink: FrameSink
    stopped: Stopped
    stall_seconds: float
    sketches: SketchFiles | None
    times: PacketTimes | None

    def decode_key_frames(self, plan: DecodePlan) -> Outcome | None:
        """Look at key frames only; None where all have to be looked at, and an empty sink."""
        sketches, self.sketches = self.sketches, None
        plan, ending = self.decode(plan)
        if not trusts(plan, self.times, ending):
            self.sink.restart()
            plan, ending = self.decode(replace(plan, skip_frame="default"))
        if not ending.rewinds:
            return replace(self.outcome(plan, ending), sample="key")
        # Seconds that occur twice cannot be sought, so gaps stay open.
        self.sink.restart()
        self.sketches = sketches
        return None

    def decode(self, plan: DecodePlan) -> tuple[DecodePlan, RunEnding]:
        """Decode; on the processor where hardware does not do. Gives the plan that was followed."""
        ending = self._run(plan)
        if ending.damage and plan.hwaccel != "none":
            # Drivers fail in ways of their own: only the processor's word on damage counts.
            self.sink.restart()
            plan = replace(plan, hwaccel="none")
            ending = self._run(plan)
        return plan, ending

    def outcome(self, plan: DecodePlan, ending: RunEnding) -> Outcome:
        """Judge what came."""
        if not self.sink.count:
            damage = ending.damage or ending.damage_at_start
            raise SourceError(f"none of its pictures could be decoded: {damage}".rstrip(": "))
        if not ending.damage:
            ending = replace(ending, damage=silent_damage(plan.source, plan.probe, ending))
        return judge(plan, self.sink.count, ending, self.times)

    def _run(self, plan: DecodePlan) -> RunEnding:
        """Go on where a run was interrupted; from the beginning where nothing is to be trusted."""
        decoder = Decoder(
            plan, self.sink, self.stopped, self.stall_seconds, self.sketches, self.times
        )
        ending = decoder.go_on() if self.sink.count else None
        ending = decoder.decode_all() if ending is None else ending
        if self.sketches is not None:
            refuse_full_disk(ending.damage, self.sketches.folder)
            if ending.rewinds:
                self.sketches.clear()  # their times are those of a clock that went back
        return ending


def _plan(
    path: Path, probe: VideoProbe, settings: FrameSettings, times: PacketTimes | None, hwaccel: str
) -> DecodePlan:
    """How the video is decoded: which frames are kept, and at which size."""
    width, height = plan_size(probe, settings.height)
    rule = KeepRule(settings.fps, _first_time(probe, times), probe.time_base)
    rule = replace(rule, standing=standing_frames(rule, times.seconds) if times else ())
    return DecodePlan(
        path,
        probe,
        rule,
        width,
        height,
        hwaccel=hwaccel,
        aspects=times.aspects if times else (),
        alpha=can_keep_alpha(find_ffmpeg(), probe),
    )


def _scan(path: Path, probe: VideoProbe, stopped: Stopped, *, always: bool) -> PacketTimes | None:
    if probe.bytes > LARGEST_SCAN and probe.duration is not None and not always:
        return None
    return scan_within_limits(path, probe, stopped=stopped)


def _first_time(probe: VideoProbe, times: PacketTimes | None) -> float:
    """Seconds at which intervals begin: the first frame's time as FFmpeg will have it.

    AVI stores no presentation times: FFmpeg counts frames, PyAV guesses one or two later.
    """
    if probe.container != "avi" or times is None or times.first_decoded is None:
        return probe.start
    return min(probe.start, times.first_decoded)


def _reference_frames_suffice(plan: DecodePlan, times: PacketTimes) -> bool:
    """Whether leaving out the other frames loses no interval and shifts none by half of it.

    Frames that stand still might be among them, and fields are told apart by no packet.
    """
    rule = plan.rule
    if plan.probe.container == "avi" and times.first_decoded is None:
        return False  # FFmpeg counts frames: what is left out of a reordered stream shifts times
    if rule.standing or plan.probe.interlaced or len(times.reference) in (0, len(times.seconds)):
        return False
    every, reference = rule.kept(times.seconds), rule.kept(times.reference)
    if [rule.interval(t) for t in every] != [rule.interval(t) for t in reference]:
        return False
    return all(b - a < 0.5 / rule.fps for a, b in zip(every, reference, strict=True))
