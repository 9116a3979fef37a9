"""The reid wing: boxes of people to one identity per person.

from frameatlas.reid import identify, open_recordings

recordings = open_recordings([Path("game.mp4")], [Path("game.txt")])    # a video, a tracker's boxes
game = with_cameras(game)                                               # of a cut film, each shot's
found = identify(game.crops)                                            # who each tracklet is

``frameatlas.find_players`` does all that ``frameatlas players`` does; here are its parts.
"""

from frameatlas.reid.crops.cut_films import with_cameras
from frameatlas.reid.crops.game import Game, open_game
from frameatlas.reid.crops.recordings import Recording, open_recordings
from frameatlas.reid.identify.constraints.jersey_numbers import read_numbers
from frameatlas.reid.identify.identify import identify
from frameatlas.reid.identify.identities import Decision, Identities, Segments
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.report.outputs import write_outputs
from frameatlas.reid.report.summary import summary
from frameatlas.reid.tracks.mot import Tracks, read_mot, write_mot
from frameatlas.reid.tracks.tracklets import TrackletFeatures, Tracklets

__all__ = [
    "Decision",
    "Game",
    "Identities",
    "PlayersOptions",
    "Recording",
    "Segments",
    "TrackletFeatures",
    "Tracklets",
    "Tracks",
    "identify",
    "open_game",
    "open_recordings",
    "read_mot",
    "read_numbers",
    "summary",
    "with_cameras",
    "write_mot",
    "write_outputs",
]
