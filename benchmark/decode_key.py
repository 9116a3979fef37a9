"""What looking at key frames only spares: 1080p with a key frame every two seconds.

Ours for all frames, ours for key frames, and FFmpeg's own ``-skip_frame nokey`` with the same
filters, to nowhere, take turns on each film; each one's lowest of several rounds counts.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmark.costs import Cost, CountingSink, time_cost
from benchmark.machine import describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.decode.decode_plan import plan_size
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import probe_video
from frameatlas.embedder.sources.discovery import find_sources

SECONDS, TURNS = 8, 8
"""So much is drawn and encoded, and then repeated: only reading it is measured."""

RATE = 25
CODECS: dict[str, tuple[str, ...]] = {
    "h264.mp4": ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-bf", "3"),
    "hevc.mp4": (
        *("-c:v", "libx265", "-preset", "ultrafast"),
        *("-x265-params", "log-level=0:keyint=50:min-keyint=50:open-gop=0"),
    ),
}


def run(paths: Sequence[str] = (), rounds: int = 2) -> dict[str, Any]:
    """Measure films of one's own, or two drawn ones.

    Args:
        paths: Videos or folders; none for the drawn ones.
        rounds: Turns of each.
    """
    with tempfile.TemporaryDirectory() as folder:
        videos = find_sources(list(paths), None).videos if paths else _drawn(Path(folder))
        _ours(videos[0], "key")  # the libraries' imports count for nobody
        films = [_measure(video, rounds) for video in videos]
    return {
        "benchmark": "decode --key",
        "machine": describe_machine(),
        "ffmpeg": find_ffmpeg().version,
        "rounds": rounds,
        "films": films,
    }


def _drawn(folder: Path) -> tuple[Path, ...]:
    drawing = f"testsrc2=s=1920x1080:r={RATE}:d={SECONDS},noise=alls=8:allf=t"
    quiet = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", drawing]
    for name, codec in CODECS.items():
        once = folder / f"once-{name}"
        command = [*quiet, *codec, "-pix_fmt", "yuv420p", str(once)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
        again = ["-stream_loop", str(TURNS - 1), "-i", str(once), "-c", "copy"]
        subprocess.run([*quiet[:4], *again, str(folder / name)], check=True)
    return tuple(folder / name for name in CODECS)


def _measure(path: Path, rounds: int) -> dict[str, Any]:
    sinks = {"all": CountingSink(), "key": CountingSink()}
    calls = {
        "all": lambda: sinks.update(all=_ours(path, "all")),
        "key": lambda: sinks.update(key=_ours(path, "key")),
        "ffmpeg": lambda: _plain(path),
    }
    costs = dict.fromkeys(calls, Cost())
    for _ in range(rounds):
        for name, call in calls.items():
            costs[name] = costs[name].lower(time_cost(call))
    found: dict[str, Any] = {"film": path.name, "seconds": probe_video(path).duration}
    found |= {f"{name}_frames": sink.count for name, sink in sinks.items()}
    return found | {f"{name}_cpu": cost.cpu for name, cost in costs.items()}


def _ours(path: Path, sample: str) -> CountingSink:
    sink = CountingSink()
    probe = probe_video(path)
    decode_video(path, probe, FrameSettings(), sink, stopped=lambda: False, sample=sample)
    return sink


def _plain(path: Path) -> None:
    """The command that a person would type."""
    probe, settings = probe_video(path), FrameSettings()
    rule = KeepRule(settings.fps, probe.start, probe.time_base)
    width, height = plan_size(probe, settings.height)
    filters = f"select='{rule.expression()}',scale={width}:{height}"
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "quiet", "-copyts"]
    command += ["-skip_frame", "nokey", "-i", f"file:{path}", "-map", f"0:{probe.stream}"]
    command += ["-vf", filters, "-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "null", "-"]
    subprocess.run(command, check=True)


def table(result: dict[str, Any]) -> str:
    """Processor time of each, as Markdown."""
    rows: list[list[Cell]] = [
        [
            film["film"],
            f"{film['seconds']:.0f}",
            film["all_frames"],
            film["key_frames"],
            film["all_cpu"],
            film["key_cpu"],
            f"1/{film['all_cpu'] / film['key_cpu']:.1f}",
            film["ffmpeg_cpu"],
            f"{film['key_cpu'] / film['ffmpeg_cpu']:.2f}",
        ]
        for film in result["films"]
    ]
    heads = ["film", "seconds", "frames", "key frames", "all, processor s", "key", "key / all"]
    heads += ["FFmpeg -skip_frame nokey", "key / FFmpeg"]
    return f"{markdown(heads, rows)}\n\nBest of {result['rounds']}; FFmpeg {result['ffmpeg']}."
