"""Too few frames to train on: their first two principal components, bent into tanh's range."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameatlas.errors import FormatError


@dataclass(eq=False)
class PrincipalLayout:
    """code = tanh(gain · (score - middle)) on the first two scores; a ``Layout`` like any other.

    Attributes:
        middle: float64 of shape (2,).
        gain: float64 of shape (2,); 0 where the frames do not differ on that axis.
        components: Numbers of a frame's scores, k.
        report: As ``Layout.report``.
        name: The layout that this stands in for.
    """

    middle: NDArray[np.float64]
    gain: NDArray[np.float64]
    components: int
    report: dict[str, Any]
    name: str = "article"
    even: bool = False

    @classmethod
    def fit(cls, scores: NDArray[Any], std: float, reduced: str) -> "PrincipalLayout":
        """Choose middle and gain so that the code has mean 0 and standard deviation ``std``.

        Args:
            scores: Floating point of shape (n, k), n at least 1.
            std: Wished standard deviation of each axis.
            reduced: The sentence for the report.
        """
        axes = _first_two(scores)
        fitted = [_centre_and_gain(axis, std) for axis in axes.T]
        middle, gain = np.array(fitted, np.float64).T
        layout = cls(middle, gain, scores.shape[1], {})
        code = layout.encode(scores)
        layout.report = {
            "losses": {"reconstruction": float(np.mean((scores - layout.decode(code)) ** 2))},
            **code_report(code),
            "steps": 0,
            "batch": 0,
            "frames_trained": len(scores),
            "reduced": reduced,
        }
        return layout

    def encode(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Codes of frames: float64 of shape (n, 2), inside [-1, 1]²."""
        return np.tanh((_first_two(scores) - self.middle) * self.gain)

    def decode(self, code: NDArray[Any]) -> NDArray[np.float32]:
        """Scores at places of the code, float32 of shape (n, k); 0 beyond the first two."""
        inside = np.clip(np.asarray(code, np.float64), -1 + 1e-12, 1 - 1e-12)
        spread = np.divide(1.0, self.gain, out=np.zeros(2), where=self.gain > 0)
        scores = np.zeros((len(inside), self.components), np.float32)
        shown = min(2, self.components)
        scores[:, :shown] = (np.arctanh(inside) * spread + self.middle)[:, :shown]
        return scores

    def place(self, scores: NDArray[Any]) -> tuple[NDArray[np.float64], None]:
        """Codes; this layout cannot tell which frames fit it badly."""
        return self.encode(scores), None

    def save(self, folder: Path) -> None:
        """Write layout.json."""
        stored = {
            "name": self.name,
            "kind": "principal",
            "components": self.components,
            "middle": self.middle.tolist(),
            "gain": self.gain.tolist(),
            "report": self.report,
        }
        (folder / "layout.json").write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, stored: dict[str, Any]) -> "PrincipalLayout":
        """Read a layout whose layout.json says ``stored``."""
        middle = np.asarray(stored["middle"], np.float64)
        gain = np.asarray(stored["gain"], np.float64)
        finite = np.isfinite(middle).all() and np.isfinite(gain).all()
        if middle.shape != (2,) or gain.shape != (2,) or not finite:
            raise FormatError(
                f"Expected {folder / 'layout.json'} to hold two numbers each of middle and gain. "
                f"Received: {middle.shape}, {gain.shape}. Draw the map again with --refit."
            )
        return cls(middle, gain, int(stored["components"]), dict(stored["report"]))


def code_report(code: NDArray[np.float64]) -> dict[str, Any]:
    """Mean and standard deviation of a code as pairs, and the share of it at tanh's ends.

    Args:
        code: float64 of shape (n, 2).
    """
    return {
        "mean": code.mean(axis=0).tolist(),
        "std": code.std(axis=0).tolist(),
        "saturated": float(np.mean(np.abs(code) > 0.99)),
    }


def bend_to_std(
    places: NDArray[Any], std: float, weights: NDArray[np.floating] | None = None
) -> tuple[NDArray[np.float64], float]:
    """Places bent into tanh's range so that each axis has mean 0 and deviation ``std``.

    Args:
        places: Floating point of shape (n, 2).
        std: Wished standard deviation of each axis.
        weights: Floating point of shape (n,): how much each place counts; None for the same.

    Returns:
        float64 of shape (n, 2), and how much code one unit of the places takes in the middle.
    """
    wide = np.asarray(places, np.float64)
    fitted = [_centre_and_gain(axis, std, weights) for axis in wide.T]
    middle, gain = np.array(fitted, np.float64).T
    return np.tanh((wide - middle) * gain), float(np.sqrt(gain[0] * gain[1]))


def _first_two(scores: NDArray[Any]) -> NDArray[np.float64]:
    """The first two scores, float64 of shape (n, 2); a missing second one is 0."""
    axes = np.zeros((len(scores), 2))
    shown = min(2, scores.shape[1])
    axes[:, :shown] = scores[:, :shown]
    return axes


def _centre_and_gain(
    axis: NDArray[np.float64], std: float, weights: NDArray[np.floating] | None = None
) -> tuple[float, float]:
    """The middle and gain that give tanh(gain · (axis - middle)) mean 0 and deviation ``std``.

    Both by bisection: the mean falls with the middle, the deviation rises with the gain.
    """
    spread = float(axis.std())
    if spread <= 1e-9 * max(1.0, float(np.abs(axis).max())):
        return float(axis.mean()), 0.0
    low, high = 0.0, 50.0 / spread
    middle = float(axis.mean())
    for _ in range(60):
        gain = (low + high) / 2
        middle = _centre(axis, gain, weights)
        if _deviation(np.tanh(gain * (axis - middle)), weights) < std:
            low = gain
        else:
            high = gain
    return middle, gain


def _deviation(values: NDArray[np.float64], weights: NDArray[np.floating] | None) -> float:
    if weights is None:
        return float(values.std())
    middle = np.average(values, weights=weights)
    return float(np.sqrt(np.average(np.square(values - middle), weights=weights)))


def _centre(axis: NDArray[np.float64], gain: float, weights: NDArray[np.floating] | None) -> float:
    """The middle about which tanh(gain · (axis - middle)) has mean 0."""
    low, high = float(axis.min()), float(axis.max())
    for _ in range(60):
        middle = (low + high) / 2
        bent = np.tanh(gain * (axis - middle))
        # Of a mean only the sign counts, which is that of the sum.
        if np.add.reduce(bent if weights is None else bent * weights) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
