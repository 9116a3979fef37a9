"""What a person installs: a wheel with every file that the folders hold, and nothing else."""

import importlib.metadata
import shutil
import subprocess
import sys
import zipfile

import pytest

FOLDERS = {"atlas": "", "embedder": "embedder/", "browser": "browser/"}
FOLDERS |= {"poster": "poster/", "reid": "reid/"}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_every_folder(root, tmp_path):
    if not has_setuptools(77):
        pytest.skip("setuptools 77 or newer is not in this environment; `make test` installs it")
    clone = tmp_path / "clone"
    clone.mkdir()
    for name in ("pyproject.toml", "setup.cfg", "README.md", "LICENSE", "MANIFEST.in"):
        if (root / name).exists():
            shutil.copy(root / name, clone)
    for folder in FOLDERS:
        shutil.copytree(root / folder, clone / folder, ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q"]
    build += ["--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), str(clone)]
    subprocess.run(build, check=True, stdin=subprocess.DEVNULL)
    (wheel,) = tmp_path.glob("frameatlas-*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == {
        "frameatlas/" + inner + str(path.relative_to(clone / folder))
        for folder, inner in FOLDERS.items()
        for path in (clone / folder).rglob("*")
        if path.is_file() and path.suffix != ".md"
    }


def has_setuptools(least):
    try:
        version = importlib.metadata.version("setuptools")
    except importlib.metadata.PackageNotFoundError:
        return False
    return int(version.split(".")[0]) >= least
