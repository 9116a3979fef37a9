"""Convert weights of PyTorch to what ``players train --start FILE`` takes, without PyTorch.

    python tools/convert_torch.py FILE.safetensors BACKBONE OUTPUT.weights.h5
    python tools/convert_torch.py FILE.safetensors BACKBONE OUTPUT.descriptor

FILE holds a ResNet as torchvision calls its layers, an IBN-Net-a as its authors do (their
`bn1.IN` and `bn1.BN`), or an OSNet as torchreid does; BACKBONE is its name here: resnet18,
resnet34, resnet50, resnet101, resnet50-ibn, osnet_x1_0, osnet_x0_75, osnet_x0_5, osnet_x0_25,
osnet_ibn_x1_0 or osnet_ain_x1_0. A network that was trained on people can be used as it is:
OUTPUT.descriptor is what `players --descriptor` takes. Classifiers and anything that does not
belong to the network are left out by name. Tensors are read as plain numbers: nothing of a file is
ever run.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FrameatlasError, InputError
from frameatlas.reid.learn.descriptor import make_descriptor
from frameatlas.reid.learn.networks.backbones import resnet_options, without_top
from frameatlas.reid.learn.networks.heads import Architecture, build_network
from frameatlas.reid.learn.networks.osnet import OSNETS
from frameatlas.store.digests import file_digest

SIZE = (256, 128)
MOST_HEADER = 1 << 26
KINDS = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8"}
PARTS = ("weight", "bias", "running_mean", "running_var")
ENDINGS = (".weights.h5", ".descriptor")

Tensors = dict[str, NDArray[Any]]


def main(arguments: list[str]) -> int:
    """Convert, and give the exit code."""
    if len(arguments) != 3 or not arguments[2].endswith(ENDINGS):
        print(__doc__)
        return 2
    path, name, output = Path(arguments[0]), arguments[1], Path(arguments[2])
    try:
        found = read_safetensors(path)
        network = build_network(Architecture(name, "plain", *SIZE))
        backbone = without_top(network.embed)
        left = fill(backbone, name, found)
        if output.suffix == ".descriptor":
            make_descriptor(network, {"converted": file_digest(path)}).save(output)
        else:
            backbone.save_weights(output)
    except (FrameatlasError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    print(f"Wrote {output}; left out: {', '.join(left) or 'nothing'}.")
    return 0


def read_safetensors(path: Path) -> Tensors:
    """All tensors of a file by name.

    Raises:
        InputError: It is no such file.
    """
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    try:
        if not 2 <= length <= min(MOST_HEADER, len(data) - 8):
            raise ValueError("no header")
        header = json.loads(data[8 : 8 + length])
        return {
            name: _tensor(data[8 + length :], entry)
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"Expected a whole .safetensors file of float32, float16 or float64 in {path}. "
            f"Received: {error}."
        ) from error


def _tensor(data: bytes, entry: dict[str, Any]) -> NDArray[Any]:
    first, last = entry["data_offsets"]
    kind = np.dtype(KINDS[entry["dtype"]])
    shape = tuple(int(n) for n in entry["shape"])
    if not 0 <= first <= last <= len(data) or last - first != kind.itemsize * int(np.prod(shape)):
        raise ValueError("a tensor that reaches beyond its file")
    return np.frombuffer(data[first:last], kind).reshape(shape)


def fill(backbone: Any, name: str, found: Tensors) -> list[str]:
    """Give every layer its numbers; gives the names of tensors that were not needed.

    Args:
        backbone: From ``build_backbone``.
        name: Its name.
        found: The file's tensors, perhaps with "module." or "backbone." before each name.

    Raises:
        InputError: A tensor is missing, or has another shape.
    """
    tensors = {
        re.sub(r"^(?:(?:module|model|backbone|base)\.)+", "", k): v for k, v in found.items()
    }
    used: set[str] = set()
    for layer, place in layers(name, backbone):
        target = backbone.get_layer(layer)
        values = []
        for part in PARTS[: len(target.weights)]:
            if f"{place}.{part}" not in tensors:
                raise InputError(
                    f"Expected {place}.{part} of {name} in the file. Received: none of that name; "
                    "choose the BACKBONE that the file is of."
                )
            used.add(f"{place}.{part}")
            values.append(tensors[f"{place}.{part}"].astype(np.float32))
        values[0] = values[0].transpose(_axes(target, values[0].ndim))
        wanted = [tuple(v.shape) for v in target.weights]
        if [v.shape for v in values] != wanted:
            raise InputError(
                f"Expected {place} of shapes {wanted}. Received: {[v.shape for v in values]}; "
                "choose the BACKBONE that the file is of."
            )
        target.set_weights(values)
    return sorted(k for k in tensors if k not in used and not k.endswith("num_batches_tracked"))


def _axes(layer: Any, dimensions: int) -> tuple[int, ...]:
    """PyTorch's axes of a layer's first weights in Keras' order."""
    if dimensions == 4:  # (out, in, h, w) to (h, w, in, out); (channels, 1, h, w) has no in
        return (2, 3, 0, 1) if "Depthwise" in type(layer).__name__ else (2, 3, 1, 0)
    return tuple(reversed(range(dimensions)))


def layers(name: str, backbone: Any = None) -> Iterator[tuple[str, str]]:
    """Our name of each layer that has numbers, and PyTorch's.

    Args:
        name: Of the backbone.
        backbone: It, where its layers are called as in PyTorch: an OSNet.

    Raises:
        InputError: It is no network of PyTorch's kind.
    """
    if name in OSNETS:
        yield from ((layer.name, layer.name) for layer in backbone.layers if layer.weights)
    else:
        yield from _resnet_layers(name)


def _resnet_layers(name: str) -> Iterator[tuple[str, str]]:
    options = resnet_options(name)
    if options.variant != "v1.5":
        raise InputError(f"Expected a ResNet of PyTorch's kind. Received: {name}.")
    yield from (("conv1_conv", "conv1"), ("conv1_bn", "bn1"))
    from frameatlas.reid.learn.networks.resnet import BLOCKS

    for stage, blocks in enumerate(BLOCKS[options.depth]):
        for block in range(blocks):
            ours, theirs = f"conv{stage + 2}_block{block + 1}", f"layer{stage + 1}.{block}"
            if block == 0 and (options.bottleneck or stage):
                yield f"{ours}_0_conv", f"{theirs}.downsample.0"
                yield f"{ours}_0_bn", f"{theirs}.downsample.1"
            for part in range(1, (3 if options.bottleneck else 2) + 1):
                yield f"{ours}_{part}_conv", f"{theirs}.conv{part}"
                if options.ibn and part == 1 and stage < 3:
                    yield f"{ours}_1_bn_in", f"{theirs}.bn1.IN"
                    yield f"{ours}_1_bn_bn", f"{theirs}.bn1.BN"
                else:
                    yield f"{ours}_{part}_bn", f"{theirs}.bn{part}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
