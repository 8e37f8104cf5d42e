"""The shallow model: maps of units that are optimised, so that a linear readout of them spans the place cells."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_bool, check_count, check_positive
from attractorbind._keys import Rate, check_one_key
from attractorbind._learning.optimiser import Adam
from attractorbind._spatial.place_cells import PlaceCells, check_cells
from attractorbind._waiting import waiting

# Of Adam.
_RATE = 1e-2
_SMALLEST = 1e-6


class FittedMaps(NamedTuple):
    """What comes of `fit_maps`.

    - `maps`: of each unit, each of length 1, of shape (units, bins, bins).
    - `losses`: before each update, the share of the place cells' variance that the readout misses, and its cost.
    """

    maps: Float[Array, "units bins bins"]
    losses: Float[Array, " updates"]


def fit_maps(
    cells: PlaceCells,
    units: int = 64,
    *,
    bins: int = 32,
    signed: bool = False,
    updates: int = 400,
    ridge: float = 1e-3,
    key: Key[Array, ""],
) -> FittedMaps:
    r"""Maps, non-negative unless `signed`, of which a linear readout tells the place cells; needs the extra `learn`.

    $\min_{G \geq 0} \min_W |P - G W|^2 + \lambda |W|^2$, by Adam, with the place cells' activity $P$ at bins x bins
    places, less each cell's mean and scaled to length 1, and maps $G = \max(V, 0)$, each scaled to length 1. At a small
    $\lambda$ all units together span as much of $P$ as they can; at a large one, each by itself is the map that has
    most of its variance, which is non-negative principal component analysis. The first $V$ are random mixtures of place
    cells: maps that are as smooth as those cells, but of no order.

    **Arguments:**

    - `cells`: the place cells.
    - `units`: how many units.
    - `bins`: places along a side, 8 at least.
    - `signed`: whether units may fire below 0, which takes away the constraint.
    - `updates`: of the optimiser; with 0 the maps are as they were drawn, for a control.
    - `ridge`: $\lambda$, the cost of the readout's weights.
    - `key`: a random key.

    **Returns:** `FittedMaps`.

    **Raises:** `ArgumentError` for numbers out of range; `ImportError` where optax is missing.

    **Reference:** Sorscher, Mel, Ganguli & Ocko 2019, NeurIPS 32; Dordek and others 2016, eLife 5, e10094.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> cells = spatial.place_cells(64, key=jax.random.key(0))
        >>> fitted = spatial.fit_maps(cells, 8, bins=8, updates=50, key=jax.random.key(1))
        >>> fitted.maps.shape, bool(fitted.losses[-1] < fitted.losses[0])
        ((8, 8, 8), True)
    """
    check_cells(cells)
    units, bins = check_count("units", units), check_count("bins", bins, 8)
    check_bool("signed", signed)
    updates = check_count("updates", updates, 0)
    ridge, transformation = check_positive("ridge", ridge), Adam(_RATE).transformation()
    key = check_one_key(key)
    with waiting(lambda: f"fit_maps: {updates} updates"):
        settings = units, bins, signed, updates
        maps, losses = jax.block_until_ready(_fitted(cells, settings, ridge, transformation, key))
    return FittedMaps(maps.T.reshape(units, bins, bins), losses)


@eqx.filter_jit
def _fitted(
    cells: PlaceCells, settings: tuple[int, int, bool, int], ridge: Rate, transformation: Any, key: Key[Array, ""]
) -> tuple[Float[Array, "places units"], Float[Array, " updates"]]:
    units, bins, signed, updates = settings
    targets = cells.activity(cells.box.centres(bins))
    targets = targets - targets.mean(0, keepdims=True)
    targets = targets / jnp.sqrt((targets**2).sum())
    mixed = targets @ jax.random.normal(key, (targets.shape[1], units))
    # About as large as what Adam changes in some ten updates.
    values = 0.1 * mixed / mixed.std()

    def update(
        now: tuple[Float[Array, "places units"], Any], _: None
    ) -> tuple[tuple[Float[Array, "places units"], Any], Float[Array, ""]]:
        values, state = now
        loss, gradient = jax.value_and_grad(missed)(values, targets, signed, ridge)
        changes, state = transformation.update(gradient, state, values)
        return (values + changes, state), loss

    (values, _), losses = jax.lax.scan(update, (values, transformation.init(values)), None, length=updates)
    return maps_of(values, signed), losses


def maps_of(values: Float[Array, "places units"], signed: bool) -> Float[Array, "places units"]:
    """Maps of length 1 from values without bounds."""
    rates = values if signed else jax.nn.relu(values)
    return rates / jnp.sqrt((rates**2).sum(0, keepdims=True) + _SMALLEST**2)


def missed(
    values: Float[Array, "places units"], targets: Float[Array, "places cells"], signed: bool, ridge: Rate
) -> Float[Array, ""]:
    """The squared error of the best linear readout and the cost of its weights; the targets' sum of squares is 1."""
    maps = maps_of(values, signed)
    products, told = maps.T @ maps, maps.T @ targets
    readout = jnp.linalg.solve(products + ridge * jnp.eye(maps.shape[1]), told)
    # The best readout's error and cost multiplied out, which spares products of the size of the targets.
    return 1.0 - (readout * told).sum()
