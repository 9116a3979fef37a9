"""``frameatlas players adapt``: a descriptor made at home among other people, without labels."""

import json
from pathlib import Path
from typing import Any

import click

from frameatlas.cli.arguments import stopping_on_interrupt
from frameatlas.cli.learning.train import refuse_output, two_numbers
from frameatlas.errors import TrainingError
from frameatlas.safe_text import say


@click.command(
    epilog="Example:  frameatlas players adapt market.descriptor game/ -o game.descriptor"
)
@click.argument("file", metavar="FILE.descriptor", type=click.Path(path_type=Path))
@click.argument("target", metavar="TARGET")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="[TARGET's name].descriptor")
@click.option("--method", type=click.Choice(("unb", "contrast")), default="unb", show_default=True)
@click.option("--rounds", type=int, default=20, show_default=True, help="Of guessing, at most.")
@click.option("--epochs", type=int, default=2, show_default=True, help="Of each round.")
@click.option("--batch", help="People × pictures of each, such as 16x4.")
@click.option("--rate", type=float, default=3.5e-5, show_default=True, help="Step size.")
@click.option("--rho", type=float, help="Radius: mean of this share of the smallest distances.")
@click.option("--eps", type=float, help="Radius of clusters.  [0.6; 0.5 below 2,000 pictures]")
@click.option("--camera-norm/--no-camera-norm", default=True, help="Make cameras alike first.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on with what was begun.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def adapt(
    file: Path, target: str, output: Path | None, resume: bool, as_json: bool, **options: Any
) -> int:
    """Adapt a descriptor to other people and cameras, whose labels are not looked at.

    In each round people are guessed from clusters that two cameras saw, then learnt from. TARGET is
    a set as `frameatlas players train` takes it; its parts to learn from are used. What is learnt
    is kept in NAME.run after each round and within it: --resume goes on.
    """
    from frameatlas.embedder.describe.tensorflow_import import import_tensorflow
    from frameatlas.reid.learn.adaptation.adapt_descriptor import adapt as learn
    from frameatlas.reid.learn.descriptor import load_descriptor
    from frameatlas.reid.learn.sets.crop_store import open_store, several
    from frameatlas.reid.learn.sets.open_set import open_set
    from frameatlas.reid.learn.training.checkpoint import RunFolder
    from frameatlas.reid.learn.training.trainer import Watchers

    place = output or Path(f"{Path(target).resolve().stem}.descriptor")
    refuse_output(place, ".descriptor")
    plan = _plan(**options)
    run = RunFolder(place.with_suffix(".run"))
    run.expect(resume=resume)
    people = open_set(Path(target))
    import_tensorflow()
    descriptor = load_descriptor(file)
    store = open_store(people, run.path, descriptor.size)

    def on_round(one: Any) -> None:
        say(json.dumps({"event": "round", **one.values()}) if as_json else str(one))

    for note in (*people.notes, *several(store.problems)):
        say(f"Note: {note}", err=True)
    with stopping_on_interrupt() as stopped:
        watchers = Watchers(note=lambda text: say(f"Note: {text}", err=True), stopped=stopped)
        try:
            adapted = learn(
                descriptor,
                store,
                plan,
                run=run,
                resume=resume,
                on_round=on_round,
                watchers=watchers,
            )
        except TrainingError as error:
            say(f"Error: {error}", err=True)
            return 1
    adapted.save(place)
    run.remove()
    say(json.dumps({"event": "done", "descriptor": str(place)}) if as_json else f"Wrote {place}.")
    return 1 if store.problems else 0


def _plan(
    method: str, rounds: int, epochs: int, rho: float | None, eps: float | None, **options: Any
) -> Any:
    from frameatlas.reid.learn.adaptation.adapt_descriptor import AdaptPlan
    from frameatlas.reid.learn.adaptation.pseudo_labels import GuessOptions
    from frameatlas.reid.learn.training.train_plan import plan_of

    people, pictures = two_numbers(options["batch"], "--batch", "16x4") or (None, None)
    train = plan_of(
        "unb",
        schedule="constant",
        rate=options["rate"],
        seed=options["seed"],
        people=people,
        pictures=pictures,
    )
    guess = GuessOptions(camera_norm=options["camera_norm"], eps=eps, rho=rho)
    return AdaptPlan(method, rounds, epochs, guess, train)  # type: ignore[arg-type]
