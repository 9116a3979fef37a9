"""PyTorch's weights become ours: names, orders of axes, and what is refused."""

import json

import numpy as np
import pytest
from tools.convert_torch import fill, layers, main, read_safetensors

from frameatlas.errors import InputError
from frameatlas.reid.learn.descriptor import load_descriptor
from frameatlas.reid.learn.networks.backbones import build_backbone

NAME = "resnet9-ibn-16th"


def write_safetensors(path, tensors, kind="<f4", name="F32"):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for key, values in tensors.items():
        packed = values.astype(kind).tobytes()
        header[key] = {
            "dtype": name,
            "shape": list(values.shape),
            "data_offsets": [len(data), len(data) + len(packed)],
        }
        data += packed
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


@pytest.fixture(scope="module")
def tensors():
    """What PyTorch would write of a network as narrow as that: from our own shapes."""
    random = np.random.default_rng(0)
    backbone = build_backbone(NAME, (256, 128), seed=1)
    found = {}
    for ours, theirs in layers(NAME):
        parts = ("weight", "bias", "running_mean", "running_var")
        for part, variable in zip(parts, backbone.get_layer(ours).weights, strict=False):
            values = random.uniform(0.5, 1.5, variable.shape).astype(np.float32)
            found[f"{theirs}.{part}"] = values.transpose(3, 2, 0, 1) if values.ndim == 4 else values
    found["fc.weight"] = np.zeros((10, 4))
    return found


def test_every_layer_gets_its_numbers(tensors, tmp_path):
    path = write_safetensors(tmp_path / "one.safetensors", tensors)
    backbone = build_backbone(NAME, (256, 128), seed=2)
    assert fill(backbone, NAME, read_safetensors(path)) == ["fc.weight"]
    named = dict(layers(NAME))
    full = [layer for layer in backbone.layers if layer.weights]
    assert {layer.name for layer in full} == set(named)
    for layer in full:
        kernel = tensors[f"{named[layer.name]}.weight"]
        expected = kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel
        np.testing.assert_array_equal(layer.get_weights()[0], expected)


def test_bottlenecks_have_all_their_layers_too():
    backbone = build_backbone("resnet50-ibn-16th", (64, 32))
    full = {layer.name for layer in backbone.layers if layer.weights}
    assert full == set(dict(layers("resnet50-ibn-16th")))


def test_names_are_those_of_torchvision_and_of_ibn_net():
    plain, ibn = dict(layers("resnet50")), dict(layers("resnet50-ibn"))
    assert plain["conv2_block1_0_bn"] == "layer1.0.downsample.1"
    assert plain["conv4_block6_3_conv"] == "layer3.5.conv3"
    assert plain["conv5_block1_1_bn"] == ibn["conv5_block1_1_bn"] == "layer4.0.bn1"
    assert ibn["conv3_block2_1_bn_in"] == "layer2.1.bn1.IN"
    assert len(plain) == 2 * 53
    assert not any(
        "downsample" in theirs and "layer1" in theirs
        for theirs in dict(layers("resnet18")).values()
    )


def test_halves_and_names_with_a_prefix(tensors, tmp_path):
    prefixed = {f"module.backbone.{key}": values for key, values in tensors.items()}
    path = write_safetensors(tmp_path / "half.safetensors", prefixed, "<f2", "F16")
    fill(build_backbone(NAME, (256, 128)), NAME, read_safetensors(path))


def test_the_command_writes_what_train_begins_with(tensors, tmp_path, capsys):
    path = write_safetensors(tmp_path / "one.safetensors", tensors)
    output = tmp_path / "one.weights.h5"
    assert main([str(path), NAME, str(output)]) == 0
    assert "left out: fc.weight" in capsys.readouterr().out
    backbone = build_backbone(NAME, (256, 128), seed=4)
    backbone.load_weights(output)
    first = backbone.get_layer("conv1_conv").get_weights()[0]
    np.testing.assert_array_equal(first, tensors["conv1.weight"].transpose(2, 3, 1, 0))


@pytest.mark.parametrize("content", [b"", b"\x00" * 8, b"\xff" * 30, b"\x02" + b"\x00" * 7 + b"[]"])
def test_what_is_no_such_file(tmp_path, content):
    (tmp_path / "no.safetensors").write_bytes(content)
    with pytest.raises(InputError, match="safetensors"):
        read_safetensors(tmp_path / "no.safetensors")


def test_a_tensor_beyond_its_file(tensors, tmp_path):
    path = write_safetensors(tmp_path / "cut.safetensors", {"a": np.ones(9)})
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(InputError, match="beyond its file"):
        read_safetensors(path)


def test_another_network(tensors, tmp_path, capsys):
    backbone = build_backbone(NAME, (256, 128))
    with pytest.raises(InputError, match="choose the BACKBONE"):
        fill(
            backbone, NAME, {key: v for key, v in tensors.items() if key != "layer2.0.bn1.IN.bias"}
        )
    with pytest.raises(InputError, match="of shapes"):
        fill(backbone, NAME, tensors | {"conv1.weight": np.ones((1, 3, 7, 7))})
    path = write_safetensors(tmp_path / "one.safetensors", tensors)
    assert main([str(path), "vit", str(tmp_path / "one.weights.h5")]) == 2
    assert "--backbone" in capsys.readouterr().err
    assert main([]) == 2


def test_a_network_that_knows_people_is_used_as_it_is(tmp_path, capsys):
    random = np.random.default_rng(2)
    own = build_backbone("osnet_x0_25", (256, 128))
    orders = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}
    each = (2, 3, 0, 1)  # of a convolution that sees one channel at a time
    tensors = {}
    for layer in own.layers:
        for part, variable in zip(
            ("weight", "bias", "running_mean", "running_var"), layer.weights, strict=False
        ):
            values = random.uniform(0.1, 0.2, variable.shape).astype(np.float32)
            order = each if "Depthwise" in type(layer).__name__ else orders[values.ndim]
            tensors[f"{layer.name}.{part}"] = values.transpose(order)
    path = write_safetensors(tmp_path / "msmt17.safetensors", tensors)
    output = tmp_path / "osnet.descriptor"
    assert main([str(path), "osnet_x0_25", str(output)]) == 0, capsys.readouterr().err
    descriptor = load_descriptor(output)
    assert descriptor.dimension == 512
    assert descriptor.size == (256, 128)
    assert str(tmp_path) not in str(descriptor.card)
    fill(own, "osnet_x0_25", tensors)
    pictures = random.integers(0, 256, (2, 256, 128, 3), dtype=np.uint8)
    expected = np.asarray(own(pictures.astype(np.float32), training=False))
    np.testing.assert_allclose(descriptor.describe(pictures), expected, rtol=1e-3, atol=1e-4)
