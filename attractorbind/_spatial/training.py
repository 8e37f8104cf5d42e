"""Training a path integrator on walks that are drawn anew for every update."""

from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_count, check_not_negative
from attractorbind._errors import ArgumentError, RunError
from attractorbind._keys import Rate, check_one_key
from attractorbind._learning.optimiser import AbstractOptimiser, Adam
from attractorbind._spatial.integrator import PathIntegrator, check_told
from attractorbind._spatial.place_cells import PlaceCells, check_cells
from attractorbind._spatial.walk import Trajectories, Walk, check_walk, trajectories
from attractorbind._waiting import waiting


class Lessons(eqx.Module):
    """What a path integrator is trained on.

    **Arguments:**

    - `batch`: how many walks there are in an update.
    - `steps`: how many steps each has.
    - `walk`: how they go.
    - `decay`: the cost of recurrent weights, times the sum of their squares.

    **Raises:** `ArgumentError` for numbers out of range.

    **Example:**

        >>> from attractorbind import spatial
        >>> spatial.Lessons(batch=50).steps
        20
    """

    batch: int = eqx.field(static=True, default=100, converter=partial(check_count, "batch"))
    steps: int = eqx.field(static=True, default=20, converter=partial(check_count, "steps"))
    walk: Walk = Walk()
    decay: Rate = 1e-5

    def __check_init__(self) -> None:
        check_walk(self.walk)
        check_not_negative("decay", self.decay)


class Trained(NamedTuple):
    """What comes of `train_integrator`.

    - `integrator`: the network that was trained.
    - `losses`: the squared error of each update's walks, before it; 1 if nothing is read out.
    """

    integrator: PathIntegrator
    losses: Float[Array, " updates"]


def train_integrator(
    integrator: PathIntegrator,
    cells: PlaceCells,
    *,
    updates: int,
    lessons: Lessons | None = None,
    optimiser: AbstractOptimiser | None = None,
    key: Key[Array, ""],
) -> Trained:
    r"""Train a path integrator to tell place cells, by gradients through time; needs the extra `learn`.

    $L = \langle |p(x_t) - D\,h_t|^2 \rangle + \lambda |R|^2$, with the code $p$ of place cells, which has length 1, on
    walks that are drawn anew for each update.

    **Arguments:**

    - `integrator`: the network, from `path_integrator` or trained before.
    - `cells`: the place cells that it is to tell.
    - `updates`: how many.
    - `lessons`: walks and cost; `Lessons()` if none are given.
    - `optimiser`: `learning.Adam(0.001)` if none is given.
    - `key`: a random key; draws the walks.

    **Returns:** `Trained`.

    **Raises:** `ArgumentError` for numbers out of range, or cells that are not the network's; `RunError` if the loss is
    not finite any more; `ImportError` where optax is missing.

    **Reference:** Sorscher, Mel, Ganguli & Ocko 2019, NeurIPS 32.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(16, key=jax.random.key(0))
        >>> network = spatial.path_integrator(cells, 16, key=jax.random.key(1))
        >>> trained = spatial.train_integrator(network, cells, updates=50, key=jax.random.key(2))
        >>> bool(trained.losses[-1] < trained.losses[0])
        True
    """
    check_integrator(integrator)
    lessons = Lessons() if lessons is None else lessons
    if not isinstance(lessons, Lessons):
        raise ArgumentError(f"lessons is {lessons!r}; give spatial.Lessons(batch=100), say")
    if len(check_cells(cells).centres) != len(integrator.readout):
        raise ArgumentError(f"cells are {len(cells.centres)}; give the {len(integrator.readout)} that it was made for")
    updates = check_count("updates", updates)
    optimiser = Adam() if optimiser is None else optimiser
    if not isinstance(optimiser, AbstractOptimiser):
        raise ArgumentError(f"optimiser is {optimiser!r}; give ab.learning.Adam(0.001), say")
    transformation = optimiser.transformation()
    key = check_one_key(key)
    with waiting(lambda: f"train_integrator: {updates} updates"):
        trained, losses = jax.block_until_ready(_trained(integrator, cells, lessons, updates, transformation, key))
    if not bool(jnp.isfinite(losses).all()):
        raise RunError("the loss is not finite any more; take a lower rate of the optimiser")
    return Trained(trained, losses)


def position_errors(
    integrator: PathIntegrator, cells: PlaceCells, walks: Trajectories
) -> Float[np.ndarray, "number steps"]:
    """How far from where it is a path integrator takes itself to be, after each step, in metres.

    **Arguments:**

    - `integrator`: the network.
    - `cells`: the place cells that it was trained to tell.
    - `walks`: trajectories.

    **Returns:** distances, of shape (number, steps).

    **Raises:** `ArgumentError` for cells that are not the network's, or what are no walks.

    **Example:** before training.

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(64, key=jax.random.key(0))
        >>> network = spatial.path_integrator(cells, 16, key=jax.random.key(1))
        >>> walks = spatial.trajectories(20, 5, key=jax.random.key(2))
        >>> bool(spatial.position_errors(network, cells, walks).mean() > 0.5)
        True
    """
    check_told(check_integrator(integrator), walks, cells)
    way = cells.box.apart(integrator.positions(walks, cells), walks.positions[:, 1:])
    return np.sqrt(np.asarray((way**2).sum(-1)))


def check_integrator(integrator: object) -> PathIntegrator:
    """The path integrator, or an error if it is something else."""
    if not isinstance(integrator, PathIntegrator):
        raise ArgumentError(f"integrator is {integrator!r}; give what spatial.path_integrator() returns")
    return integrator


def cost(integrator: PathIntegrator, cells: PlaceCells, walks: Trajectories, decay: Rate) -> tuple[Array, Array]:
    """The squared error with the cost of recurrent weights, and without."""
    read = integrator.activity(walks, cells) @ integrator.readout.T
    error = ((cells.code(walks.positions[:, 1:]) - read) ** 2).sum(-1).mean()
    return error + decay * (integrator.recurrent**2).sum(), error


@eqx.filter_jit
def _trained(
    integrator: PathIntegrator, cells: PlaceCells, lessons: Lessons, updates: int, transformation: Any, key: Array
) -> tuple[PathIntegrator, Float[Array, " updates"]]:
    def update(now: tuple[PathIntegrator, Any], own: Array) -> tuple[tuple[PathIntegrator, Any], Array]:
        network, state = now
        walks = trajectories(lessons.batch, lessons.steps, box=cells.box, walk=lessons.walk, key=own)
        gradient, error = jax.grad(cost, has_aux=True)(network, cells, walks, lessons.decay)
        changes, state = transformation.update(gradient, state, network)
        return (eqx.apply_updates(network, changes), state), error

    keys = jax.random.split(key, updates)
    (network, _), losses = jax.lax.scan(update, (integrator, transformation.init(integrator)), keys)
    return network, losses
