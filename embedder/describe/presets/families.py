"""The kinds of backbone that are known, and what each is made of."""

from dataclasses import dataclass
from pathlib import Path

from frameatlas.embedder.describe.presets.files import CONFIG, Part, read_part
from frameatlas.errors import FormatError, FrameatlasError, WeightsError

_IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
_OPENAI = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
_HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])


@dataclass(frozen=True)
class Family:
    """One kind of backbone.

    Attributes:
        prefix: What the names of its classes begin with.
        pixels: Mean and deviation of colours (0 to 1) where the preset does not say them.
        text: Whether it has words.
        tokens: "merges" or "proto": what its tokenizer is made of.
        preprocessor: What the name of its preprocessor ends with.
    """

    prefix: str
    pixels: tuple[list[float], list[float]]
    text: bool = True
    tokens: str = "merges"
    preprocessor: str = "Preprocessor"


FAMILIES = {
    "CLIPBackbone": Family("CLIP", _OPENAI),
    "SigLIPBackbone": Family("SigLIP", _HALF, tokens="proto"),
    "MetaCLIP2Backbone": Family(
        "MetaCLIP2", _OPENAI, tokens="proto", preprocessor="CausalLMPreprocessor"
    ),
    "DINOV2Backbone": Family("DINOV2", _IMAGENET, text=False),
    "DINOV3Backbone": Family("DINOV3", _IMAGENET, text=False),
}


class named:  # noqa: N801 - reads as a statement
    """Names the preset in what is wrong with one of its files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, FormatError):
            raise WeightsError(f"{error} The preset is {self._folder}.") from error
        if isinstance(error, FrameatlasError | KeyboardInterrupt | SystemExit):
            return
        if isinstance(error, Exception):
            said = (str(error).splitlines() or [type(error).__name__])[0][:200]
            raise WeightsError(
                f"Expected {self._folder} to be a preset whose config, weights and tokenizer fit. "
                f"Received: {said or type(error).__name__}; save it again with save_to_preset."
            ) from error


def read_config(folder: Path) -> Part:
    """The config of a preset, of a known kind and made of the parts of that kind."""
    with named(folder):
        config = read_part(folder, CONFIG)
    if config is None or config.name not in FAMILIES:
        raise WeightsError(
            f"Expected a preset of {', '.join(FAMILIES)}. Received: "
            f"{config.name[:80] if config else 'no config'} in {folder}."
        )
    family = FAMILIES[config.name]
    expected = {"vision_encoder": "VisionEncoder", "text_encoder": "TextEncoder"}
    wanted = {key: family.prefix + name for key, name in expected.items()} if family.text else {}
    if {key: part.name for key, part in config.parts.items()} != wanted:
        raise WeightsError(
            f"Expected {config.name} of {', '.join(wanted.values()) or 'no other parts'}. "
            f"Received: {', '.join(part.name[:40] for part in config.parts.values()) or 'none'} "
            f"in {folder}."
        )
    return config
