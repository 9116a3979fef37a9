"""Other networks: opened from files that are there, by classes that we name, equal every time."""

import json
import shutil
import socket

import h5py
import numpy as np
import pytest

from frameatlas.embedder.describe.networks import (
    engine_of,
    find_network,
    known_place,
    network_of_atlas,
    open_network,
    remember_place,
)
from frameatlas.embedder.describe.presets.network import PresetDescriptor, preset_network
from frameatlas.errors import FrameatlasError, InputError, WeightsError
from frameatlas.store.manifest import Made


@pytest.fixture(scope="module")
def presets(tiny_networks, tmp_path_factory):
    """Folder of each kind, at random."""
    folder = tmp_path_factory.mktemp("presets")
    return {
        "CLIPBackbone": tiny_networks.random_clip(folder / "clip"),
        "SigLIPBackbone": tiny_networks.random_siglip(folder / "siglip"),
        "MetaCLIP2Backbone": tiny_networks.random_metaclip(folder / "metaclip"),
        "DINOV2Backbone": tiny_networks.random_dino(folder / "dino2"),
        "DINOV3Backbone": tiny_networks.random_dino(folder / "dino3", 3),
    }


@pytest.fixture
def clip(presets, tmp_path):
    """A copy of the CLIP that may be spoiled."""
    return shutil.copytree(presets["CLIPBackbone"], tmp_path / "clip")


@pytest.fixture
def crops():
    return np.random.default_rng(0).integers(0, 256, (11, 32, 32, 3), dtype=np.uint8)


KINDS = ("CLIPBackbone", "SigLIPBackbone", "MetaCLIP2Backbone", "DINOV2Backbone", "DINOV3Backbone")


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_network_gives_equal_bytes_however_many_crops_come(presets, crops, kind):
    network = find_network(str(presets[kind]))
    assert (network.name, network.side, network.crops) == (kind, 32, 2)
    one, other = (open_network(network, "auto", None) for _ in range(2))
    found = one.describe(crops)
    assert found.shape == (11, network.width)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.array_equal(found, other.describe(crops))
    assert np.array_equal(found[3:4], one.describe(crops[3:4]))
    assert one.describe(crops[:0]).shape == (0, network.width)
    assert len(np.unique(found.round(5), axis=0)) == 11  # it does look at them


@pytest.mark.parametrize("kind", ["CLIPBackbone", "SigLIPBackbone"])
def test_words_have_unit_length_in_the_space_of_the_pictures(presets, crops, kind):
    opened = PresetDescriptor(find_network(str(presets[kind])))
    words = opened.words(["red circle", "the blue square", "x" * 5000])
    assert words.shape == (3, opened.width)
    assert np.linalg.norm(words, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(opened.describe(crops), axis=1) == pytest.approx(1, abs=1e-5)
    assert np.allclose(words[:1], opened.words(["red circle"]), atol=1e-5)
    assert np.abs(words[0] - words[1]).max() > 1e-3


def test_pixels_are_scaled_as_the_preset_says(presets, clip, crops):
    plain = PresetDescriptor(preset_network(clip, 2)).describe(crops)
    config = json.loads((clip / "image_converter.json").read_text())
    config["config"]["offset"] = [0.5, 0.5, 0.5]
    (clip / "image_converter.json").write_text(json.dumps(config))
    network = preset_network(clip, 2)
    assert network.digest != preset_network(presets["CLIPBackbone"], 2).digest
    assert not np.allclose(plain, PresetDescriptor(network).describe(crops), atol=1e-3)


def test_a_network_without_words_says_so(presets, tmp_path):
    with pytest.raises(WeightsError, match="knows pictures only"):
        PresetDescriptor(preset_network(presets["DINOV2Backbone"], 1)).words(["a car"])
    with pytest.raises(WeightsError, match="Expected a tokenizer"):
        PresetDescriptor(preset_network(presets["MetaCLIP2Backbone"], 1)).words(["a car"])


@pytest.mark.parametrize("name", ["clip_vit_base_patch32", "hf://openai/clip", "no/such/folder"])
def test_a_name_that_is_no_folder_is_refused_with_how_to_make_one(name, monkeypatch):
    monkeypatch.setattr(socket, "socket", _no_socket)
    with pytest.raises(InputError, match="nothing is downloaded") as error:
        find_network(name)
    assert "save_to_preset" in str(error.value)
    assert "\n" not in str(error.value)


def _no_socket(*_, **__):
    raise AssertionError("a socket was opened")


def test_a_folder_called_like_a_preset_that_could_be_downloaded_is_the_folder(
    presets, tmp_path, monkeypatch, crops
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "socket", _no_socket)
    shutil.copytree(presets["CLIPBackbone"], tmp_path / "clip_vit_base_patch32")
    opened = PresetDescriptor(find_network("clip_vit_base_patch32"))
    assert opened.describe(crops).shape == (11, 24)
    assert opened.words(["red"]).shape == (1, 24)


# Networks of keras.applications


def test_where_a_network_lies_is_remembered_by_its_digest(presets, tmp_path, monkeypatch):
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path / "cache"))
    network = find_network(str(presets["CLIPBackbone"]))
    made = Made(3, 300, network.digest, "tensorflow", 48, "CLIPBackbone", 2)
    with pytest.raises(InputError, match="name its folder with --preset"):
        network_of_atlas(made, None, None)
    remember_place(network)
    assert known_place(network.digest) == presets["CLIPBackbone"]
    assert network_of_atlas(made, None, None) == network
    with pytest.raises(WeightsError, match="Expected the weights that the atlas was made with"):
        network_of_atlas(made, str(presets["SigLIPBackbone"]), None)
    (tmp_path / "cache" / "presets.json").write_text("[")
    assert known_place(network.digest) is None


def test_openvino_runs_xception_only():
    with pytest.raises(InputError, match="Xception only"):
        engine_of("CLIPBackbone", "openvino")
    assert engine_of("CLIPBackbone", "auto") == "tensorflow"


# Presets of strangers


def config_of(folder, file="config.json"):
    return json.loads((folder / file).read_text())


def rewrite(folder, values, file="config.json"):
    (folder / file).write_text(json.dumps(values))


def a_lambda(folder):
    config = config_of(folder)
    config["config"]["vision_encoder"] = {
        "module": "keras.layers",
        "class_name": "Lambda",
        "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}},
    }
    rewrite(folder, config)


def another_class_under_our_name(folder):
    config = config_of(folder)
    config["registered_name"] = "evil>CLIPBackbone"
    rewrite(folder, config)


def another_module(folder):
    config = config_of(folder)
    config["config"]["text_encoder"]["class_name"] = "system"
    config["config"]["text_encoder"]["module"] = "os"
    rewrite(folder, config)


def an_object_inside(folder):
    config = config_of(folder)
    config["config"]["vision_encoder"]["config"]["intermediate_activation"] = {
        "class_name": "function", "config": "eval", "module": "builtins",
    }  # fmt: skip
    rewrite(folder, config)


def a_giant(folder):
    config = config_of(folder)
    config["config"]["text_encoder"]["config"]["vocabulary_size"] = 10**7
    rewrite(folder, config)


def endless_layers(folder):
    config = config_of(folder)
    config["config"]["vision_encoder"]["config"]["num_layers"] = 10**6
    config["config"]["vision_encoder"]["config"]["hidden_dim"] = 1
    config["config"]["vision_encoder"]["config"]["intermediate_dim"] = 1
    rewrite(folder, config)


def wide_pictures(folder):
    config = config_of(folder)
    config["config"]["vision_encoder"]["config"]["image_shape"] = [100_000, 100_000, 3]
    rewrite(folder, config)


def deep_json(folder):
    (folder / "config.json").write_text("[" * 100_000)


def a_transformers_checkpoint(folder):
    rewrite(folder, {"model_type": "clip", "auto_map": {"AutoModel": "evil.py"}})


def an_unknown_setting(folder):
    config = config_of(folder)
    config["config"]["nonsense"] = 3
    rewrite(folder, config)


def not_a_number(folder):
    with h5py.File(folder / "model.weights.h5", "r+") as file:
        names = []
        file.visititems(lambda n, item: names.append(n) if getattr(item, "ndim", 0) > 1 else None)
        file[names[0]][...] = np.nan


def a_link_out_of_the_weights(folder):
    with h5py.File(folder / "model.weights.h5", "r+") as file:
        file["layers"]["more"] = h5py.ExternalLink("/etc/passwd", "/")


def an_external_table(folder):
    with h5py.File(folder / "model.weights.h5", "r+") as file:
        file.create_dataset("x", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def a_packed_bomb(folder):
    with h5py.File(folder / "model.weights.h5", "r+") as file:
        file.create_dataset("x", (10**9,), "u1", compression="gzip", fillvalue=0, chunks=(10**6,))


def a_link_in_the_folder(folder):
    (folder / "tokenizer.json").unlink()
    (folder / "tokenizer.json").symlink_to("/etc/passwd")


def another_networks_weights(folder):
    with h5py.File(folder / "model.weights.h5", "w") as file:
        file["numbers"] = np.zeros(300_000)


def cut_weights(folder):
    data = (folder / "model.weights.h5").read_bytes()
    (folder / "model.weights.h5").write_bytes(data[: len(data) // 2])


SPOILED = [
    *(a_lambda, another_class_under_our_name, another_module, an_object_inside, a_giant),
    *(endless_layers, wide_pictures, deep_json, a_transformers_checkpoint, an_unknown_setting),
    *(not_a_number, a_link_out_of_the_weights, an_external_table, a_packed_bomb),
    *(a_link_in_the_folder, another_networks_weights, cut_weights),
]


@pytest.mark.parametrize("spoil", SPOILED, ids=lambda spoil: spoil.__name__)
def test_a_planted_preset_is_refused_in_one_sentence(clip, spoil, monkeypatch):
    monkeypatch.setattr(socket, "socket", _no_socket)
    spoil(clip)
    with pytest.raises(FrameatlasError) as error:
        PresetDescriptor(find_network(str(clip)))
    text = str(error.value)
    assert text.startswith("Expected")
    assert "Received:" in text
    assert "\n" not in text


def vocabulary_elsewhere(folder):
    config = config_of(folder, "preprocessor.json")
    config["config"]["tokenizer"]["config"]["vocabulary"] = "/etc/passwd"
    rewrite(folder, config, "preprocessor.json")


def strange_vocabulary(folder):
    (folder / "assets" / "tokenizer" / "vocabulary.json").write_text('{"a": "b"}')


def no_vocabulary(folder):
    shutil.rmtree(folder / "assets")


@pytest.mark.parametrize("spoil", [vocabulary_elsewhere, strange_vocabulary, no_vocabulary])
def test_a_planted_tokenizer_is_refused_in_one_sentence(clip, spoil):
    spoil(clip)
    with pytest.raises(WeightsError, match="Expected") as error:
        PresetDescriptor(preset_network(clip, 1)).words(["red"])
    assert "\n" not in str(error.value)
