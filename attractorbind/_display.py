"""Text and tables as a notebook shows them."""

from collections.abc import Iterable, Sequence
from html import escape

# Nobody reads a longer table in a notebook.
_ROWS = 12


class Printed:
    """Has a notebook show what `print` shows."""

    def _repr_html_(self) -> str:
        return text_html(type(self).__name__, str(self))


def text_html(caption: str, text: str) -> str:
    """Text as it is printed, under a caption."""
    return f"<div><strong>{escape(caption)}</strong><pre>{escape(text)}</pre></div>"


def table_html(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table under a caption: the first rows, and in the caption how many more there are."""
    rows = list(rows)
    more = f", and {len(rows) - _ROWS} more rows" if len(rows) > _ROWS else ""
    lines = [_line("th", head), *(_line("td", row) for row in rows[:_ROWS])]
    return f"<div><strong>{escape(caption + more)}</strong><table>{''.join(lines)}</table></div>"


def _line(cell: str, values: Iterable[object]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(str(value))}</{cell}>' for value in values)}</tr>"
