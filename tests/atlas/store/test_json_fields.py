"""Reading JSON from disk: what is wrong is named with its file, its place and what was found."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas.errors import FormatError
from frameatlas.store.json_fields import Fields


def fields(**values):
    return Fields.of_json(json.dumps(values), "box.json")


def test_gives_what_is_there():
    read = fields(a="text", b=3, c=0.5, d=None, e={"f": "g"}, h=[{"i": 1}, {"i": 2}], j="video")
    assert read.text("a") == "text"
    assert read.integer("b", least=3) == 3
    assert read.number("c") == 0.5
    assert read.number("b") == 3.0
    assert read.optional_number("c") == 0.5
    assert read.optional_number("d") is None
    assert read.object("e").text("f") == "g"
    assert [entry.integer("i", least=1) for entry in read.objects("h")] == [1, 2]
    assert read.choice("j", ("video", "photos")) == "video"


@pytest.mark.parametrize(
    "ask",
    [
        lambda f, k: f.text(k),
        lambda f, k: f.integer(k, least=0),
        lambda f, k: f.number(k),
        lambda f, k: f.optional_number(k),
        lambda f, k: f.object(k),
        lambda f, k: f.objects(k),
        lambda f, k: f.choice(k, ("video",)),
        lambda f, k: f.name(k),
    ],
)
@pytest.mark.parametrize("wrong", [True, [[]], float("inf"), "missing"])
def test_everything_else_is_one_sentence_about_the_field(ask, wrong):
    read = fields() if wrong == "missing" else fields(key=wrong)
    with pytest.raises(FormatError, match=r"^Expected box\.json.*key.*Received: .*\.$"):
        ask(read, "key")


def test_places_are_told_down_to_the_entry():
    with pytest.raises(FormatError, match=r"box\.json, list\[1\], inner, x, to be a text"):
        fields(list=[{}, {"inner": {"x": 3}}]).objects("list")[1].object("inner").text("x")


@pytest.mark.parametrize("number", ["1e400", "NaN", "-Infinity", "1" * 400])
def test_numbers_that_are_none_are_refused(number):
    read = Fields.of_json(f'{{"key": {number}}}', "box.json")
    with pytest.raises(FormatError, match="key"):
        read.number("key")
    with pytest.raises(FormatError, match="key"):
        read.integer("key", least=0)


@given(st.text())
def test_only_names_that_stay_inside_pass(name):
    try:
        safe = fields().safe(name)
    except FormatError:
        return
    assert safe == name
    assert not name.startswith(".")
    assert not set(name) & set("/\\\0: ")


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(FormatError) as caught:
        fields(key="x" * 10_000).integer("key", least=0)
    assert len(str(caught.value)) < 250
