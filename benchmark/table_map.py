"""The map's figures as Markdown: a table for each set of frames, a row for each method."""

from typing import Any

from benchmark.machine import NOT_INSTALLED
from benchmark.map_methods import METHODS
from benchmark.tables import Cell, markdown

NAMES = {
    "pca": "PCA, two axes",
    "atlas": "**atlas**",
    "umap": "UMAP",
    "parametric": "parametric UMAP",
    "opentsne": "openTSNE",
    "pacmap": "PaCMAP",
}

FIGURES = {
    "trustworthiness": "trust",
    "accuracy": "accuracy",
    "continuity": "continuity",
    "neighbours_kept": "kept",
    "order": "order",
    "fill": "fill",
}

PLACED = ("trustworthiness", "accuracy")


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark map --json`` prints, for people."""
    parts = []
    for data, methods in report["data"].items():
        rows = [_row(name, methods[name]) for name in METHODS if name in methods]
        rows += [
            [NAMES.get(name, name), NOT_INSTALLED] for name in METHODS if _absent(name, report)
        ]
        placed = [f"placed: {FIGURES[name]}" for name in PLACED]
        heads = ["", *FIGURES.values(), *placed, "s", "processor s", "MB"]
        seeds = max((found["seeds"] for found in methods.values()), default=0)
        frames = report.get("frames", {}).get(data)
        counted = f", {frames:,} frames" if frames else ""
        parts.append(
            f"{data}{counted}, mean of {seeds} seed{'s' * (seeds > 1)}:\n\n{markdown(heads, rows)}"
        )
    return "\n\n".join(parts)


def _row(name: str, found: dict[str, Any]) -> list[Cell]:
    fitted, placed = found["fitted"], found.get("placed") or {}
    figures = [_share(fitted.get(figure)) for figure in FIGURES]
    figures += [_share(placed.get(figure)) for figure in PLACED]
    costs = [found["seconds"], found["cpu_seconds"], found["peak_megabytes"]]
    return [NAMES.get(name, name), *figures, *(round(cost) for cost in costs)]


def _share(value: float | None) -> str:
    """Three digits, as .936."""
    return "" if value is None else f"{value:.3f}".removeprefix("0")


def _absent(name: str, report: dict[str, Any]) -> bool:
    return any(line.startswith(f"{name} was skipped") for line in report["absent"])
