"""The square that an animal walks in."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from attractorbind._checks import as_numbers, check_bool, check_positive, is_traced
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate

# What rounding may add to a position at the wall, as a share of the side.
_SLACK = 1e-5


class Box(eqx.Module):
    """A square, with walls or without.

    **Arguments:**

    - `side`: its length, in metres.
    - `periodic`: whether who leaves it on one side comes in on the other; otherwise there are walls.

    **Raises:** `ArgumentError` for a side that is no finite number above 0, or a `periodic` that is no bool.

    **Example:**

        >>> from attractorbind import spatial
        >>> spatial.Box(1.0).centres(2).tolist()
        [[0.25, 0.25], [0.25, 0.75], [0.75, 0.25], [0.75, 0.75]]
    """

    side: Rate = 2.2
    periodic: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        if not is_traced(self.side):
            check_positive("side", self.side)
        check_bool("periodic", self.periodic)

    def centres(self, bins: int) -> Float[Array, "places 2"]:
        """The middles of bins x bins equal squares, in metres; the second coordinate runs fastest, as in maps."""
        along = (jnp.arange(bins, dtype=jnp.float32) + 0.5) / bins * self.side
        return jnp.stack(jnp.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)

    def apart(
        self, first: Float[Array, "*#places 2"], second: Float[Array, "*#places 2"]
    ) -> Float[Array, "*#places 2"]:
        """The way from the second places to the first, in metres; the shorter way round where there are no walls."""
        way = first - second
        return way - self.side * jnp.round(way / self.side) if self.periodic else way


def check_box(box: object) -> Box:
    """The box, or an error if it is something else."""
    if not isinstance(box, Box):
        raise ArgumentError(f"box is {box!r}; give spatial.Box(side=2.2), say")
    return box


def check_positions(name: str, given: Any, box: Box, shape: str) -> Float[np.ndarray, "..."]:
    """Positions as an array, or an error unless they are pairs of numbers within the box."""
    places = as_numbers(name, given, shape)
    if places.ndim < 2 or places.shape[-1] != 2 or not places.size:
        raise ArgumentError(f"{name} have the shape {places.shape}; give positions of shape {shape}")
    slack = _SLACK * float(box.side)
    outside = ~((places >= -slack) & (places <= box.side + slack)).all(axis=-1)
    if outside.any():
        first = tuple(np.argwhere(outside)[0].tolist())
        raise ArgumentError(
            f"{name} hold {places[first].tolist()} at {first}, outside of the box; both coordinates must be from 0 to "
            f"its side, {float(box.side):g} m"
        )
    return places
