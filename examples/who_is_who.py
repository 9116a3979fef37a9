"""Who is who in a game: python examples/who_is_who.py VIDEO TRACKS [OUTPUT]

TRACKS is what a tracker wrote (a MOT file): it loses people and finds them under new numbers.
"""

import sys
from pathlib import Path

import numpy as np

import frameatlas
from frameatlas.reid import PlayersOptions, open_recordings


def main(video: Path, tracks: Path, output: Path = Path("game.players")) -> frameatlas.FoundPlayers:
    """Find the players, and say who they are."""
    recordings = open_recordings([video], [tracks])
    players = frameatlas.find_players(recordings, output, PlayersOptions(unassigned_share=0.0))
    found = players.identities
    print(
        f"{len(found.player)} tracklets of {len(found.names)} people, at least {found.least_count}"
    )

    for number, name in enumerate(found.names):
        own = np.flatnonzero(found.player == number)
        sure = found.confidence[own].mean()
        print(f"  player {name}: tracklets {own.tolist()}, margin {sure:.2f}")
    print(f"Estimated without labels: {found.false_links:.1%} of links are false")
    print(f"{output}: players.csv, a sheet of each, an atlas of {len(players.game.atlas)} crops")
    return players


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
