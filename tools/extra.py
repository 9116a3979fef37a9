"""The requirements of one of our extras, a line each: ``python tools/extra.py bench``."""

import sys
import tomllib
from pathlib import Path


def requirements(extra: str) -> list[str]:
    """As ``pyproject.toml`` lists them; each can be installed, or fail to be, by itself."""
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    listed: list[str] = tomllib.loads(text)["project"]["optional-dependencies"][extra]
    return listed


if __name__ == "__main__":
    print("\n".join(requirements(sys.argv[1])))
