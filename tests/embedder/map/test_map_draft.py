"""Counting for PCA goes on where an interrupted run left it, to the same bytes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from frameatlas import Atlas
from frameatlas.embedder.map import map_draft
from frameatlas.embedder.map.map_draft import MapDraft


class StoppedError(Exception):
    """What a step raises here."""


@pytest.fixture
def many(tmp_atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> Atlas:
    """An atlas of more frames than features, so that moments are counted block by block."""
    rows = np.random.default_rng(0).normal(size=(700, 40)).astype(np.float16)
    monkeypatch.setitem(tmp_atlas.__dict__, "features", rows)
    monkeypatch.setattr(map_draft, "BLOCK", 64)
    monkeypatch.setattr(map_draft, "NOTE_SECONDS", 0.0)
    return tmp_atlas


def stop_after(count: int) -> Callable[[int], None]:
    def step(done: int) -> None:
        if done > count:
            raise StoppedError

    return step


def test_counting_goes_on(many: Atlas) -> None:
    calm = MapDraft(many, "draw").components(many, 8, lambda _: None)
    (many.folder / "maps" / ".building" / "components.h5").unlink()
    (many.folder / "maps" / ".building" / "moments.npz").unlink()
    seen: list[int] = []
    for count in (100, 300):
        with pytest.raises(StoppedError):
            MapDraft(many, "draw").components(many, 8, stop_after(count))
    resumed = MapDraft(many, "draw").components(many, 8, seen.append)
    assert seen[0] > 300 - 64  # nothing before was read again
    for name in ("mean", "basis", "explained_variance"):
        assert getattr(calm, name).tobytes() == getattr(resumed, name).tobytes()
    again: list[int] = []
    read = MapDraft(many, "draw").components(many, 8, again.append)
    assert not again
    assert read.basis.tobytes() == calm.basis.tobytes()


@pytest.mark.parametrize("name", ["components.h5", "moments.npz"])
def test_torn_files_are_counted_anew(many: Atlas, name: str) -> None:
    calm = MapDraft(many, "draw").components(many, 8, lambda _: None)
    folder: Path = many.folder / "maps" / ".building"
    for path in (folder / "components.h5", folder / "moments.npz"):
        if path.name == name:
            path.write_bytes(path.read_bytes()[:100])
        else:
            path.unlink()
    again = MapDraft(many, "draw").components(many, 8, lambda _: None)
    assert again.basis.tobytes() == calm.basis.tobytes()


def test_another_purpose_begins_empty(many: Atlas) -> None:
    draft = MapDraft(many, "draw")
    draft.components(many, 8, lambda _: None)
    assert (MapDraft(many, "draw").folder / "components.h5").exists()
    assert not (MapDraft(many, "extend").folder / "components.h5").exists()
