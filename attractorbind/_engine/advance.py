"""One planned tick: fields from the open projections and areas, thresholds, noise; only what must be computed."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._each import for_each
from attractorbind._engine.activity import Activity, Units, at, whole
from attractorbind._engine.areas import AreaStates, External, areas_tick, with_area_field
from attractorbind._engine.coding import Coding
from attractorbind._engine.noise import Noise
from attractorbind._engine.plan import Plan
from attractorbind._engine.readers import Readers
from attractorbind._network import Network

# The conductance of a projection: one for all trials, or one for each.
Conductance = Callable[[Int[Array, ""]], Float[Array, ""] | Float[Array, " trials"]]


class Incoming(NamedTuple):
    """What comes through the gates and from outside, as long as neither changes.

    - `conductance`: of a projection.
    - `area_gates`: conductances of the gates of areas, for all trials or for each.
    - `external`: from a population to the external field that it receives.
    - `running`: the trials that take part, None for all; the others, whose conductances are all 0, stay as they are.
    """

    conductance: Conductance
    area_gates: Float[Array, "gates *trials"]
    external: External
    running: Bool[Array, " trials"] | None = None


class Standing(NamedTuple):
    """How a network stands between two ticks.

    - `activity`: what all populations do.
    - `areas`: the states of the areas.
    - `unsettled`: the populations that may not be at rest.
    - `computed`: those that the last tick computed; it would have left all others as they were.
    - `finite`: by trial and position of a unit, whether the field at that position has been finite in every population
        so far; `all_finite` brings the positions together, once.
    """

    activity: Activity
    areas: AreaStates
    unsettled: Bool[Array, " populations"]
    computed: Bool[Array, " populations"]
    finite: Bool[Array, "trials widest"]

    def at_rest(self) -> Bool[Array, " trials"]:
        """The trials in which the last tick changed nothing."""
        return ~self.activity.moved_in(self.computed)

    def all_finite(self) -> Bool[Array, " trials"]:
        """The trials whose fields have all been finite."""
        return jnp.all(self.finite, axis=1)


def started(activity: Activity, areas: AreaStates, still: Bool[Array, " populations"]) -> Standing:
    """How a network stands before its first tick.

    **Arguments:**

    - `still`: the populations that stay as they are if they are left to their latches.
    """
    everything, finite = jnp.ones(len(activity.current), bool), jnp.ones(activity.halves.shape[1:], bool)
    return Standing(activity, areas, ~still, everything, finite)


def advance(
    network: Network,
    readers: Readers,
    plan: Plan,
    needed: Bool[Array, " populations"] | None,
    incoming: Incoming,
    noise: Noise,
    standing: Standing,
) -> Standing:
    """One tick: x_q <- 1[h_q > 0], h_q = sum of g (W_qp x_p + b_qp) over open projections p -> q, + external_q.

    The external field is that from outside and that of the areas.

    **Arguments:**

    - `readers`: of the network's projections.
    - `plan`: the open projections into each population.
    - `needed`: the populations that must be computed, None for all.
    - `standing`: how the network stands.
    """
    conductance, _, external, running = incoming
    activity, areas, unsettled, _, finite = standing
    widest = activity.halves.shape[2]
    if areas:
        areas, external = _with_areas(network, incoming, noise, standing)
    coding = Coding(network, areas)
    sources = np.array([projection.source for projection in network.wiring.projections], np.int32)
    sizes = np.array([population.units for population in network.wiring.populations], np.int32)

    def field(activity: Activity, target: Int[Array, ""]) -> Units:
        def add(number: Int[Array, ""], total: Units) -> Units:
            projection = plan.projection(number)
            gate = conductance(projection).reshape(-1, 1)
            # A projection that is closed in a trial adds nothing to it, not even if its field is not finite.
            received = readers.field(coding, projection, activity.of(at(sources, projection)))
            return total + jnp.where(gate > 0, gate * received, 0.0)

        start = whole(external(target), activity.devices)
        if running is not None:
            # A trial that does not take part, all its gates closed, is given the state that it is in.
            start = jnp.where(running[:, None], start, 2.0 * activity.of(target) - 1.0)
        return jax.lax.fori_loop(*plan.ends(target), add, start)

    def flipped(noise: Noise, target: Int[Array, ""], outputs: Units) -> Units:
        flips = noise.flips(target, widest) & (np.arange(widest) < jnp.asarray(sizes)[target])[None, :]
        if running is not None:
            flips &= running[:, None]
        return jnp.where(flips, 1.0 - outputs, outputs)

    def update(
        target: Int[Array, ""], carry: tuple[Activity, Bool[Array, "trials widest"]]
    ) -> tuple[Activity, Bool[Array, "trials widest"]]:
        activity, finite = carry
        h = field(activity, target)
        outputs = (h > 0).astype(jnp.float32)
        if noise.level is not None:
            outputs = flipped(noise, target, outputs)
        return activity.written(target, outputs), finite & jnp.isfinite(h)

    if needed is None:
        needed = jnp.ones(len(sizes), bool)
    else:
        # Populations that merely hold are computed until they are at rest. What moved at the last tick is looked up
        # before this tick writes, and only of those that were written at the last tick.
        unsettled, _ = for_each(
            plan.holding & unsettled & ~needed,
            lambda population, still: jax.lax.dynamic_update_index_in_dim(
                still, activity.moved(population), population, 0
            ),
            unsettled,
        )
        needed |= plan.holding & unsettled
    (activity, finite), _ = for_each(needed, update, (activity, finite))
    return Standing(activity.turned(needed), areas, unsettled | needed, needed, finite)


def _with_areas(network: Network, incoming: Incoming, noise: Noise, standing: Standing) -> tuple[AreaStates, External]:
    """The areas' states after a tick, and the external field with what the areas give."""
    populations = network.wiring.populations
    trials, widest = standing.activity.halves.shape[1:]
    gates = incoming.area_gates.reshape(len(network.wiring.area_gates), -1)
    states, conductances, fields = areas_tick(
        network,
        standing.areas,
        # The gates of areas are those of all trials, or of each.
        jnp.broadcast_to(gates, (len(gates), trials)),
        lambda population: standing.activity.of(population)[:, : populations[population].units],
        noise,
        jnp.ones(trials, bool) if incoming.running is None else incoming.running,
        standing.activity.devices,
    )
    external = incoming.external
    for area, conductance, written in zip(network.wiring.areas, conductances, fields, strict=True):
        external = with_area_field(network, area, conductance, written, external, widest)
    return states, external
