"""Our layout: an autoencoder that learns an arrangement in which neighbours stay neighbours.

1. Neighbours among the scores pull each other over the plane, all frames push each other apart,
   and crowds thin out until a square is evenly filled (``neighbour_embedding``): the codes. From
   2,500 frames on, regions are drawn into order meanwhile (``regions``).
2. The autoencoder learns the arrangement: the encoder leads from scores to codes, the decoder
   from codes to scores. Reconstruction, std regulariser and triplet log-ratio are the article's.

Fitted frames have the codes of the arrangement. A new frame lands among its nearest fitted frames
(``fitted_frames``); where none is near, the encoder decides.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.embedder.layout import training
from frameatlas.embedder.layout.article import in_blocks
from frameatlas.embedder.layout.autoencoder import build_decoder, build_encoder, refuse_huge
from frameatlas.embedder.layout.few_frames import lay_out_few
from frameatlas.embedder.layout.knn_graph import SMALL, neighbour_graph, unit_scores
from frameatlas.embedder.layout.neighbour_embedding import arrange
from frameatlas.embedder.layout.out_of_sample import WIDTH, FittedFrames, to_float16
from frameatlas.embedder.layout.pca_layout import PrincipalLayout, bend_to_std, code_report
from frameatlas.embedder.layout.regions import Regions
from frameatlas.embedder.layout.rotation import rotate
from frameatlas.embedder.layout.runs import run_weights
from frameatlas.errors import FormatError
from frameatlas.options import LayoutOptions
from frameatlas.store.hdf5_writer import prove_room

if TYPE_CHECKING:
    import keras

MOST = 98_304
"""Frames arranged: beyond, a random sample is, and the others are placed like new ones."""

STEPS = 1000
"""Steps of training; after them, the encoder alone keeps nearly as many fitted neighbours."""

ENCODER = (128, 32)
DECODER = (32, 128)
"""Widths of the hidden layers."""

SHAKE = 0.3
"""How far seeds other than 0 move the frames before the start, as a share of their spread. Looking
at three components from a direction of the seed's choice lost up to .2 of the coarse order."""

LIKE = 0.97
"""Share of the fitted frames that, were they new, would count as like the others. Frames of one
second count as others, too: without them, the few shots shorter than that would set the radius for
all, and hardly a foreign frame be told."""

RADIUS = 0.15
"""Least radius: a camera that stands still makes frames closer than any two shots."""

ASTRAY = 0.75
"""Distance (1 - cosine) from which the encoder has a say in where a new frame lands, alone from 1
on, where no fitted frame points its way. Nearer, the fitted frames are the better guide."""

Progress = Callable[[int, int], None]


@dataclass
class AtlasLayout:
    """Encoder, decoder and the frames that they were fitted on; see ``layouts.Layout``."""

    encoder: "keras.Model"
    decoder: "keras.Model"
    fitted: FittedFrames
    report: dict[str, Any]
    name: str = "atlas"
    even: bool = True

    def encode(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Codes of frames: float64 of shape (n, 2), inside [-1, 1]²."""
        return self.place(scores)[0]

    def place(self, scores: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Codes, and which frames are further from the fitted ones than those from each other."""
        known = self.fitted.known(scores)
        codes, misfits = self.fitted.codes[known], np.zeros(len(known), np.bool_)
        new = np.flatnonzero(known < 0)
        if len(new):
            rows = to_float16(np.asarray(scores)[new])
            placed, distance = self.fitted.place(rows)
            codes[new] = placed
            astray = np.flatnonzero(distance > ASTRAY)
            if len(astray):
                share = np.minimum((distance[astray, None] - ASTRAY) / (1.0 - ASTRAY), 1.0)
                guess = in_blocks(self.encoder, rows[astray], 2)
                codes[new[astray]] = (1.0 - share) * placed[astray] + share * guess
            misfits[new] = distance > self.fitted.radius
        return codes, misfits

    def decode(self, code: NDArray[Any]) -> NDArray[np.float32]:
        """Scores at places of the code: float32 of shape (n, k)."""
        return in_blocks(self.decoder, code, int(self.decoder.output_shape[1]))

    def save(self, folder: Path) -> None:
        """Write layout.json, the weights of both models, and the fitted frames."""
        prove_room(folder, 4 * (self.encoder.count_params() + self.decoder.count_params()))
        self.encoder.save_weights(folder / "encoder.weights.h5")
        self.decoder.save_weights(folder / "decoder.weights.h5")
        self.fitted.save(folder)
        stored = {
            "name": self.name,
            "kind": "arranged autoencoder",
            "components": int(self.encoder.input_shape[1]),
            "encoder": list(ENCODER),
            "decoder": list(DECODER),
            "width": self.fitted.width,
            "radius": self.fitted.radius,
            "report": self.report,
        }
        if self.fitted.crowding is not None:  # else as releases before wrote it, to the byte
            stored["crowding"] = True
        (folder / "layout.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def fit(
    scores: NDArray[Any],
    settings: LayoutOptions,
    paths: NDArray[Any],
    progress: Progress | None = None,
) -> AtlasLayout | PrincipalLayout:
    """Train, arrange and learn; with too few different frames, use their components."""
    few = lay_out_few(scores, settings.std, "atlas")
    if few is not None:
        return few
    chosen = _different(scores, settings.seed)
    stored = to_float16(scores[chosen])
    rows, paths = stored.astype(np.float32), np.asarray(paths)[chosen].astype(np.int64)
    moments = _moments(chosen, paths)
    units = unit_scores(rows)
    graph, close = neighbour_graph(units, chosen, paths, settings.temporal, _part(progress, 0, 30))
    turn = settings.rotate  # undone in the codes: the square is upright once they are turned
    regions = Regions(rows, graph, settings.seed) if len(rows) >= SMALL else None
    start = _start(rows, settings.seed)
    weights = run_weights(rows, paths) if settings.spread == "variety" else None
    places = arrange(graph, start, _part(progress, 30, 80), turn, regions, weights)
    upright, gain = bend_to_std(places, settings.std, weights)
    codes = rotate(upright, -turn)
    plan = training.TrainingPlan(
        steps=STEPS,
        batch=training.BATCH,
        rate=training.RATE,
        triplet=settings.triplet,
        temporal=settings.temporal if len(moments) else 0.0,
        std=settings.std,
        seed=settings.seed,
    )
    encoder, decoder = _build(scores.shape[1], settings.std, settings.seed)
    guide = codes.astype(np.float32)
    training.train(encoder, decoder, rows, moments, plan, _part(progress, 80, 100), guide)
    radius = max(float(np.quantile(1.0 - close[:, 0], LIKE)), RADIUS)
    crowding = close.mean(axis=1) if len(rows) >= SMALL else None
    fitted = FittedFrames(stored, codes, WIDTH * gain, radius, crowding)
    report = {
        "losses": training.measure(encoder, decoder, rows, moments, plan, guide),
        **code_report(codes),
        "steps": plan.steps,
        "batch": plan.batch,
        "frames_trained": len(rows),
        "radius": radius,
        "reduced": _what_was_reduced(len(rows), len(scores), settings, len(moments)),
    }
    return AtlasLayout(encoder, decoder, fitted, report)


def load(folder: Path, stored: dict[str, Any]) -> AtlasLayout | PrincipalLayout:
    """Read a layout whose layout.json says ``stored``."""
    try:
        if stored["kind"] == "principal":
            principal = PrincipalLayout.load(folder, stored)
            principal.name = "atlas"
            return principal
        components = int(stored["components"])
        widths = tuple(stored["encoder"]), tuple(stored["decoder"])
        refuse_huge(components, *widths)
        encoder, decoder = _build(components, encoder=widths[0], decoder=widths[1])
        encoder.load_weights(folder / "encoder.weights.h5")
        decoder.load_weights(folder / "decoder.weights.h5")
        width, radius = float(stored["width"]), float(stored["radius"])
        crowded = stored.get("crowding", False) is True  # older maps place by cosines alone
        fitted = FittedFrames.load(folder, components, width, radius, crowded)
        return AtlasLayout(encoder, decoder, fitted, dict(stored["report"]))
    except FormatError:
        raise
    except Exception as error:  # Keras, h5py and NumPy raise whatever they met in a damaged file
        raise FormatError(
            f"Expected {folder} to hold the weights and frames of a layout. Received: {error}. "
            "Draw the map again with --refit."
        ) from error


def _build(
    components: int,
    std: float = 0.3,
    seed: int = 0,
    encoder: tuple[int, ...] = ENCODER,
    decoder: tuple[int, ...] = DECODER,
) -> "tuple[keras.Model, keras.Model]":
    """Encoder and decoder with their weights in main memory, where they are trained and used."""
    import tensorflow as tf

    with tf.device("/CPU:0"):
        first = build_encoder(components, std, seed=seed, widths=encoder)
        return first, build_decoder(components, seed=seed, widths=decoder)


def _start(scores: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """Where frames begin: two components, shaken, turned and mirrored by the seed, shape (n, 2)."""
    first = np.zeros((len(scores), 2), np.float32)
    shown = min(2, scores.shape[1])
    first[:, :shown] = scores[:, :shown]
    if seed == 0:
        return first
    random = np.random.default_rng(seed)
    turn = np.linalg.qr(random.normal(size=(2, 2)))[0]
    shaken = first + SHAKE * first.std() * random.standard_normal(first.shape)
    return np.asarray(shaken @ turn, np.float32)


def _different(scores: NDArray[Any], seed: int) -> NDArray[np.int64]:
    """Rows to arrange, in order: at most ``MOST``, and of equal ones the first."""
    chosen = np.arange(len(scores))
    if len(scores) > MOST:
        chosen = np.sort(np.random.default_rng(seed).choice(len(scores), MOST, replace=False))
    rows = np.ascontiguousarray(to_float16(scores[chosen]))
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    return chosen[np.sort(np.unique(whole, return_index=True)[1])]


def _moments(chosen: NDArray[np.int64], paths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which chosen frames have both neighbours in time chosen: int64 of shape (m,)."""
    follows = (np.diff(chosen) == 1) & (np.diff(paths) == 0)
    return np.flatnonzero(follows[:-1] & follows[1:]) + 1


def _part(progress: Progress | None, first: int, last: int) -> Progress | None:
    """Progress of one part of the work, from ``first`` to ``last`` per cent of the whole."""
    if progress is None:
        return None

    def step(done: int, total: int) -> None:
        progress(first + (last - first) * done // max(total, 1), 100)

    return step


def _what_was_reduced(arranged: int, n: int, settings: LayoutOptions, moments: int) -> str:
    """Sentences for the report; "" where nothing was reduced."""
    sentences = []
    if n > MOST:
        sentences.append(f"Arranged a random {arranged:,} of the {n:,} frames; all are placed.")
    if settings.temporal and not moments:
        sentences.append(
            "The temporal term was left out: no three frames of one video follow each other."
        )
    return " ".join(sentences)
