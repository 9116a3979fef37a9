"""OSNet: equal to a computation by hand in PyTorch's order of axes, from tensors by its names."""

from functools import cache

import numpy as np
import pytest
from tools.convert_torch import fill

from frameatlas.reid.learn.networks.backbones import build_backbone, check_backbone
from frameatlas.reid.learn.networks.osnet import OSNETS

SIZE = (32, 16)
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


@cache
def built(name):
    """Building one takes seconds, and its size stays whatever weights are filled in."""
    return build_backbone(name, SIZE)


class ByHand:
    """OSNet on arrays (n, channels, h, w), drawing the tensors that it asks for by name."""

    def __init__(self, seed=0):
        self.tensors, self.random = {}, np.random.default_rng(seed)

    def tensor(self, name, shape, around=0.0):
        if name not in self.tensors:
            spread = 0.2 if around else 1 / np.sqrt(max(1, np.prod(shape[1:])))
            self.tensors[name] = (around + spread * self.random.normal(size=shape)).astype("f4")
        return self.tensors[name].astype("f8")

    def convolution(self, x, out, kernel, stride, name, *, bias=False, each=False):
        inner = 1 if each else x.shape[1]
        weight = self.tensor(f"{name}.weight", (out, inner, kernel, kernel))
        pad = kernel // 2
        x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        views = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), (2, 3))
        views = views[:, :, ::stride, ::stride]
        rule = "nchwij,cij->nchw" if each else "nchwij,ocij->nohw"
        y = np.einsum(rule, views, weight[:, 0] if each else weight, optimize=True)
        return y + self.tensor(f"{name}.bias", (out,))[None, :, None, None] if bias else y

    def norm(self, x, name):
        shape = (1, -1) + (1,) * (x.ndim - 2)
        gain, shift = self.tensor(f"{name}.weight", x.shape[1:2], 1), self.shift(x, name)
        mean = self.tensor(f"{name}.running_mean", x.shape[1:2])
        variance = np.abs(self.tensor(f"{name}.running_var", x.shape[1:2], 1))
        self.tensors[f"{name}.running_var"] = variance.astype("f4")
        scaled = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + 1e-5)
        return scaled * gain.reshape(shape) + shift.reshape(shape)

    def instance(self, x, name):
        gain, shift = self.tensor(f"{name}.weight", x.shape[1:2], 1), self.shift(x, name)
        scaled = x - x.mean((2, 3), keepdims=True)
        scaled /= np.sqrt(x.var((2, 3), keepdims=True) + 1e-5)
        return scaled * gain[None, :, None, None] + shift[None, :, None, None]

    def shift(self, x, name):
        return self.tensor(f"{name}.bias", x.shape[1:2])

    def unit(self, x, out, name):
        return np.maximum(
            self.norm(self.convolution(x, out, 1, 1, f"{name}.conv"), f"{name}.bn"), 0
        )

    def light(self, x, name):
        wide = x.shape[1]
        x = self.convolution(x, wide, 1, 1, f"{name}.conv1")
        x = self.convolution(x, wide, 3, 1, f"{name}.conv2", each=True)
        return np.maximum(self.norm(x, f"{name}.bn"), 0)

    def gate(self, x, name):
        wide = x.shape[1]
        y = x.mean((2, 3), keepdims=True)
        y = np.maximum(self.convolution(y, wide // 16, 1, 1, f"{name}.fc1", bias=True), 0)
        y = self.convolution(y, wide, 1, 1, f"{name}.fc2", bias=True)
        return x / (1 + np.exp(-y))

    def block(self, x, out, name, kind, *, listed):
        narrow, total = self.unit(x, out // 4, f"{name}.conv1"), 0
        for stream in range(4):
            y = narrow
            for depth in range(stream + 1):
                torch = f"conv2{'abcd'[stream]}" + (f".{depth}" if stream else "")
                torch = f"conv2.{stream}.layers.{depth}" if listed else torch
                y = self.light(y, f"{name}.{torch}")
            total = total + self.gate(y, f"{name}.gate")
        y = self.convolution(total, out, 1, 1, f"{name}.conv3.conv")
        y = self.instance(y, f"{name}.IN") if kind == "in" else self.norm(y, f"{name}.conv3.bn")
        if x.shape[1] != out:
            x = self.convolution(x, out, 1, 1, f"{name}.downsample.conv")
            x = self.norm(x, f"{name}.downsample.bn")
        y = y + x
        return np.maximum(self.instance(y, f"{name}.IN") if kind == "out" else y, 0)

    def network(self, x, channels, kinds, *, stem=False, listed=False):
        x = self.convolution(x, channels[0], 7, 2, "conv1.conv")
        x = np.maximum((self.instance if stem else self.norm)(x, "conv1.bn"), 0)
        x = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=-np.inf)
        x = np.lib.stride_tricks.sliding_window_view(x, (3, 3), (2, 3))[:, :, ::2, ::2]
        x = x.max((4, 5))
        for stage in range(3):
            for block in range(2):
                kind, name = kinds[2 * stage + block], f"conv{stage + 2}.{block}"
                x = self.block(x, channels[stage + 1], name, kind, listed=listed)
            if stage < 2:
                x = self.unit(
                    x, x.shape[1], f"pool{stage + 2}.0" if listed else f"conv{stage + 2}.2.0"
                )
                n, c, h, w = x.shape
                x = x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5))
        x = self.unit(x, x.shape[1], "conv5").mean((2, 3))
        weight = self.tensor("fc.0.weight", (512, x.shape[1]))
        return np.maximum(self.norm(x @ weight.T + self.tensor("fc.0.bias", (512,)), "fc.1"), 0)


@pytest.mark.parametrize(
    ("name", "channels", "kinds", "options"),
    [
        ("osnet_x0_25", (16, 64, 96, 128), ("",) * 6, {}),
        ("osnet_x1_0", (64, 256, 384, 512), ("",) * 6, {}),
        ("osnet_ibn_x1_0", (64, 256, 384, 512), ("out", "out", *[""] * 4), {"stem": True}),
        (
            "osnet_ain_x1_0",
            (64, 256, 384, 512),
            ("in", "in", "", "in", "in", ""),
            {"stem": True, "listed": True},
        ),
    ],
)
def test_it_is_what_torchreid_has(name, channels, kinds, options):
    pictures = np.random.default_rng(1).integers(0, 256, (2, *SIZE, 3)).astype(np.float32)
    hand = ByHand()
    normal = ((pictures / 255 - MEAN) / DEVIATION).transpose(0, 3, 1, 2)
    expected = hand.network(normal, channels, kinds, **options)
    backbone = built(name)
    left = fill(backbone, name, hand.tensors | {"classifier.weight": np.zeros((9, 512))})
    assert left == ["classifier.weight"]
    found = np.asarray(backbone(pictures, training=False))
    assert (expected > 0).any()
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)


def test_sizes_are_the_published_ones():
    """2.2, 0.6 and 0.2 million weights."""
    counted = [
        sum(int(np.prod(v.shape)) for v in built(f"osnet_{w}").trainable_variables)
        for w in ("x1_0", "x0_5", "x0_25")
    ]
    assert counted == [2_169_508, 630_034, 201_864]


def test_maps_for_heads_that_want_them():
    assert build_backbone("osnet_x0_25", (64, 32), pooled=False).output_shape == (None, 4, 2, 128)
    for name in OSNETS:
        check_backbone(name)
