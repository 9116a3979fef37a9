"""The list of words that regions may be named by, as vectors of the network of an atlas' words."""

from pathlib import Path
from typing import cast

import numpy as np

from frameatlas.embedder.describe.descriptor import Descriptor, Network, TextDescriptor
from frameatlas.errors import FrameatlasError
from frameatlas.regions.word_list import everyday_words
from frameatlas.store.notes.vocabulary_file import Vocabulary, read_vocabulary, write_vocabulary


def unknown_words(folder: Path, network: Network, listed: tuple[str, ...]) -> tuple[str, ...]:
    """The words of an atlas' list where they have no vectors of a network yet; none where they do.

    Args:
        folder: The atlas.
        network: Of its words.
        listed: The list that the user gave; none keeps the one that is there, or takes the
            everyday one.
    """
    try:
        kept = read_vocabulary(folder, network.width)
    except FrameatlasError:  # damaged, or of another width: it is made anew
        kept = None
    wanted = listed or (kept.words if kept else everyday_words())
    same = kept is not None and kept.digest == network.digest and kept.words == wanted
    return () if same else wanted


def write_word_list(
    folder: Path, network: Network, listed: tuple[str, ...], descriptor: Descriptor
) -> None:
    """Describe the words of a list and keep them in the atlas.

    Args:
        folder: The atlas.
        network: One that knows words.
        listed: The words.
        descriptor: The network, opened.
    """
    vectors = cast(TextDescriptor, descriptor).words(list(listed))
    write_vocabulary(folder, Vocabulary(network.digest, listed, vectors.astype(np.float16)))
