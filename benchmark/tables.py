"""Tables in Markdown that a terminal shows as well as a page does."""

from collections.abc import Mapping, Sequence

Cell = str | float | int | None
"""None where there is nothing to say."""


def markdown(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """A table whose columns line up.

    Args:
        heads: Of the columns.
        rows: Each with at most as many cells; numbers come with as many digits as say something.
    """
    written = [[said(cell) for cell in row] for row in (heads, *rows)]
    written = [row + [""] * (len(heads) - len(row)) for row in written]
    widths = [max(3, *(len(row[i]) for row in written)) for i in range(len(heads))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in written
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def one_a_line(figures: Mapping[str, object]) -> str:
    """All figures, one a line, those too that no table has."""
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in figures.items())


def said(cell: Cell) -> str:
    """A number with three digits that count, thousands apart; words as they are."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 100:
        return f"{round(cell):,}"
    if abs(cell) >= 10:
        return f"{cell:.1f}"
    return f"{cell:.2f}" if abs(cell) >= 0.1 or cell == 0 else f"{cell:.2g}"
