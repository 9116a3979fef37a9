"""``frameatlas search``: frames like this one; where this clip occurs."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.atlas import Atlas, open_atlas
from frameatlas.cli.arguments import refuse_missing, resolve_atlas
from frameatlas.cli.clip_results import (
    MOST_ON_A_SHEET,
    Describing,
    frame_picture,
    show_clip,
    write_pictures,
)
from frameatlas.cli.footage.conditions import conditions, mask_of
from frameatlas.cli.footage.cuts import CUTTING, cutting, hand_over
from frameatlas.cli.footage.listing import list_known
from frameatlas.cli.footage.shot_hits import groups_of_shots
from frameatlas.cli.frame_results import (
    FoundFrame,
    describe_frames_found,
    stretches_of_hits,
    stretches_of_spans,
    whereabouts_named,
)
from frameatlas.cli.sentences.search import TextOptions, check_queries, search_text
from frameatlas.cli.video_results import print_table
from frameatlas.handover.cut_lists import is_cut_list
from frameatlas.handover.cuts import CutOptions
from frameatlas.missing_paths import is_unmatched
from frameatlas.options import ENGINES
from frameatlas.plurals import count_of
from frameatlas.safe_text import say
from frameatlas.search.frame_reference import find_frame
from frameatlas.search.neighbours import Neighbours, Spacing, frame_neighbours, neighbours

if TYPE_CHECKING:
    from frameatlas.drawing.compose import Picture
    from frameatlas.embedder.query.describer import Described


@click.command(
    epilog="""\b
Examples:
  frameatlas search clips.atlas --frame chaplin.mp4@4.5 --one-per-video
  frameatlas search clips.atlas --image beach.jpg -k 12 -o sheet.png
  frameatlas search clips.atlas --clip trailer.mp4
  frameatlas search clips.atlas --text "a red car at night" --not rain
  frameatlas search clips.atlas --said "menial job"
"""
)
@click.argument("atlas", required=False)
@click.option("--frame", metavar="VIDEO@SECONDS", help="Frames like this one of the atlas.")
@click.option("--image", type=click.Path(path_type=Path), help="Frames like this photo.")
@click.option("--clip", type=click.Path(path_type=Path), help="Where this video occurs.")
@click.option("--text", help="Frames that fit a sentence, where the atlas has words.")
@click.option("--not", "unwanted", multiple=True, help="With --text: what they are not to show.")
@click.option("--all", "every", is_flag=True, help="With --text: near-identical neighbours too.")
@click.option("--preset", type=click.Path(path_type=Path), help="Folder of the network.")
@click.option("--said", metavar="WORDS", help="Lines of subtitles with these words.")
@conditions
@click.option("-k", "count", default=20, show_default=True, help="How many to find.")
@click.option("--skip-near", default=0.0, type=float, help="Seconds apart in one video.")
@click.option("--one-per-video", is_flag=True, help="Only the best frame of each video.")
@click.option(
    "--one-per-shot/--every-frame", default=None, help="Only the best of each shot; the default."
)
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True)
@click.option("--weights", type=click.Path(path_type=Path), help="Those of the atlas.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects, the best first.")
@cutting
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A sheet, or a cut list.")
def search(
    atlas: str | None,
    frame: str | None,
    image: Path | None,
    clip: Path | None,
    count: int,
    skip_near: float,
    one_per_video: bool,
    as_json: bool,
    output: Path | None,
    text: str | None,
    unwanted: tuple[str, ...],
    every: bool,
    **options: Any,
) -> None:
    """Find frames like a frame or a photo or that fit a sentence, or where a clip occurs.

    VIDEO is a name, a path or an id; SECONDS may be 12.5 or 1:02:03.5; of photos, name the photo
    itself. A clip is found also where it was encoded anew, scaled, framed by bars, given a logo,
    made grey, or shown up to 10 % faster or slower. Sentences need words: `frameatlas words`.
    """
    (asked := TextOptions(text, unwanted, every)).check(frame, clip)
    where, said = options["where"], options["said"]
    queries = {"--frame": frame, "--image": image, "--clip": clip, "--text": text, "--said": said}
    if where and (clip is not None or not any(queries.values())):
        queries["--where"] = where
    check_queries(queries, count, skip_near, one_per_video)
    cut_options = CutOptions(**{name: options[name] for name in CUTTING})
    describing = Describing(options["engine"], options["weights"], options["preset"])
    for given, kind in ((image, "a photo after --image"), (clip, "a video after --clip")):
        refuse_missing([given] if given and is_unmatched(str(given)) else [], kind)
    if output is not None and not is_cut_list(output):
        from frameatlas.poster.formats.writers import check_place

        check_place(output)
    opened = open_atlas(resolve_atlas(atlas))
    sheet, cuts = (None, output) if output and is_cut_list(output) else (output, None)
    if said is not None or "--where" in queries:
        one_each = bool(options["one_per_shot"])
        list_known(opened, said, where, as_json, output, cut_options, one_each=one_each)
        return
    if clip is not None:
        spans = show_clip(opened, clip, count, as_json, sheet, describing)
        if cuts is not None:
            hand_over(opened, stretches_of_spans(spans), cut_options, cuts)
        return
    spacing = _spacing(opened, skip_near, one_per_video, options, every=every)
    if text is not None:
        asked = replace(asked, image=image, preset=describing.preset)
        hits = search_text(opened, asked, count, spacing, as_json=as_json, output=sheet)
        if cuts is not None:
            hand_over(opened, stretches_of_hits(opened, hits), cut_options, cuts)
        return
    hits, query = _find_frames(opened, frame, image, describing, count, spacing)
    _say_frames(opened, hits, as_json, by_shot=spacing["groups"] is not None)
    if cuts is not None:
        hand_over(opened, stretches_of_hits(opened, hits), cut_options, cuts)
    elif sheet is not None:
        _draw_frames(opened, query, hits, sheet)


# Frames


def _spacing(
    atlas: Atlas, skip_near: float, one_per_video: bool, options: dict[str, Any], *, every: bool
) -> Spacing:
    """How far apart hits lie: one a shot, unless that was said otherwise."""
    asked = options["one_per_shot"]
    if asked is None and (every or skip_near or one_per_video):
        asked = False
    groups = groups_of_shots(atlas, asked)
    among = mask_of(atlas, options["where"])
    return Spacing(skip_near=skip_near, one_per_source=one_per_video, among=among, groups=groups)


def _find_frames(
    atlas: Atlas,
    frame: str | None,
    image: Path | None,
    describing: Describing,
    count: int,
    spacing: Spacing,
) -> tuple[Neighbours, tuple["Picture", str]]:
    """Frames like a frame or a photo, and the picture and the name of what was asked for."""
    if frame is not None:
        number = find_frame(atlas, frame)
        return frame_neighbours(atlas, number, count, **spacing), (
            frame_picture(atlas, number),
            frame,
        )
    assert image is not None
    described = _describe_image(atlas, image, describing)
    hits = neighbours(atlas, described.scores[0], count, **spacing)
    return hits, (described.pixels[0], image.name)


def _describe_image(atlas: Atlas, image: Path, describing: Describing) -> "Described":
    from frameatlas.embedder.query.describer import open_describer

    with open_describer(atlas, **describing._asdict()) as describer:
        return describer.image(image, placed=False)


def _say_frames(atlas: Atlas, hits: Neighbours, as_json: bool, *, by_shot: bool) -> None:
    found = describe_frames_found(atlas, hits, by_shot=by_shot)
    if as_json:
        say(json.dumps([one.values() for one in found]))
        return
    rows = [(str(one.rank), f"{one.similarity:.3f}", *one.whereabouts(by_shot)) for one in found]
    print_table(rows, ("rank", "similarity", *whereabouts_named(by_shot)))


def _draw_frames(
    atlas: Atlas, query: tuple["Picture", str], hits: Neighbours, output: Path
) -> None:
    found = describe_frames_found(atlas, hits)[: MOST_ON_A_SHEET - 1]
    pictures = [query[0], *(frame_picture(atlas, one.frame) for one in found)]
    captions = [f"Query\n{query[1]}", *(_caption(one) for one in found)]
    title = f"{count_of(len(found), 'frame')} of {atlas.folder.name} like {query[1]}"
    write_pictures(atlas, pictures, captions, output, title, {0})


def _caption(one: FoundFrame) -> str:
    return f"{one.rank}   {one.similarity:.3f}   {one.moment}\n{one.path.name}"
