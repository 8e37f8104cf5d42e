"""Cells that fire at a place: Gaussians, or differences of Gaussians, that compete."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_array, check_count, check_positive, is_traced
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate, check_key_type
from attractorbind._spatial.box import Box, check_box


class PlaceCells(eqx.Module):
    r"""Place cells, each with a centre.

    $p_i(x) = \mathrm{softmax}_i(-|x - c_i|^2 / 2\sigma^2) - \mathrm{softmax}_i(-|x - c_i|^2 / 2 s \sigma^2)$, the
    second one only where there is a surround.

    **Arguments:**

    - `centres`: in metres, of shape (cells, 2).
    - `width`: $\sigma$, in metres.
    - `surround`: $s$, the variance of the surround over that of the centre; None for plain Gaussians.
    - `box`: what the animal walks in.

    **Raises:** `ArgumentError` for centres of another shape, a width that is not above 0, or a surround that is not
    wider than the centre.

    **Reference:** Sorscher, Mel, Ganguli & Ocko 2019, NeurIPS 32.

    **Example:**

        >>> import jax.numpy as jnp
        >>> from attractorbind import spatial
        >>> two = spatial.PlaceCells(jnp.array([[0.5, 0.5], [1.5, 1.5]]), width=0.3, surround=None)
        >>> two.activity(jnp.array([1.0, 1.0])).tolist()
        [0.5, 0.5]
    """

    centres: Float[Array, "cells 2"]
    width: Rate = 0.12
    surround: Rate | None = 2.0
    box: Box = Box()

    def __check_init__(self) -> None:
        check_array("centres", self.centres, (None, 2), ArgumentError)
        check_box(self.box)
        if not is_traced(self.width):
            check_positive("width", self.width)
        if (
            self.surround is not None
            and not is_traced(self.surround)
            and check_positive("surround", self.surround) <= 1
        ):
            raise ArgumentError(f"surround is {self.surround}; it must be above 1, or None for plain Gaussians")

    def activity(self, positions: Float[Array, "*places 2"]) -> Float[Array, "*places cells"]:
        """How each cell fires at each position; below 0 in the surround."""
        square = (self.box.apart(positions[..., None, :], self._centres(positions.ndim)) ** 2).sum(-1)
        centre = jax.nn.softmax(-square / (2 * self.width**2))
        if self.surround is None:
            return centre
        return centre - jax.nn.softmax(-square / (2 * self.surround * self.width**2))

    def code(self, positions: Float[Array, "*places 2"]) -> Float[Array, "*places cells"]:
        """The activity, with squares that sum to 1 over the cells: what a path integrator is told, and tells."""
        activity = self.activity(positions)
        return activity / jnp.sqrt((activity**2).sum(-1, keepdims=True))

    def _centres(self, axes: int) -> Float[Array, "... 2"]:
        return self.centres.reshape((1,) * (axes - 1) + self.centres.shape)


def place_cells(
    number: int = 512,
    *,
    width: Rate = 0.12,
    surround: Rate | None = 2.0,
    box: Box | None = None,
    key: Key[Array, ""],
) -> PlaceCells:
    """Place cells with centres drawn evenly from the box; the numbers of Sorscher and others if none are given.

    **Arguments:**

    - `number`: how many, 2 at least.
    - `width`: the standard deviation of the centre, in metres.
    - `surround`: the variance of the surround over that of the centre; None for plain Gaussians.
    - `box`: what the animal walks in; `Box()` if none is given.
    - `key`: a random key.

    **Returns:** `PlaceCells`.

    **Raises:** `ArgumentError` for numbers out of range, or a wrong key.

    **Reference:** Sorscher, Mel, Ganguli & Ocko 2019, NeurIPS 32.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(key=jax.random.key(0))
        >>> cells.activity(cells.box.centres(16)).shape
        (256, 512)
    """
    number = check_count("number", number, 2)
    box = Box() if box is None else check_box(box)
    check_key_type("key", key, ())
    return PlaceCells(jax.random.uniform(key, (number, 2), maxval=box.side), width, surround, box)


def check_cells(cells: object) -> PlaceCells:
    """The place cells, or an error if they are something else."""
    if not isinstance(cells, PlaceCells):
        raise ArgumentError(f"cells is {cells!r}; give spatial.place_cells(key=jax.random.key(0)), say")
    return cells
