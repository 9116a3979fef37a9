"""One suite for both engines, and what each of them has for itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameatlas.embedder import engine as engine_module
from frameatlas.embedder import engine_tensorflow, openvino_cache
from frameatlas.embedder.engine import engine_choice, gpu_present, open_engine
from frameatlas.embedder.engine_tensorflow import HalvingBatches, TensorflowEngine
from frameatlas.embedder.features import describe_frames, square_crops
from frameatlas.embedder.processor_kind import has_bfloat16
from frameatlas.embedder.weights import load_xception, packaged_weights
from frameatlas.embedder.xception import apply
from frameatlas.errors import InputError, MissingExtraError, WeightsError

ENGINES = [
    "tensorflow",
    pytest.param(
        "openvino",
        marks=pytest.mark.skipif(
            not engine_module.installed("openvino"), reason="the extra openvino is not installed"
        ),
    ),
]


def pictures(count):
    """Smooth colours, edges and texture: more like a photograph than noise is."""
    random = np.random.default_rng(3)
    frames = np.empty((count, 300, 534, 3), np.uint8)
    for frame in frames:
        mixed = np.zeros((300, 534, 3))
        for cells, share in ((4, 0.5), (16, 0.3), (64, 0.2)):
            noise = random.integers(0, 256, (cells, 2 * cells, 3), dtype=np.uint8)
            mixed += share * np.asarray(Image.fromarray(noise).resize((534, 300)))
        frame[:] = mixed.round()
        x, y = random.integers(0, 250, 2)
        frame[y : y + 40, x : x + 200] = random.integers(0, 256, 3)
    return frames


def cosines(one, other):
    a, b = one.astype(np.float64), other.astype(np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache of its own for OpenVINO's model, so that no earlier run helps or harms."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMEATLAS_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def opened(cache):
    """Each engine, opened once for all tests of this file."""
    engines = {}

    def get(name):
        if name not in engines:
            engines[name] = open_engine(name)
        return engines[name]

    yield get
    for engine in engines.values():
        engine.close()


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, opened):
    return opened(request.param)


@pytest.fixture(scope="module")
def crops():
    frames = pictures(2)
    boxes = np.tile(np.array([[0, 0, 534, 300]], np.int32), (2, 1))
    return square_crops(frames, boxes)[0]


@pytest.fixture(scope="module")
def keras_model():
    return load_xception()


@pytest.fixture(scope="module")
def reference(keras_model, crops):
    """Keras' own float32 features."""
    return keras_model.predict(crops.astype(np.float32) / 127.5 - 1, verbose=0)


@pytest.fixture(scope="module")
def features(engine, crops):
    return engine.describe(crops)


def test_features_are_those_of_keras(features, reference):
    assert features.shape == (4, 2048)
    assert features.dtype == np.float32
    assert cosines(features, reference).min() >= 0.999


def test_in_float32_features_are_keras_to_the_fifth_digit(engine, features, reference):
    if "float32" not in engine.identity:
        pytest.skip("this machine describes in another precision")
    np.testing.assert_allclose(features, reference, atol=2e-5)


def test_different_pictures_have_different_features(features):
    between = [cosines(features[:1], features[i : i + 1])[0] for i in (2, 3)]
    assert max(between) < 0.99


def test_features_do_not_depend_on_the_batch(engine, crops, features):
    alone = np.concatenate([engine.describe(crops[i : i + 1]) for i in range(len(crops))])
    np.testing.assert_allclose(alone, features, atol=2e-5)


def test_features_come_in_the_order_of_the_crops(engine, crops, features):
    order = [3, 1, 0, 2, 1]
    np.testing.assert_allclose(engine.describe(crops[order]), features[order], atol=2e-5)


def test_equal_calls_give_equal_bytes(engine, crops, features):
    assert engine.describe(crops).tobytes() == features.tobytes()


def test_no_crops_give_no_features(engine):
    assert engine.describe(np.empty((0, 299, 299, 3), np.uint8)).shape == (0, 2048)


def test_crops_need_not_be_contiguous(engine, crops, features):
    backwards = engine.describe(crops[::-1])
    np.testing.assert_allclose(backwards[::-1], features, atol=2e-5)


def test_black_and_white_are_finite(engine):
    extremes = np.stack([np.zeros((299, 299, 3), np.uint8), np.full((299, 299, 3), 255, np.uint8)])
    assert np.isfinite(engine.describe(extremes)).all()


def test_an_engine_says_what_it_is(engine):
    assert engine.name in ("tensorflow", "openvino")
    assert engine.identity.startswith(engine.name)
    assert engine.identity.endswith(("float32", "bfloat16", "float16"))
    assert engine.batch >= 1


def test_frames_are_described_whole(engine, crops, features):
    described = describe_frames(engine, pictures(2), np.array([[0, 0, 534, 300]] * 2, np.int32))
    np.testing.assert_allclose(described, features.reshape(2, 4096), atol=3e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_weights_of_another_network_are_refused(name, tmp_path):
    path = tmp_path / "bad.weights.h5"
    path.write_text("no weights")
    with pytest.raises(WeightsError, match="HDF5"):
        open_engine(name, path)


def test_both_engines_give_the_same_features(opened, crops):
    pytest.importorskip("openvino")
    both = [opened(name).describe(crops) for name in ("tensorflow", "openvino")]
    assert cosines(*both).min() >= 0.999


@pytest.mark.shared
def test_both_engines_agree_on_a_film(opened, shared):
    pytest.importorskip("openvino")
    import av

    with av.open(str(shared / "data" / "clips" / "chaplin.mp4")) as film:
        picture = next(film.decode(video=0)).to_ndarray(format="rgb24")[None]
    box = np.array([[0, 0, picture.shape[2], picture.shape[1]]], np.int32)
    both = [describe_frames(opened(n), picture, box) for n in ("tensorflow", "openvino")]
    assert cosines(*both).min() >= 0.999


def test_a_cpu_without_bfloat16_can_be_told_from_one_with_it(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16\n")
    assert has_bfloat16(cpuinfo)
    cpuinfo.write_text("processor\t: 0\nflags\t\t: fpu avx2 avx512_bf16_not\n")
    assert not has_bfloat16(cpuinfo)
    assert not has_bfloat16(tmp_path / "missing")


def test_bfloat16_is_close_to_float32(crops, reference):
    engine = TensorflowEngine(precision="bfloat16", workers=1)
    described = engine.describe(crops[:1])
    engine.close()
    assert engine.identity.endswith("bfloat16")
    assert cosines(described, reference[:1]).min() >= 0.999


def test_the_number_of_workers_or_streams_does_not_change_a_byte(engine, crops, features):
    if engine.name == "openvino":
        from frameatlas.embedder.engine_openvino import OpenvinoEngine

        other = OpenvinoEngine(streams=1)
    else:
        other = TensorflowEngine(workers=3)
    described = other.describe(crops)
    other.close()
    assert described.tobytes() == features.tobytes()


# Which engine


def test_auto_takes_openvino_where_there_is_no_gpu(monkeypatch):
    monkeypatch.setattr(engine_module, "installed", lambda library: True)
    monkeypatch.setattr(engine_module, "gpu_present", lambda: False)
    assert engine_choice("auto") == "openvino"
    monkeypatch.setattr(engine_module, "gpu_present", lambda: True)
    assert engine_choice("auto") == "tensorflow"


def test_auto_takes_tensorflow_without_the_extra(monkeypatch):
    monkeypatch.setattr(engine_module, "installed", lambda library: False)
    assert engine_choice("auto") == "tensorflow"


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setattr(engine_module, "installed", lambda library: False)
    with pytest.raises(MissingExtraError, match=r"pip install frameatlas\[openvino\]"):
        open_engine("openvino")


def test_an_unknown_engine_is_refused():
    with pytest.raises(InputError, match="Received: torch"):
        open_engine("torch")


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


def test_every_call_has_one_size_so_that_xla_compiles_once():
    sizes = []
    HalvingBatches(limited(9, sizes), 4, OutOfMemoryError)(numbered(10))
    assert sizes == [4, 4, 4]


def test_the_gpu_graph_gives_kerass_features(keras_model, crops, reference, monkeypatch):
    """On the CPU for want of a GPU: the same function, compiled by XLA, in small batches."""
    monkeypatch.setattr(engine_tensorflow, "GPU_BATCH", 1)
    monkeypatch.setattr(engine_tensorflow, "GPU_DEVICE", "/CPU:0")
    runner = engine_tensorflow.GpuRunner(keras_model, "float32")
    assert cosines(runner.describe(crops[:1]), reference[:1]).min() >= 0.999


def test_a_layer_that_xception_does_not_have_is_an_error():
    import keras

    with pytest.raises(TypeError, match="Dense"):
        apply(keras.layers.Dense(2), [None], None)


# OpenVINO's stored model


@pytest.fixture
def stored(opened, cache):
    """The folder of the model that an engine has stored."""
    pytest.importorskip("openvino")
    opened("openvino")
    folder = cache / openvino_cache.model_key(None)
    assert {path.name for path in folder.iterdir()} == {"xception.xml", "xception.bin", "digests"}
    assert [path.name for path in cache.iterdir()] == [folder.name]
    return folder


def test_a_stored_model_is_read_and_not_converted_again(stored, monkeypatch):
    import openvino

    monkeypatch.setattr(openvino_cache, "converted_model", None)
    openvino_cache.cached_model(openvino.Core(), None)


def cut(folder: Path) -> None:
    path = folder / "xception.bin"
    path.write_bytes(path.read_bytes()[:1000])


def change(folder: Path) -> None:
    path = folder / "xception.bin"
    content = bytearray(path.read_bytes())
    content[5_000_000] ^= 0xFF
    path.write_bytes(content)


def empty(folder: Path) -> None:
    (folder / "xception.xml").write_text("")


def lose(folder: Path) -> None:
    (folder / "xception.bin").unlink()


@pytest.mark.parametrize("harm", [cut, change, empty, lose])
def test_a_damaged_stored_model_is_made_again(harm, stored, tmp_path, monkeypatch):
    import openvino

    good = openvino.Core().read_model(stored / "xception.xml")
    folder = tmp_path / stored.name
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path))
    openvino_cache.save_model(good, folder)
    harm(folder)
    conversions = []
    monkeypatch.setattr(
        openvino_cache, "converted_model", lambda weights: conversions.append(1) or good
    )
    for _ in range(2):
        openvino_cache.cached_model(openvino.Core(), None)
    assert conversions == [1]


def test_a_cache_that_cannot_be_written_costs_only_time(stored, tmp_path, monkeypatch):
    import openvino

    good = openvino.Core().read_model(stored / "xception.xml")
    (tmp_path / "file").touch()
    monkeypatch.setenv("FRAMEATLAS_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(openvino_cache, "converted_model", lambda weights: good)
    assert openvino_cache.cached_model(openvino.Core(), None) is good


def test_other_weights_have_a_stored_model_of_their_own(tmp_path):
    pytest.importorskip("openvino")
    other = tmp_path / "other.weights.h5"
    other.write_bytes(b"something else")
    assert openvino_cache.model_key(other) != openvino_cache.model_key(packaged_weights())
    assert openvino_cache.model_key(None) == openvino_cache.model_key(packaged_weights())


# Silence


def test_opening_an_engine_prints_nothing():
    program = (
        "import json, sys\n"
        "from frameatlas.embedder.quiet import import_tensorflow\n"
        "tf = import_tensorflow()\n"
        "print(json.dumps([tf.__version__, 'openvino' in sys.modules]))\n"
    )
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)[1] is False
