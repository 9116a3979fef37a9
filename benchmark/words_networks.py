"""Networks at their real size with random numbers, as keras_hub saves them: for speed alone.

No network of these can be had without downloading it; how long it takes to describe a picture
does not depend on what it has learnt.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

SIDE = 224


def make_preset(architecture: str, folder: Path) -> Path:
    """Save an untrained network into a folder, as a user would a trained one.

    Args:
        architecture: One of ``ARCHITECTURES``.
        folder: A new folder.

    Returns:
        The folder.
    """
    import keras

    keras.utils.set_random_seed(0)
    model, preprocessor = ARCHITECTURES[architecture]()
    model.save_to_preset(str(folder))
    if preprocessor is not None:
        preprocessor.save_to_preset(str(folder))
    return folder


def _clip() -> tuple[Any, Any]:
    """ViT-B/32 of Radford et al., "Learning transferable visual models", 2021, table 19."""
    import keras_hub

    models = keras_hub.models
    vision = models.CLIPVisionEncoder(
        patch_size=32, hidden_dim=768, num_layers=12, num_heads=12, intermediate_dim=3072,
        intermediate_activation="quick_gelu", image_shape=(SIDE, SIDE, 3),
    )  # fmt: skip
    text = models.CLIPTextEncoder(
        vocabulary_size=49408, embedding_dim=512, hidden_dim=512, num_layers=12, num_heads=8,
        intermediate_dim=2048, intermediate_activation="quick_gelu", max_sequence_length=77,
    )  # fmt: skip
    model = models.CLIPBackbone(vision_encoder=vision, text_encoder=text, projection_dim=512)
    tokenizer = models.CLIPTokenizer(vocabulary=_letters(49408), merges=["t h"])
    return model, models.CLIPPreprocessor(tokenizer, sequence_length=77)


def _letters(count: int) -> dict[str, int]:
    """A vocabulary of letters, filled up; the end token has the largest number, as CLIP needs."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    tokens = ["th", *letters, *(letter + "</w>" for letter in letters)]
    fillers = (f"~{number}" for number in range(count - len(tokens) - 2))
    listed = [*tokens, *fillers, "<|startoftext|>", "<|endoftext|>"]
    return {token: number for number, token in enumerate(listed)}


def _siglip() -> tuple[Any, Any]:
    """Base, patches of 16: Zhai et al., "Sigmoid loss for language image pre-training", 2023."""
    import keras_hub

    models = keras_hub.models
    vision = models.SigLIPVisionEncoder(
        patch_size=16, hidden_dim=768, num_layers=12, num_heads=12, intermediate_dim=3072,
        image_shape=(SIDE, SIDE, 3),
    )  # fmt: skip
    text = models.SigLIPTextEncoder(
        vocabulary_size=32000, embedding_dim=768, hidden_dim=768, num_layers=12, num_heads=12,
        intermediate_dim=3072, max_sequence_length=64,
    )  # fmt: skip
    return models.SigLIPBackbone(vision_encoder=vision, text_encoder=text), None


def _dino() -> tuple[Any, Any]:
    """ViT-S/14: Oquab et al., "DINOv2", 2023; at 224 pixels, as frames are described."""
    import keras_hub

    model = keras_hub.models.DINOV2Backbone(
        patch_size=14, num_layers=12, hidden_dim=384, num_heads=6, intermediate_dim=1536,
        image_shape=(SIDE, SIDE, 3), position_embedding_shape=(518, 518, 3),
    )  # fmt: skip
    return model, None


ARCHITECTURES: dict[str, Callable[[], tuple[Any, Any]]] = {
    "clip-b32": _clip,
    "siglip-b16": _siglip,
    "dinov2-s14": _dino,
}
