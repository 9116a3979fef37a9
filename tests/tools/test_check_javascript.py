"""What checks the page's JavaScript: its lock file, and what it says where there is no Node."""

import json
import os
import subprocess

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell script")


@pytest.mark.parametrize(("required", "code"), [({}, 0), ({"NODE": "required"}, 1)])
def test_without_node_it_says_so_in_one_line(root, tmp_path, required, code):
    said = subprocess.run(
        ["/bin/sh", root / "tools/check-javascript.sh"],
        cwd=root / "tools",
        env={"PATH": str(tmp_path), **required},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = said.stderr.splitlines()
    assert said.returncode == code
    assert len(lines) == 1
    assert lines[0].startswith("JavaScript was not checked: Node.js 20.19 or newer")


def test_the_lock_file_names_digests_and_no_registry(root):
    lock = json.loads((root / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: held for name, held in lock["packages"].items() if name}
    assert packages
    for name, held in packages.items():
        assert held["integrity"].startswith("sha512-"), name
        assert "resolved" not in held, name
    wanted = json.loads((root / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert lock["packages"][""]["devDependencies"] == wanted
