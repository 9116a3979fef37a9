"""The oldest releases that our floors allow: ``python tools/floors.py dev openvino``.

Gives a line for each direct requirement of the project and of the extras that are named, pinned to
its floor; pip takes them as constraints. What those need in turn stays pip's to choose.
"""

import re
import sys
import tomllib
from pathlib import Path

_REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?\s*>=\s*([\w.]+)")


def floors(text: str, extras: list[str]) -> dict[str, str]:
    """Name to floor, of the requirements that a ``pyproject.toml`` states.

    Raises:
        SystemExit: One of them is no plain floor, or an extra is not there, or two floors differ.
    """
    project = tomllib.loads(text)["project"]
    optional = project["optional-dependencies"]
    if missing := [extra for extra in extras if extra not in optional]:
        raise SystemExit(f"Expected extras of {', '.join(optional)}. Received: {missing[0]}.")
    stated = [*project["dependencies"], *(line for extra in extras for line in optional[extra])]
    found: dict[str, str] = {}
    for line in stated:
        match = _REQUIREMENT.fullmatch(line)
        if match is None:
            raise SystemExit(f"Expected a floor, as name>=1.2. Received: {line}.")
        name, floor = match.groups()
        if found.setdefault(name, floor) != floor:
            raise SystemExit(f"Expected one floor for {name}. Received: {found[name]}, {floor}.")
    return found


if __name__ == "__main__":
    pyproject = Path(__file__).parents[1] / "pyproject.toml"
    known = floors(pyproject.read_text(encoding="utf-8"), sys.argv[1:])
    print("\n".join(f"{name}=={floor}" for name, floor in known.items()))
