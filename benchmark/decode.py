"""What getting frames costs, against plain FFmpeg with the same filter.

Ours means all of it: PyAV's probe and look at the packets, FFmpeg, the pipe, and the copy into a
sink. Plain FFmpeg writes the same frames to nowhere (its null muxer) and to a raw file;
PySceneDetect reads through OpenCV and scales what is kept. They take turns on every clip, and each
clip's lowest of several rounds counts, so that other load on the machine strikes all alike.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmark import decode_key, decode_peers
from benchmark.costs import Cost, CountingSink, time_cost
from benchmark.machine import NOT_INSTALLED, describe_machine
from benchmark.tables import Cell, markdown
from frameatlas.embedder.decode.decode_plan import plan_size
from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg
from frameatlas.embedder.decode.frame_selection import KeepRule
from frameatlas.embedder.decode.video import decode_video
from frameatlas.embedder.media.frame_sink import FrameSettings
from frameatlas.embedder.media.probe import VideoProbe, probe_video
from frameatlas.embedder.sources.discovery import find_sources

CLIPS = Path(__file__).parents[2] / "shared" / "data" / "clips"
"""Real clips, where they lie beside the clone; else a video is drawn."""

SETTINGS = FrameSettings()

KINDS = ("cpu", "wall")


def run(paths: Sequence[str] = (), rounds: int = 3) -> dict[str, Any]:
    """Measure all three on every clip.

    Args:
        paths: Videos or folders; the shared clips, or else a drawn video, where there are none.
        rounds: Turns of each on each clip.

    Returns:
        ``clips``: for each its frames and the seconds; ``total``: sums, and ours divided by
        plain FFmpeg's.
    """
    with tempfile.TemporaryDirectory() as folder:
        videos = _videos(paths, Path(folder))
        if not videos:
            raise SystemExit(f"Expected videos. Received: none in {', '.join(paths) or CLIPS}.")
        # The libraries' imports and FFmpeg's answers about itself come once a run, not per clip.
        _ours(videos[0])
        clips = [_measure(path, rounds, Path(folder)) for path in videos]
    return {
        "benchmark": "decode",
        "machine": describe_machine(),
        "ffmpeg": find_ffmpeg().version,
        "rounds": rounds,
        "clips": clips,
        "total": _total(clips),
        "scenedetect": _against_scenedetect(clips),
    }


def _videos(paths: Sequence[str], folder: Path) -> tuple[Path, ...]:
    if paths or CLIPS.is_dir():
        return find_sources([*paths] or [str(CLIPS)], None).videos
    drawn = folder / "drawn.mp4"
    drawing = "testsrc2=s=1280x720:r=30:d=20,noise=alls=6:allf=t"
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", drawing]
    # Quickly: only reading it is measured.
    subprocess.run([*command, "-preset", "superfast", str(drawn)], check=True)
    return (drawn,)


def _measure(path: Path, rounds: int, folder: Path) -> dict[str, Any]:
    probe = probe_video(path)
    raw = folder / "frames.raw"
    sinks: list[CountingSink] = []
    runs: dict[str, Callable[[], None]] = {
        "ours": lambda: sinks.append(_ours(path)),
        "null": lambda: _plain(path, probe, ["-f", "null", "-"]),
        "raw": lambda: _plain(path, probe, ["-f", "rawvideo", "-y", str(raw)]),
    }
    kept: list[int | None] = [None]
    if decode_peers.there():
        size = plan_size(probe, SETTINGS.height)
        runs["scenedetect"] = lambda: kept.append(
            decode_peers.scenedetect_frames(path, SETTINGS.fps, size)
        )
    costs = {name: Cost() for name in runs}
    for _ in range(rounds):
        for name, call in runs.items():
            costs[name] = costs[name].lower(time_cost(call))
    raw.unlink()
    seconds = {
        f"{name}_{kind}": getattr(cost, kind) for name, cost in costs.items() for kind in KINDS
    }
    clip = {"clip": path.name, "frames": sinks[0].count, "seconds": probe.duration, **seconds}
    return {**clip, "scenedetect_frames": kept[-1]}


def _ours(path: Path) -> CountingSink:
    sink = CountingSink()
    decode_video(path, probe_video(path), SETTINGS, sink, stopped=lambda: False)
    return sink


def _plain(path: Path, probe: VideoProbe, output: Sequence[str]) -> None:
    """The command that a person would type."""
    rule = KeepRule(SETTINGS.fps, probe.start, probe.time_base)
    width, height = plan_size(probe, SETTINGS.height)
    filters = f"select='{rule.expression()}',scale={width}:{height}"
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "quiet", "-copyts"]
    command += ["-i", f"file:{path}", "-map", f"0:{probe.stream}", "-vf", filters]
    command += ["-fps_mode", "passthrough", "-pix_fmt", "rgb24", *output]
    subprocess.run(command, check=True)


def _total(clips: Sequence[dict[str, Any]]) -> dict[str, float]:
    names = [f"{name}_{kind}" for name in ("ours", "null", "raw") for kind in KINDS]
    total = {name: sum(clip[name] for clip in clips) for name in ("frames", "seconds", *names)}
    for kind in KINDS:
        for plain in ("null", "raw"):
            total[f"{kind}_to_{plain}"] = total[f"ours_{kind}"] / total[f"{plain}_{kind}"]
    return total


def _against_scenedetect(clips: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Sums over the clips that PySceneDetect opens; None where it opens none."""
    opened = [clip for clip in clips if clip["scenedetect_frames"]]
    if not opened:
        return None
    names = [f"{name}_{kind}" for name in ("ours", "scenedetect") for kind in KINDS]
    keys = ("frames", "scenedetect_frames", *names)
    return {"clips": len(opened), **{key: sum(clip[key] for clip in opened) for key in keys}}


def main(argv: Sequence[str]) -> int:
    """Print a table, or JSON with ``--json``."""
    parser = argparse.ArgumentParser(prog="python -m benchmark decode", description=__doc__)
    parser.add_argument("paths", nargs="*", help="videos or folders (default: the shared clips)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--key", action="store_true", help="what looking at key frames only spares, at 1080p"
    )
    options = parser.parse_args(argv)
    if options.key:
        found = decode_key.run(options.paths, options.rounds)
        print(json.dumps(found) if options.json else decode_key.table(found))
        return 0
    result = run(options.paths, options.rounds)
    print(json.dumps(result) if options.json else f"{_by_clip(result)}\n\n{table(result)}")
    return 0


def _by_clip(result: dict[str, Any]) -> str:
    columns = ("ours_cpu", "null_cpu", "raw_cpu", "ours_wall", "null_wall", "raw_wall")
    rows: list[list[Cell]] = [
        [clip["clip"], clip["frames"], *(clip[column] for column in columns)]
        for clip in result["clips"]
    ]
    return markdown(["clip", "frames", *(column.replace("_", " ") for column in columns)], rows)


def table(result: dict[str, Any]) -> str:
    """Ours against each of the others, as Markdown."""
    total, theirs = result["total"], result["scenedetect"]
    names = {
        "null": "FFmpeg with the same filters, to nowhere",
        "raw": "FFmpeg with the same filters, to a raw file",
    }
    rows = [_against(name, total, key) for key, name in names.items()]
    said = (
        f"{len(result['clips'])} video(s), {total['frames']:,} frames; best of {result['rounds']}."
    )
    if theirs is not None:
        rows.append(_against("PySceneDetect, through OpenCV", theirs, "scenedetect"))
        said += (
            f" PySceneDetect opens {theirs['clips']} of them and keeps "
            f"{theirs['scenedetect_frames']:,} frames where we keep {theirs['frames']:,}."
        )
    elif not decode_peers.there():
        rows.append(["PySceneDetect, through OpenCV", NOT_INSTALLED])
    heads = ["ours against", "processor s", "theirs", "ours / theirs", "wall s", "theirs"]
    return f"{markdown([*heads, 'ours / theirs'], rows)}\n\n{said} FFmpeg {result['ffmpeg']}."


def _against(name: str, sums: dict[str, Any], key: str) -> list[Cell]:
    row: list[Cell] = [name]
    for kind in KINDS:
        ours, theirs = sums[f"ours_{kind}"], sums[f"{key}_{kind}"]
        row += [ours, theirs, f"{ours / theirs:.2f}"]
    return row
