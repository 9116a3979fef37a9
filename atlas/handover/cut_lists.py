"""Cut lists as files: the ending says the form."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from frameatlas.errors import InputError
from frameatlas.handover.cuts import Cut
from frameatlas.handover.edl import edls
from frameatlas.handover.fcpxml import fcpxml
from frameatlas.handover.ffconcat import ffconcat
from frameatlas.handover.losslesscut import llc_projects
from frameatlas.handover.otio import otio
from frameatlas.handover.timecode import USUAL, Timebase, standard_timebase
from frameatlas.store.atomic import write_text

ENDINGS = (".otio", ".fcpxml", ".edl", ".llc", ".ffconcat")


def is_cut_list(path: Path) -> bool:
    """Whether a file's ending is that of a cut list."""
    return path.suffix.lower() in ENDINGS


def cut_list_texts(cuts: Sequence[Cut], path: Path, title: str) -> dict[Path, str]:
    """The files of a cut list, and what they say.

    Most forms are one file. An EDL of more than 999 events goes on in ``name-2.edl``; a project of
    LosslessCut is of one video, so of several there are as many, named for them.

    Args:
        cuts: In their order.
        path: The file, whose ending says the form.
        title: Of the list.

    Raises:
        InputError: The ending is none of these.
    """
    match path.suffix.lower():
        case ".otio":
            return {path: otio(cuts, title)}
        case ".fcpxml":
            return {path: fcpxml(cuts, title, common_timebase(cuts))}
        case ".edl":
            lists = edls(cuts, title, common_timebase(cuts))
            names = [path, *(path.with_stem(f"{path.stem}-{n}") for n in range(2, len(lists) + 1))]
            return dict(zip(names, lists, strict=True))
        case ".llc":
            return _projects(cuts, path)
        case ".ffconcat":
            return {path: ffconcat(cuts, path.name)}
    raise InputError(
        f"Expected a cut list that ends in {', '.join(ENDINGS)}. Received: {path.name}; choose one "
        "of them."
    )


def write_cut_list(cuts: Sequence[Cut], path: Path, title: str) -> list[Path]:
    """Write the files of a cut list; gives their paths."""
    texts = cut_list_texts(cuts, path, title)
    for place, text in texts.items():
        write_text(place, text)
    return list(texts)


def common_timebase(cuts: Sequence[Cut]) -> Timebase:
    """The timebase of most of what is cut."""
    seconds: Counter[Timebase] = Counter()
    for cut in cuts:
        seconds[standard_timebase(cut.media.rate)] += round(1000 * (cut.end - cut.begin))
    return seconds.most_common(1)[0][0] if seconds else USUAL


def _projects(cuts: Sequence[Cut], path: Path) -> dict[Path, str]:
    projects = llc_projects(cuts)
    if len(projects) == 1:
        return {path: next(iter(projects.values()))}
    texts: dict[Path, str] = {}
    for media, text in projects.items():
        plain = re.sub(r"[^\w.-]+", "_", media.path.stem)[:80] or "video"
        place, number = path.with_stem(f"{path.stem}-{plain}"), 1
        while place in texts:
            number += 1
            place = path.with_stem(f"{path.stem}-{plain}-{number}")
        texts[place] = text
    return texts
