"""The command line: each command is loaded only when it is run, each error is one sentence."""

import json
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper

import click

from frameatlas.cli.endings.system_errors import (
    NO_MEMORY,
    lacks_memory,
    open_streams,
    system_sentence,
)
from frameatlas.errors import DamagedAtlasError, FrameatlasError, InterruptedIndexError
from frameatlas.safe_text import say

COMMANDS = {
    "index": ("frameatlas.cli.index:index", "Turn videos and photos into an atlas."),
    "info": ("frameatlas.cli.info:info", "Say what is in an atlas."),
    "cuts": ("frameatlas.cli.footage.cuts:cuts", "Write a cut list for an editing program."),
    "shots": (
        "frameatlas.cli.footage.shots:shots",
        "Find the shots of videos: cuts, fades, dissolves.",
    ),
    "metadata": (
        "frameatlas.cli.footage.metadata:metadata",
        "Dates, cameras, places, subtitles; columns of your own.",
    ),
    "bins": ("frameatlas.cli.footage.bins:bins", "Named selections of frames."),
    "import-bins": ("frameatlas.cli.footage.bins:import_bins", "Read bins back from a table."),
    "table": ("frameatlas.cli.footage.table:table", "Write a table with a row for each frame."),
    "check": ("frameatlas.cli.check:check", "Verify every file of an atlas."),
    "relayout": ("frameatlas.cli.relayout:relayout", "Compose the map anew."),
    "browse": ("frameatlas.cli.browse:browse", "Wander over the map in a web browser."),
    "poster": ("frameatlas.cli.poster:poster", "Print a window of the map as a picture."),
    "search": ("frameatlas.cli.search:search", "Frames like this one, or as you say; clips."),
    "words": (
        "frameatlas.cli.sentences.words:words",
        "Describe the frames so that sentences find them.",
    ),
    "similar": ("frameatlas.cli.similar:similar", "Find videos like a given one."),
    "dissimilar": (
        "frameatlas.cli.dissimilar:dissimilar",
        "Find the videos that differ most.",
    ),
    "export": ("frameatlas.cli.export:export", "Write the map as a static web site."),
    "players": ("frameatlas.cli.players:players", "Find who is who in a game."),
    "demo": ("frameatlas.cli.demo:demo", "Make a few small videos and index them."),
}
"""Name → where the command is, and its line in ``--help``."""

INTERRUPTED = 130

_TRIED = 3

LONGEST = 4000
"""Characters of an error that are printed."""


class LazyGroup(click.Group):
    """Commands by name; none is imported before it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of a first visit."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a misspelt one gets a suggestion, as options do."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"No such command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Begin with:
  frameatlas index videos/                     make videos.atlas
  frameatlas browse                            wander over it in a web browser
  frameatlas poster --center 0,0 --width 0.5   print a window of it
""",
)
@click.version_option(package_name="frameatlas", message="frameatlas %(version)s")
def cli() -> None:
    """Turn hours of video, or 100,000 photos, into a map that you can look at."""


def main() -> None:
    """Run the command line and exit: 0 done, 1 some inputs failed, 2 not started, 130 stopped."""
    open_streams()
    if isinstance(sys.stdout, TextIOWrapper):  # letters that a terminal or pipe cannot take
        sys.stdout.reconfigure(errors="replace")
    try:
        code = _ended()
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does; nothing is left to say to them.
        _turn_output_away()
        code = 0
    code = _flushed(code if isinstance(code, int) else 0)
    sys.exit(code)


def _flushed(code: int) -> int:
    """Write out what standard output holds back; a refusal is said where nothing else was."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _turn_output_away()
    except OSError as error:
        _turn_output_away()
        return code or _refuse(system_sentence(error))
    return code


def _ended() -> object:
    """Run the command; whatever goes wrong is said in one sentence. Gives the exit code."""
    try:
        return _ran()
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except InterruptedIndexError as error:
        say(str(error), err=True)
        return INTERRUPTED
    except Exception as error:
        return _explained(error)


def _explained(error: Exception) -> int:
    if isinstance(error, FrameatlasError):
        return _refuse(NO_MEMORY if lacks_memory(error.__cause__) else str(error))
    if isinstance(error, BrokenPipeError) or os.environ.get("FRAMEATLAS_DEBUG"):
        raise error
    if lacks_memory(error):
        return _refuse(NO_MEMORY)
    return _refuse(system_sentence(error) if isinstance(error, OSError) else _own_fault(error))


def _refuse(message: str) -> int:
    """Say why a command could not do its work, to programs too."""
    text = _shorten(message)
    say(f"Error: {text}", err=True)
    if "--json" in sys.argv and sys.argv[1:2] in (["index"], ["players"], ["export"]):
        with suppress(OSError):  # it may be the very output that cannot be written
            say(json.dumps({"event": "error", "code": 2, "text": text}))
    return 2


def _turn_output_away() -> None:
    """Have Python's own last flush of standard output go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _shorten(message: str) -> str:
    """A message that repeats something endless, such as a name of a thousand letters, cut short."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]} …"


def _ran() -> object:
    """Run the command; again where another process drew the map anew between two looks at it."""
    for _ in range(_TRIED):
        try:
            return cli.main(prog_name="frameatlas", standalone_mode=False)
        except DamagedAtlasError as error:
            if not error.replaced:
                raise
    return cli.main(prog_name="frameatlas", standalone_mode=False)


def _own_fault(error: Exception) -> str:
    """What a user reads of a fault in frameatlas itself; FRAMEATLAS_DEBUG=1 shows where."""
    return (
        f"frameatlas met a fault of its own ({type(error).__name__}: {error}). Please report it "
        "with what FRAMEATLAS_DEBUG=1 prints; an atlas that was being written is kept."
    )
