"""Sentences become numbers of tokens, by keras_hub's own preprocessor of each family."""

from pathlib import Path
from typing import Any

from frameatlas.embedder.describe.presets.families import Family, named, read_config
from frameatlas.embedder.describe.presets.files import (
    ASSETS,
    MOST_TEXT,
    PREPROCESSOR,
    TOKENIZER,
    Part,
    read_part,
    read_vocabulary,
)
from frameatlas.errors import FormatError, WeightsError


def sentence_tokens(hub: Any, folder: Path, family: Family) -> Any:
    """What turns sentences into numbers of tokens: keras_hub's own preprocessor of the family."""
    if not family.text:
        raise WeightsError(
            f"Expected a network that knows words, such as CLIP. Received: {folder}, which knows "
            "pictures only; give it to `index --descriptor`."
        )
    with named(folder):
        settings = read_part(folder, PREPROCESSOR) or Part("", {}, {})
        tokenizer = settings.parts.get("tokenizer") or read_part(folder, TOKENIZER)
        if tokenizer is None or not (folder / ASSETS).is_dir():
            raise WeightsError(
                f"Expected a tokenizer in {folder}. Received: none; write it beside the network "
                f"with keras_hub.models.{family.prefix}{family.preprocessor}.from_preset(…)"
                f'.save_to_preset("{folder.name}").'
            )
        given = {k: v for k, v in tokenizer.settings.items() if k in _OF_TOKENIZERS}
        made = getattr(hub.models, f"{family.prefix}Tokenizer")(**_pieces(folder, family), **given)
        given = {k: v for k, v in settings.settings.items() if k in _OF_PREPROCESSORS}
        longest = read_config(folder).parts["text_encoder"].number("max_sequence_length")
        wished = given.get("sequence_length")
        given["sequence_length"] = min(wished if isinstance(wished, int) else longest, longest)
        return getattr(hub.models, family.prefix + family.preprocessor)(made, **given)


_OF_TOKENIZERS = ("add_prefix_space", "pad_with_end_token")
_OF_PREPROCESSORS = (
    *("sequence_length", "add_start_token", "add_end_token"),
    *("to_lower", "canonicalize_text"),
)


def _pieces(folder: Path, family: Family) -> dict[str, Any]:
    if family.tokens == "merges":
        vocabulary, merges = read_vocabulary(folder)
        return {"vocabulary": vocabulary, "merges": merges}
    path = folder / ASSETS / "vocabulary.spm"
    if path.stat().st_size > MOST_TEXT:
        raise FormatError(f"Expected {path} to have at most {MOST_TEXT} bytes. Received: more.")
    return {"proto": path.read_bytes()}
