"""Which numbers an index run describes with, and what is said of it: never silently."""

from pathlib import Path

from frameatlas.embedder.describe.cpu import has_bfloat16
from frameatlas.embedder.describe.engine import gpu_present
from frameatlas.errors import InputError
from frameatlas.options import IndexOptions
from frameatlas.store.manifest import Made


def precision_of(options: IndexOptions, earlier: Made | None, folder: Path) -> str:
    """Numbers that the run's network computes with: the atlas' own where none are asked for.

    Raises:
        InputError: Int8 would be mixed with others.
    """
    own = earlier.precision if earlier is not None else "auto"
    wished = options.precision or own
    if earlier is not None and (wished == "int8") != (own == "int8"):
        raise InputError(
            f"Expected --precision {own} as in {folder}: int8 describes frames in another way, and "
            f"the two do not mix. Received: {wished}. Leave the option out, or make another atlas "
            "with -o."
        )
    return wished


def said_of_precision(wished: str, engine: str, earlier: Made | None) -> str:
    """What a user should know of a precision; "" where there is nothing to say.

    Args:
        wished: The run's.
        engine: Which will compute with it.
        earlier: How the atlas was made so far.
    """
    if earlier is not None and wished != earlier.precision:
        return (
            f"The frames so far were described with --precision {earlier.precision}, new ones with "
            f"{wished}: alike, as those of two machines are."
        )
    if earlier is None and wished == "int8":
        better = "; this processor has bfloat16, which is as quick" if has_bfloat16() else ""
        return (
            "Frames are described in int8: features have a cosine of about .995 with float32's, "
            f"and no other precision can add to this atlas{better}."
        )
    if (wished, engine) == ("bfloat16", "tensorflow") and not (has_bfloat16() or gpu_present()):
        return (
            "This processor has no bfloat16: TensorFlow emulates it, slower than --precision "
            "float32."
        )
    return ""
