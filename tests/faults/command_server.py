"""A process that has everything loaded and forks a child for each command line.

Run as a program. A child is a process like any other: it can be killed, limited, run as somebody
else; only its start costs nothing. One JSON object a line comes in on standard input, one goes out.
"""

import ctypes
import importlib
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

EVENTS = frozenset(
    ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link")
)
"""What Python tells before it touches a file: the instants at which a child can be killed."""

LOADED = (
    *("PIL.Image", "dash", "frameatlas.verify", "frameatlas.cli.index", "frameatlas.poster"),
    *("frameatlas.browser", "frameatlas.cli.players", "frameatlas.embedder.index_given"),
    *(
        "frameatlas.reid.identify.identify",
        "frameatlas.reid.report.outputs",
        "frameatlas.reid.crops.recordings",
    ),
    *("ffmpeg", "imageio_ffmpeg", "rich.table", "rich.progress", "PIL.features"),
    "sklearn.cluster",
)
"""What most commands need: a child has it at once."""


def main() -> None:
    """Answer requests until standard input ends."""
    _load(Path(sys.argv[1]))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = {"code": _ended(request["wait"], request["patience"])}
        else:
            answer = {"process": _forked(request)}
        print(json.dumps(answer), flush=True)


def _ended(process: int, patience: float) -> int:
    """Exit code of a child; one that hangs is killed, and its code is -SIGALRM."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return -signal.SIGALRM


def _load(stand_in: Path) -> None:
    """Import what commands need, and put the quick engine in the network's place."""
    spec = importlib.util.spec_from_file_location("stand_in", stand_in)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in LOADED:
        importlib.import_module(name)
    from frameatlas.cli.tracks import check_boxes
    from frameatlas.embedder import index
    from frameatlas.embedder.query import describer as query

    importlib.import_module("PIL.Image").init()
    module.masks()
    check_boxes.look = lambda *_: None  # no detector need look at drawn people
    for wing in (index, query):
        vars(wing)["open_engine"] = lambda *_, **__: module.MeanEngine(_DELAY[0])


_DELAY = [0.0]


def _forked(request: dict[str, Any]) -> int:
    if request["trained"]:  # all other maps are laid out without it
        from frameatlas.embedder.describe.tensorflow_import import import_tensorflow

        import_tensorflow()
    process = os.fork()
    if process:
        return process
    code = 70  # what no command exits with: the child itself failed
    try:
        code = _child(request)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _child(request: dict[str, Any]) -> int:
    """Run one command line; what it exits with."""
    os.setsid()
    for number, name in ((0, "nothing"), (1, "output"), (2, "errors")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        place = os.devnull if number == 0 else request[name]
        os.dup2(os.open(place, flags, 0o666), number)
    sys.stdin = open(0)  # noqa: SIM115
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    _DELAY[0] = request["delay"]
    _few_frames(request)
    if request["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest"], request["largest"]))
    if request["powerless"]:
        _give_up_power()
    return _run(request)


def _give_up_power() -> None:
    """Give up all capabilities: permissions then hold for root as for anybody else."""
    if os.geteuid() != 0:
        return
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3 of the call, this process
    nothing = (ctypes.c_uint32 * 6)()
    if ctypes.CDLL(None).capset(header, nothing):
        raise OSError("capset")


def _few_frames(request: dict[str, Any]) -> None:
    """Training takes seconds; where it is not what is looked at, principal axes stand in."""
    from frameatlas.embedder.build import frame_writer, source_builder
    from frameatlas.embedder.decode import video as videos
    from frameatlas.embedder.decode.ffmpeg import log as ffmpeg_report
    from frameatlas.embedder.layout import few_frames

    few_frames.FEWEST = 8 if request["trained"] else 10**6
    source_builder.CHECKPOINT_SECONDS = 0.05
    if request["delay"]:  # decoding then waits for describing, and is not over in a moment
        frame_writer.AHEAD = 64
    if request["stall"] is not None:
        defaults: Any = videos.decode_video.__kwdefaults__
        defaults["stall_seconds"] = request["stall"]
        ffmpeg_report.NOTE_SECONDS = request["stall"]


def _run(request: dict[str, Any]) -> int:
    from frameatlas.cli.main import main as run

    count = _watched(request["watched"], request["kill_at"])
    sys.argv = ["frameatlas", *request["arguments"]]
    try:
        run()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    Path(f"{request['output']}.events").write_text(json.dumps(count), encoding="utf-8")
    return code


def _watched(folder: str | None, kill_at: int | None) -> list[str]:
    """Count what is done to files of a folder; end at once, without a word, at one instant."""
    seen: list[str] = []
    if folder is None:
        return seen

    def look(event: str, values: tuple[Any, ...]) -> None:
        if event not in EVENTS or not any(folder in str(v) for v in values[:2]):
            return
        if len(seen) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)
        seen.append(f"{event} {values[0]}")

    sys.addaudithook(look)
    return seen


if __name__ == "__main__":
    main()
