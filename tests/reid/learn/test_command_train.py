"""``players train`` and ``players evaluate`` as they are typed."""

import json
import os
import shutil
import signal
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from frameatlas.cli.main import cli
from frameatlas.errors import (
    FrameatlasError,
    InputError,
    InterruptedIndexError,
    TrainingError,
)
from frameatlas.reid.learn.sets.drawn_people import DrawnOptions, draw_people
from frameatlas.reid.learn.training.trainer import Trainer

SMALL = [
    *("--backbone", "tiny", "--size", "32x16", "--batch", "4x2", "--epochs", "1"),
    *("--steps", "2", "--precision", "float32"),
]


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """12 drawn people by two cameras, in folders."""
    folder = tmp_path_factory.mktemp("drawn") / "people"
    draw_people(DrawnOptions(12, 2, 2, size=(32, 16))).write(folder)
    return folder


@pytest.fixture
def folders(people, tmp_path, monkeypatch):
    """A copy of them that may be changed."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(people, tmp_path / "people")


def players(*arguments):
    """Run a command; ``code`` is the exit code that the program would have."""
    done = CliRunner().invoke(cli, ["players", *map(str, arguments)], standalone_mode=False)
    done.code = 2 if done.exception else done.return_value
    return done


def trained(*arguments):
    return players("train", *arguments, *SMALL)


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_folders_become_a_descriptor_that_is_scored(folders):
    done = trained(folders)
    assert done.code == 0, done.output
    assert "10 people on 40 pictures of 2 cameras" in done.output
    assert "epoch 1/1" in done.output
    assert "Kept apart: mAP" in done.output
    here = sorted(path.name for path in Path().iterdir())
    assert here == ["people", "people.descriptor"]  # the run is gone, and its pictures
    scored = players("evaluate", folders, "--descriptor", "people.descriptor", "--json")
    assert scored.code == 0, scored.output
    told = lines(scored)[0]
    assert told["protocol"] == "market"
    assert set(told["scores"]) == {"standard", "trapezoid"}
    words = players("evaluate", folders, "--descriptor", "people.descriptor", "--by-camera")
    assert "Camera 1" in words.output
    again = players(
        "evaluate", folders, "--descriptor", "people.descriptor", "--rerank", "--camera-norm"
    )
    assert again.code == 0, again.output


def test_the_clustering_autoencoder_is_a_system_too(folders):
    small = ("--epochs", "2", "--steps", "1", "--batch", "4x2", "--latent", "tanh")
    done = players("train", folders, "--system", "epfl", *small, "-o", "codes.descriptor")
    assert done.code == 0, done.output
    assert "describes people by 10 numbers" in done.output
    scored = players("evaluate", folders, "--descriptor", "codes.descriptor")
    assert scored.code == 0, scored.output
    assert "a folder for each person (people)" in scored.output


def test_as_json(folders):
    done = trained(folders, "--json")
    events = [line["event"] for line in lines(done)]
    assert events == ["begin", "epoch", "done"]
    assert set(lines(done)[-1]) >= {"descriptor", "before", "scores", "better"}


def test_the_file_holds_no_name_of_anybody(folders):
    (folders / "00001").rename(folders / "Zebulon Quirrell")
    assert trained(folders).code == 0
    content = (folders.parent / "people.descriptor").read_bytes()
    for word in (b"Zebulon", b"Quirrell", b"camera0", str(folders).encode()):
        assert word not in content
    with h5py.File(folders.parent / "people.descriptor") as file:
        assert set(file) == {"weights"}


def test_a_run_that_was_stopped_goes_on(folders, monkeypatch):
    usual = Trainer._step
    steps = []

    def stopping(self, step):
        steps.append(step)
        # Once the timed steps are over, Ctrl-C is pressed in the first real one.
        if self.run.begun is False and len(steps) > 3 and step == 0:
            os.kill(os.getpid(), signal.SIGINT)
        return usual(self, step)

    monkeypatch.setattr(Trainer, "_step", stopping)
    monkeypatch.setattr(Trainer, "seconds_a_step", lambda self: steps.extend([0] * 4) or 0.1)
    stopped = trained(folders)
    assert isinstance(stopped.exception, InterruptedIndexError)
    assert "--resume" in str(stopped.exception)
    assert (folders.parent / "people.run" / "state.h5").exists()
    refused = trained(folders)
    assert "go on with --resume" in str(refused.exception)
    other = trained(folders, "--resume", "--seed", "5")
    assert "seed: 5, begun with 0" in str(other.exception)
    assert trained(folders, "--resume").code == 0
    assert not (folders.parent / "people.run").exists()


def test_pictures_that_cannot_be_read_are_named_and_the_exit_is_1(folders):
    (folders / "00001" / "camera0" / "broken.png").write_bytes(b"no picture")
    done = trained(folders)
    assert done.code == 1
    assert "broken.png: it is no picture" in done.output
    assert (folders.parent / "people.descriptor").exists()


def test_a_picture_in_both_parts_is_refused_unless_it_is_meant(folders, tmp_path):
    for number, part in enumerate(("train", "train", "query", "test")):
        place = tmp_path / "parts" / part / f"p{number if part == 'train' else 9}"
        place.mkdir(parents=True)
        colour = (60 * number, 100, 200)
        for copy in range(3):
            Image.new("RGB", (16, 32), colour).save(place / f"{part}{copy}.png")
    twin = tmp_path / "parts" / "test" / "p9" / "twin.png"
    Image.new("RGB", (16, 32), (0, 100, 200)).save(twin)
    refused = trained(tmp_path / "parts")
    assert isinstance(refused.exception, InputError)
    assert "--allow-overlap" in str(refused.exception)
    allowed = trained(tmp_path / "parts", "--allow-overlap")
    assert allowed.code == 0, allowed.output


def test_a_training_that_cannot_go_on_ends_with_1_and_a_remedy(folders, monkeypatch):
    def collapsed(self):
        raise TrainingError("they collapsed. Train with --contrast ratio")

    monkeypatch.setattr(Trainer, "train", collapsed)
    done = trained(folders)
    assert done.code == 1
    assert "--contrast ratio" in done.output
    assert not (folders.parent / "people.descriptor").exists()


def test_fewer_people_and_pictures_than_a_batch_asks_for(folders):
    done = players("train", folders, *SMALL, "--batch", "99x9")
    assert done.code == 0, done.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--batch", "16"), "--batch"),
        (("--size", "axb"), "--size"),
        (("--start", "nowhere.h5"), "--start"),
        (("-o", "one.weights"), ".descriptor"),
        (("-o", "no/one.descriptor"), "make"),
        (("--unit",), "--unit"),
        (("--latent", "tanh"), "--system epfl"),
        (("--push", "1"), "--contrast weighted"),
        (("--contrast", "weighted"), "ratio, intra, none"),
        (("--backbone", "vit"), "--backbone"),
        (("--resume",), "leave --resume out"),
        (("--backbone", "tiny", "--start", "imagenet"), "--start none"),
        (("--system", "segment"), "folder of masks"),
        (("--mask", "nowhere"), "no file"),
    ],
)
def test_what_cannot_be_meant(folders, arguments, named):
    done = players("train", folders, *SMALL, *arguments)
    assert isinstance(done.exception, FrameatlasError), done.output
    assert named in str(done.exception)


def test_what_is_no_descriptor(folders):
    (folders.parent / "no.descriptor").write_bytes(b"nothing")
    for file, named in (("no.descriptor", "train one"), ("gone.descriptor", "no file")):
        done = players("evaluate", folders, "--descriptor", file)
        assert named in str(done.exception)
    wrong = players("evaluate", folders, "--descriptor", "no.descriptor", "--protocol", "paris")
    assert "--protocol" in str(wrong.exception)


class TestMasks:
    def masks(self, folder, drawn):
        for path, mask in zip(drawn.people.paths, drawn.masks, strict=True):
            place = (folder / path).with_suffix(".png")
            place.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray((255 * mask).astype(np.uint8)).save(place)
        return folder

    def test_a_mask_is_trained_and_put_in_front(self, folders, tmp_path):
        masks = self.masks(tmp_path / "masks", draw_people(DrawnOptions(12, 2, 2, size=(32, 16))))
        small = [*SMALL, "--system", "segment", "-o", "mask.descriptor"]
        done = players("train", folders, *small, "--mask", masks)
        assert done.code == 0, done.output
        assert "mean IoU" in done.output
        for mask in ("mask.descriptor", masks):
            masked = trained(folders, "--mask", mask, "-o", "people.descriptor")
            assert masked.code == 0, masked.output
            scored = players(
                "evaluate", folders, "--descriptor", "people.descriptor", "--mask", mask
            )
            assert scored.code == 0, scored.output
        as_people = players("evaluate", folders, "--descriptor", "mask.descriptor")
        assert isinstance(as_people.exception, FrameatlasError)
