"""The layout's time as Markdown."""

from typing import Any

from benchmark.tables import Cell, markdown


def table(report: dict[str, Any]) -> str:
    """What ``python -m benchmark layout --json`` prints, for people."""
    ours, plain = report["ours"], report["keras_fit"]
    few = f"{plain['measured_frames']:,} frames"
    rows: list[list[Cell]] = [
        ["ours, one compiled loop", ours["seconds"], ours["cpu_seconds"], ""],
        [
            "the same model by Keras' `fit`, batches of 32",
            plain["seconds"],
            None,
            f"{report['speedup']:.1f} × ours; computed from {few}",
        ],
    ]
    return "\n".join(
        [
            markdown(["", "seconds", "processor s", ""], rows),
            "",
            f"{report['frames']:,} × {report['components']} made-up scores, "
            f"{ours['passes']:.0f} passes, layout `article`.",
        ]
    )
