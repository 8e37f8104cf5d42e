"""Asynchronous update: one unit at a time, down the energy."""

import dataclasses
from functools import partial
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._checks import check_count
from attractorbind._gating import Gating
from attractorbind._keys import check_one_key
from attractorbind._measure.energy import energy_under, opened, pathway_conductances
from attractorbind._nameless import nameless
from attractorbind._network import Network, check_network, check_state
from attractorbind._state import State
from attractorbind._synapses.base import Synapses
from attractorbind._transfers import sending

Activities = tuple[Float[Array, "trials _units"], ...]


class Sites(NamedTuple):
    """All units of a network in a row: the population of each, and its number there."""

    population: Int[Array, " sites"]
    unit: Int[Array, " sites"]


class Descent(eqx.Module):
    """What asynchronous update did; made by `descend`.

    **Attributes:**

    - `state`: the state at the end.
    - `energy`: before the first update and after each, shape (updates + 1, trials).
    - `settled`: for each trial, whether the last sweep changed none of its units, shape (trials,).
    - `units`: how many units a sweep updates.
    """

    state: State
    energy: Float[np.ndarray, "updates trials"]
    settled: Bool[np.ndarray, " trials"]
    units: int = eqx.field(static=True)

    def __repr__(self) -> str:
        updates, trials = self.energy.shape
        return f"Descent({trials} trials, {updates - 1} updates, {int(self.settled.sum())} settled)"


@sending
def descend(network: Network, state: State, gates: Gating = (), *, sweeps: int = 5, key: Key[Array, ""]) -> Descent:
    r"""Update the units one at a time, $x_i \leftarrow 1[h_i > 0]$, each once a sweep in an order drawn anew.

    With symmetric connections no update can raise the `energy`, and the state comes to rest in a valley, an attractor
    or a mixture of some. `run` updates all units at once instead, as programs need. The fields are those of the
    ordinary synapses: `Ensembles` take no part.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate.
    - `sweeps`: how often each unit of each buffer and nucleus is updated.
    - `key`: a random key for the order, which all trials share.

    **Returns:** a `Descent`.

    **Raises:** `NetworkError` for a state of another network or an area's gate, `UnknownNameError` for a gate that
    does not exist, `ArgumentError` if `sweeps` is no positive whole number or `key` no random key.

    **Reference:** Hopfield 1982, PNAS 79:2554.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1, rule=ab.Hebbian(),
        ...     key=jax.random.key(0))
        >>> whole = network.codes("focus").astype(float)
        >>> part = network.silent(trials=2).replace("focus", whole.at[:, :10].set(0.0))
        >>> descent = ab.descend(network, part, key=jax.random.key(1))
        >>> bool((descent.state["focus"] == whole).all()), bool((descent.energy[1:] <= descent.energy[:-1]).all())
        (True, True)
    """
    check_state(check_network(network), state)
    conductances = pathway_conductances(network, gates)
    sweeps, key = check_count("sweeps", sweeps), check_one_key(key)
    sizes = [activity.shape[1] for activity in state.activities]
    populations = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    units = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    activities, energies, settled = _descended(
        nameless(network),
        tuple(map(jnp.asarray, state.activities)),
        jnp.asarray(conductances),
        Sites(jnp.asarray(populations), jnp.asarray(units)),
        key,
        projections=opened(network, conductances),
        sweeps=sweeps,
    )
    final = dataclasses.replace(state, activities=activities)
    return Descent(final, np.asarray(energies), np.asarray(settled), sum(sizes))


@partial(jax.jit, static_argnames=("projections", "sweeps"))
def _descended(
    network: Network,
    start: Activities,
    conductances: Float[Array, " gates"],
    sites: Sites,
    key: Key[Array, ""],
    *,
    projections: tuple[int, ...],
    sweeps: int,
) -> tuple[Activities, Float[Array, "updates trials"], Bool[Array, " trials"]]:
    # A single unit's incoming weights are a column of the matrix, which factors would have to be multiplied for.
    matrices = {projection: network.synapses[projection].dense() for projection in projections}

    def updated(population: int, activities: Activities, unit: Int[Array, ""]) -> Activities:
        field = jnp.zeros(len(activities[population]), jnp.float32)
        for number, synapses in matrices.items():
            projection = network.wiring.projections[number]
            if projection.target == population:
                column = Synapses(synapses.weights[:, unit][:, None], synapses.bias[unit][None])
                contribution = column.fields(activities[projection.source])[:, 0]
                field = field + conductances[projection.gate] * contribution
        changed = activities[population].at[:, unit].set((field > 0).astype(jnp.float32))
        return (*activities[:population], changed, *activities[population + 1 :])

    # Populations differ in size, so each has a branch of its own in the compiled loop.
    branches = [partial(updated, population) for population in range(len(start))]

    def update(activities: Activities, site: Int[Array, ""]) -> tuple[Activities, Float[Array, " trials"]]:
        after = jax.lax.switch(sites.population[site], branches, activities, sites.unit[site])
        return after, energy_under(network, after, conductances, projections)

    def sweep(activities: Activities, key: Key[Array, ""]) -> tuple[Activities, tuple[Array, Array]]:
        order = jax.random.permutation(key, jnp.arange(len(sites.unit), dtype=jnp.int32))
        after, energies = jax.lax.scan(update, activities, order)
        unchanged = [(earlier == later).all(axis=1) for earlier, later in zip(activities, after, strict=True)]
        return after, (energies, jnp.stack(unchanged).all(axis=0))

    final, (energies, unchanged) = jax.lax.scan(sweep, start, jax.random.split(key, sweeps))
    first = energy_under(network, start, conductances, projections)
    return final, jnp.concatenate([first[None], energies.reshape(-1, len(first))]), unchanged[-1]
