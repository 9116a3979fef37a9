"""``frameatlas players train``: teach a network who is who."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from frameatlas.cli.arguments import stopping_on_interrupt
from frameatlas.cli.learning.weigh import weighed
from frameatlas.errors import InputError, TrainingError, WeightsError
from frameatlas.plurals import count_of
from frameatlas.safe_text import say

if TYPE_CHECKING:
    from frameatlas.reid.learn.descriptor import Descriptor
    from frameatlas.reid.learn.training.trainer import Epoch, Watchers

SYSTEMS = ("baseline", "unb", "trento", "siamese", "texas", "epfl", "segment")
LATENTS = ("relu", "sigmoid", "tanh", "fixed-variance")
STARTS = ("imagenet", "none")


@click.command(
    epilog="""\b
Examples:
  frameatlas players train people/ -o club.descriptor
  frameatlas players train monday.players sunday.players -o club.descriptor
  frameatlas players train Market-1501/ --system unb --start none
"""
)
@click.argument("sets", nargs=-1, required=True, metavar="SET...")
@click.option("--system", type=click.Choice(SYSTEMS), default="baseline", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[SET's name].descriptor")
@click.option("--start", help="imagenet, none or a file of weights.  [imagenet for xception]")
@click.option("--backbone", help="xception, resnet50, resnet50-ibn, tiny, …  [the system's]")
@click.option("--mask", help="Black around people: auto, a trained mask, a folder of masks.")
@click.option("--epochs", type=int, help="[the system's]")
@click.option("--batch", help="People × pictures of each, such as 16x4.")
@click.option("--size", help="Height × width of pictures, such as 256x128.")
@click.option("--rate", type=float, help="Largest step size.")
@click.option("--steps", type=int, help="Of an epoch.  [as many as show all pictures]")
@click.option("--contrast", help="ratio or intra, of texas and epfl; weighted, of epfl.")
@click.option("--latent", type=click.Choice(LATENTS), help="Of epfl's codes.  [relu]")
@click.option("--pull", type=float, help="λ of --contrast weighted.  [1]")
@click.option("--push", type=float, help="γ of --contrast weighted.  [1]")
@click.option("--unit", is_flag=True, help="Siamese: length 1 and a margin of 1.")
@click.option("--trust", type=float, help="Of .players: also who is as sure as this, 0 to 1.")
@click.option("--same-names", is_flag=True, help="One name in two games is one person.")
@click.option("--seed", type=int, help="Decides weights and batches.  [0]")
@click.option("--precision", type=click.Choice(("auto", "float32", "mixed")))
@click.option("--resume", is_flag=True, help="Go on with what was begun.")
@click.option("--allow-overlap", is_flag=True, help="Pictures may be learnt from and scored.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def train(sets: tuple[str, ...], output: Path | None, as_json: bool, **options: Any) -> int:
    """Teach a network who is who, from sets of people or from games that you corrected.

    SET is a folder with a folder for each person, a public set as it is unpacked (Market-1501,
    DukeMTMC-reID, CUHK03, MSMT17, MARS, SoccerNet-ReID), or what `frameatlas players` wrote: there
    your corrections say who is who. Nothing leaves this machine, and the descriptor that comes out
    holds no picture and no name of anybody.
    """
    target = output or Path(f"{Path(sets[0]).resolve().stem}.descriptor")
    refuse_output(target, ".descriptor")
    plan = _plan(**options)
    start = _start(options["start"], plan.backbone)
    say_line = _Lines(as_json)
    with stopping_on_interrupt() as stopped:
        watchers = say_line.watchers(stopped)
        try:
            if options["system"] == "segment":
                return _train_mask(sets, target, plan, options, watchers)
            descriptor, problems = _train(sets, target, plan, start, options, watchers, say_line)
        except TrainingError as error:
            say(f"Error: {error}", err=True)
            return 1
    say_line.done(target, descriptor)
    return 1 if problems else 0


def _train(
    sets: tuple[str, ...],
    target: Path,
    plan: Any,
    start: Path | str,
    options: dict[str, Any],
    watchers: "Watchers",
    lines: "_Lines",
) -> "tuple[Descriptor, int]":
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.learn.sets.training_sets import open_training_sets
    from frameatlas.reid.learn.train_descriptor import finish, prepare
    from frameatlas.reid.learn.training.checkpoint import RunFolder

    people = open_training_sets(
        [Path(one) for one in sets], trust=options["trust"], same_names=options["same_names"]
    )
    import_tensorflow()
    run = RunFolder(target.with_suffix(".run"))
    ready = prepare(
        people,
        plan,
        run=run,
        start=start,
        resume=options["resume"],
        allow_overlap=options["allow_overlap"],
        mask=options["mask"],
        watchers=watchers,
    )
    for note in ready.notes:
        lines.note(note)
    lines.begin(ready.summary())
    descriptor = finish(ready)
    descriptor.save(target)  # weighing takes minutes, and may be stopped
    descriptor = weighed(descriptor, ready.store, lines.note)
    descriptor.save(target)
    run.remove()
    if plan.system == "trento" and len(ready.store.people.query):
        from frameatlas.reid.learn.trento_outputs import write_test

        lines.note(str(write_test(descriptor, ready.store, target.with_suffix(".trento"))))
    return descriptor, len(ready.store.problems)


def _train_mask(
    sets: tuple[str, ...], target: Path, plan: Any, options: dict[str, Any], watchers: "Watchers"
) -> int:
    """Pictures, and --mask as the truth about them."""
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.learn.train_mask import open_masked, train_mask
    from frameatlas.reid.learn.training.checkpoint import RunFolder

    if not options["mask"] or not Path(options["mask"]).is_dir():
        raise InputError(
            f"Expected --mask to be a folder of masks to learn from. Received: {options['mask']}; "
            "each is a PNG named as its picture."
        )
    size = plan.architecture.size
    pictures, problems = open_masked([Path(one) for one in sets], Path(options["mask"]), size)
    import_tensorflow()
    run = RunFolder(target.with_suffix(".run"))
    mask, scores = train_mask(pictures, plan, run=run, resume=options["resume"], watchers=watchers)
    mask.save(target)
    run.remove()
    say(
        f"{target} finds people: mean IoU {scores.mean_iou:.3f}, recall {scores.recall:.3f}, "
        f"precision {scores.precision:.3f} on {count_of(len(pictures.test), 'picture')} kept apart."
    )
    for problem in problems:
        say(f"left out: {problem}", err=True)
    return 1 if problems else 0


def refuse_output(target: Path, ending: str) -> None:
    """Refuse a place that cannot be written, before hours of work."""
    if target.suffix != ending:
        raise InputError(f"Expected --output to end in {ending}. Received: {target}.")
    if not target.parent.is_dir():
        raise InputError(
            f"Expected --output in a folder that there is. Received: {target}; make "
            f"{target.parent} first."
        )
    if target.is_dir():
        raise InputError(f"Expected --output to be a file. Received: {target}, a folder.")


def two_numbers(text: str | None, option: str, example: str) -> tuple[int, int] | None:
    """16x4 as two whole numbers; None for None.

    Raises:
        InputError: It is something else.
    """
    if text is None:
        return None
    first, mark, second = text.lower().replace("×", "x").partition("x")
    if not (mark and first.strip().isdecimal() and second.strip().isdecimal()):
        raise InputError(f"Expected {option} such as {example}. Received: {text!r}.")
    return int(first), int(second)


def _plan(**options: Any) -> Any:
    from frameatlas.reid.learn.training.train_plan import plan_of

    people, pictures = two_numbers(options["batch"], "--batch", "16x4") or (None, None)
    height, width = two_numbers(options["size"], "--size", "256x128") or (None, None)
    if options["unit"] and options["system"] != "siamese":
        raise InputError(
            f"Expected --unit with --system siamese. Received: {options['system']}; leave it out."
        )
    weighted = options["contrast"] == "weighted"
    for name, meant, needed in (
        ("latent", options["system"] == "epfl", "--system epfl"),
        ("pull", weighted, "--contrast weighted"),
        ("push", weighted, "--contrast weighted"),
    ):
        if options[name] is not None and not meant:
            raise InputError(
                f"Expected --{name} with {needed}. Received: --{name} {options[name]} without it."
            )
    unit: dict[str, Any] = {}
    if options["unit"]:
        unit = {"head": "unit", "margin": 1.0, "equal_share": 0.5}
    if options["latent"]:
        unit = {"head": f"codes-{options['latent']}"}
    taken = ("backbone", "epochs", "rate", "steps", "contrast", "seed", "precision", "pull", "push")
    return plan_of(
        options["system"],
        people=people,
        pictures=pictures,
        height=height,
        width=width,
        **{name: options[name] for name in taken},
        **unit,
    )


def _start(given: str | None, backbone: str) -> Path | str:
    """What to begin with; Xception's weights ship, Keras' own have to be downloaded."""
    from frameatlas.embedder.describe.weights import find_packaged_weights, verify_weights

    if given is None:
        given = "imagenet" if backbone == "xception" else "none"
    if given == "none":
        return "none"
    if given != "imagenet":
        if not Path(given).is_file():
            raise WeightsError(
                f"Expected --start to be {', '.join(STARTS)} or a file of weights. Received: "
                f"{given}."
            )
        return Path(given)
    if backbone != "xception":
        return "keras"
    verify_weights(None)
    return find_packaged_weights()


class _Lines:
    """What is said while training: lines for people, or JSON."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json

    def watchers(self, stopped: Any) -> "Watchers":
        from frameatlas.reid.learn.training.trainer import Watchers

        return Watchers(self._epoch, self.note, stopped)

    def note(self, text: str) -> None:
        """A sentence that the user should read."""
        say(
            json.dumps({"event": "note", "text": text}) if self._json else f"Note: {text}", err=True
        )

    def begin(self, text: str) -> None:
        """What is going to be done."""
        say(json.dumps({"event": "begin", "text": text}) if self._json else text)

    def _epoch(self, epoch: "Epoch") -> None:
        line = {"event": "epoch", **vars(epoch)}
        say(json.dumps(line) if self._json else str(epoch))

    def done(self, target: Path, descriptor: "Descriptor") -> None:
        """The file, and how good it is."""
        card = descriptor.card
        if self._json:
            scores = {name: card.get(name) for name in ("before", "scores", "better")}
            say(json.dumps({"event": "done", "descriptor": str(target), **scores}))
            return
        say(f"{target} describes people by {descriptor.dimension} numbers.")
        if "scores" in card:
            say(scores_words(card))


def scores_words(card: dict[str, Any]) -> str:
    """Scores of a card in a sentence, and whether training was of use."""
    now = card["scores"]
    line = (
        f"Kept apart: mAP {now['mAP']:.1%}, rank-1 {now['rank-1']:.1%} on {now['queries']} queries "
        f"(protocol {now['protocol']}, average precision {now['ap']})"
    )
    if "before" not in card:
        return line + "."
    change = "better" if card["better"] else "NOT better: do not use it"
    return f"{line}; before {card['before']['mAP']:.1%}: {change}."
