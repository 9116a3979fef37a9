"""The players of an atlas while pages are open: what was found, the corrections, and undoing."""

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from frameatlas.atlas import Atlas
from frameatlas.browser.players.view import PlayersView, view_of
from frameatlas.errors import FormatError, FrameatlasError, InputError, LockedError
from frameatlas.players.corrections import (
    Corrections,
    corrections_text,
    read_corrections,
    write_corrections,
)
from frameatlas.players.tables import (
    CORRECTIONS,
    CROPS,
    REPORT,
    TABLE,
    PlayerTables,
    holds_players,
    read_player_tables,
)
from frameatlas.store.digests import text_digest

MOST_UNDONE = 200
"""Edits that can be undone, one after the other."""

_OPTIONS = {
    "count": None,
    "teams": None,
    "threshold": None,
    "segments": None,
    "cameras": None,
    "colour_weight": 1.0,
    "unassigned_share": 0.01,
    "together": False,
    "split": True,
    "repair": False,
    "learn": False,
    "descriptor_weight": 1.0,
    "stats": False,
}
"""Options of ``frameatlas players`` that a run may have had, and what they are without."""

Edit = Callable[[PlayerTables, PlayersView], Corrections]


@dataclass(frozen=True)
class Shown:
    """What pages show at one moment.

    Attributes:
        tables: What was found.
        view: With the corrections.
        revision: Another whenever tables or corrections are others.
        unsaved: Why the corrections are not on disk; "" where they are.
        undoable: Edits that can be undone.
    """

    tables: PlayerTables
    view: PlayersView
    revision: str
    unsaved: str = ""
    undoable: int = 0

    @property
    def numbers_file(self) -> str:
        """Where the run read jersey numbers; "" where it had none, or did not say."""
        named = self.tables.settings.get("numbers_file")
        return named if isinstance(named, str) else ""


class Players:
    """The players of one folder. Safe to use from many threads; nothing is read before it is asked.

    Args:
        folder: The atlas' folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()  # the command is typed wherever
        self._lock = Lock()
        self._shown: Shown | None = None
        self._seen: tuple[object, ...] = ()
        self._past: list[Corrections] = []

    @property
    def there(self) -> bool:
        """Whether the folder is one of players."""
        return holds_players(self.folder)

    @property
    def file(self) -> Path:
        """Where corrections are kept."""
        return self.folder / CORRECTIONS

    def shown(self) -> Shown:
        """What is to be shown, read again where another program has changed it.

        Raises:
            InputError: There are no players, or the corrections cannot be meant.
            FormatError: The tables are damaged.
        """
        with self._lock:
            return self._current()

    def edit(self, revision: str, work: Edit) -> Shown:
        """Change the corrections and save them.

        Args:
            revision: What the page showed; another page's edit in between is not written over.
            work: Gives the new corrections.

        Raises:
            InputError: The edit cannot be meant, or contradicts what was said.
            LockedError: Another page or program has changed the players meanwhile.
        """
        with self._lock:
            now = self._agreed(revision)
            wanted = work(now.tables, now.view)
            before = now.view.corrections
            if wanted == before:
                return now
            view = view_of(now.tables, wanted)
            self._past = [*self._past, before][-MOST_UNDONE:]
            return self._kept(now, view)

    def undo(self, revision: str) -> Shown:
        """Take the last edit back; InputError where there is none."""
        with self._lock:
            now = self._agreed(revision)
            if not self._past:
                raise InputError("Expected an edit to undo. Received: none since the page began.")
            view = view_of(now.tables, self._past.pop())
            return self._kept(now, view)

    def command(self, shown: Shown) -> str:
        """What to type so that the next run takes the corrections."""
        words = ["frameatlas", "players"]
        recordings = shown.tables.recordings
        words += [one["video"] for one in recordings]
        for one in recordings:
            words += ["--tracks", one["tracks"]]
        for one in recordings:
            if one["camera"] != Path(one["video"]).stem:
                words += ["--camera", f"{one['video']}={one['camera']}"]
        for name, usual in _OPTIONS.items():
            value = shown.tables.settings.get(name, usual)
            if isinstance(usual, bool):
                words += _flag(name, usual) if value is not usual else []
            elif value != usual and isinstance(value, int | float):
                words += [f"--{name.replace('_', '-')}", str(value)]
        for option, name in (("--descriptor", "descriptor_file"), ("--mask", "mask_file")):
            if isinstance(file := shown.tables.settings.get(name), str) and file:
                words += [option, file]
        if isinstance(file := shown.tables.settings.get("court_file"), str) and file:
            words += ["--court", file]
        for kind in shown.tables.settings.get("boxes") or ():
            words += ["--boxes", str(kind)]
        if shown.numbers_file:
            words += ["--numbers", shown.numbers_file]
        words += ["-o", str(self.folder), "--corrections", str(self.file)]
        return shlex.join(words)

    def _agreed(self, revision: str) -> Shown:
        now = self._current()
        if now.revision != revision:
            raise LockedError(
                "Expected the players as this page shows them. Received: others, which another "
                "page or program has changed meanwhile; they are shown now, press again."
            )
        return now

    def _current(self) -> Shown:
        seen = self._stamps()
        if self._shown is None or seen != self._seen:
            if not self.there:
                raise InputError(
                    "Expected an atlas that `frameatlas players` wrote. Received: another."
                )
            tables = read_player_tables(self.folder)
            given = read_corrections(self.file) if self.file.exists() else Corrections()
            self._shown = _show(tables, view_of(tables, given), seen[:-1])
            self._seen, self._past = seen, []
        return self._shown

    def _kept(self, now: Shown, view: PlayersView) -> Shown:
        unsaved = ""
        try:
            write_corrections(self.file, view.corrections)
        except (FrameatlasError, OSError) as error:
            reason = str(getattr(error.__cause__ or error, "strerror", None) or error)
            unsaved = (
                f"{self.file} cannot be written ({reason}): what you change is kept until "
                "frameatlas browse ends; download it."
            )
        self._seen = self._stamps()
        made = _show(now.tables, view, self._seen[:-1])
        self._shown = Shown(made.tables, view, made.revision, unsaved, len(self._past))
        return self._shown

    def _stamps(self) -> tuple[object, ...]:
        """Change whenever a file is replaced; that of the corrections comes last."""
        stamps: list[object] = []
        for name in (TABLE, REPORT, CROPS, CORRECTIONS):
            try:
                found = (self.folder / name).stat()
                stamps.append((found.st_mtime_ns, found.st_ino, found.st_size))
            except OSError:
                stamps.append(None)
        return tuple(stamps)


def _flag(name: str, usual: bool) -> list[str]:
    """How a switch is typed that stands otherwise than usual."""
    return [f"--no-{name}" if usual else f"--{name}"]


def writable(folder: Path) -> bool:
    """Whether files can be put into a folder, as far as the system says beforehand."""
    return os.access(folder, os.W_OK)


def _show(tables: PlayerTables, view: PlayersView, stamps: tuple[object, ...]) -> Shown:
    text = f"{stamps} {corrections_text(view.corrections)}"
    return Shown(tables, view, text_digest(text)[:16])


def check_frames(shown: Shown, atlas: Atlas) -> Shown:
    """What is shown, if it is of the crops of an atlas; FormatError otherwise."""
    sources = tuple(source.id for source in atlas.sources if source.frames)
    if len(shown.view.segment) != len(atlas) or shown.tables.sources != sources:
        raise FormatError(
            f"Expected players of {len(atlas)} crops. Received: of {len(shown.view.segment)} "
            "others; give the same `frameatlas players` command again."
        )
    return shown
