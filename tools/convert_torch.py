"""Convert weights of PyTorch to what ``players train --start FILE`` takes, without PyTorch.

    python tools/convert_torch.py FILE.safetensors BACKBONE OUTPUT.weights.h5

FILE holds a ResNet as torchvision calls its layers, or an IBN-Net-a as its authors do (their
`bn1.IN` and `bn1.BN`); BACKBONE is its name here: resnet18, resnet34, resnet50, resnet101 or
resnet50-ibn. Classifiers and anything that does not belong to the network are left out by name.
Tensors are read as plain numbers: nothing of a file is ever run.
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
from frameatlas.reid.learn.networks.backbones import build_backbone, resnet_options

SIZE = (256, 128)
MOST_HEADER = 1 << 26
KINDS = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8"}
PARTS = ("weight", "bias", "running_mean", "running_var")

Tensors = dict[str, NDArray[Any]]


def main(arguments: list[str]) -> int:
    """Convert, and give the exit code."""
    if len(arguments) != 3 or not arguments[2].endswith(".weights.h5"):
        print(__doc__)
        return 2
    try:
        found = read_safetensors(Path(arguments[0]))
        backbone = build_backbone(arguments[1], SIZE)
        left = fill(backbone, arguments[1], found)
    except (FrameatlasError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    backbone.save_weights(arguments[2])
    print(f"Wrote {arguments[2]}; left out: {', '.join(left) or 'nothing'}.")
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
    for layer, place in layers(name):
        target = backbone.get_layer(layer)
        values = []
        for part in PARTS if _is_norm(place) else PARTS[:1]:
            if f"{place}.{part}" not in tensors:
                if _is_norm(place) and part.startswith("running"):
                    continue  # instance normalisation keeps no means
                raise InputError(
                    f"Expected {place}.{part} of {name} in the file. Received: none of that name; "
                    "choose the BACKBONE that the file is of."
                )
            used.add(f"{place}.{part}")
            values.append(tensors[f"{place}.{part}"].astype(np.float32))
        if values[0].ndim == 4:
            values[0] = values[0].transpose(2, 3, 1, 0)  # (out, in, h, w) to (h, w, in, out)
        wanted = [tuple(v.shape) for v in target.weights]
        if [v.shape for v in values] != wanted:
            raise InputError(
                f"Expected {place} of shapes {wanted}. Received: {[v.shape for v in values]}; "
                "choose the BACKBONE that the file is of."
            )
        target.set_weights(values)
    return sorted(k for k in tensors if k not in used and not k.endswith("num_batches_tracked"))


def _is_norm(place: str) -> bool:
    return bool(re.search(r"bn\d|\.IN$|\.BN$|downsample\.1$", place))


def layers(name: str) -> Iterator[tuple[str, str]]:
    """Our name of each layer that has numbers, and PyTorch's.

    Raises:
        InputError: It is no ResNet of PyTorch's kind.
    """
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
