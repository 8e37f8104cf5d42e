"""A recurrent network that integrates paths: from where it starts, and how it moves, to which place cells fire."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_array, check_bool, check_count
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_key_type
from attractorbind._spatial.place_cells import PlaceCells, check_cells
from attractorbind._spatial.walk import Trajectories

# The place cells that tell most where the animal is.
_NEAREST = 3
# Of weights from velocities, in s/m: a step moves a network that is new by a part of what it holds.
_FIRST = 0.3


class PathIntegrator(eqx.Module):
    r"""A recurrent network that is told where it starts and how it moves, and has to know where it is.

    $h_0 = E\,p(x_0)$, $h_t = f(R\,h_{t-1} + I\,v_t)$, and place cells are read out as $D\,h_t$, with their code $p$ and
    $f(u) = \max(u, 0)$, or $\tanh u$ where units may fire below 0.

    **Arguments:**

    - `start`: $E$, of shape (units, cells).
    - `recurrent`: $R$, of shape (units, units).
    - `velocity`: $I$, of shape (units, 2).
    - `readout`: $D$, of shape (cells, units).
    - `signed`: whether units may fire below 0.

    **Raises:** `ArgumentError` for weights whose shapes do not fit each other.

    **Reference:** Sorscher, Mel, Ganguli & Ocko 2019, NeurIPS 32; Banino and others 2018, Nature 557, 429-433.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(64, key=jax.random.key(0))
        >>> network = spatial.path_integrator(cells, 16, key=jax.random.key(1))
        >>> walks = spatial.trajectories(3, 20, key=jax.random.key(2))
        >>> network.activity(walks, cells).shape, network.positions(walks, cells).shape
        ((3, 20, 16), (3, 20, 2))
    """

    start: Float[Array, "units cells"]
    recurrent: Float[Array, "units units"]
    velocity: Float[Array, "units 2"]
    readout: Float[Array, "cells units"]
    signed: bool = eqx.field(static=True, default=False)

    def __check_init__(self) -> None:
        check_array("start", self.start, (None, None), ArgumentError)
        units, cells = self.start.shape
        for name, shape in (("recurrent", (units, units)), ("velocity", (units, 2)), ("readout", (cells, units))):
            check_array(name, getattr(self, name), shape, ArgumentError)
        check_bool("signed", self.signed)

    def activity(self, walks: Trajectories, cells: PlaceCells) -> Float[Array, "number steps units"]:
        """The activity of each unit after each step; the start is told by the place cells, the rest by velocities."""
        check_told(self, walks, cells)
        first = cells.code(walks.positions[:, 0]) @ self.start.T
        moved = walks.velocities.swapaxes(0, 1) @ self.velocity.T
        bend = jnp.tanh if self.signed else jax.nn.relu

        def step(
            now: Float[Array, "number units"], driven: Float[Array, "number units"]
        ) -> tuple[Float[Array, "number units"], Float[Array, "number units"]]:
            now = bend(now @ self.recurrent.T + driven)
            return now, now

        return jax.lax.scan(step, first, moved)[1].swapaxes(0, 1)

    def positions(self, walks: Trajectories, cells: PlaceCells) -> Float[Array, "number steps 2"]:
        """Where it takes itself to be, in metres: the middle of the centres of the three cells that it reads most."""
        read = self.activity(walks, cells) @ self.readout.T
        _, most = jax.lax.top_k(read, min(_NEAREST, read.shape[-1]))
        nearest = cells.centres[most]
        # From the first of them, as they may lie on both sides of the edge of a periodic box.
        middle = nearest[..., 0, :] + cells.box.apart(nearest, nearest[..., :1, :]).mean(-2)
        return jnp.mod(middle, cells.box.side) if cells.box.periodic else middle


def path_integrator(
    cells: PlaceCells, units: int = 128, *, signed: bool = False, key: Key[Array, ""]
) -> PathIntegrator:
    """A path integrator before training: it holds what it is told, as its recurrent weights are the identity.

    All others are drawn evenly. If recurrent weights were drawn, too, where it started would be lost in a few steps.

    **Arguments:**

    - `cells`: the place cells that it is to tell.
    - `units`: how many units are in it.
    - `signed`: whether they may fire below 0.
    - `key`: a random key.

    **Returns:** `PathIntegrator`.

    **Raises:** `ArgumentError` for a number below 1, a wrong key, or what are no place cells.

    **Reference:** Le, Jaitly & Hinton 2015, arXiv 1504.00941.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(64, key=jax.random.key(0))
        >>> spatial.path_integrator(cells, 16, key=jax.random.key(1)).recurrent.shape
        (16, 16)
    """
    check_cells(cells)
    units = check_count("units", units)
    check_bool("signed", signed)
    check_key_type("key", key, ())
    number = len(cells.centres)
    starts, velocities, readouts = jax.random.split(key, 3)
    return PathIntegrator(
        jax.random.uniform(starts, (units, number), minval=-1.0),
        jnp.eye(units),
        jax.random.uniform(velocities, (units, 2), minval=-_FIRST, maxval=_FIRST),
        jax.random.uniform(readouts, (number, units), minval=-1.0) / units,
        signed,
    )


def check_told(network: PathIntegrator, walks: object, cells: object) -> None:
    """Raise unless these are walks, and the place cells that the network tells."""
    if not isinstance(walks, Trajectories):
        raise ArgumentError(f"walks is {walks!r}; give what spatial.trajectories() returns")
    number, wanted = len(check_cells(cells).centres), network.start.shape[1]
    if number != wanted:
        raise ArgumentError(f"cells are {number}, and the network tells {wanted}; give the cells that it was made for")
