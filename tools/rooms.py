"""The rooms of the house and who imports whom, read from the code: for its test and its picture."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

FLOORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "atlas": (
        (
            "errors",
            "safe_text",
            "safe_formats",
            "processors",
            "clock",
            "plurals",
            "missing_paths",
            "text_matching",
        ),
        ("store", "geometry", "frames", "options"),
        ("atlas", "players", "progress", "photos"),
        ("frame_step",),
        ("shots", "photo_groups", "subtitles", "bins"),
        ("columns",),
        ("drawing", "search", "verify", "summary", "handover"),
        ("regions",),
        ("cli",),
    ),
    "embedder": (
        ("media", "describe", "components", "layout", "shots"),
        ("decode", "map", "metadata"),
        ("sources", "query", "describe_words", "try_layouts", "demo_videos"),
        ("build", "relayout", "find_shots", "read_metadata"),
        ("workers", "finish_sources"),
        ("index",),
        ("index_given",),
    ),
    "browser": (
        ("web", "caching", "players"),
        ("view",),
        ("downloads", "server", "page", "export", "notebook"),
        ("routes",),
        ("app",),
    ),
    "poster": (
        ("placement", "formats", "options"),
        ("figures", "strips", "originals"),
        ("links", "names"),
        ("render",),
    ),
    "reid": (
        ("tracks", "linkage"),
        ("crops",),
        ("identify",),
        ("statistics",),
        ("detect", "evaluate", "film", "ranking", "report"),
        ("synthetic",),
        ("learn",),
    ),
}
"""The rooms of each wing, the ground floor first: a room imports from the floors below it only. A
room is a folder of a wing, or a file that lies beside the folders."""

WINGS = tuple(wing for wing in FLOORS if wing != "atlas")


def room_of(path: Path) -> tuple[str, str]:
    """The wing and the room of a file, given relative to the repository."""
    parts = path.with_suffix("").parts
    return parts[0], parts[1]


def module_name(path: Path) -> str:
    """What a file is imported as, given relative to the repository."""
    parts = path.with_suffix("").parts
    inner = parts[1:] if parts[0] == "atlas" else parts
    return ".".join(("frameatlas", *(part for part in inner if part != "__init__")))


def code_files(root: Path = ROOT) -> dict[str, Path]:
    """All modules that ship, and where they are, relative to the repository."""
    found = (p.relative_to(root) for wing in FLOORS for p in sorted((root / wing).rglob("*.py")))
    return {module_name(path): path for path in found}


def imports_of(path: Path, known: dict[str, Path]) -> Iterator[str]:
    """The modules of ours that a file imports anywhere, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            module = name if name in known else name.rpartition(".")[0]
            if module in known:
                yield module


def arrows(root: Path = ROOT) -> dict[tuple[str, str, str], list[str]]:
    """Which room imports which: (wing, from, to) → "file → file" of each import."""
    known = code_files(root)
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for path in known.values():
        wing, room = room_of(path)
        if room == "__init__":
            continue
        for module in imports_of(root / path, known):
            other_wing, other = room_of(known[module])
            if other_wing == wing and other not in (room, "__init__"):
                found[wing, room, other].append(f"{path} → {known[module]}")
    return dict(found)
