"""Boxes with their players as files: CSV with a header, Parquet, COCO; MOT is ``tracks.mot``."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import MissingExtraError
from frameatlas.players.tables import NOBODY
from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import Identities
from frameatlas.reid.statistics.player_boxes import PlayerBoxes
from frameatlas.safe_text import spreadsheet_cell
from frameatlas.store.atomic import sync_file, translate_os_errors

HEADER = (
    *("frame", "second", "player", "team", "tracklet"),
    *("left", "top", "width", "height", "confidence"),
)
_BLOCK = 1 << 16


def write_boxes_csv(path: Path, boxes: PlayerBoxes, game: Game, found: Identities) -> None:
    """Write one row a box, by frame; whoever is nobody is "unassigned"."""
    order = np.lexsort((boxes.tracklet, boxes.frame))
    players = [spreadsheet_cell(name) for name in (*found.names, NOBODY)]
    names = [spreadsheet_cell(name) for name in game.crops.tracklets.names]
    quoted, tracks = _quoted(players), _quoted(names)
    teams = [str(team + 1) if team >= 0 else "" for team in found.team.tolist()]
    with translate_os_errors(path), path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for start in range(0, len(order), _BLOCK):
            file.writelines(
                f"{frame},{(frame - 1) / boxes.rate:.3f},{quoted[player]},{teams[tracklet]},"
                f"{tracks[tracklet]},{box[0]:.2f},{box[1]:.2f},{box[2]:.2f},{box[3]:.2f},{sure:g}\n"
                for frame, player, tracklet, box, sure in _rows(
                    boxes, order[start : start + _BLOCK]
                )
            )
    sync_file(path)


def write_boxes(kind: str, place: Path, boxes: PlayerBoxes, game: Game, found: Identities) -> None:
    """Write them in one of ``options.BOX_FORMATS``; ``place`` is the file without its ending."""
    if kind == "parquet":
        write_boxes_parquet(place.with_name(f"{place.name}.parquet"), boxes, game, found)
    else:
        write_boxes_coco(place.with_name(f"{place.name}.coco.json"), boxes, found)


def write_boxes_parquet(path: Path, boxes: PlayerBoxes, game: Game, found: Identities) -> None:
    """The same columns as Parquet."""
    pyarrow, parquet = import_parquet()
    order = np.lexsort((boxes.tracklet, boxes.frame))
    players = np.array([*found.names, NOBODY], object)
    names = np.array(game.crops.tracklets.names, object)
    team = found.team[boxes.tracklet[order]] + 1
    columns: dict[str, Any] = {
        "frame": boxes.frame[order],
        "second": (boxes.frame[order] - 1) / boxes.rate,
        "player": pyarrow.array(players[boxes.player[order]]).dictionary_encode(),
        "team": pyarrow.array(team, mask=team == 0),
        "tracklet": pyarrow.array(names[boxes.tracklet[order]]).dictionary_encode(),
    }
    columns |= {name: boxes.box[order, k] for k, name in enumerate(HEADER[5:9])}
    columns["confidence"] = boxes.confidence[order]
    with translate_os_errors(path):
        parquet.write_table(pyarrow.table(columns), path)
        sync_file(path)


def import_parquet() -> tuple[Any, Any]:
    """Pyarrow and its Parquet.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtraError(
            "Expected pyarrow for --boxes parquet. Received: none; run pip install "
            "'frameatlas[parquet]', or take --boxes coco."
        ) from error
    return pyarrow, parquet


def write_boxes_coco(path: Path, boxes: PlayerBoxes, found: Identities) -> None:
    """COCO-VID: videos, images, annotations with ``instance_id`` and ``track_id``.

    Whoever is nobody has an id above all players', one for each tracklet.
    """
    order = np.lexsort((boxes.tracklet, boxes.frame))
    frames = np.unique(boxes.frame).tolist()
    size = {"width": boxes.size[0], "height": boxes.size[1]}
    head: Mapping[str, Any] = {
        "info": {"description": "players, as frameatlas found them"},
        "videos": [{"id": 1, "name": boxes.camera, **size}],
        "categories": [{"id": 1, "name": "player"}],
    }
    images = (
        {
            "id": n,
            "video_id": 1,
            "frame_id": n - 1,
            "file_name": f"{boxes.camera}/{n:06d}.jpg",
            **size,
        }
        for n in frames
    )
    with translate_os_errors(path), path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(head)[:-1])
        for name, rows in (("images", images), ("annotations", _annotations(boxes, found, order))):
            file.write(f', "{name}": [')
            for place, row in enumerate(rows):
                file.write(("" if place == 0 else ",\n") + json.dumps(row))
            file.write("]")
        file.write("}\n")
    sync_file(path)


def _annotations(boxes: PlayerBoxes, found: Identities, order: NDArray[np.int64]) -> Any:
    for number, (frame, player, tracklet, box, sure) in enumerate(_rows(boxes, order), 1):
        identity = player + 1 if player >= 0 else found.count + 1 + tracklet
        yield {
            "id": number,
            "image_id": frame,
            "video_id": 1,
            "category_id": 1,
            "instance_id": identity,
            "track_id": identity,
            "bbox": [round(value, 2) for value in box],
            "area": round(box[2] * box[3], 2),
            "iscrowd": 0,
            "score": round(sure, 4),
            "player": found.names[player] if player >= 0 else NOBODY,
        }


def _rows(boxes: PlayerBoxes, order: NDArray[np.int64]) -> Any:
    return zip(
        boxes.frame[order].tolist(),
        boxes.player[order].tolist(),
        boxes.tracklet[order].tolist(),
        boxes.box[order].tolist(),
        boxes.confidence[order].tolist(),
        strict=True,
    )


def _quoted(names: Sequence[str]) -> list[str]:
    """Names as a CSV has them."""
    special = set(',"\n\r')
    return ['"' + n.replace('"', '""') + '"' if special & set(n) else n for n in names]
