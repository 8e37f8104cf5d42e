"""Colours and lines that the colour-blind, and prints in black and white, tell apart."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from attractorbind._errors import ArgumentError

# The darker colours of Okabe & Ito 2008. Each is drawn with a pattern of dashes of its own.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P")

OPEN, CLOSED = "#333333", "#BBBBBB"
# More lines than these get no legend: it would take the room and could not be read.
IN_LEGEND = 12


def line_style(line: int) -> dict[str, Any]:
    """Colour and dashes of a line, by its number among several."""
    # When the colours begin anew, the dashes are shifted, so that no two lines look the same.
    dashes = (line + line // len(_COLOURS)) % len(_DASHES)
    return {"color": _COLOURS[line % len(_COLOURS)], "linestyle": _DASHES[dashes]}


def marker(line: int) -> str:
    """The marker of a line, by its number among several."""
    return _MARKERS[line % len(_MARKERS)]


def axes_or_new(axes: Axes | None, width: float, height: float) -> Axes:
    """The axes that were given, or those of a new figure of that size in inches."""
    if axes is not None:
        if not isinstance(axes, Axes):
            raise ArgumentError(f"axes is {axes!r}; give matplotlib Axes, as from plt.subplots()")
        return axes
    return plt.subplots(figsize=(width, height), layout="constrained")[1]
