"""The charts as plain Plotly figures: arrays in, a figure out."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Figure = dict[str, Any]
"""A Plotly figure as JSON knows it: data and layout."""

MOST_POINTS = 2_000
"""Points of a line: more than there are pixels across."""

MOST_BARS = 25
"""Videos that a chart names."""

GRID = (18, 11)
"""Columns and rows by which shares of the map are counted, as in its quality figures."""

QUALITY = {
    "trustworthiness": "Trustworthiness",
    "continuity": "Continuity",
    "neighbours_kept": "Neighbours kept",
    "neighbours_kept_other_moments": "… of other moments",
    "order": "Order of far regions",
    "fill": "Map filled",
}
"""Figures of quality.json that are drawn, and what they are called."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def novelty_figure(novelty: NDArray[np.float32], name: str, *, dark: bool = False) -> Figure:
    """How new each frame of a video is: peaks are cuts and turns.

    Args:
        novelty: float32 of shape (n, 2), seconds and distance from the frame before.
        name: Of the video.
        dark: For a dark page.
    """
    rows = thin(novelty, MOST_POINTS)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": rows[:, 0].round(2).tolist(),
        "y": rows[:, 1].round(4).tolist(),
        "line": {"color": _accent(dark), "width": 1.5},
        "fill": "tozeroy",
        "fillcolor": "rgba(76,194,255,.18)",
        "hovertemplate": "%{x:.1f} s: %{y:.2f}<extra></extra>",
    }
    layout = _layout(f"New along {name}", dark, 210)
    layout["xaxis"] |= {"title": {"text": "seconds"}}
    layout["yaxis"] |= {"title": {"text": "distance"}, "rangemode": "tozero"}
    return {"data": [line], "layout": layout}


def thin(rows: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    """At most so many rows, of each stretch the one with the largest second column.

    Args:
        rows: float32 of shape (n, 2).
        most: Rows to keep.
    """
    if len(rows) <= most:
        return rows
    edges = np.linspace(0, len(rows), most + 1).astype(int)
    peaks = [a + int(rows[a:b, 1].argmax()) for a, b in pairwise(edges)]
    return rows[peaks]


def share_of_map(
    coordinates: NDArray[np.float64], numbers: NDArray[np.int32], sources: int
) -> NDArray[np.float64]:
    """How much of the map each video has: cells of a grid, shared by the frames within them.

    Args:
        coordinates: float64 of shape (n, 2), in [-1, 1].
        numbers: int32 of shape (n,): the source of each frame.
        sources: How many there are.

    Returns:
        float64 of shape (sources,), of sum 1 where there is a frame.
    """
    sides = np.array(GRID)
    cells = np.clip((coordinates + 1) / 2 * sides, 0, sides - 1).astype(np.int64)
    cell = cells[:, 1] * GRID[0] + cells[:, 0]
    counts = np.bincount(cell, minlength=GRID[0] * GRID[1])
    owned = np.bincount(numbers, 1 / counts[cell], minlength=sources)
    return np.asarray(owned / max(1, int((counts > 0).sum())), np.float64)


def share_figure(
    frames: Sequence[int],
    shares: NDArray[np.float64],
    names: Sequence[str],
    video: int,
    *,
    dark: bool = False,
) -> Figure:
    """How the videos share the frames and the map, the largest first.

    Args:
        frames: Number of frames of each video.
        shares: float64, of the map.
        names: Of the videos.
        video: The one to mark.
        dark: For a dark page.
    """
    order = np.argsort(np.negative(np.asarray(frames)), kind="stable")[:MOST_BARS]
    order = order[np.asarray(frames)[order] > 0][::-1]
    total = max(1, sum(frames))
    labels = [_shorten(names[n]) for n in order]
    marked = [_accent(dark) if n == video else _quiet(dark) for n in order]

    def bars(title: str, values: list[float], colours: Any) -> Figure:
        return {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": list(range(len(order))),
            "x": values,
            "marker": {"color": colours},
            "customdata": labels,
            "hovertemplate": f"%{{customdata}}: %{{x:.1f}} % {title}<extra></extra>",
        }

    data = [
        bars("of the map", [round(100 * float(shares[n]), 2) for n in order], marked),
        bars("of the frames", [round(100 * frames[n] / total, 2) for n in order], _faint(dark)),
    ]
    layout = _layout("How videos share the map", dark, 90 + 22 * max(4, len(order)))
    layout["xaxis"] |= {"ticksuffix": " %"}
    layout["yaxis"] |= {"tickvals": list(range(len(order))), "ticktext": labels, "automargin": True}
    layout |= {"barmode": "group", "bargap": 0.3, "showlegend": True}
    return {"data": data, "layout": layout}


def quality_figure(quality: Mapping[str, Any], *, dark: bool = False) -> Figure:
    """How well the map keeps what is alike together, PCA's own two axes beside it.

    Args:
        quality: quality.json of the map; what it lacks is left out.
        dark: For a dark page.
    """
    map_, pca = (quality.get(part) or {} for part in ("map", "pca"))
    shown = [name for name in reversed(QUALITY) if isinstance(map_.get(name), int | float)]
    labels = [QUALITY[name] for name in shown]

    def bars(title: str, values: Mapping[str, Any], colour: str) -> Figure:
        kept = [values.get(name) for name in shown]
        return {
            "type": "bar",
            "orientation": "h",
            "name": title,
            "y": labels,
            "x": kept,
            "text": [f"{value:.2f}" if value is not None else "" for value in kept],
            "textposition": "inside",
            "insidetextanchor": "end",
            "marker": {"color": colour},
            "hovertemplate": "%{y}: %{x:.3f}<extra>" + title + "</extra>",
        }

    data = [bars("PCA alone", pca, _faint(dark)), bars("this map", map_, _accent(dark))]
    layout = _layout("How good the map is", dark, 110 + 34 * max(2, len(shown)))
    layout["xaxis"] |= {"range": [0, 1]}
    layout["yaxis"] |= {"automargin": True}
    layout |= {"barmode": "group", "bargap": 0.25, "showlegend": True}
    return {"data": data, "layout": layout}


def _layout(title: str, dark: bool, height: int) -> Figure:
    text = "#e8ebf0" if dark else "#14171c"
    line = "rgba(255,255,255,.12)" if dark else "rgba(0,0,0,.1)"
    axis = {"gridcolor": line, "zeroline": False, "linecolor": line, "fixedrange": True}
    return {
        "title": {
            "text": title,
            "font": {"size": 14},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "top",
            "pad": {"t": 10},
        },
        "legend": {"orientation": "h", "xref": "container", "x": 0, "y": 1, "yanchor": "bottom"},
        "height": height,
        "margin": {"l": 44, "r": 8, "t": 64, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12, "color": text},
        "xaxis": dict(axis),
        "yaxis": dict(axis),
        "showlegend": False,
        "hoverlabel": {"font": {"family": FONT}},
    }


def _shorten(name: str) -> str:
    return name if len(name) <= 18 else name[:9] + "…" + name[-8:]


def _accent(dark: bool) -> str:
    return "#4cc2ff" if dark else "#0067c0"


def _quiet(dark: bool) -> str:
    return "#5d7f9c" if dark else "#7fa9cf"


def _faint(dark: bool) -> str:
    return "#39424f" if dark else "#cfd6df"
