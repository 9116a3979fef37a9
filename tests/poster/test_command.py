import json

import pytest

HELP = ["--center", "--width", "--grid", "--count", "--tile-height", "--gap", "--background"]
HELP += [
    "--rotate",
    "--fit",
    "--fill",
    "--apart",
    "--originals",
    "--dpi",
    "--print-width",
    "--links",
]


@pytest.fixture
def run(typed):
    return lambda folder, *words: typed(folder, "poster", *words, COLUMNS="120")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, synthetic_atlas):
    place = tmp_path_factory.mktemp("command")
    synthetic_atlas(place / "one.atlas", sources=(("video", 60),), dimension=16)
    return place


def test_help_names_every_option_and_shows_an_example(folder, run):
    text = run(folder, "--help").stdout
    assert [option for option in HELP if option not in text] == []
    assert "Example:" in text


def test_a_negative_centre_and_the_only_atlas_here(folder, run):
    done = run(folder, "--center", "-0.5,0.25", "--width", "1", "--tile-height", "36")
    assert done.returncode == 0, done.stderr
    assert "Taking one.atlas" in done.stderr
    assert "Mean displacement" in done.stdout
    assert "repeats 0" in done.stdout
    assert (folder / "poster.png").stat().st_size > 100


def test_json_is_one_object(folder, run):
    arguments = ["one.atlas", "--grid", "3x4", "--background", "#ffeedd", "--json", "-o", "j.png"]
    values = json.loads(run(folder, *arguments).stdout)
    assert (values["columns"], values["rows"], values["empty"], values["repeats"]) == (3, 4, 0, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--center", "2,0"],
        ["--center", "here"],
        ["--width", "0"],
        ["--width", "5"],
        ["--grid", "100x100"],
        ["--grid", "0x1"],
        ["--count", "-3"],
        ["--background", "nothing"],
        ["-o", "a.gif"],
        ["-o", "none/a.png"],
        ["-o", "one.atlas"],
        ["none.atlas"],
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(folder, arguments, run):
    done = run(folder, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("Error: Expected")
    assert "Traceback" not in done.stderr


def test_gone_originals_are_named_and_exit_1(folder, run):
    done = run(folder, "--originals", "--grid", "2x3", "-o", "o.png")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("/videos/0.mp4: the file is no longer there")
    assert (folder / "o.png").exists()


def test_without_an_atlas_here(tmp_path, run):
    assert run(tmp_path).returncode == 2
