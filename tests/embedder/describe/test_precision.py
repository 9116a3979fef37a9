"""Which precision a run takes, what is refused, and what is said."""

from pathlib import Path

import numpy as np
import pytest

from frameatlas.embedder.describe import engine as engine_module
from frameatlas.embedder.describe import precision as precisions
from frameatlas.embedder.describe.engine import engine_choice, open_engine
from frameatlas.embedder.describe.networks import find_network, network_of_atlas
from frameatlas.embedder.describe.precision import precision_of, said_of_precision
from frameatlas.errors import InputError, MissingExtraError
from frameatlas.options import IndexOptions
from frameatlas.store.manifest import Made


def made(precision):
    return Made(3, 300, "w", "openvino", precision=precision)


def chosen(wished, own):
    return precision_of(IndexOptions(precision=wished), own and made(own), Path("x.atlas"))


def test_an_atlas_keeps_its_precision():
    assert chosen(None, None) == "auto"
    assert chosen("float32", None) == "float32"
    assert chosen(None, "int8") == "int8"
    assert chosen(None, "bfloat16") == "bfloat16"
    assert chosen("auto", "bfloat16") == "auto"


@pytest.mark.parametrize(
    ("wished", "own"),
    [("int8", "auto"), ("int8", "float32"), ("auto", "int8"), ("float32", "int8")],
)
def test_int8_is_not_mixed(wished, own):
    with pytest.raises(InputError, match=f"--precision {own} as in x.atlas"):
        chosen(wished, own)


def test_a_precision_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="--precision"):
        IndexOptions(precision="int4")


def test_what_is_said(monkeypatch):
    monkeypatch.setattr(precisions, "has_bfloat16", lambda: False)
    monkeypatch.setattr(precisions, "gpu_present", lambda: False)
    assert said_of_precision("auto", "openvino", None) == ""
    assert said_of_precision("int8", "openvino", made("int8")) == ""
    assert "no other precision" in said_of_precision("int8", "openvino", None)
    assert "emulates" in said_of_precision("bfloat16", "tensorflow", None)
    assert "new ones with float32" in said_of_precision("float32", "openvino", made("auto"))
    monkeypatch.setattr(precisions, "has_bfloat16", lambda: True)
    assert "as quick" in said_of_precision("int8", "openvino", None)
    assert said_of_precision("bfloat16", "tensorflow", None) == ""


def test_int8_needs_openvino(monkeypatch):
    with pytest.raises(InputError, match="leave --engine out"):
        engine_choice("tensorflow", "int8")
    monkeypatch.setattr(engine_module, "is_installed", lambda name: True)
    monkeypatch.setattr(engine_module, "gpu_present", lambda: True)
    assert engine_choice("auto", "int8") == "openvino"
    assert engine_choice("auto", "float32") == "tensorflow"
    monkeypatch.setattr(engine_module, "is_installed", lambda name: False)
    with pytest.raises(MissingExtraError, match=r"frameatlas\[openvino\]"):
        engine_choice("auto", "int8")


def test_index_takes_int8_and_players_do_not(typed, tmp_path):
    (tmp_path / "a.mp4").touch()
    said = typed(tmp_path, "index", "a.mp4", "--precision", "int8", "--engine", "tensorflow")
    assert (said.returncode, "leave --engine out" in said.stderr) == (2, True)
    said = typed(tmp_path, "players", "a.mp4", "--precision", "int8")
    assert (said.returncode, "not on crops of people" in " ".join(said.stderr.split())) == (2, True)


def test_bfloat16_is_refused_where_openvino_would_take_float32(monkeypatch):
    openvino = pytest.importorskip("openvino", reason="the extra openvino is not installed")
    able = ["FP32", "BF16"]
    monkeypatch.setattr(openvino.Core, "get_property", lambda *_: able)
    assert engine_choice("openvino", "bfloat16") == "openvino"
    able.remove("BF16")
    with pytest.raises(InputError, match="choose --precision float32"):
        engine_choice("openvino", "bfloat16")


def test_int8_is_another_network_to_the_manifest():
    plain, whole = find_network(None), find_network(None, precision="int8")
    assert plain.digest != whole.digest
    made_of = Made(3, 300, whole.digest, "openvino", precision="int8")
    assert network_of_atlas(made_of, None, None) == whole
    # A query is described as this machine does best where only the kind of float differs.
    floats = Made(3, 300, plain.digest, "openvino", precision="bfloat16")
    assert network_of_atlas(floats, None, None).precision == "auto"


def test_other_networks_have_no_choice(tmp_path):
    with pytest.raises(InputError, match="computes in float32"):
        find_network("MobileNetV3Small", None, 2, "int8")


@pytest.mark.slow
def test_int8_describes_nearly_as_float32(cosines, crops, reference, cache):
    pytest.importorskip("openvino", reason="the extra openvino is not installed")
    engine = open_engine("auto", precision="int8")
    try:
        assert engine.identity.endswith(" int8")
        features = engine.describe(crops)
        assert cosines(features, reference).min() > 0.97
        assert np.array_equal(engine.describe(crops), features)
    finally:
        engine.close()
