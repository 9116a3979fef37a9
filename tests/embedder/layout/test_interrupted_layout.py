"""A layout stopped while it arranges or trains leaves the old map; the next run is whole."""

import shutil

import pytest

from frameatlas import open_atlas
from frameatlas.embedder import relayout
from frameatlas.errors import InterruptedIndexError
from frameatlas.options import LayoutOptions
from frameatlas.progress import NullProgress

OPTIONS = LayoutOptions(name="atlas", seed=3)
ARRANGING, TRAINING = 50, 85
"""Per cent of the layout's way."""


class Watch(NullProgress):
    """Remembers how far the layout is."""

    def __init__(self):
        self.done = 0

    def step(self, done):
        self.done = done


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_stopped_layout_is_drawn_anew_to_the_same_bytes(tmp_path, synthetic_atlas, plain_steps):
    stopped = synthetic_atlas(tmp_path / "a.atlas", sources=(("video", 90),), dimension=32).folder
    whole = shutil.copytree(stopped, tmp_path / "b.atlas")
    old = files_of(open_atlas(stopped).map_folder)
    for share in (ARRANGING, TRAINING):
        watch = Watch()
        with pytest.raises(InterruptedIndexError, match="the old map stays"):
            relayout(stopped, OPTIONS, progress=watch, stopped=lambda w=watch, s=share: w.done >= s)
        assert share <= watch.done < 100
        assert files_of(open_atlas(stopped).map_folder) == old
    maps = [relayout(folder, OPTIONS).map_folder for folder in (stopped, whole)]
    assert maps[0].name == maps[1].name
    assert files_of(maps[0]) == files_of(maps[1])
    assert (maps[0] / "fitted_codes.npy").is_file()  # not the stand-in for few frames
