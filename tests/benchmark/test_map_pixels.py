import subprocess

import numpy as np
import pytest
from benchmark.map_data import DATA
from benchmark.map_pixels import CROP, clip_pixels, people_pixels

from frameatlas.embedder.decode.ffmpeg.program import find_ffmpeg


def draw(path, colour):
    command = [find_ffmpeg().path, "-nostdin", "-loglevel", "error", "-f", "lavfi"]
    command += ["-i", f"color={colour}:s=64x48:r=10:d=2", "-c:v", "mpeg4", str(path)]
    subprocess.run(command, check=True)


def test_clips_are_frames_of_both_folders_with_their_sources(tmp_path):
    for folder, name, colour in (("clips", "b.mp4", "white"), ("near", "a.mp4", "black")):
        (tmp_path / folder).mkdir()
        draw(tmp_path / folder / name, colour)
    pixels, sources = clip_pixels(tmp_path)
    assert pixels.shape == (len(sources), 768)
    assert pixels.dtype == np.float32
    assert sources.tolist() == [0] * 6 + [1] * 6
    assert pixels[sources == 0].min() > 0.9
    assert pixels[sources == 1].max() < 0.1


def test_people_are_crops_with_who_they_show(shared):
    pixels, persons = people_pixels(shared / "data")
    assert pixels.shape == (len(persons), 3 * CROP[0] * CROP[1])
    assert len(persons) > 900
    assert len(np.unique(persons)) == 19
    assert 0 <= pixels.min() < pixels.mean() < pixels.max() <= 1


@pytest.mark.parametrize("name", ["people"])
def test_bare_pixels_are_data_like_any_other(shared, name):
    data = DATA[name](shared / "data")
    assert data.scores.shape == (len(data.labels), 50)
    assert len(data.paths) == len(data.labels)
