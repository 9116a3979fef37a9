"""The layout's time as Markdown."""

from typing import Any

from benchmark.tables import Cell, markdown


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark layout --json`` prints, for people."""
    if report.get("layout") == "atlas":
        return _atlas(report)
    ours, plain = report["ours"], report.get("keras_fit")
    rows: list[list[Cell]] = [["ours", ours["seconds"], ours["cpu_seconds"]]]
    if plain is not None:
        few = f"{plain['measured_frames']:,} frames"
        name = "the same model by Keras' `fit`, batches of 32"
        ratio = f"{report['speedup']:.1f} × ours; computed from {few}"
        rows.append([name, plain["seconds"], None, ratio])
    passes = f", {ours['passes']:.0f} passes" if "passes" in ours else ""
    return "\n".join(
        [
            markdown(["", "seconds", "processor s", ""], rows),
            "",
            f"{report['frames']:,} × {report['components']} made-up scores{passes}, "
            f"layout `{report.get('layout', 'article')}`.",
        ]
    )


def _atlas(report: dict[str, Any]) -> str:
    """Our default alone: what it takes to fit and to place."""
    ours = report["ours"]
    heads = ["frames", "arranged", "fitted after s", "s", "processor s", "MB"]
    costs = [ours["fit_seconds"], ours["seconds"], ours["cpu_seconds"], ours["peak_megabytes"]]
    row: list[Cell] = [f"{report['frames']:,}", f"{ours['arranged']:,}", *map(round, costs)]
    return markdown(heads, [row])
