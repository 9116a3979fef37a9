"""What is alike for both engines, and which of them is taken."""

import numpy as np
import pytest

from frameatlas.embedder.describe import engine as engine_module
from frameatlas.embedder.describe.descriptor import XceptionDescriptor
from frameatlas.embedder.describe.engine import engine_choice, open_engine
from frameatlas.embedder.describe.engine_tensorflow import TensorflowEngine
from frameatlas.embedder.describe.features import describe_frames
from frameatlas.errors import InputError, MissingExtraError, WeightsError

ENGINES = [
    "tensorflow",
    pytest.param(
        "openvino",
        marks=pytest.mark.skipif(
            not engine_module.is_installed("openvino"), reason="the extra openvino is not installed"
        ),
    ),
]


pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request, opened):
    return opened(request.param)


@pytest.fixture(scope="module")
def features(engine, crops):
    return engine.describe(crops)


def test_features_are_those_of_keras(cosines, features, reference):
    assert features.shape == (4, 2048)
    assert features.dtype == np.float32
    assert cosines(features, reference).min() >= 0.999


def test_in_float32_features_are_keras_to_the_fifth_digit(engine, features, reference):
    if "float32" not in engine.identity:
        pytest.skip("this machine describes in another precision")
    np.testing.assert_allclose(features, reference, atol=2e-5)


def test_different_pictures_have_different_features(cosines, features):
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


def test_frames_are_described_whole(pictures, engine, crops, features):
    described = describe_frames(
        XceptionDescriptor(engine), pictures(2), np.array([[0, 0, 534, 300]] * 2, np.int32)
    )
    np.testing.assert_allclose(described, features.reshape(2, 4096), atol=3e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_weights_of_another_network_are_refused(name, tmp_path):
    path = tmp_path / "bad.weights.h5"
    path.write_text("no weights")
    with pytest.raises(WeightsError, match="HDF5"):
        open_engine(name, path)


def test_both_engines_give_the_same_features(cosines, opened, crops):
    pytest.importorskip("openvino", reason="openvino is not installed")
    both = [opened(name).describe(crops) for name in ("tensorflow", "openvino")]
    assert cosines(*both).min() >= 0.999


@pytest.mark.shared
def test_both_engines_agree_on_a_film(cosines, opened, shared):
    pytest.importorskip("openvino", reason="openvino is not installed")
    import av

    with av.open(str(shared / "data" / "clips" / "chaplin.mp4")) as film:
        picture = next(film.decode(video=0)).to_ndarray(format="rgb24")[None]
    box = np.array([[0, 0, picture.shape[2], picture.shape[1]]], np.int32)
    both = [
        describe_frames(XceptionDescriptor(opened(n)), picture, box)
        for n in ("tensorflow", "openvino")
    ]
    assert cosines(*both).min() >= 0.999


def test_the_number_of_workers_or_streams_does_not_change_a_byte(engine, crops, features):
    if engine.name == "openvino":
        from frameatlas.embedder.describe.engine_openvino import OpenvinoEngine

        other = OpenvinoEngine(streams=1)
    else:
        other = TensorflowEngine(workers=3)
    described = other.describe(crops)
    other.close()
    assert described.tobytes() == features.tobytes()


# Which engine


def test_auto_takes_openvino_where_there_is_no_gpu(monkeypatch):
    monkeypatch.setattr(engine_module, "is_installed", lambda library: True)
    monkeypatch.setattr(engine_module, "gpu_present", lambda: False)
    assert engine_choice("auto") == "openvino"
    monkeypatch.setattr(engine_module, "gpu_present", lambda: True)
    assert engine_choice("auto") == "tensorflow"


def test_auto_takes_tensorflow_without_the_extra(monkeypatch):
    monkeypatch.setattr(engine_module, "is_installed", lambda library: False)
    assert engine_choice("auto") == "tensorflow"


def test_a_missing_extra_says_what_to_install(monkeypatch):
    monkeypatch.setattr(engine_module, "is_installed", lambda library: False)
    with pytest.raises(MissingExtraError, match=r"pip install frameatlas\[openvino\]"):
        open_engine("openvino")


def test_an_unknown_engine_is_refused():
    with pytest.raises(InputError, match="Received: torch"):
        open_engine("torch")
