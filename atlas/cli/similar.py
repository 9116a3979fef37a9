"""``frameatlas similar``: videos that go a way over the map like a given one; near-duplicates."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.bins.stored import edit_bins, item_of, read_bins
from frameatlas.cli.arguments import resolve_atlas
from frameatlas.cli.footage.cuts import CUTTING, cutting, hand_over
from frameatlas.cli.footage.similar_shots import (
    list_duplicate_shots,
    list_similar_shots,
    refuse_with_shots,
)
from frameatlas.cli.video_results import (
    length_of,
    print_table,
    say_photos_left_out,
    show_count,
    video_row,
    video_values,
    write_figure,
)
from frameatlas.columns.joined import Files
from frameatlas.errors import InputError
from frameatlas.frames import Pixels
from frameatlas.handover.cut_lists import is_cut_list
from frameatlas.handover.cuts import CutOptions, whole_videos
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.search.duplicates import WITHIN, Duplicate, near_duplicates
from frameatlas.search.source_lookup import find_source, named_source
from frameatlas.search.video_paths import SPACES, VideoPath
from frameatlas.search.video_similarity import check_count, similar_videos
from frameatlas.store.atomic import write_text

VERDICTS = ("not_same", "keep", "spare")
"""Options about duplicates."""

ABOUT_VIDEOS = {
    **{"ordered": False, "space": "components"},
    **{"not_same": (), "keep": (), "spare": None},
}
"""Options that say something of whole videos, and what they are where they are not given."""

SAID = {"components": "among the components", "map": "on the map"}


@click.command(epilog="Example:  frameatlas similar clips.atlas chaplin.mp4 -k 5 -o paths.png")
@click.argument("words", nargs=-1, metavar="[ATLAS] VIDEO")
@click.option("-k", "count", default=9, show_default=True, help="How many videos.")
@click.option(
    "--space",
    type=click.Choice(SPACES),
    default="components",
    show_default=True,
    help="Compare among the components, or on the map.",
)
@click.option("--ordered", is_flag=True, help="The order of the frames matters.")
@click.option(
    "--per",
    type=click.Choice(("video", "shot")),
    default="video",
    show_default=True,
    help="Compare videos, or single shots.",
)
@click.option("--all", "everything", is_flag=True, help="Near-duplicates of the whole library.")
@click.option("--within", type=float, help=f"Largest distance of near-duplicates.  [{WITHIN:g}]")
@click.option(
    "--not-same", nargs=2, multiple=True, metavar="A B", help="With --all: no duplicates."
)
@click.option("--keep", multiple=True, metavar="VIDEO", help="With --all: the one to be kept.")
@click.option("--spare", type=Path, metavar="FILE", help="With --all: list what need not be kept.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, nearest first.")
@cutting
@click.option("-o", "--output", type=Path, help="The ways over the map, or a cut list.")
def similar(
    words: tuple[str, ...], everything: bool, as_json: bool, per: str, **options: Any
) -> int:
    """Find the videos whose frames are most like those of VIDEO.

    VIDEO is a name, a path, an id, or a file that is not in the atlas. The distance is 0 for the
    same frames and about 1 for videos that have nothing in common. With --all and without VIDEO:
    groups of videos, and of photos, that are nearly the same; what is said of them is kept in the
    atlas. Nothing is ever removed: --spare writes a list for your own rm.
    """
    folder, video = _split_arguments(words, everything)
    cut_options = CutOptions(**{name: options.pop(name) for name in CUTTING})
    if per == "shot":
        refuse_with_shots(options, ABOUT_VIDEOS)
        check_count(options["count"])
        atlas, output = open_atlas(resolve_atlas(folder)), options["output"]
        if video is None:
            list_duplicate_shots(atlas, options["within"], as_json, output, cut_options)
        else:
            _refuse(options, ("within",))
            list_similar_shots(atlas, video, options["count"], as_json, output, cut_options)
        return 0
    if everything:
        _refuse(options, ("output", "ordered"))
        atlas = open_atlas(resolve_atlas(folder))
        within = WITHIN if options["within"] is None else options["within"]
        verdicts = {name: options[name] for name in VERDICTS}
        _print_duplicates(atlas, within, as_json, **verdicts)
        return 0
    _refuse(options, ("within", *VERDICTS))
    options = {name: value for name, value in options.items() if name not in VERDICTS}
    check_count(options["count"])
    assert video is not None
    atlas = open_atlas(resolve_atlas(folder))
    _similar(atlas, video, as_json, cut_options, **options)
    return 0


def _similar(
    atlas: Atlas,
    video: str,
    as_json: bool,
    cut_options: CutOptions,
    *,
    count: int,
    space: str,
    ordered: bool,
    output: Path | None,
    within: None,
) -> None:
    """Search and print; draw the ways over the map, or write the videos found as a cut list."""
    del within
    cuts = output is not None and is_cut_list(output)
    if output is not None and not cuts:
        from frameatlas.poster.formats.writers import check_place

        check_place(output)
    query, picture = _query(atlas, video)
    found = similar_videos(atlas, query, count=count, space=space, ordered=ordered)
    say_photos_left_out(atlas)
    if as_json:
        say(json.dumps([video_values(atlas, one) for one in found], indent=1))
    else:
        print_table([(str(n), *video_row(atlas, one)) for n, one in enumerate(found, 1)])
    if output is not None and cuts:
        hand_over(atlas, whole_videos(atlas, [one.number for one in found]), cut_options, output)
    elif output is not None:
        name = video if not isinstance(query, int) else atlas.sources[query].path
        how = "by dynamic time warping" if ordered else "whatever the order of their frames"
        write_figure(
            atlas,
            output,
            found,
            title=f"Most similar to {Path(name).name}",
            subtitle=f"Nearest first, {how}; distance {SAID[space]}",
            query=query,
            name=name,
            picture=picture,
        )


def _split_arguments(words: tuple[str, ...], everything: bool) -> tuple[str | None, str | None]:
    """Atlas and video among the words."""
    most = 1 if everything else 2
    if len(words) > most or (not everything and not words):
        wanted = "[ATLAS] and no VIDEO with --all" if everything else "[ATLAS] VIDEO"
        raise InputError(
            f"Expected {wanted}. Received: {' '.join(words) or 'nothing'}; see "
            "`frameatlas similar --help`."
        )
    if everything:
        return (words[0] if words else None), None
    if len(words) == 1 and (Path(words[0]) / "atlas.json").is_file():
        raise InputError(
            f"Expected a VIDEO after the atlas. Received: {words[0]} alone; name a video of it, or "
            "ask for near-duplicates with --all."
        )
    return (words[0] if len(words) == 2 else None), words[-1]


def _refuse(options: dict[str, Any], names: tuple[str, ...]) -> None:
    """Refuse options that have no meaning beside or without --all."""
    for name in names:
        if options[name]:
            how = "without" if name in ("within", *VERDICTS) else "with"
            raise InputError(
                f"Expected no --{name.replace('_', '-')} {how} --all. Received: it; leave one of "
                "them out."
            )


def _query(atlas: Atlas, video: str) -> tuple[int | VideoPath, Callable[[int], Pixels] | None]:
    """The number of a source, or the path of a file beside the atlas with its pictures."""
    number = find_source(atlas, video)
    if number is not None:
        return number, None
    if not Path(video).is_file():
        return named_source(atlas, video), None
    from frameatlas.embedder.query.describer import describe_video

    say(f"{video} is not in the atlas: describing it.", err=True)
    with show_count("frames described") as progress:
        described = describe_video(atlas, Path(video), progress=progress)
    path = VideoPath(described.coordinates, described.scores, described.seconds)

    def picture(row: int) -> Pixels:
        """The frame that is kept and nearest in time."""
        nearest = abs(described.pictured - row).argmin()
        return np.asarray(described.pixels[int(nearest)], np.uint8)

    return path, picture


def _print_groups(groups: list[tuple[Duplicate, ...]], as_json: bool) -> None:
    if as_json:
        say(json.dumps([[_duplicate(one) for one in group] for group in groups], indent=1))
        return
    if not groups:
        say("No near-duplicates.")
    for number, group in enumerate(groups, 1):
        kind = "photos" if all(one.seconds is None for one in group) else "videos"
        say(f"{'' if number == 1 else chr(10)}Group {number}: {len(group)} {kind}")
        print_table(
            [
                (
                    f"{one.distance:.3f}",
                    length_of(one.seconds),
                    f"{one.width}×{one.height}",
                    f"{one.path}{' (kept)' if one.kept else ''}",
                )
                for one in group
            ],
            columns=("distance", "length", "size", "path"),
        )


def _print_duplicates(
    atlas: Atlas,
    within: float,
    as_json: bool,
    *,
    not_same: tuple[tuple[str, str], ...],
    keep: tuple[str, ...],
    spare: Path | None,
) -> None:
    """Note what is said of duplicates, then find and print them."""
    different = frozenset(frozenset(_item(atlas, v) for v in pair) for pair in not_same)
    kept = frozenset(_item(atlas, video) for video in keep)
    if different or kept:
        bins = edit_bins(
            atlas.folder,
            lambda now: replace(now, different=now.different | different, kept=now.kept | kept),
        )
    else:
        bins = read_bins(atlas.folder)
    groups = near_duplicates(atlas, within=within, bins=bins)
    _print_groups(groups, as_json)
    if spare is not None:
        paths = [one.path for g in groups if any(o.kept for o in g) for one in g if not one.kept]
        write_text(spare, "".join(f"{path}\n" for path in paths))
        say(f"{spare}: {count_of(len(paths), 'file')} with a kept duplicate.", err=True)


def _item(atlas: Atlas, name: str) -> str:
    """What verdicts call a video, or a photo by its path."""
    number = find_source(atlas, name)
    if number is not None and atlas.sources[number].kind == "video":
        return atlas.sources[number].id
    frames = Files(atlas).frames(name, Path("the atlas"))
    if frames is None:
        return atlas.sources[named_source(atlas, name)].id
    return item_of(atlas, frames.start)


def _duplicate(one: Duplicate) -> dict[str, Any]:
    return {
        "path": str(one.path),
        "distance": round(one.distance, 6),
        "frames": one.frames,
        "seconds": one.seconds,
        "width": one.width,
        "height": one.height,
        "kept": one.kept,
    }
