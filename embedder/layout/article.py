"""The article's layout: the regularised autoencoder, and what stands in for it with few frames."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout import training
from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder, refuse_huge
from frameatlas.embedder.layout.few_frames import lay_out_few
from frameatlas.embedder.layout.pca_layout import PrincipalLayout, code_report
from frameatlas.errors import FormatError
from frameatlas.options import LayoutOptions
from frameatlas.store.hdf5_writer import prove_room

if TYPE_CHECKING:
    import keras

MOST = 131_072
"""Frames trained on: 128 MiB of scores. More do not change the map, only its cost."""

BLOCK = 8192
"""Frames placed at once."""


@dataclass
class ArticleLayout:
    """A trained encoder and decoder; see ``frameatlas.embedder.layout.registry.Layout``."""

    encoder: "keras.Model"
    decoder: "keras.Model"
    report: dict[str, Any]
    name: str = "article"
    even: bool = False

    def encode(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Codes of frames: float64 of shape (n, 2), inside [-1, 1]²."""
        return in_blocks(self.encoder, scores, 2).astype(np.float64)

    def decode(self, code: NDArray[Any]) -> NDArray[np.float32]:
        """Scores at places of the code: float32 of shape (n, k)."""
        return in_blocks(self.decoder, code, self.decoder.output_shape[1])

    def place(self, scores: NDArray[Any]) -> tuple[NDArray[np.float64], None]:
        """Codes; this layout cannot tell which frames fit it badly."""
        return self.encode(scores), None

    def save(self, folder: Path) -> None:
        """Write layout.json and the weights of both models."""
        prove_room(folder, 4 * (self.encoder.count_params() + self.decoder.count_params()))
        self.encoder.save_weights(folder / "encoder.weights.h5")
        self.decoder.save_weights(folder / "decoder.weights.h5")
        stored = {
            "name": self.name,
            "kind": "autoencoder",
            "components": int(self.encoder.input_shape[1]),
            "report": self.report,
        }
        (folder / "layout.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def fit(
    scores: NDArray[Any],
    settings: LayoutOptions,
    paths: NDArray[Any],
    progress: Callable[[int, int], None] | None = None,
) -> ArticleLayout | PrincipalLayout:
    """Train the autoencoder; with too few different frames, lay them out by their components."""
    few = lay_out_few(scores, settings.std, "article")
    if few is not None:
        return few
    rows, times = _sample(scores, paths, settings)
    plan = training.TrainingPlan(
        steps=training.plan_steps(len(rows)),
        batch=training.BATCH,
        rate=training.RATE,
        triplet=settings.triplet,
        temporal=settings.temporal if len(times) else 0.0,
        std=settings.std,
        seed=settings.seed,
    )
    encoder, decoder = _build(scores.shape[1], settings.std, settings.seed)
    training.train(encoder, decoder, rows, times, plan, progress)
    layout = ArticleLayout(encoder, decoder, {})
    layout.report = {
        "losses": training.measure(encoder, decoder, rows, times, plan),
        **code_report(layout.encode(rows)),
        "steps": plan.steps,
        "batch": plan.batch,
        "frames_trained": len(rows),
        "reduced": _what_was_reduced(len(rows), len(scores), bool(settings.temporal), len(times)),
    }
    return layout


def load(folder: Path, stored: dict[str, Any]) -> ArticleLayout | PrincipalLayout:
    """Read a layout whose layout.json says ``stored``."""
    try:
        if stored["kind"] == "principal":
            return PrincipalLayout.load(folder, stored)
        refuse_huge(int(stored["components"]))
        encoder, decoder = _build(int(stored["components"]))
        encoder.load_weights(folder / "encoder.weights.h5")
        decoder.load_weights(folder / "decoder.weights.h5")
        return ArticleLayout(encoder, decoder, dict(stored["report"]))
    except FormatError:
        raise
    except Exception as error:  # Keras and h5py raise whatever they met in a damaged file
        raise FormatError(
            f"Expected {folder} to hold the weights of a layout. Received: {error}. "
            "Draw the map again with --refit."
        ) from error


def _build(components: int, std: float = 0.3, seed: int = 0) -> "tuple[keras.Model, keras.Model]":
    """Encoder and decoder with their weights in main memory, where they are trained and used."""
    import tensorflow as tf

    with tf.device("/CPU:0"):
        return build_encoder(components, std, seed=seed), build_decoder(components, seed=seed)


def in_blocks(model: "keras.Model", rows: NDArray[Any], width: int) -> NDArray[np.float32]:
    """A model's outputs, float32 of shape (n, width), on the CPU like its training."""
    import tensorflow as tf

    out = np.empty((len(rows), width), np.float32)
    with tf.device("/CPU:0"):
        for start in range(0, len(rows), BLOCK):
            block = np.asarray(rows[start : start + BLOCK], np.float32)
            out[start : start + BLOCK] = model(tf.constant(block), training=False)
    return out


def _sample(
    scores: NDArray[Any], paths: NDArray[Any], settings: LayoutOptions
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """At most ``MOST`` rows to train on, and which of them lie between their neighbours in time.

    Returns:
        float32 of shape (m, k), and int64 rows of it.
    """
    n = len(scores)
    chosen = np.arange(n)
    if n > MOST:
        random = np.random.default_rng(settings.seed)
        if settings.temporal:  # whole moments: a frame, the one before, the one after
            middle = random.choice(np.arange(1, n - 1), MOST // 3, replace=False)
            chosen = np.unique([middle - 1, middle, middle + 1])
        else:
            chosen = np.sort(random.choice(n, MOST, replace=False))
    rows = np.array(scores[chosen], np.float32)
    follows = (np.diff(chosen) == 1) & (np.diff(paths[chosen]) == 0)
    middles = np.flatnonzero(follows[:-1] & follows[1:]) + 1
    return rows, middles


def _what_was_reduced(trained: int, n: int, wanted_temporal: bool, moments: int) -> str:
    """Sentences for the report; "" where nothing was reduced."""
    sentences = []
    if trained < n:
        sentences.append(f"Trained on a random {trained:,} of the {n:,} frames; all are placed.")
    if wanted_temporal and not moments:
        sentences.append(
            "The temporal term was left out: no three frames of one video follow each other."
        )
    return " ".join(sentences)
