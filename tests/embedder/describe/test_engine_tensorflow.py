"""What TensorFlow's engine has for itself."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from frameatlas.embedder.describe import engine_tensorflow
from frameatlas.embedder.describe.cpu import has_bfloat16
from frameatlas.embedder.describe.engine import gpu_present
from frameatlas.embedder.describe.engine_tensorflow import HalvingBatches, TensorflowEngine
from frameatlas.embedder.describe.tensorflow_import import GROWTH, import_tensorflow
from frameatlas.embedder.describe.xception import apply


class FakeTensorflow:
    """Counts how often it is asked for GPUs."""

    def __init__(self, gpus):
        self.gpus, self.asked, self.config = gpus, 0, self

    def list_physical_devices(self, kind):
        self.asked += 1
        return self.gpus


def test_tensorflow_is_asked_for_a_gpu_only_where_there_is_a_sign_of_one():
    fake = FakeTensorflow(["GPU:0"])
    assert not gpu_present(lambda: False, lambda: fake)
    assert fake.asked == 0
    assert gpu_present(lambda: True, lambda: fake)
    assert not gpu_present(lambda: True, lambda: FakeTensorflow([]))


def test_a_cpu_without_bfloat16_can_be_told_from_one_with_it(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n")
    assert has_bfloat16(cpuinfo)
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16_not\n")
    assert not has_bfloat16(cpuinfo)
    assert not has_bfloat16(tmp_path / "missing")


def test_bfloat16_is_close_to_float32(cosines, crops, reference):
    engine = TensorflowEngine(precision="bfloat16", workers=1)
    described = engine.describe(crops[:1])
    engine.close()
    assert engine.identity.endswith("bfloat16")
    assert cosines(described, reference[:1]).min() >= 0.999


# A GPU's memory


class OutOfMemoryError(Exception):
    """As TensorFlow's ResourceExhaustedError."""


def limited(limit, sizes):
    """A describing function that fails above a number of crops; notes the sizes that it saw."""

    def describe(crops):
        sizes.append(len(crops))
        if len(crops) > limit:
            raise OutOfMemoryError
        return crops[:, 0, 0, :1].astype(np.float32)

    return describe


def numbered(count):
    crops = np.zeros((count, 2, 2, 3), np.uint8)
    crops[:, 0, 0, 0] = np.arange(count)
    return crops


def test_out_of_memory_halves_the_batch_and_goes_on():
    sizes = []
    batches = HalvingBatches(limited(5, sizes), 16, OutOfMemoryError)
    assert batches(numbered(11))[:, 0].tolist() == list(range(11))
    assert sizes == [16, 8, 4, 4, 4]
    assert batches.batch == 4
    assert batches(numbered(3))[:, 0].tolist() == [0, 1, 2]


def test_memory_that_goes_midway_repeats_only_the_batch_that_failed():
    seen = []

    def describe(crops):
        seen.append(crops[0, 0, 0, 0])
        if len(crops) == 8 and crops[0, 0, 0, 0] >= 8:
            raise OutOfMemoryError
        return crops[:, 0, 0, :1].astype(np.float32)

    batches = HalvingBatches(describe, 8, OutOfMemoryError)
    assert batches(numbered(16))[:, 0].tolist() == list(range(16))
    assert seen == [0, 8, 8, 12]


def test_one_crop_that_does_not_fit_is_an_error():
    with pytest.raises(OutOfMemoryError):
        HalvingBatches(limited(0, []), 4, OutOfMemoryError)(numbered(2))


@pytest.mark.parametrize("way", ["eager", "graph", "xla"])
def test_tensorflows_own_error_of_a_real_allocation_halves_the_batch(way):
    """More than four crops ask for a petabyte, which no machine's addresses reach."""
    import tensorflow as tf

    def features(crops):
        if crops.shape[0] > 4:
            crops += tf.cast(tf.reduce_max(tf.random.uniform([len(crops), 2**46])), tf.uint8)
        return tf.cast(crops[:, 0, 0, :1], tf.float32)

    compiled = features if way == "eager" else tf.function(features, jit_compile=way == "xla")
    sizes = []

    def call(crops):
        sizes.append(len(crops))
        with tf.device("/CPU:0"):
            return compiled(tf.constant(crops)).numpy()

    batches = HalvingBatches(call, 16, tf.errors.ResourceExhaustedError)
    assert batches(numbered(10))[:, 0].tolist() == list(range(10))
    assert sizes == [16, 8, 4, 4, 4]


def test_every_call_has_one_size_so_that_xla_compiles_once():
    sizes = []
    HalvingBatches(limited(9, sizes), 4, OutOfMemoryError)(numbered(10))
    assert sizes == [4, 4, 4]


# Its graphs


def test_the_gpu_graph_gives_kerass_features(cosines, keras_model, crops, reference, monkeypatch):
    """On the CPU for want of a GPU: the same function, compiled by XLA, in small batches."""
    monkeypatch.setattr(engine_tensorflow, "GPU_BATCH", 1)
    monkeypatch.setattr(engine_tensorflow, "GPU_DEVICE", "/CPU:0")
    runner = engine_tensorflow.GpuRunner(keras_model, "float32")
    assert cosines(runner.describe(crops[:1]), reference[:1]).min() >= 0.999


def test_a_layer_that_xception_does_not_have_is_an_error():
    import keras
    import tensorflow as tf

    with pytest.raises(TypeError, match="Dense"):
        apply(keras.layers.Dense(2), [None], None, tf.constant)


@pytest.mark.parametrize(("set_by_user", "kept"), [(None, "true"), ("false", "false")])
def test_a_gpus_memory_is_taken_as_needed_unless_the_user_said_otherwise(
    monkeypatch, set_by_user, kept
):
    """Before a network is built: with its first weight TensorFlow has made up its mind."""
    if set_by_user is None:
        monkeypatch.delenv(GROWTH, raising=False)
    else:
        monkeypatch.setenv(GROWTH, set_by_user)
    import_tensorflow()
    assert os.environ[GROWTH] == kept


# Silence


def test_opening_an_engine_prints_nothing():
    program = (
        "import json, sys\n"
        "from frameatlas.embedder.describe.tensorflow_import import import_tensorflow\n"
        "tf = import_tensorflow()\n"
        "print(json.dumps([tf.__version__, 'openvino' in sys.modules]))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)[1] is False
