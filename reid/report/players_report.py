"""What ``players.json`` says: settings, error estimate, doubts, every segment, every recording."""

import math
from dataclasses import asdict
from typing import Any

from frameatlas.players.tables import IGNORED as LEFT_OUT
from frameatlas.players.tables import NOBODY
from frameatlas.reid.crops.game import Game
from frameatlas.reid.identify.identities import IGNORED, UNASSIGNED, Identities
from frameatlas.reid.identify.options import PlayersOptions


def player_name(found: Identities, player: int) -> str:
    """What a player is called; "unassigned" for nobody, "ignored" for who is left out."""
    if player == IGNORED:
        return LEFT_OUT
    return NOBODY if player == UNASSIGNED else found.names[player]


def report(game: Game, found: Identities, options: PlayersOptions) -> dict[str, Any]:
    """What ``players.json`` says."""
    tracklets = game.crops.tracklets
    segments = found.segments
    return {
        "players": found.count,
        "names": list(found.names),
        "roles": [found.role_of(player) for player in range(found.count)],
        "other_kits": [found.names[player] for player in found.other_kits],
        "ignored": int((found.player == IGNORED).sum()),
        "tracklets": len(tracklets),
        "crops": len(game.crops),
        "unassigned": int((found.player == UNASSIGNED).sum()),
        "least_count": found.least_count,
        "threshold": round(found.threshold, 6),
        "reached": round(found.reached, 6),
        "calibrated": found.calibrated,
        "false_links": _number(found.false_links),
        "missed_links": _number(found.missed_links),
        "expected": None if found.expected is None else asdict(found.expected),
        "teams": int(found.team.max(initial=-1)) + 1,
        "remarks": list(found.notes),
        "least_certain": [
            {
                **asdict(decision),
                "player": player_name(found, decision.player),
                "other": player_name(found, decision.other),
            }
            for decision in found.decisions
        ],
        "pieces": [
            {
                "tracklet": tracklets.names[segments.tracklet[segment]],
                "first": int(segments.first[segment]),
                "last": int(segments.last[segment]),
                "player": player_name(found, int(segments.player[segment])),
                "confidence": round(float(segments.confidence[segment]), 4),
            }
            for segment in range(len(segments))
        ],
        "recordings": [
            {
                "video": str(recording.pictures.path),
                "tracks": str(recording.file.absolute()),
                "camera": recording.tracks.camera,
                "boxes": len(recording.tracks),
                "crops": len(recording.plan),
                "bad_lines": [[bad.number, bad.reason] for bad in recording.bad],
                "format": recording.read.format,
                "dropped": dict(recording.read.dropped),
                "shots": _shots(game, number),
                "cuts": [[track, frame] for track, frame in recording.read.cuts],
            }
            for number, recording in enumerate(game.recordings)
        ],
        "sources": [source.id for source in game.atlas.sources if source.frames],
        "settings": asdict(options),
    }


def _shots(game: Game, number: int) -> list[list[int]]:
    """First frame and camera, from 1, of each shot of a film; none where it has only one."""
    own = [shots for shots in game.shots if shots.recording == number]
    return [
        [first, camera + 1]
        for shots in own
        for first, camera in zip(shots.first.tolist(), shots.camera.tolist(), strict=True)
    ]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)
