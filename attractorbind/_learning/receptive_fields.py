"""Local receptive fields: which unit of a sheet sees which units of the sheet below."""

import math

import numpy as np
from jaxtyping import Float

from attractorbind._checks import check_count, check_memory
from attractorbind._errors import NetworkError


def receptive_field_mask(below: int, above: int, width: int) -> Float[np.ndarray, "below above"]:
    """1 where a unit above sees a unit below, 0 elsewhere.

    Both layers are square sheets that lie on each other. A unit above sees the units below that are in a square window
    of this width, in units below, around its own position; at the edges the window is moved inwards, so that all units
    see the same number. Every synapse has a weight of its own: nothing is shared.

    **Raises:** `NetworkError` for layers whose numbers of units are not squares, or a window wider than the layer.
    """
    below, above = check_count("below", below), check_count("above", above)
    width = check_count("width", width)
    check_memory(f"a mask of {below:,} x {above:,}", 4 * below * above, "give smaller layers", NetworkError)
    side_below, side_above = math.isqrt(below), math.isqrt(above)
    for units, side in ((below, side_below), (above, side_above)):
        if side * side != units:
            raise NetworkError(
                f"a receptive field of width {width} joins layers of {below} and {above} units, and {units} units make "
                f"no square sheet; take {side * side} or {(side + 1) ** 2}, or None for all of the layer below"
            )
    if width > side_below:
        raise NetworkError(
            f"a receptive field is {width} units wide, and the layer below is a sheet of {side_below} x {side_below}; "
            f"give a width of {side_below} at the most, or None for all of the layer below"
        )
    centres = (np.arange(side_above) + 0.5) * side_below / side_above
    first = np.clip(np.round(centres - width / 2).astype(int), 0, side_below - width)
    along = np.arange(side_below)
    seen = (along[:, None] >= first[None, :]) & (along[:, None] < first[None, :] + width)
    # Row and column of the unit below, row and column of the unit above.
    window = seen[:, None, :, None] & seen[None, :, None, :]
    return window.reshape(below, above).astype(np.float32)
