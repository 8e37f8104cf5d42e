"""Tables as text."""

import unicodedata
from collections.abc import Collection, Sequence


def aligned(rows: Sequence[Sequence[str]], right: Collection[int]) -> list[str]:
    """A line for each row, with aligned columns; those whose numbers are in `right` are aligned to the right."""
    rows = [[_on_one_line(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def _on_one_line(cell: str) -> str:
    """The cell with line breaks and other controls, as a name may have, as Python escapes them."""
    return "".join(
        ascii(character)[1:-1] if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in cell
    )
