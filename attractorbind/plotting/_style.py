"""Colours and lines that the colour-blind, and prints in black and white, tell apart."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from attractorbind._errors import ArgumentError

# Okabe & Ito 2008, the dark ones; each goes with a pattern of line of its own.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)))
_MARKERS = ("o", "s", "^", "D", "v", "P")

OPEN, CLOSED = "#333333", "#BBBBBB"
# A longer legend only takes room.
IN_LEGEND = 12


def line_style(place: int) -> dict[str, Any]:
    """Colour and dashes of the i-th of several lines."""
    # Another round of the same colours has other dashes.
    dashes = (place + place // len(_COLOURS)) % len(_DASHES)
    return {"color": _COLOURS[place % len(_COLOURS)], "linestyle": _DASHES[dashes]}


def marker(place: int) -> str:
    """The marker of the i-th of several lines."""
    return _MARKERS[place % len(_MARKERS)]


def axes_or_new(axes: Axes | None, width: float, height: float) -> Axes:
    """The axes that were given, or those of a new figure of that size in inches."""
    if axes is not None:
        if not isinstance(axes, Axes):
            raise ArgumentError(f"axes is {axes!r}; give matplotlib Axes, as from plt.subplots()")
        return axes
    return plt.subplots(figsize=(width, height), layout="constrained")[1]
