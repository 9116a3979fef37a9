"""The one error tree.

    FrameatlasError
    ├── InputError          (ValueError)          an option or argument that cannot be meant
    ├── NoAtlasError        (FileNotFoundError)   there is no atlas where one was looked for
    ├── FormatError         (ValueError)          a stored file is not what the format says
    │   └── NewerFormatError                      it was written by a later frameatlas
    ├── DamagedAtlasError   (ValueError)          an atlas whose files contradict its manifest
    ├── LockedError         (BlockingIOError)     another process is writing this atlas
    ├── SpaceError          (OSError)             the disk is full, or would be
    ├── SourceError         (OSError)             a video or photo that gives no frames
    ├── WeightsError        (ValueError)          a weights file for another network
    ├── MissingExtraError   (ImportError)         an optional library that is not installed
    ├── TrainingError       (ArithmeticError)     a training that collapsed, or left the numbers
    ├── ClusterError        (ConnectionError)     a scheduler or worker that cannot be used
    └── InterruptedIndexError (InterruptedError)  Ctrl-C: stopped cleanly, can be resumed

Every message is one sentence: what was expected, what was received, what to do.
"""


class FrameatlasError(Exception):
    """The base of every error that frameatlas raises on purpose."""


class InputError(FrameatlasError, ValueError):
    """An option or argument that cannot be meant."""


class NoAtlasError(FrameatlasError, FileNotFoundError):
    """There is no atlas where one was looked for."""


class FormatError(FrameatlasError, ValueError):
    """A stored file is not what the format says; the message names file and field."""


class NewerFormatError(FormatError):
    """The atlas was written by a later frameatlas."""


class DamagedAtlasError(FrameatlasError, ValueError):
    """The atlas' files contradict its manifest.

    Attributes:
        replaced: Whether all is well but another map has taken the place of the one that was read:
            then the atlas has only to be opened again.
    """

    replaced = False


class LockedError(FrameatlasError, BlockingIOError):
    """Another process is writing this atlas."""


class SpaceError(FrameatlasError, OSError):
    """The disk is full, or the estimate says that it would be."""


class SourceError(FrameatlasError, OSError):
    """A video or photo that gives no frames; the message is the reason shown to the user."""


class WeightsError(FrameatlasError, ValueError):
    """A weights file that does not fit Xception without its top."""


class MissingExtraError(FrameatlasError, ImportError):
    """An optional library is not installed; the message says which extra to install."""


class TrainingError(FrameatlasError, ArithmeticError):
    """A training that cannot go on: features collapsed, or losses are no numbers; state is kept."""


class ClusterError(FrameatlasError, ConnectionError):
    """A cluster's scheduler, or one of its workers, cannot be used; what is done is kept."""


class InterruptedIndexError(FrameatlasError, InterruptedError):
    """The user stopped the run; what is done is kept."""
