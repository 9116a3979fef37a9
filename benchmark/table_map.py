"""The map's figures as Markdown: a table for each set of frames, a row for each method.

Who is first, and how far two seeds agree, is said under each table: a text that a person writes
around it would be out of date after the next run.
"""

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
        begun = f"{data}{counted}, mean of {seeds} seed{'s' * (seeds > 1)}:"
        parts += [begun, markdown(heads, rows), *_told(methods)]
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


def _told(methods: dict[str, Any]) -> list[str]:
    """Lines under a table: the first in each figure; how far two seeds agree."""
    firsts = [_first(figure, "fitted", methods) for figure in FIGURES]
    firsts += [_first(figure, "placed", methods) for figure in PLACED]
    agreed = [
        f"{NAMES.get(name, name)} {_share(methods[name]['agreement'])}"
        for name in METHODS
        if "agreement" in methods.get(name, {})
    ]
    lines = [f"First: {'; '.join(filter(None, firsts))}."] if len(methods) > 1 else []
    return lines + ([f"Two seeds' neighbourhoods agree: {', '.join(agreed)}."] if agreed else [])


def _first(figure: str, part: str, methods: dict[str, Any]) -> str:
    """Such as ``trust openTSNE``; several where they are equal as shown; "" where none has it."""
    shown = {
        NAMES.get(name, name): round(value, 3)
        for name in METHODS
        if (value := (methods.get(name, {}).get(part) or {}).get(figure)) is not None
    }
    best = [name for name, value in shown.items() if value == max(shown.values())]
    placed = "placed " * (part == "placed")
    return f"{placed}{FIGURES[figure]} {' and '.join(best)}" if best else ""


def _absent(name: str, report: dict[str, Any]) -> bool:
    return any(line.startswith(f"{name} was skipped") for line in report["absent"])
