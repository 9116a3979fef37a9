"""``frameatlas players evaluate``: how good a descriptor ranks the people of a set."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.reid.learn.descriptor import Descriptor
    from frameatlas.reid.learn.evaluation import Evaluation

RANKS = (1, 5, 10)
SHOWN = 5


@click.command(epilog="Example:  frameatlas players evaluate people/ --descriptor club.descriptor")
@click.argument("folder", metavar="SET")
@click.option("--descriptor", "file", required=True, help="A file, or xception: ImageNet alone.")
@click.option("--protocol", help="market, soccernet, cuhk03, trento, mars, tracklets or folders.")
@click.option("--rerank", is_flag=True, help="Re-rank with k-reciprocal neighbours.")
@click.option("--camera-norm", is_flag=True, help="Take away what a camera's pictures share.")
@click.option("--mask", help="Black around people: auto, a trained mask, a folder of masks.")
@click.option("--by-camera", is_flag=True, help="Also the queries of each camera.")
@click.option("--trust", type=float, help="Of .players: also who is as sure as this, 0 to 1.")
@click.option("--json", "as_json", is_flag=True, help="Print the scores as one JSON object.")
def evaluate(folder: str, file: str, protocol: str | None, as_json: bool, **options: Any) -> int:
    """Score a descriptor on a set of people, with the protocol that the set is known by."""
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.learn.evaluation import EvaluateOptions
    from frameatlas.reid.learn.evaluation import evaluate as score
    from frameatlas.reid.learn.networks.masks import masked_store, open_mask
    from frameatlas.reid.learn.sets.crop_store import open_store, several
    from frameatlas.reid.learn.sets.open_set import open_set
    from frameatlas.reid.learn.sets.protocol import protocol_named

    chosen = protocol_named(protocol) if protocol else None
    people = open_set(Path(folder), trust=options["trust"])
    import_tensorflow()
    descriptor = open_descriptor(file)
    store = masked_store(open_store(people, None, descriptor.size), open_mask(options["mask"]))
    for note in (*people.notes, *several(store.problems)):
        say(f"Note: {note}", err=True)
    found = score(
        descriptor, store, chosen, EvaluateOptions(options["rerank"], options["camera_norm"])
    )
    if as_json:
        say(json.dumps({"set": people.title, **_values(found)}))
    else:
        say(f"Set: {people.title}.\n" + _words(found, by_camera=options["by_camera"]))
    if found.absent:
        say(_absent(found.absent), err=True)
    return 1 if store.problems else 0


def open_descriptor(file: str) -> "Descriptor":
    """A descriptor by its file; or "xception", as it is before anybody taught it."""
    from frameatlas.reid.learn.descriptor import load_descriptor, make_descriptor

    if file != "xception":
        return load_descriptor(Path(file))
    from frameatlas.embedder.describe.weights import find_packaged_weights, verify_weights
    from frameatlas.reid.learn.networks.heads import Architecture, build_network
    from frameatlas.reid.learn.train_descriptor import begin

    verify_weights(None)
    network = build_network(Architecture("xception", "plain"))
    begin(network, "xception", find_packaged_weights())
    return make_descriptor(network, {"plan": None})


def _values(found: "Evaluation") -> dict[str, Any]:
    return {
        "protocol": found.protocol.name,
        "absent": list(found.absent),
        "by_camera": {str(camera): round(value, 6) for camera, value in found.by_camera.items()},
        "scores": {
            ap: {
                "queries": one.queries,
                "mAP": round(one.mean_precision, 6),
                "mINP": round(one.mean_inverse_penalty, 6),
                **{f"rank-{n}": round(float(one.cmc[min(n, len(one.cmc)) - 1]), 6) for n in RANKS},
            }
            for ap, one in found.scores.items()
        },
    }


def _words(found: "Evaluation", *, by_camera: bool) -> str:
    one = found.scores["standard"]
    ranks = ", ".join(f"rank-{n} {one.cmc[min(n, len(one.cmc)) - 1]:.1%}" for n in RANKS)
    lines = [
        f"Protocol: {found.protocol.sentence}.",
        f"{one.queries} queries count: {ranks}.",
        f"mAP {one.mean_precision:.1%} (average precision: standard), "
        f"{found.scores['trapezoid'].mean_precision:.1%} (trapezoid), "
        f"mINP {one.mean_inverse_penalty:.1%}.",
    ]
    if by_camera:
        lines += [f"Camera {camera}: mAP {value:.1%}." for camera, value in found.by_camera.items()]
    return "\n".join(lines)


def _absent(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:SHOWN])
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{len(names)} queries show nobody of the gallery and count for nothing: {shown}{more}."
