"""The rooms of the house: on which floor each is, and that no import runs up or in a circle."""

import ast
from collections import Counter

import pytest
from tools.rooms import FLOORS, ROOT, WINGS, arrows, code_files, room_of

ARROWS = arrows()

MOST_FILES = 21
"""About twenty: a folder that holds more has rooms of its own to be found."""

FOLDERS = sorted({path.parent for path in code_files().values()})


def floor_of(wing, room):
    for number, rooms in enumerate(FLOORS[wing]):
        if room in rooms:
            return number
    raise AssertionError(f"{wing}/{room} is on no floor: name it in tools/rooms.py")


@pytest.mark.parametrize("wing", FLOORS)
def test_every_room_is_on_one_floor(wing):
    named = Counter(room for rooms in FLOORS[wing] for room in rooms)
    assert set(named.values()) == {1}
    there = {room_of(path)[1] for path in code_files().values() if room_of(path)[0] == wing}
    assert set(named) == there - {"__init__"}


@pytest.mark.parametrize(("wing", "room", "other"), sorted(ARROWS))
def test_a_room_imports_from_the_floors_below(wing, room, other):
    lines = ARROWS[wing, room, other]
    assert floor_of(wing, other) < floor_of(wing, room), f"{wing}/{room} → {other}: {lines[:4]}"


def test_arrows_are_seen_inside_functions_and_sub_packages(tmp_path):
    for name, text in {
        "atlas/__init__.py": "",
        "atlas/errors.py": "def late():\n    from frameatlas.store.deep import manifest\n",
        "atlas/store/__init__.py": "",
        "atlas/store/deep/__init__.py": "",
        "atlas/store/deep/manifest.py": "import frameatlas.errors\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert set(arrows(tmp_path)) == {("atlas", "errors", "store"), ("atlas", "store", "errors")}


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_folder_holds_about_twenty_files(folder):
    held = [p for p in (ROOT / folder).glob("*.py") if p.name != "__init__.py"]
    assert len(held) <= MOST_FILES, f"{folder} holds {len(held)}: what rooms do they fall into?"


def test_no_module_is_a_file_and_a_folder():
    for path in code_files().values():
        assert not (ROOT / path).with_suffix("").is_dir(), f"{path} and the folder of its name"


def circle_of(modules):
    """A circle in a graph of module → modules, or None."""
    done, on_the_way = set(), []

    def visit(module):
        if module in on_the_way:
            return on_the_way[on_the_way.index(module) :]
        if module in done:
            return None
        on_the_way.append(module)
        for other in modules.get(module, ()):
            if found := visit(other):
                return found
        on_the_way.pop()
        done.add(module)
        return None

    return next((found for module in modules if (found := visit(module))), None)


def loaded(path, known):
    """What importing a file imports of ``known``, without what is for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if (module := name if name in known else name.rpartition(".")[0]) in known:
                yield module


def test_no_file_of_the_package_imports_itself_in_a_circle():
    known = code_files()
    assert circle_of({m: set(loaded(ROOT / p, known)) - {m} for m, p in known.items()}) is None


def test_no_benchmark_imports_itself_in_a_circle():
    known = {f"benchmark.{p.stem}": p for p in (ROOT / "benchmark").glob("*.py")}
    assert circle_of({m: set(loaded(p, known)) for m, p in known.items()}) is None


def test_circles_are_found():
    assert circle_of({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c"]
    assert circle_of({"a": ["b"], "b": ["c"], "c": []}) is None


def test_the_wings_are_those_that_ship():
    assert WINGS == ("embedder", "browser", "poster", "reid")
