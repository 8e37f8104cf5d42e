"""Places as symbols: the grid units that fire most at a place are its code."""

from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import map_coordinates

from attractorbind._checks import as_numbers, check_count
from attractorbind._errors import ArgumentError
from attractorbind._overlap import overlaps
from attractorbind._spatial.box import Box, check_box, check_positions
from attractorbind._spatial.rate_maps import check_maps


def lattice(places: int, *, box: Box | None = None) -> dict[str, tuple[float, float]]:
    """Names and positions of places x places squares' middles, which are spread evenly over a box.

    **Arguments:**

    - `places`: along a side.
    - `box`: the box; `Box()` if none is given.

    **Returns:** names to positions in metres; the second coordinate runs fastest.

    **Raises:** `ArgumentError` for a number below 1.

    **Example:**

        >>> from attractorbind import spatial
        >>> spatial.lattice(2, box=spatial.Box(1.0))
        {'place 0 0': (0.25, 0.25), 'place 0 1': (0.25, 0.75), 'place 1 0': (0.75, 0.25), 'place 1 1': (0.75, 0.75)}
    """
    places = check_count("places", places)
    middles = np.asarray((Box() if box is None else check_box(box)).centres(places)).tolist()
    return {f"place {i // places} {i % places}": (x, y) for i, (x, y) in enumerate(middles)}


def place_codes(maps: Any, positions: Any, *, winners: int, box: Box | None = None) -> Bool[np.ndarray, "places units"]:
    """The code of each position: the units that fire most there are on, by maps of theirs, such as grid maps.

    `build(..., codes={"place": ...})` and `imprint` take such codes. As many are on in each. Maps are read off
    bilinearly between the middles of bins; beyond the outermost they stay as there.

    **Arguments:**

    - `maps`: of shape (units, bins, bins).
    - `positions`: in metres, of shape (places, 2).
    - `winners`: how many units are on.
    - `box`: what the maps are of; `Box()` if none is given.

    **Returns:** bools, of shape (places, units).

    **Raises:** `ArgumentError` for positions outside of the box, at least as many winners as units, or a place where
    fewer units fire.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind import spatial
        >>> along = np.arange(8.0)
        >>> maps = np.stack([np.tile(along, (8, 1)), np.tile(along[::-1], (8, 1)), np.tile(along[:, None], (1, 8))])
        >>> spatial.place_codes(maps, [[0.9, 0.5], [0.2, 0.7]], winners=1, box=spatial.Box(1.0)).astype(int).tolist()
        [[0, 0, 1], [1, 0, 0]]
    """
    box = Box() if box is None else check_box(box)
    maps = check_maps(maps)
    places = check_positions("positions", positions, box, "(places, 2)")
    if maps.ndim != 3 or places.ndim != 2:
        raise ArgumentError(
            f"maps have the shape {maps.shape}, positions {places.shape}; give (units, bins, bins) and (places, 2)"
        )
    winners = check_count("winners", winners)
    if winners >= len(maps):
        raise ArgumentError(f"winners is {winners}, and there are {len(maps)} units; let some be off")
    where = (places / box.side * maps.shape[-1] - 0.5).T
    mode = "grid-wrap" if box.periodic else "nearest"
    rates = np.stack([map_coordinates(each, where, order=1, mode=mode) for each in maps], axis=1)
    order = np.argsort(-rates, axis=1, kind="stable")[:, :winners]
    least = np.take_along_axis(rates, order[:, -1:], axis=1)[:, 0]
    if (least <= 0).any():
        place = int(np.argmax(least <= 0))
        raise ArgumentError(
            f"at {places[place].tolist()} only {int((rates[place] > 0).sum())} units fire, and winners is {winners}; "
            "take fewer winners or more units"
        )
    codes = np.zeros(rates.shape, bool)
    np.put_along_axis(codes, order, True, axis=1)
    return codes


class CodeOverlaps(NamedTuple):
    """How much alike codes of places are.

    - `distances`: of each pair of places, in metres, the nearest first.
    - `overlaps`: the correlation of the two codes: 1 for equal ones, about 0 for unrelated ones.
    """

    distances: Float[np.ndarray, " pairs"]
    overlaps: Float[np.ndarray, " pairs"]

    @property
    def neighbours(self) -> Float[np.ndarray, " nearest"]:
        """The overlaps of places that are as near to each other as any."""
        return self.overlaps[self.distances <= self.distances[0] * 1.001]


def code_overlaps(codes: Any, positions: Any, *, box: Box | None = None) -> CodeOverlaps:
    """How much alike the codes of places are, by the distance of the places.

    **Arguments:**

    - `codes`: of shape (places, units), from `place_codes` or `network.codes(buffer)`.
    - `positions`: in metres, of shape (places, 2), two at least.
    - `box`: the box; `Box()` if none is given.

    **Returns:** `CodeOverlaps`, of all pairs.

    **Raises:** `ArgumentError` for arrays that do not fit each other.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind import spatial
        >>> codes = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]], bool)
        >>> alike = spatial.code_overlaps(codes, [[0.5, 0.25], [0.5, 0.5], [0.5, 0.75]])
        >>> alike.distances.tolist(), alike.overlaps.tolist(), alike.neighbours.tolist()
        ([0.25, 0.25, 0.5], [0.0, 0.0, -1.0], [0.0, 0.0])
    """
    box = Box() if box is None else check_box(box)
    places = check_positions("positions", positions, box, "(places, 2)")
    on = as_numbers("codes", codes, "(places, units)")
    if on.ndim != 2 or places.ndim != 2 or len(on) != len(places) or len(on) < 2 or not np.isin(on, (0, 1)).all():
        raise ArgumentError(
            f"codes have the shape {on.shape}, positions {places.shape}; give zeros and ones of shape (places, units), "
            "and (places, 2), of two places at least"
        )
    first, second = np.triu_indices(len(on), 1)
    way = np.asarray(box.apart(jnp.asarray(places[first]), jnp.asarray(places[second])))
    distances = np.sqrt((way**2).sum(-1))
    alike = np.asarray(overlaps(jnp.asarray(on), jnp.asarray(on, bool)))[first, second]
    order = np.argsort(distances, kind="stable")
    return CodeOverlaps(distances[order], alike[order])
