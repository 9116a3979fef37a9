"""A sentence each: standard output that is closed or full, names too long, memory that lacks."""

import errno
import os
import subprocess
import sys

import pytest

from frameatlas.cli import main as command_line
from frameatlas.cli.endings.system_errors import NO_MEMORY, lacks_memory, system_sentence
from frameatlas.errors import MissingExtraError
from frameatlas.store.atomic import translate_os_errors

RUN = "from frameatlas.cli.main import main; main()"
LONG = "n" * 300


@pytest.fixture
def main(monkeypatch, capsys):
    """``main(*words)``: exit code and what standard error says; nothing else is caught."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["frameatlas", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        return ended.value.code, capsys.readouterr().err

    return run


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
@pytest.mark.parametrize(
    ("redirected", "reason"), [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")]
)
@pytest.mark.parametrize("words", ["info", "--version"])
def test_output_that_takes_nothing(tmp_atlas, redirected, reason, words):
    words = f"info {tmp_atlas.folder}" if words == "info" else words
    command = f'exec "{sys.executable}" -c "{RUN}" {words} {redirected}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: Expected standard output")
    assert f"Received: {reason}" in line


@pytest.mark.skipif(os.name != "posix", reason="streams of POSIX systems")
def test_streams_that_are_all_closed(tmp_atlas):
    before = {path: path.read_bytes() for path in tmp_atlas.folder.rglob("*") if path.is_file()}
    command = f'exec "{sys.executable}" -c "{RUN}" check {tmp_atlas.folder} <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", command], check=False).returncode == 2
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "words",
    [
        ("poster", "{atlas}", "-o", f"{LONG}.png"),
        ("poster", "{atlas}", "--links", "-o", f"{LONG[:250]}.png"),
        ("index", "{atlas}/..", "-o", LONG),
        ("index", LONG),
        ("export", "{atlas}", "-o", LONG),
        ("cuts", "{atlas}", "--shots", "0.mp4", "-o", f"{LONG}.otio"),
        ("players", f"{LONG}.mp4"),
    ],
    ids=lambda words: words[0],
)
def test_names_of_three_hundred_letters(main, tmp_atlas, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    code, said = main(*(word.format(atlas=tmp_atlas.folder) for word in words))
    assert code == 2
    sentence = next(line for line in said.splitlines() if line.startswith("Error"))
    assert "Expected" in sentence
    assert "fault of its own" not in said
    assert list(tmp_path.iterdir()) == [tmp_atlas.folder]


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ImportError("libtensorflow_cc.so.2: failed to map segment from shared object"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        RuntimeError("can't start new thread"),
        SystemError("error return without exception set"),
        RuntimeError("std::bad_alloc"),
    ],
)
def test_who_lacks_memory_says_so(main, tmp_atlas, monkeypatch, error):
    def raises():
        raise error

    monkeypatch.setattr(command_line, "_ran", raises)
    assert main("info", tmp_atlas.folder) == (2, f"Error: {NO_MEMORY}\n")


def test_memory_that_lacked_for_an_extra_is_no_extra_that_is_missing(main, monkeypatch):
    def raises():
        try:
            raise ImportError("libopenvino.so: cannot allocate memory in static TLS block")
        except ImportError as error:
            raise MissingExtraError("Expected OpenVINO.") from error

    monkeypatch.setattr(command_line, "_ran", raises)
    assert main("info") == (2, f"Error: {NO_MEMORY}\n")


def test_other_faults_are_told_as_before(main, monkeypatch):
    def raises():
        raise ValueError("seven")

    assert not lacks_memory(ValueError("seven"))
    monkeypatch.setattr(command_line, "_ran", raises)
    assert "a fault of its own (ValueError: seven)" in main("info")[1]


def test_sentences_name_files_by_what_fits_a_line():
    error = OSError(errno.EIO, os.strerror(errno.EIO), f"/disk/{LONG}.mp4")
    said = system_sentence(error)
    assert "Input/output error" in said
    assert len(said) < 200


def test_errors_near_a_place_say_which_name_is_too_long(tmp_path):
    with pytest.raises(ValueError, match="one of 300 "), translate_os_errors(tmp_path / LONG):
        (tmp_path / LONG).touch()
