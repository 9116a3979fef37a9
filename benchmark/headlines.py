"""The figures that a person asks for first: ours beside a peer's of the same run, and the goal.

Each benchmark of the short run has a function here that reads them from its report.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from benchmark.machine import NOT_INSTALLED
from benchmark.map_methods import METHODS
from benchmark.table_map import NAMES, PLACED
from benchmark.tables import Cell, markdown

Report = dict[str, Any]


@dataclass(frozen=True)
class Headline:
    """A figure.

    Attributes:
        what: What was measured, with its unit or direction.
        ours: The figure.
        peer: Whom it is compared with; "" where there is nobody.
        theirs: The peer's figure; None where it is not installed or there is nobody.
        goal: What we set ourselves, and for which size; "" where we did not.
        share: Whether it is a share of 1, said with three digits.
    """

    what: str
    ours: float
    peer: str = ""
    theirs: float | None = None
    goal: str = ""
    share: bool = False

    def row(self) -> list[Cell]:
        """What, ours, theirs, whose, ours / theirs, goal."""
        if not self.peer:
            return [self.what, self._said(self.ours), "", "", "", self.goal]
        if self.theirs is None:
            return [self.what, self._said(self.ours), NOT_INSTALLED, self.peer, "", self.goal]
        ratio = f"{self.ours / self.theirs:.2f}" if self.theirs else ""
        return [
            self.what, self._said(self.ours), self._said(self.theirs), self.peer, ratio, self.goal
        ]  # fmt: skip

    def _said(self, value: float) -> Cell:
        return f"{value:.3f}" if self.share else value


def table(reports: Mapping[str, Report]) -> str:
    """The figures of all benchmarks that ran, as Markdown.

    Args:
        reports: By the benchmark's name.
    """
    found = [line.row() for name, report in reports.items() for line in HEADLINES[name](report)]
    return markdown(["", "ours", "theirs", "the peer", "ours / theirs", "goal"], found)


def _decode(report: Report) -> list[Headline]:
    what = f"decoding {report['total']['frames']:,} frames, processor s"
    ours, theirs = report["total"]["ours_cpu"], report["total"]["null_cpu"]
    lines = [Headline(what, ours, "FFmpeg, the same filters, to nowhere", theirs)]
    # PySceneDetect does not open all clips: beside it goes our time of those that it opens.
    beside = report["scenedetect"] or {}
    ours, theirs = beside.get("ours_cpu", ours), beside.get("scenedetect_cpu")
    lines.append(Headline(what, ours, "PySceneDetect, through OpenCV", theirs, "1 × or less"))
    return lines


def _features(report: Report) -> list[Headline]:
    peers, goals = report["peers"], {"tensorflow": "1.7 × or more", "openvino": "2.3 × or more"}
    names = {"tensorflow": "TensorFlow", "openvino": "OpenVINO"}
    keras = peers["keras"]["crops_per_second"]
    return [
        Headline(
            f"crops described a second, {text} (more is better)",
            peers[name]["crops_per_second"], "Keras `predict`", keras, goals[name],
        )
        for name, text in names.items()
        if name in peers
    ]  # fmt: skip


def _pca(report: Report) -> list[Headline]:
    peers, frames = report["peers"], f"{report['frames']:,} × {report['dimension']:,}"
    ours, theirs = peers["ours"], peers["covariance_eigh"]
    name, key = "scikit-learn, `covariance_eigh`", "peak_memory_mb"
    return [
        Headline(f"PCA of {frames}, s", ours["seconds"], name, theirs["seconds"], "90 at 67,000"),
        Headline("its peak memory, MB", ours[key], name, theirs[key], "2,000"),
    ]


def _layout(report: Report) -> list[Headline]:
    what = f"training the article's layout on {report['frames']:,} frames, s"
    ours, theirs = report["ours"]["seconds"], report["keras_fit"]["seconds"]
    return [Headline(what, ours, "Keras `fit`, batches of 32", theirs, "60 at 67,000")]


def _map(report: Report) -> list[Headline]:
    return [line for data, methods in report["data"].items() for line in _map_of(data, methods)]


def _map_of(data: str, methods: Report) -> list[Headline]:
    """``atlas`` beside the best of the peers in each figure, and beside openTSNE's time."""
    ours, lines = methods["atlas"], []
    others = [
        name for name in METHODS if name in methods and name not in ("pca", "article", "atlas")
    ]
    for kind, first in (("fitted", "map of"), ("placed", "frames placed on a map of")):
        for figure in PLACED:
            known = {
                name: methods[name][kind][figure] for name in others if methods[name].get(kind)
            }
            best = max(known, key=known.__getitem__, default=None)
            what = f"{first} {data}: {figure} (more is better)"
            peer = "" if best is None else f"{NAMES[best]}, the best of {len(known)}"
            theirs = None if best is None else known[best]
            goal = "above openTSNE" if kind == "fitted" else "above all peers"
            lines.append(Headline(what, ours[kind][figure], peer, theirs, goal, share=True))
    theirs = methods.get("opentsne", {}).get("seconds")
    what = f"map of {data}, s"
    return [*lines, Headline(what, ours["seconds"], "openTSNE", theirs, "3 × or less")]


def _index(report: Report) -> list[Headline]:
    cpu = report["cpu_seconds"]
    what = f"decoding and describing {report['frames']:,} frames at once, processor s"
    peer = "the sum of both alone"
    return [Headline(what, cpu["index"], peer, cpu["decode"] + cpu["describe"], "1.05 × or less")]


def _search(report: Report) -> list[Headline]:
    known = report["milliseconds"]
    what, goal = f"the frames most like one of {report['frames']:,}, ms", "150 at 1,000,000"
    peers = {"scikit-learn": "scikit-learn, brute force", "FAISS, IndexFlatIP": "FAISS, flat"}
    return [
        Headline(what, known["frameatlas"]["median"], text, known.get(name, {}).get("median"), goal)
        for name, text in peers.items()
    ]


def _clips(report: Report) -> list[Headline]:
    found = report["all"]
    return [
        Headline(f"{report['pieces']} pieces: {name}", found[name], goal=".95 or more", share=True)
        for name in ("recall", "precision")
        if found[name] is not None
    ]


def _tiles(report: Report) -> list[Headline]:
    key = "overview_tile_milliseconds_p95"
    what = f"a tile of 64 among {report['frames']:,} frames, ms (p95)"
    peers = {"Pillow": "pillow_at_once", "ImageMagick `montage`": "montage"}
    return [
        Headline(what, report[key], name, report.get(f"overview_tile_by_{end}_milliseconds_p95"))
        for name, end in peers.items()
    ]


def _poster(report: Report) -> list[Headline]:
    width, height = report["pixels"]
    return [
        Headline(
            f"poster of {width} × {height}, {name}, s", report[f"command_{end}_seconds"],
            "ImageMagick `montage`", report.get(f"montage_{end}_seconds"), "0.5 × or less",
        )
        for end, name in (("png", "PNG"), ("jpg", "JPEG"))
    ]  # fmt: skip


def _players(report: Report) -> list[Headline]:
    rows, lines = report["identities"], []
    for key in dict.fromkeys((row["case"], row["switches"]) for row in rows):
        own = {
            r["method"]: r["tracklet_accuracy"] for r in rows if (r["case"], r["switches"]) == key
        }
        switched = f", {key[1]:.0%} switched" if key[1] else ""
        what = f"players, {key[0]}{switched}: accuracy (more is better)"
        peer = "GTA-Link's connector, .4"
        lines.append(Headline(what, own["players"], peer, own[peer], share=True))
    return lines


def _players_speed(report: Report) -> list[Headline]:
    what = f"players after the network, {report['tracklets']:,} tracklets, s"
    return [Headline(what, report["seconds"], goal="30 at 2,000")]


def _browser(report: Report) -> list[Headline]:
    names = {
        "start_seconds": ("the page's server starts, s", "3 at 1,000,000"),
        "first_picture_seconds": ("first picture on the screen, s", "2"),
        "tile_cold_p95_ms": ("a new tile, four at a time, ms (p95)", "50"),
        "tile_warm_p95_ms": ("a kept tile, ms (p95)", "5"),
        "panning_frame_p95_ms": ("the screen while panning, ms (p95)", "20"),
    }
    values = {name.rpartition("_of_")[0]: value for name, value in report.items()}
    frames = next(name.rpartition("_of_")[2] for name in report if "_of_" in name)
    return [
        Headline(f"{text}; {int(frames):,} frames", values[name], goal=goal)
        for name, (text, goal) in names.items()
        if name in values
    ]


def _growth(report: Report) -> list[Headline]:
    """What an index without decoding and network takes, and how memory grows."""
    steps, least, most = report["steps"], report["sizes"][0], report["sizes"][-1]
    mapped = ("index", "components", "layout", "placing")
    seconds = sum(
        sum(row["seconds"].values())
        for row in steps
        if row["frames"] == most and row["step"] in mapped
    )
    few, many = (max(r["own_megabytes"] for r in steps if r["frames"] == n) for n in (least, most))
    return [
        Headline(f"{most:,} generated frames, stored and mapped, s", seconds),
        Headline(
            f"the most memory of any step, MB; {most:,} frames", many, f"ours, {least:,}", few
        ),
    ]


HEADLINES: dict[str, Callable[[Report], list[Headline]]] = {
    "decode": _decode,
    "features": _features,
    "pca": _pca,
    "layout": _layout,
    "map": _map,
    "index": _index,
    "search": _search,
    "clips": _clips,
    "tiles": _tiles,
    "browser": _browser,
    "poster": _poster,
    "players": _players,
    "players_speed": _players_speed,
    "growth": _growth,
}
