"""SoccerNet-ReID: players in the pictures of one action, taken from several angles."""

from pathlib import Path

import numpy as np

from frameatlas.reid.learn.sets.people_set import PeopleSet, people_set
from frameatlas.reid.learn.sets.picture_files import pictures_in
from frameatlas.reid.learn.sets.protocol import PROTOCOLS
from frameatlas.reid.ranking.names import SOCCERNET, left_out_note, read_names


def read_soccernet(root: Path, paths: list[Path] | None = None) -> PeopleSet | None:
    """A copy of SoccerNet-ReID, or any folder of pictures named so; None where it is none.

    Below ``train`` is learnt from; below ``query`` and ``gallery`` is scored, of ``test`` where
    that has both, else of ``valid``. Without such folders every picture is all three.
    """
    files = pictures_in(root) if paths is None else paths
    named = read_names(files, SOCCERNET)
    if not named.paths or len(named.paths) <= len(files) // 2:
        return None
    actions = [fields[1] for fields in named.fields]
    # A person's number is unique inside one action only.
    who = [f"{fields[1]}/{fields[2]}" for fields in named.fields]
    person = 1 + np.unique(who, return_inverse=True)[1]
    folders = [path.relative_to(root).parts[:-1] for path in named.paths]
    return people_set(
        "soccernet",
        root.name,
        named.paths,
        {"person": person.tolist(), "action": [int(action) for action in actions]},
        _parts(folders),
        PROTOCOLS["soccernet"],
        left_out_note(named, "SoccerNet-ReID"),
    )


def _parts(
    folders: list[tuple[str, ...]],
) -> dict[str, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    def inside(*names: str) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        return np.array([all(name in parts for name in names) for parts in folders])

    everything = np.ones(len(folders), bool)
    for split in ("test", "valid", "challenge"):
        if inside(split, "query").any() and inside(split, "gallery").any():
            query, gallery = inside(split, "query"), inside(split, "gallery")
            break
    else:
        query, gallery = inside("query"), inside("gallery")
    if not (query.any() and gallery.any()):
        query = gallery = everything
    train = inside("train")
    return {"train": train if train.any() else everything, "query": query, "gallery": gallery}
