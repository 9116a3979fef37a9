"""Documents that stay true: every command is explained, every example can be typed."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from frameatlas.cli.main import COMMANDS, cli

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*.md")]
)
PAGE = ROOT / "docs" / "python.md"
"""Its examples build on one another: ``test_python_page.py`` runs them from top to bottom."""

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FOLDERS = (
    "atlas",
    "embedder",
    "browser",
    "poster",
    "reid",
    "tests",
    "tools",
    "benchmark",
    "examples",
)
HARMLESS = ("git clone ", "cd ", "pip install ", "find ", "ls ")


def where(path):
    return str(path.relative_to(ROOT))


def blocks(*languages):
    for path in (path for path in DOCUMENTS if path != PAGE):
        for number, (language, text) in enumerate(FENCE.findall(path.read_text(encoding="utf-8"))):
            if language in languages:
                yield pytest.param(text, id=f"{where(path)}-{number}")


def typed_lines():
    for path in DOCUMENTS:
        for language, text in FENCE.findall(path.read_text(encoding="utf-8")):
            if language in ("bash", "console", "sh"):
                for line in re.sub(r"\\\n\s*", "", text).splitlines():
                    command = line.removeprefix("$ ").split("  #")[0].strip()
                    if command and not command.startswith("#"):
                        yield pytest.param(command, id=f"{where(path)}: {command}")


def section_of(name):
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^## `frameatlas {name}.*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md has no section on frameatlas {name}"
    return found.group()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name):
    section = section_of(name)
    command = cli.get_command(click.Context(cli), name)
    known = {option for param in command.params for option in param.opts + param.secondary_opts}
    options = {option for option in known if option.startswith("-")}
    for option in options:
        assert f"`{option}" in section, f"frameatlas {name} {option} is not in docs/commands.md"
    for mentioned in re.findall(r"`(--[a-z-]+)", section):
        assert mentioned in options | {"--help"}, f"frameatlas {name} has no {mentioned}"


def test_the_readme_names_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"frameatlas {name}" in text


@pytest.mark.parametrize("line", list(typed_lines()))
def test_what_documents_tell_to_type_can_be_typed(line):
    for command in line.split(" | "):
        words = shlex.split(command)
        if words[0] == "frameatlas":
            understood(words[1:])
        elif words[0] == "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{words[1]}:", makefile, re.MULTILINE), f"no target: {line}"
        elif words[:3] == ["python", "-m", "benchmark"]:
            missing = [w for w in words[3:4] if not (ROOT / f"benchmark/{w}.py").exists()]
            assert missing in ([], ["short"]), f"no benchmark: {line}"
        elif words[0] == "python" and words[1].startswith("tools/"):
            assert (ROOT / words[1]).is_file(), f"no tool: {line}"
        else:
            assert command.startswith(HARMLESS), f"nobody checks: {line}"


def understood(words):
    """Have click parse the words of a command without running it."""
    if words[:1] in (["--help"], ["--version"], ["-h"]):
        return
    assert words[0] in COMMANDS, words
    command = cli.get_command(click.Context(cli), words[0])
    if "--help" not in words:
        command.make_context(words[0], words[1:])


@pytest.mark.parametrize("text", list(blocks("python")))
def test_python_in_documents_runs(text, tmp_path, monkeypatch, atlas_to_copy):
    for name in set(re.findall(r'"([\w.-]+\.atlas)"', text)):
        shutil.copytree(atlas_to_copy.folder, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    exec(compile(text, "<document>", "exec"), {"__name__": "document"})


@pytest.mark.parametrize("path", DOCUMENTS, ids=where)
def test_links_in_documents_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", text):
        link = target[0] or target[1]
        if not link.startswith(("http://", "https://", "mailto:")):
            assert (path.parent / link).exists(), f"{where(path)} links to {link}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=where)
def test_files_that_documents_name_are_there(path):
    for name in re.findall(
        r"`([\w./*<>-]+\.(?:py|sh|cfg|toml))`", path.read_text(encoding="utf-8")
    ):
        assert any(True for _ in ROOT.glob(name)) or any(
            True for folder in FOLDERS for _ in (ROOT / folder).glob(name)
        ), f"{where(path)} names {name}"


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git clone, so nobody can tell which files belong to it")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_knows_somebodys_machine():
    homes = re.compile(r"(?<![\w.])/" + r"(?:work|root|Users|home/\w+)/" + r"|[A-Z]:\\Users\\")
    for path in tracked():
        if path.suffix in (".h5", ".npy", ".jpg", ".png", ".mp4", ".webp", ".xz"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert not homes.search(line), f"{where(path)}:{number}: {line.strip()[:80]}"


def test_documents_stay_within_what_a_person_reads():
    assert len((ROOT / "docs/architecture.md").read_text(encoding="utf-8").splitlines()) <= 110
    for path in (ROOT / "docs/decisions").glob("[0-9]*.md"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 70, f"{where(path)} is longer than a page"
        assert re.match(r"# \d{4} ", lines[0]), f"{where(path)} begins with its number"


def test_the_changelog_says_what_is_not_released():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text
