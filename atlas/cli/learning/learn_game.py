"""``players --learn``: a head for this one game, used where it is shown to help."""

from typing import TYPE_CHECKING

from frameatlas.cli.arguments import stopping_on_interrupt

if TYPE_CHECKING:
    from frameatlas.progress import Progress
    from frameatlas.reid.identify.options import PlayersOptions
    from frameatlas.reid.tracks.tracklets import TrackletFeatures


def learn_game(
    crops: "TrackletFeatures", options: "PlayersOptions", progress: "Progress"
) -> "tuple[TrackletFeatures, PlayersOptions]":
    """What identities are found from, and how: with the head, or as they were.

    Raises:
        InterruptedIndexError: The user stopped.
    """
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.errors import TrainingError
    from frameatlas.reid.learn.learn_on_game import learn_on_game, options_with_head

    import_tensorflow()
    progress.stage("learning this game", None, "")
    with stopping_on_interrupt() as stopped:
        try:
            learned = learn_on_game(crops, options, stopped=stopped)
        except TrainingError as error:
            progress.note(f"nothing was learnt on this game: {error}")
            return crops, options
    progress.note(f"{learned.sentence}.")
    return learned.crops, options_with_head(options) if learned.used else options
