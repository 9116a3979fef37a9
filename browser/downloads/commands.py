"""Commands that the page may run on this machine: what they would do, and how far they are."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from frameatlas.browser.view.open_map import display_name
from frameatlas.browser.web.parameters import one_of, within
from frameatlas.errors import InputError

KINDS = ("index", "relayout", "export", "words", "shots")
"""What the page may run, as the commands are called."""

LAYOUTS = ("atlas", "article")

SPREADS = ("", "variety", "time")
"""What a new map tells; "" keeps what the map there tells."""

MOST_SHOWN = 2_000
"""Folders that are listed of one folder."""

_SPREAD = {
    "variety": "Area tells variety: a camera that stands still takes little room.",
    "time": "Area tells time: every frame has the same room.",
}

_LONGEST = 4_096
"""Characters of a path."""


@dataclass(frozen=True)
class PlannedCommand:
    """A command before anybody has agreed to it.

    Attributes:
        arguments: What ``frameatlas`` is given.
        writes: The folder that it writes.
        sentence: What it will do, for a person.
    """

    arguments: tuple[str, ...]
    writes: Path
    sentence: str

    @property
    def line(self) -> str:
        """What to type for the same."""
        return shlex.join(["frameatlas", *map(display_name, self.arguments)])


def plan_command(atlas: Path, value: Any) -> PlannedCommand:
    """The command of a JSON body: {"kind": "index", "path": "/videos"} and the like.

    Args:
        atlas: The atlas' folder.
        value: The body.

    Raises:
        InputError: It cannot be meant, or names no folder.
    """
    if not isinstance(value, Mapping):
        raise InputError('Expected {"kind": "index", "path": …}. Received: another value.')
    kind = one_of(value.get("kind"), "kind", KINDS)
    return _PLANS[kind](atlas.resolve(), value)


def _plan_index(atlas: Path, value: Mapping[str, Any]) -> PlannedCommand:
    path = absolute_path(value.get("path"))
    if not path.exists():
        raise InputError(
            f"Expected a folder or a file on this machine. Received: {display_name(str(path))}, "
            "which is not there."
        )
    if path == atlas or atlas in path.parents:
        raise InputError("Expected a folder of videos or photos. Received: the atlas itself.")
    sentence = (
        f"Reads {display_name(str(path))} and adds to {display_name(atlas.name)} what is new. "
        "The files themselves are not changed; frames that are on the map stay where they are."
    )
    return PlannedCommand(("index", str(path), "-o", str(atlas)), atlas, sentence)


def _plan_relayout(atlas: Path, value: Mapping[str, Any]) -> PlannedCommand:
    layout = one_of(value.get("layout", "atlas"), "layout", LAYOUTS)
    seed = round(within(value.get("seed", 0), "seed", 0, 2**31 - 1))
    spread = one_of(value.get("spread", ""), "spread", SPREADS)
    arguments = ("relayout", str(atlas), "--layout", layout, "--seed", str(seed))
    sentence = "Draws a new map of the same frames: every frame gets another place."
    if not spread:
        return PlannedCommand(arguments, atlas, sentence)
    return PlannedCommand((*arguments, "--spread", spread), atlas, f"{sentence} {_SPREAD[spread]}")


def _plan_export(atlas: Path, value: Mapping[str, Any]) -> PlannedCommand:
    output = absolute_path(value.get("path"))
    if output == atlas or atlas in output.parents:
        raise InputError("Expected a folder for the site. Received: one within the atlas.")
    sentence = f"Writes the map as a web site that needs no server to {display_name(str(output))}."
    return PlannedCommand(("export", str(atlas), "-o", str(output)), output, sentence)


def _plan_words(atlas: Path, value: Mapping[str, Any]) -> PlannedCommand:
    preset: tuple[str, ...] = ()
    if value.get("path"):
        path = absolute_path(value["path"])
        if not (path / "config.json").is_file():
            raise InputError(
                f"Expected a folder that keras_hub saved. Received: {display_name(str(path))}, "
                "which holds no config.json; docs/words.md says how to make one."
            )
        preset = ("--preset", str(path))
    sentence = (
        "Describes every frame once more, by a network that knows words, so that sentences find "
        "them. The map stays as it is. Stopped, it goes on where it was."
    )
    return PlannedCommand(("words", str(atlas), *preset), atlas, sentence)


def _plan_shots(atlas: Path, value: Mapping[str, Any]) -> PlannedCommand:
    del value
    sentence = (
        "Reads the videos of the atlas once more, where they still are, to find their shots: cuts, "
        "fades and dissolves. The map stays as it is."
    )
    return PlannedCommand(("shots", str(atlas)), atlas, sentence)


_PLANS: dict[str, Callable[[Path, Mapping[str, Any]], PlannedCommand]] = {
    "index": _plan_index,
    "relayout": _plan_relayout,
    "export": _plan_export,
    "words": _plan_words,
    "shots": _plan_shots,
}


def absolute_path(value: Any) -> Path:
    """The absolute path that a text means; a tilde is the person's home.

    Raises:
        InputError: It is none.
    """
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST or "\0" in value:
        raise InputError("Expected the path of a folder. Received: none.")
    try:
        path = Path(value.strip()).expanduser()
    except RuntimeError as error:
        raise InputError(f"Expected the path of a folder. Received: {error}.") from error
    if not path.is_absolute():
        raise InputError("Expected a whole path, such as ~/Videos. Received: a part of one.")
    return path.resolve()


def list_folders(value: Any) -> dict[str, Any]:
    """The folders within one, and how many files lie beside them, to choose from.

    Args:
        value: A path; nothing is the person's home.

    Raises:
        InputError: It is no folder, or cannot be read.
    """
    path = absolute_path(value or str(Path.home()))
    try:
        entries = sorted(path.iterdir(), key=lambda entry: entry.name.casefold())
        folders = [entry.name for entry in entries if _is_shown(entry)]
    except OSError as error:
        raise InputError(
            f"Expected a folder that can be read. Received: {display_name(str(path))} "
            f"({error.strerror})."
        ) from error
    return {
        "path": display_name(str(path)),
        "parent": display_name(str(path.parent)) if path.parent != path else None,
        "folders": [display_name(name) for name in folders[:MOST_SHOWN]],
        "files": sum(entry.is_file() for entry in entries),
    }


def _is_shown(entry: Path) -> bool:
    try:
        hidden = entry.name.startswith(".") or entry.suffix == ".atlas"
        return not hidden and entry.is_dir()
    except OSError:
        return False


def progress_of(event: Mapping[str, Any]) -> tuple[float | None, str] | None:
    """How far a command is and what it does, from one of its JSON lines; None where it says none.

    Args:
        event: A "stage", "step", "source" or "note" line.
    """
    kind, stage = event.get("event"), str(event.get("stage", ""))
    done, total = event.get("done") or 0, event.get("total")
    if kind == "stage":
        return min(1.0, done / total) if total else 0.0, f"{stage}…"
    if kind == "step":
        left = event.get("seconds_left")
        counted = f" {done} of {total} {event.get('unit', '')}" if total else f" {done}"
        time_left = f", about {_format_left(left)} left" if left else ""
        share = min(1.0, done / total) if total else None
        return share, f"{stage}:{counted.rstrip()}{time_left}"
    if kind == "source":
        return None, f"{Path(str(event.get('path', ''))).name}: {event.get('status')}"
    return None


def _format_left(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{max(1, round(seconds))} s"
