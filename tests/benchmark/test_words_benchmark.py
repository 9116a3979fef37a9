"""The benchmark of sentences: right answers, and networks beside Xception in turns."""

import pytest
from benchmark import words, words_networks, words_pictures

from frameatlas.embedder.describe import engine


@pytest.mark.parametrize("crops", [1, 2])
def test_answers_of_made_up_words_are_those_of_float64(crops, monkeypatch):
    monkeypatch.setattr(words, "FRAMES_A_SOURCE", 700)
    report = words.searched(1500, crops)
    assert report["same_answers"] == 1
    assert len(report["milliseconds"]) == 5
    table = words.table({"queries": [report], "pictures": []})
    assert f"1,500 frames, {crops} row" in table
    assert "each: the first" in table
    assert "100% of float64's answers" in table


def test_networks_stand_beside_xception(monkeypatch):
    rows = [
        {"network": "Xception", "pictures_a_second": 4.0, "processor_seconds_a_picture": 0.5},
        {
            "network": "clip-b32", "pictures_a_second": 8.0, "processor_seconds_a_picture": 0.25,
            "milliseconds_a_sentence": 20,
        },
    ]  # fmt: skip
    lines = words.table({"queries": [], "pictures": rows}).splitlines()
    assert [cell.strip() for cell in lines[-1].split("|")[1:-1]] == [
        "clip-b32", "8.00", "0.25", "2.00", "20"
    ]  # fmt: skip


def test_a_tiny_preset_is_measured(tiny_networks, module_at, root, tmp_path, monkeypatch):
    stand_in = module_at(root / "tests" / "embedder" / "indexing_child.py")
    monkeypatch.setattr(engine, "open_engine", lambda _: stand_in.MeanEngine())
    monkeypatch.setattr(words_pictures, "BLOCK", 1)
    monkeypatch.setattr(words_pictures, "ROUNDS", 1)
    clip, dino = (
        tiny_networks.random_clip(tmp_path / "c"),
        tiny_networks.random_dino(tmp_path / "d"),
    )
    first, *_, tiny, pictures_alone = words_pictures.described({"tiny": clip, "dino": dino})
    assert first["network"].startswith("Xception")
    assert tiny["network"] == "tiny, 32 pixels"
    assert tiny["milliseconds_a_sentence"] >= 0
    assert tiny["pictures_a_second"] > 0
    assert "milliseconds_a_sentence" not in pictures_alone


def test_the_vocabulary_ends_with_clips_end_token():
    letters = words_networks._letters(49408)
    assert len(letters) == 49408
    assert letters["<|endoftext|>"] == 49407
