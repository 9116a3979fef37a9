"""``atlas.json``: read back what was written, and name what is wrong with anything else."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameatlas import FormatError, Manifest, NewerFormatError, Source
from frameatlas.store.digests import text_digest
from frameatlas.store.manifest import (
    FORMAT,
    KINDS,
    MOST_FRAMES,
    PRECISIONS,
    SAMPLES,
    STATUSES,
    Made,
    MapRecord,
)
from frameatlas.store.stored_file import StoredFile

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
COUNTS = st.integers(0, 2**60)
NUMBERS = st.floats(-1e300, 1e300)
AMOUNTS = st.floats(0, 1e300)
RATES = st.floats(1e-300, 1e300)
FILES = st.dictionaries(NAMES, st.builds(StoredFile, COUNTS, TEXTS), max_size=3)
SOURCES = st.builds(
    Source,
    id=NAMES,
    path=TEXTS,
    kind=st.sampled_from(KINDS),
    status=st.sampled_from(STATUSES),
    reason=TEXTS,
    digest=TEXTS,
    frames=st.integers(0, MOST_FRAMES // 3),
    seconds_missing=AMOUNTS,
    duration=st.none() | NUMBERS,
    width=COUNTS,
    height=COUNTS,
    codec=TEXTS,
    files=FILES,
    sample=st.sampled_from(SAMPLES),
    repeated=COUNTS,
)
MADE = st.builds(
    Made,
    RATES,
    st.integers(1, 9999),
    TEXTS,
    TEXTS,
    st.integers(1, 9999),
    precision=st.sampled_from(PRECISIONS),
)


@st.composite
def manifests(draw):
    """Any manifest whose fields agree with one another."""
    sources = tuple(draw(st.lists(SOURCES, max_size=3, unique_by=lambda source: source.id)))
    record = None
    if draw(st.booleans()):
        on_map = draw(st.integers(0, len(sources)))
        frames = sum(source.frames for source in sources[:on_map])
        record = MapRecord(draw(NAMES), frames, on_map, draw(FILES))
    return Manifest(draw(MADE), sources, record, draw(st.dictionaries(TEXTS, TEXTS, max_size=3)))


EXAMPLE = Manifest(
    Made(3.0, 300, "0" * 64, "tensorflow"),
    (
        Source(
            "a1",
            "/videos/a.mp4",
            "video",
            "ok",
            "",
            "d",
            9,
            files={"frames.npy": StoredFile(5, "e")},
        ),
    ),
    MapRecord("m1", 9, 1, {"scores.npy": StoredFile(7, "f")}),
    {"frameatlas": "0.1.0"},
)
WRONG: tuple[object, ...] = (None, True, [], "x" * 3, -1, 1.5, {}, float("nan"))


def content():
    return json.loads(EXAMPLE.to_json())


def text_of(values):
    """The file's text with a checksum that fits, so that only the field can be wrong."""
    inner = {key: value for key, value in values.items() if key != "checksum"}
    checksum = text_digest(json.dumps(inner, sort_keys=True, separators=(",", ":")))
    return json.dumps({**inner, "checksum": checksum})


PLACES = [
    ("", ["format", "made", "sources", "versions"]),
    ("made", list(asdict(EXAMPLE.made))),
    ("sources[0]", list(asdict(EXAMPLE.sources[0]))),
    ("map", ["id", "frames", "sources", "files"]),
    ("sources[0], files, frames.npy", ["bytes", "blake2b"]),
    ("map, files, scores.npy", ["bytes", "blake2b"]),
]
LATER = ("descriptor", "crops", "store", "precision", "sample", "repeated")  # an older atlas lacks
FIELDS = [(place, field) for place, fields in PLACES for field in fields if field not in LATER]


def owner_of(values, place):
    owner = values
    for step in filter(None, place.split(", ")):
        owner = owner["sources"][0] if step == "sources[0]" else owner[step]
    return owner


@given(manifests())
def test_reads_what_it_wrote(manifest):
    assert Manifest.from_json(manifest.to_json()) == manifest


@given(manifests())
def test_equal_manifests_are_equal_bytes(manifest):
    again = Manifest.from_json(manifest.to_json())
    assert again.to_json() == manifest.to_json()


def test_only_a_source_of_key_frames_says_which_were_looked_at():
    source = replace(EXAMPLE.sources[0], sample="key")
    text = EXAMPLE.with_sources((source, *EXAMPLE.sources[1:])).to_json()
    assert json.loads(text)["sources"][0]["sample"] == "key"
    assert Manifest.from_json(text).sources[0].sample == "key"
    assert "sample" not in EXAMPLE.to_json()
    values = content()
    values["sources"][0]["sample"] = "some"
    with pytest.raises(FormatError, match="sample"):
        Manifest.from_json(text_of(values), "there.json")


@pytest.mark.parametrize(("place", "field"), FIELDS)
def test_a_missing_field_is_named(place, field):
    values = content()
    del owner_of(values, place)[field]
    with pytest.raises(FormatError, match=r"^Expected there\.json") as caught:
        Manifest.from_json(text_of(values), "there.json")
    assert field in str(caught.value)
    assert place in str(caught.value)


def fits(field, right, wrong):
    """Whether a wrong value is by chance one that the field can hold."""
    if field in ("kind", "status"):
        return False
    if field in ("fps", "seconds_missing", "duration"):
        return wrong == 1.5 or (field == "duration" and wrong in (-1, None))
    if isinstance(right, str):
        return isinstance(wrong, str)
    return wrong == type(right)() and field not in ("made", "format", "height", "dimension")


MISFITS = [
    (place, field, wrong)
    for place, field in FIELDS
    for wrong in WRONG
    if not fits(field, owner_of(content(), place)[field], wrong)
]


@pytest.mark.parametrize(("place", "field", "wrong"), MISFITS)
def test_a_field_of_another_type_is_named(place, field, wrong):
    values = content()
    owner_of(values, place)[field] = wrong
    with pytest.raises(FormatError, match=r"^Expected there\.json") as caught:
        Manifest.from_json(text_of(values), "there.json")
    assert field in str(caught.value)
    assert place in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"a"', "\0", "[" * 100_000, "{}"])
def test_what_is_no_manifest_is_refused(text):
    with pytest.raises(FormatError, match=r"there\.json"):
        Manifest.from_json(text, "there.json")


def test_a_newer_format_asks_for_an_upgrade():
    values = {**content(), "format": FORMAT + 1, "sources": "whatever a later version holds"}
    with pytest.raises(NewerFormatError, match="upgrade frameatlas"):
        Manifest.from_json(json.dumps(values))


@given(st.data())
def test_one_changed_letter_is_noticed(data):
    text = EXAMPLE.to_json()
    at = data.draw(st.integers(0, len(text) - 2))
    letter = data.draw(st.sampled_from('0a{ }9",:'))
    changed = text[:at] + letter + text[at + 1 :]
    try:
        read = Manifest.from_json(changed)
    except FormatError:
        return
    assert read == EXAMPLE, "only what means the same may pass: a space for a line's end"


@pytest.mark.parametrize(
    "name", ["..", "../../etc", "/etc", "a/b", "a\\b", "", ".", ".hidden", "C:", "a\0", "a" * 200]
)
@pytest.mark.parametrize("place", ["source", "map", "source file", "map file"])
def test_names_that_climb_out_are_refused(name, place):
    values = content()
    owner = values["sources"][0] if place.startswith("source") else values["map"]
    if place.endswith("file"):
        owner["files"] = {name: {"bytes": 1, "blake2b": "0"}}
    else:
        owner["id"] = name
    with pytest.raises(FormatError, match="letters, digits"):
        Manifest.from_json(text_of(values))


def test_frames_are_those_of_all_sources():
    assert EXAMPLE.frames == 9
    assert EXAMPLE.with_sources(EXAMPLE.sources * 2).frames == 18
    assert EXAMPLE.frames == 9


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("made", "fps"), 0, "fps"),
        (("sources", 0, "seconds_missing"), -1.0, "seconds_missing"),
        (("map", "frames"), 10**6, "map"),
        (("map", "sources"), 99, "map"),
        (("sources", 1, "id"), None, "one twice"),
    ],
)
def test_contradictions_are_refused(place, value, says):
    values = content()
    values["sources"].append({**values["sources"][0], "id": "other"})
    target = values
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = values["sources"][0]["id"] if value is None else value
    with pytest.raises(FormatError, match=says):
        Manifest.from_json(text_of(values))
