"""Atlases that MobileNet, vectors and a tiny CLIP drew, through everything that takes an atlas."""

import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from frameatlas import IndexOptions, InputError, open_atlas
from frameatlas.cli.main import cli
from frameatlas.embedder.index import index_videos
from frameatlas.embedder.layout import few_frames
from frameatlas.regions.map_regions import map_regions
from frameatlas.regions.members import members_of
from frameatlas.regions.regions import frames_of
from frameatlas.store.notes.names_file import RegionName, edit_names, read_names
from frameatlas.verify import check_atlas

COLOURS = ("red", "green", "blue")
FRAMES = 12
KINDS = ("MobileNetV3Small", "vectors", "clip")


@pytest.fixture(scope="module", autouse=True)
def quick(tmp_path_factory):
    """A cache of its own, and the layout for few frames: no map has to be trained."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEATLAS_CACHE", str(tmp_path_factory.getbasetemp() / "others-cache"))
        patch.setattr(few_frames, "FEWEST", 10**6)
        yield


@pytest.fixture(scope="module")
def videos(tmp_path_factory):
    """Four seconds each of another pattern that grows darker; the fourth comes later."""
    import imageio_ffmpeg

    folder = tmp_path_factory.mktemp("films")
    patterns = ("testsrc2", "smptebars", "mandelbrot", "rgbtestsrc")
    for name, pattern in zip((*COLOURS, "yellow"), patterns, strict=True):
        drawing = f"{pattern}=s=96x64:r=3,trim=duration=4,fade=t=out:st=0:d=12"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", "-f", "lavfi"]
        path = folder / f"{name}.mp4"
        subprocess.run([*command, "-i", drawing, "-pix_fmt", "yuv420p", str(path)], check=True)
    return folder


def table(path, names, folder):
    """Vectors of some videos' frames: one direction for each video, and a little noise."""
    rng = np.random.default_rng(0)
    rows = [np.eye(8)[n] + 0.05 * rng.normal(size=(FRAMES, 8)) for n in range(len(names))]
    paths = [str(folder / f"{name}.mp4") for name in names for _ in range(FRAMES)]
    seconds = np.tile(np.arange(FRAMES) / 3, len(names))
    np.savez(path, vectors=np.concatenate(rows), paths=np.array(paths), seconds=seconds)
    return path


@pytest.fixture(scope="module", params=KINDS)
def made(request, videos, tmp_path_factory):
    """The options that drew an atlas, and the atlas of three videos."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "vectors":
        path = table(folder / "v.npz", (*COLOURS, "yellow"), videos)
        given = {"vectors": path}
    elif request.param == "clip":
        networks = request.getfixturevalue("tiny_networks")
        given = {"descriptor": str(networks.random_clip(folder / "clip"))}
    else:
        import keras

        keras.utils.set_random_seed(1)
        model = keras.applications.MobileNetV3Small(
            weights=None, include_top=False, pooling="avg", input_shape=(224, 224, 3)
        )
        for weight in model.weights:  # as they are drawn, what they give is too small for float16
            if "kernel" in weight.name:
                weight.assign(3 * weight)
        model.save_weights(folder / "m.weights.h5")
        given = {"descriptor": request.param, "weights": folder / "m.weights.h5"}
    options = IndexOptions(height=64, **given)
    paths = [videos / f"{name}.mp4" for name in COLOURS]
    return options, index_videos(paths, folder / "three.atlas", options=options).atlas


def typed(capsys, *arguments):
    try:
        code = cli.main([str(one) for one in arguments], standalone_mode=False)
    except SystemExit as error:
        code = error.code
    assert code in (0, None), capsys.readouterr().err
    return capsys.readouterr().out


def test_it_is_whole_and_says_what_drew_it(made, capsys):
    options, atlas = made
    assert len(atlas) == 3 * FRAMES
    assert check_atlas(atlas.folder) == []
    info = json.loads(typed(capsys, "info", atlas.folder, "--json"))
    assert info["format"] == 2
    assert info["features"] == atlas.features.shape[1] != 4096
    assert (info["descriptor"] == "vectors") == (options.vectors is not None)


def test_poster_and_search_by_frame(made, tmp_path, capsys):
    _, atlas = made
    typed(capsys, "poster", atlas.folder, "-o", tmp_path / "p.png", "--tile-height", 20, "--names")
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.size[0] > 60
    found = json.loads(
        typed(
            capsys,
            *("search", atlas.folder, "--frame", "red.mp4@1", "-k", 5, "--json", "--every-frame"),
        )
    )
    assert all(one["path"].endswith("red.mp4") for one in found)


def test_search_by_picture_and_clip(made, videos, tmp_path, capsys):
    options, atlas = made
    Image.fromarray(np.asarray(atlas.frames[14])).save(tmp_path / "green.png")
    image = ("search", atlas.folder, "--image", tmp_path / "green.png", "-k", 3, "--json")
    clip = ("search", atlas.folder, "--clip", videos / "blue.mp4", "--json")
    if options.vectors is not None:
        for command in (image, clip):
            with pytest.raises(InputError, match="vectors"):
                cli.main([str(one) for one in command], standalone_mode=False)
        return
    assert json.loads(typed(capsys, *image))[0]["path"].endswith("green.mp4")
    assert json.loads(typed(capsys, *clip))[0]["path"].endswith("blue.mp4")


def test_similar_and_dissimilar_videos(made, capsys):
    _, atlas = made
    found = json.loads(typed(capsys, "similar", atlas.folder, "red.mp4", "--json"))
    assert len(found["similar"] if isinstance(found, dict) else found) == 2
    assert json.loads(typed(capsys, "dissimilar", atlas.folder, "-k", 2, "--json"))


def test_the_static_site(made, tmp_path, capsys):
    _, atlas = made
    typed(capsys, "export", atlas.folder, "-o", tmp_path / "site")
    assert (tmp_path / "site" / "index.html").is_file()
    assert list((tmp_path / "site" / "tiles").rglob("*.webp"))


def test_the_page(made, tmp_path):
    from frameatlas.browser import make_app

    _, atlas = made
    client = make_app(atlas, cache=tmp_path / "cache").server.test_client()
    facts = client.get("/api/atlas").json
    assert facts["frames"] == 3 * FRAMES
    assert client.get(f"/tiles/{facts['map']}/0/0/0.webp").status_code == 200
    nearest = client.get("/api/nearest/14?count=4&every=1").json
    assert {one["source"] for one in nearest} == {1}
    assert client.get(f"/api/clusters/{facts['map']}?clusters=3").json["regions"]


def test_another_network_is_refused_in_a_sentence(made, videos, tmp_path):
    options, atlas = made
    for other in (None, "vectors"):
        if other == "vectors":
            if options.vectors is not None:
                continue
            wrong = IndexOptions(height=64, vectors=table(tmp_path / "o.npz", COLOURS, videos))
        else:
            wrong = IndexOptions(height=64, descriptor="xception")
        with pytest.raises(InputError, match=r"Expected .* Received: .*"):
            index_videos([videos / "yellow.mp4"], atlas.folder, options=wrong)
    assert len(open_atlas(atlas.folder)) == 3 * FRAMES


def test_it_grows_and_is_laid_out_anew_and_a_name_survives_both(made, videos, tmp_path, capsys):
    options, atlas = made
    folder = shutil.copytree(atlas.folder, tmp_path / "grown.atlas")
    members = members_of(atlas, np.arange(FRAMES))
    edit_names(folder, lambda _: (RegionName("a", "The red one", FRAMES, members),))
    grown = index_videos([videos / "yellow.mp4"], folder, options=options).atlas
    assert len(grown) == 4 * FRAMES
    old = grown.coordinates[: 3 * FRAMES]
    assert np.array_equal(old, atlas.coordinates)
    assert "The red one" in [one.name for one in map_regions(grown, 4)[1]]
    typed(capsys, "relayout", folder, "--seed", 5, "--rotate", 90)
    anew = open_atlas(folder)
    assert anew.map_folder.name != grown.map_folder.name
    assert check_atlas(folder) == []
    levels, regions = map_regions(anew, 4)
    (named,) = [one for one in regions if one.name == "The red one"]
    frames = frames_of(anew, levels, named, {one.id: one for one in read_names(folder)}.get)
    assert (frames < FRAMES).sum() >= FRAMES / 4
    assert json.loads(typed(capsys, "info", folder, "--json"))["names"] == [
        {"name": "The red one", "frames": FRAMES}
    ]
