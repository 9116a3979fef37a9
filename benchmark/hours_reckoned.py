"""From measured parts to tens and hundreds of hours: what each step scales with, as arithmetic.

A line is one step: how long it took where it was measured, and how long it takes for so many hours.
Beyond 98,304 frames the layout is fitted on a sample of that size, and all else grows with the
frames: components and places are therefore measured there, and only multiplied.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frameatlas.embedder.layout.atlas import MOST as MOST_FITTED

Report = dict[str, Any]

FPS = 3.0
HOUR = 3600.0

TABLES = {"components": 150, "layout": 23, "placing": 79, "index": 6, "search": 273, "tiles": 358}
"""Bytes of memory that each further frame takes in a step, as ``benchmark growth`` measured them
between 100,000 and a million frames."""


@dataclass(frozen=True)
class Line:
    """One step.

    Attributes:
        step: What is done.
        measured: On what it was measured, as a person says it.
        took: Seconds there; None where it was measured at the sizes themselves.
        scale: What it scales with.
        hours: By hours of footage, the seconds that it takes.
        known: Hours of footage for which it was measured and not reckoned.
    """

    step: str
    measured: str
    took: float | None
    scale: str
    hours: dict[float, float]
    known: frozenset[float] = frozenset()


def frames_of(hours: float) -> float:
    """Frames that so many hours give, three a second."""
    return hours * HOUR * FPS


def lines(report: Report, hours: Sequence[float]) -> list[Line]:
    """Every step of an ``index`` run of all frames, then what comes after it."""
    cores = report["cores"]
    found = [_reading(film, hours, cores) for film in report["films"] if film["sample"] == "all"]
    return [*found, _describing(report, hours), *_map(report, hours), *_served(report, hours)]


def _reading(film: Report, hours: Sequence[float], cores: float) -> Line:
    """Decoding, storing and shots: processors' time, shared by all of them."""
    rate = film["processor_seconds"] / film["video_seconds"] / cores
    codec = {"h264": "H.264", "hevc": "HEVC"}[film["codec"]]
    key = "" if film["sample"] == "all" else ", `--sample key`"
    return Line(
        f"decode {codec}, store, find shots{key}",
        f"{film['video_seconds']:.0f} s of {film['size'].replace('x', ' × ')}",
        film["processor_seconds"] / cores,
        "length of the footage",
        {h: rate * h * HOUR for h in hours},
    )


def _describing(report: Report, hours: Sequence[float]) -> Line:
    known = report["describe"]
    each = known["describing_processor"] / known["frames"] / report["cores"]
    return Line(
        f"describe ({known['identity']})",
        f"{known['frames']:,} frames",
        known["describing_processor"] / report["cores"],
        "frames",
        {h: each * frames_of(h) for h in hours},
    )


def _map(report: Report, hours: Sequence[float]) -> list[Line]:
    names = {"components": "components", "layout": "fit the layout", "placing": "place, stretch"}
    return [_map_step(report["map"][step], name, hours) for step, name in names.items()]


def _map_step(row: Report, name: str, hours: Sequence[float]) -> Line:
    took, frames = float(sum(row["seconds"].values())), int(row["frames"])
    fitted = row["step"] == "layout"

    def takes(hours: float) -> float:
        wanted = frames_of(hours)
        return took * ((min(wanted, MOST_FITTED) if fitted else wanted) / frames)

    scale = f"frames, up to {MOST_FITTED:,}" if fitted else "frames"
    return Line(name, f"{frames:,} frames", took, scale, {h: takes(h) for h in hours})


def _served(report: Report, hours: Sequence[float]) -> list[Line]:
    """What was measured on an atlas of the size itself; nothing is reckoned there."""
    known = {row["hours"]: row for row in report["served"]}
    names = {
        "start_seconds": ("start the page's server", 1.0),
        "tile_cold_p95_ms": ("a new tile (p95)", 1000.0),
    }
    return [
        Line(
            name,
            "atlases of that size",
            None,
            "measured at each size",
            {h: known[h][key] / divisor for h in hours if h in known},
            frozenset(known),
        )
        for key, (name, divisor) in names.items()
        if known
    ]


def _h264(report: Report, *, key: bool) -> Report:
    """What was read of the film that totals are reckoned from."""
    wanted = ("h264", "key" if key else "all")
    found: Report = next(f for f in report["films"] if (f["codec"], f["sample"]) == wanted)
    return found


def index_seconds(report: Report, hours: float, *, key: bool = False) -> float:
    """A whole run on H.264: reading, describing and the map, one after the other on all cores."""
    film = _h264(report, key=key)
    reading = _reading(film, [hours], report["cores"]).hours[hours]
    fewer = hours * film["frames"] / (film["video_seconds"] * FPS)
    later = [_describing(report, [fewer]), *_map(report, [fewer])]
    return reading + sum(line.hours[fewer] for line in later)


def disk_bytes(report: Report, hours: float, *, key: bool = False) -> dict[str, float]:
    """By file, what an atlas of so many hours of H.264 takes."""
    film = _h264(report, key=key)
    frames = frames_of(hours) * film["frames"] / (film["video_seconds"] * FPS)
    per_frame = {
        name: film["bytes"][name] / film["frames"] for name in ("frames.npy", "features.h5")
    }
    found = {name: size * frames for name, size in per_frame.items()}
    found["scores.npy, coordinates.h5"] = (2 * 256 + 32) * frames
    return found


def memory_megabytes(report: Report, hours: float) -> dict[str, float]:
    """By step, megabytes of its own: as measured, and its tables' bytes a frame beyond that."""
    frames = frames_of(hours)
    found = {"reading": float(max(film["own_megabytes"] for film in report["films"]))}
    found["describing"] = float(report["describe"]["own_megabytes"])
    for step, row in report["map"].items():
        beyond = max(0.0, frames - row["frames"])
        found[step] = row["own_megabytes"] + TABLES.get(step, 0) * beyond / 1e6
    for row in report["served"]:
        if row["hours"] == hours:
            found["the page's server"] = float(row["server_own_megabytes"])
    return found
