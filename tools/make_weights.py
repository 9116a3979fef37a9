"""Make the packaged weights file from Keras' own download of Xception: float16, 39 MB.

    python tools/make_weights.py [OUTPUT]

Needs a network the first time; Keras keeps its download in ~/.keras. Says how the new file
compares with the packaged one, tensor by tensor: HDF5 files that hold equal numbers may differ in
their bytes, so the digest alone does not settle it.
"""

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from frameatlas.embedder.describe.weights import PACKAGED_NAME, load_xception, weights_digest


def main(arguments: list[str]) -> int:
    """Write the file, compare, and give the exit code: 0 when its numbers are the packaged ones."""
    output = Path(arguments[0]) if arguments else Path(PACKAGED_NAME)
    import keras

    downloaded = keras.applications.Xception(
        weights="imagenet", include_top=False, pooling="avg", input_shape=(299, 299, 3)
    )
    write_float16(downloaded, output)
    difference = largest_difference(load_xception(output), load_xception())
    print(f"{output}: SHA-256 {weights_digest(output)}")
    print(f"largest difference from the packaged weights: {difference:g}")
    return 0 if difference == 0 else 1


def write_float16(model: Any, output: Path) -> None:
    """Store a model's weights in Keras' layout, with every float array as float16.

    Keras reads such a file as it stands: the variables stay float32 and are assigned from it.
    """
    full = output.with_name(f"full-{output.name}")
    model.save_weights(full)
    try:
        with h5py.File(full) as source, h5py.File(output, "w") as target:
            copy_group(source, target)
    finally:
        full.unlink()


def copy_group(source: Any, target: Any) -> None:
    """Copy groups, attributes and arrays, arrays of floats as float16."""
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Group):
            copy_group(item, target.create_group(name))
            continue
        floats = np.issubdtype(item.dtype, np.floating)
        values = item[()].astype(np.float16) if floats else item[()]
        target.create_dataset(name, data=values).attrs.update(item.attrs)


def largest_difference(one: Any, other: Any) -> float:
    """The largest absolute difference between two models' weights, both rounded to float16."""
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    rounded = ((a.astype(np.float16), b.astype(np.float16)) for a, b in pairs)
    return max(float(np.abs(a.astype(float) - b.astype(float)).max()) for a, b in rounded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
