"""Colours of several cameras made alike: each camera's cast is taken out of the torsos' histograms.

A camera's cast multiplies red, green and blue, which moves every colour of a histogram by an amount
of its own: moving and scaling the histogram's numbers cannot undo that. The people tell what the
factors are: all cameras see the same ones, so that on the whole their torsos have to look alike.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from frameatlas.reid.crops.colour_histogram import (
    BINS,
    COLOURS,
    LIGHTNESS_SHARE,
    REACH,
    lab_of,
    rgb_of,
)
from frameatlas.reid.identify.normalise import groups
from frameatlas.reid.identify.options import PlayersOptions
from frameatlas.reid.tracks.tracklets import TrackletFeatures

MOST_FACTOR = 3.0
"""A camera's factor of a channel beyond which people are others, not the light."""

_DARKEST = 0.02
_BLOCK = 8192


def in_one_light(crops: TrackletFeatures, options: PlayersOptions) -> TrackletFeatures:
    """Crops whose torsos' colours are as one camera would have seen them.

    Args:
        crops: The game.
        options: Whether that is wanted, and which crops are normalised together.
    """
    group = groups(crops, options)
    if not options.casts or crops.colour.shape[1] != COLOURS or not group.any():
        return crops
    return replace(crops, colour=without_casts(crops.colour, group, crops.tracklet))


def without_casts(
    colour: NDArray[np.float32], group: NDArray[np.int64], tracklet: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Histograms as if all groups of crops had been seen by one camera.

    Args:
        colour: float32 of shape (n, 72): as ``colour_histogram.torso_colour`` gives them.
        group: int64 of shape (n,): crops that one camera saw.
        tracklet: int64 of shape (n,): the tracklet of each crop.

    Returns:
        float32 of shape (n, 72), each of length 1.
    """
    hue, light = _shares(colour)
    mean = _means(hue, light)
    seen = np.log(np.maximum(rgb_of(mean), _DARKEST))
    factor = np.zeros_like(seen)
    for number in np.unique(group):
        own = group == number
        factor[own] = _factor(seen, seen[own], tracklet[own])
    moved = lab_of(np.clip(np.exp(seen + factor), 0, 1)) - mean
    steps = moved / (100 / BINS, 2 * REACH / BINS, 2 * REACH / BINS)
    found = np.empty(colour.shape, np.float32)
    for start in range(0, len(colour), _BLOCK):
        rows = slice(start, start + _BLOCK)
        down, across, up = (_moves(steps[rows, axis]) for axis in (1, 2, 0))
        both = np.einsum("nab,nac,nbd->ncd", hue[rows], down, across, optimize=True)
        bright = LIGHTNESS_SHARE * np.einsum("na,nab->nb", light[rows], up)
        shares = np.concatenate([both.reshape(len(both), -1), bright], axis=1)
        found[rows] = np.sqrt(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12))
    return found


def _factor(
    everybody: NDArray[np.float64], own: NDArray[np.float64], tracklet: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Logarithms by which a camera's channels are off, (3,), as far as they cannot be chance.

    The means of few people differ by themselves: of a difference that is no larger than its
    standard error nothing is left (James and Stein, 1961).
    """
    off = everybody.mean(axis=0) - own.mean(axis=0)
    names, where, counts = np.unique(tracklet, return_inverse=True, return_counts=True)
    if len(names) < 2:
        return np.zeros(3)
    sums = np.zeros((len(names), 3))
    np.add.at(sums, where, own)
    error = (sums / counts[:, None]).var(axis=0, ddof=1) / len(names)
    kept = max(0.0, 1 - float(error.sum()) / max(float((off**2).sum()), 1e-12))
    limit = np.log(MOST_FACTOR)
    return np.asarray(np.clip(kept * off, -limit, limit), np.float64)


def _shares(colour: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of a and b, (n, 8, 8), and of lightness, (n, 8): each of them sums to 1."""
    squares = colour.astype(np.float64) ** 2
    hue = squares[:, : BINS * BINS].reshape(-1, BINS, BINS)
    light = squares[:, BINS * BINS :]
    hue = hue / np.maximum(hue.sum(axis=(1, 2), keepdims=True), 1e-12)
    return hue, light / np.maximum(light.sum(axis=1, keepdims=True), 1e-12)


def _means(hue: NDArray[np.float64], light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean CIE Lab of histograms, (n, 3)."""
    middle = (np.arange(BINS) + 0.5) / BINS
    reach = 2 * REACH * middle - REACH
    return np.stack(
        [light @ (100 * middle), hue.sum(axis=2) @ reach, hue.sum(axis=1) @ reach], axis=1
    )


def _moves(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrices (n, 8, 8) that move shares by so many bins, what would leave staying at the end."""
    place = np.clip(np.arange(BINS)[None, :] + steps[:, None], 0, BINS - 1)
    return np.asarray(np.maximum(0, 1 - np.abs(place[:, :, None] - np.arange(BINS))))
