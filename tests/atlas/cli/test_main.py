"""The command line before strangers: exit codes, one sentence, no traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from frameatlas import Atlas
from frameatlas.cli import arguments as command_arguments
from frameatlas.cli.index import default_output
from frameatlas.cli.main import COMMANDS, cli
from frameatlas.store.lock import lock_atlas

Said = tuple[int, str, str]


@pytest.fixture
def frameatlas(typed: Callable[..., "subprocess.CompletedProcess[str]"]) -> Callable[..., Said]:
    """``frameatlas(*words, cwd=…)``: exit code, output, errors."""

    def run(*words: str | Path, cwd: Path) -> Said:
        done = typed(cwd, *words)
        return done.returncode, done.stdout, done.stderr

    return run


def is_one_sentence(errors: str) -> bool:
    lines = [line for line in errors.strip().splitlines() if line.startswith("Error: ")]
    return len(lines) == 1 and lines[0].rstrip().endswith((".", "index."))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["index", "nowhere"], "nowhere"),
        (["index", "empty"], "empty"),
        (["index", "texts"], "texts"),
        (["index", "texts", "--fps", "0"], "--fps"),
        (["index", "texts", "--height", "-1"], "--height"),
        (["index", "texts", "--std", "5"], "--std"),
        (["index", "texts", "--jobs", "0"], "--jobs"),
        (["index", "film.mp4", "-o", "texts"], "texts"),
        (["index", "film.mp4", "-o", "film.mp4"], "film.mp4"),
        (["index", "film.mp4", "--weights", "film.mp4"], "film.mp4"),
        (["index", "film.mp4", "--weights", "no.h5"], "no.h5"),
        (["index", "@no-list.txt"], "no-list.txt"),
        (["info"], "none"),
        (["info", "nowhere.atlas"], "nowhere.atlas"),
        (["check", "texts"], "atlas.json"),
        (["relayout", "nowhere.atlas"], "nowhere.atlas"),
    ],
)
def test_bad_input_gets_a_sentence_and_exit_2(
    tmp_path: Path, arguments: list[str], says: str, frameatlas: Callable[..., Said]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("hello", encoding="utf-8")
    (tmp_path / "film.mp4").write_bytes(b"no film")
    code, _, errors = frameatlas(*arguments, cwd=tmp_path)
    assert code == 2
    assert is_one_sentence(errors), errors
    assert says in errors
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "film.mp4", "texts"]
    assert (tmp_path / "film.mp4").read_bytes() == b"no film"


def test_a_process_of_its_own_ends_with_the_same_code(tmp_path: Path) -> None:
    program = [
        sys.executable,
        "-c",
        "from frameatlas.cli.main import main; main()",
        "index",
        "nowhere",
    ]
    done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert is_one_sentence(done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["index"], ["index", "x", "--no-such"], ["fly"]])
def test_what_click_refuses_exits_2(
    tmp_path: Path, arguments: list[str], frameatlas: Callable[..., Said]
) -> None:
    assert frameatlas(*arguments, cwd=tmp_path)[0] == 2


def test_the_only_atlas_here_is_taken(
    tmp_path: Path, tmp_atlas: Atlas, frameatlas: Callable[..., Said]
) -> None:
    code, output, errors = frameatlas("info", "--json", cwd=tmp_atlas.folder.parent)
    assert code == 0
    assert "Taking synthetic.atlas" in errors
    values = json.loads(output)
    assert values["frames"] == len(tmp_atlas)
    assert {"format", "sources", "features", "components", "layout", "map", "engine"} <= set(values)
    assert {"weights", "versions", "bytes"} <= set(values)
    assert [s["status"] for s in values["sources"]].count("damaged") == 1
    (tmp_path / "other.atlas").mkdir()
    code, _, errors = frameatlas("info", cwd=tmp_atlas.folder.parent)
    assert code == 2
    assert "other.atlas, synthetic.atlas" in errors


def test_info_speaks_to_people(tmp_atlas: Atlas, frameatlas: Callable[..., Said]) -> None:
    code, output, _ = frameatlas("info", tmp_atlas.folder, cwd=tmp_atlas.folder.parent)
    assert code == 0
    assert f"{len(tmp_atlas)} frames" in output
    assert "damaged" in output
    assert "layout article" in output


def test_check_names_what_is_wrong(tmp_atlas: Atlas, frameatlas: Callable[..., Said]) -> None:
    folder = tmp_atlas.folder
    assert frameatlas("check", folder, cwd=folder.parent)[0] == 0
    path = folder / "sources" / tmp_atlas.sources[0].id / "frames.npy"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    code, output, _ = frameatlas("check", folder, cwd=folder.parent)
    assert code == 1
    assert str(path) in output
    text = (folder / "atlas.json").read_text(encoding="utf-8")
    (folder / "atlas.json").write_text(text.replace('"frames": ', '"frames": 1', 1))
    code, output, _ = frameatlas("check", folder, cwd=folder.parent)
    assert code == 1
    assert "atlas.json" in output


def test_a_newer_format_asks_for_an_upgrade(
    tmp_atlas: Atlas, frameatlas: Callable[..., Said]
) -> None:
    path = tmp_atlas.folder / "atlas.json"
    text = path.read_text(encoding="utf-8").replace('"format": 1', '"format": 99')
    path.write_text(text, encoding="utf-8")
    for command in ("info", "check", "relayout"):
        code, _, errors = frameatlas(command, tmp_atlas.folder, cwd=tmp_atlas.folder.parent)
        assert code == 2
        assert "upgrade frameatlas" in errors


def test_a_locked_atlas_names_who_holds_it(
    tmp_atlas: Atlas, frameatlas: Callable[..., Said]
) -> None:
    with lock_atlas(tmp_atlas.folder):
        code, _, errors = frameatlas("relayout", tmp_atlas.folder, cwd=tmp_atlas.folder.parent)
    assert code == 2
    assert f"process {os.getpid()}" in errors


def test_our_own_faults_are_one_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_atlas: Atlas
) -> None:
    from frameatlas.cli import main as module

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("oh")

    monkeypatch.setattr(module.cli, "main", broken)
    monkeypatch.delenv("FRAMEATLAS_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        module.main()
    assert stop.value.code == 2
    assert "a fault of its own (RuntimeError: oh)" in capsys.readouterr().err


def test_a_closed_pipe_is_no_error(tmp_atlas: Atlas) -> None:
    program = f'"{sys.executable}" -c "from frameatlas.cli.main import main; main()"'
    done = subprocess.run(
        ["bash", "-c", f"{program} info --json | head -1"],
        cwd=tmp_atlas.folder.parent,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself_with_an_example(
    name: str, invoke: Callable[..., Result]
) -> None:
    result = invoke(name, "--help")
    assert result.exit_code == 0
    assert f"frameatlas {name}" in result.output.replace("Usage: frameatlas", "", 1)


@pytest.fixture
def invoke() -> Callable[..., Result]:
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, prog_name="frameatlas")

    return run


@pytest.mark.parametrize(
    ("first", "output"),
    [
        ("films", "films.atlas"),
        ("films/a.mp4", "films.atlas"),
        ("films/*.mp4", "films.atlas"),
        ("-", "videos.atlas"),
        ("@lists/mine.txt", "mine.atlas"),
    ],
)
def test_the_default_output_is_named_for_the_first_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, output: str
) -> None:
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "a.mp4").touch()
    monkeypatch.chdir(tmp_path)
    assert default_output([first]) == Path(output)


@pytest.mark.parametrize("error", [BrokenPipeError("gone"), RuntimeError("reentrant call")])
def test_an_interrupt_that_cannot_be_answered_still_stops(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(command_arguments, "say", refuse)
    with command_arguments.stopping_on_interrupt() as stopped:
        assert not stopped()
        signal.raise_signal(signal.SIGINT)
        assert stopped()


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT as a POSIX terminal does")
def test_ctrl_c_twice_stops_at_once(tmp_path: Path) -> None:
    program = (
        "import time\n"
        "from frameatlas.cli.arguments import stopping_on_interrupt\n"
        "with stopping_on_interrupt() as stopped:\n"
        "    print('ready', flush=True)\n"
        "    while True:\n"
        "        time.sleep(0.01)\n"
        "        if stopped():\n"
        "            print('stopping', flush=True)\n"
        "            time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "stopping\n"
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - started < 50  # of the sixty that it would sleep
