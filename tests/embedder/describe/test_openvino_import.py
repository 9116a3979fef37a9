"""Nothing that we import reports to anybody."""

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from frameatlas.embedder.describe import openvino_import as private_openvino
from frameatlas.errors import MissingExtraError

NOBODY_LISTENS = """
import socket, sys
def refuse(*args, **options):
    print("connects to", args)
    sys.stdout.flush()
    raise OSError("no network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""
IMPORTS = """
from frameatlas.embedder.describe.openvino_import import import_openvino
openvino = import_openvino()
assert openvino.Core
print("loaded", sorted(name for name, module in sys.modules.items()
                       if name.startswith("openvino_telemetry") and module is not None))
"""


@pytest.mark.skipif(find_spec("openvino") is None, reason="OpenVINO is not installed")
def test_openvino_comes_without_its_telemetry(tmp_path):
    environment = {"HOME": str(tmp_path), "PATH": ""}  # no CI variable, which would hush it
    command = [sys.executable, "-c", NOBODY_LISTENS + IMPORTS]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.stdout == "loaded []\n", run.stderr
    assert list(tmp_path.iterdir()) == [], "it left an identity in the user's home"


def test_nobody_imports_openvino_another_way(root):
    for path in (root / "embedder").rglob("*.py"):
        if path.name != "private_openvino.py":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"^\s*(import|from) openvino\b", text, re.MULTILINE), path.name


def test_without_openvino_says_which_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'frameatlas\[openvino\]'"):
        private_openvino.import_openvino()
