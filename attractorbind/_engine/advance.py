"""One planned tick: fields from the open projections and areas, thresholds, noise; only what must be computed."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._each import for_each
from attractorbind._engine.activity import Activity, Units, at, whole
from attractorbind._engine.areas import AreaStates, Conductance, External, areas_tick, with_area_field
from attractorbind._engine.coding import Coding
from attractorbind._engine.noise import Noise
from attractorbind._engine.plan import Plan
from attractorbind._engine.products import Products, outdated, product_of
from attractorbind._engine.readers import Readers
from attractorbind._network import Network


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
    - `moved`: in which trials the last tick changed each population; before the first tick, in which it may have.
    - `products`: of the projections, as far as they are kept.
    - `finite`: by trial and position of a unit, whether the field at that position has been finite in every population
        so far; `all_finite` brings the positions together, once.
    """

    activity: Activity
    areas: AreaStates
    moved: Bool[Array, "populations trials"]
    products: Products | None
    finite: Bool[Array, "trials widest"]

    def at_rest(self) -> Bool[Array, " trials"]:
        """The trials in which the last tick changed nothing."""
        return ~jnp.any(self.moved, axis=0)

    def all_finite(self) -> Bool[Array, " trials"]:
        """The trials whose fields have all been finite."""
        return jnp.all(self.finite, axis=1)


def started(
    activity: Activity, areas: AreaStates, still: Bool[Array, " populations"], products: Products | None
) -> Standing:
    """How a network stands before its first tick.

    **Arguments:**

    - `still`: the populations that stay as they are if they are left to their latches.
    - `products`: where they are to be kept.
    """
    trials, widest = activity.halves.shape[1:]
    moved = jnp.broadcast_to(~still[:, None], (len(still), trials))
    return Standing(activity, areas, moved, products, jnp.ones((trials, widest), bool))


class _Written(NamedTuple):
    """What a tick writes, population by population."""

    activity: Activity
    moved: Bool[Array, "populations trials"]
    products: Products | None
    finite: Bool[Array, "trials widest"]


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
    - `needed`: the populations that must be computed beside those to which something new comes; None for all.
    - `standing`: how the network stands.
    """
    conductance, _, external, running = incoming
    activity, areas, moved, products, finite = standing
    widest = activity.halves.shape[2]
    if areas:
        areas, external = _with_areas(network, incoming, noise, standing)
    coding = Coding(network, areas)
    sources = network.wiring.sources
    sizes = np.array([population.units for population in network.wiring.populations], np.int32)

    def field(activity: Activity, products: Products | None, target: Int[Array, ""]) -> tuple[Units, Products | None]:
        def add(number: Int[Array, ""], carry: tuple[Units, Products | None]) -> tuple[Units, Products | None]:
            total, products = carry
            projection = plan.projection(number)
            gate = conductance(projection).reshape(-1, 1)
            states = activity.of(at(sources, projection))
            product, products = product_of(products, readers, projection, states)
            # A projection that is closed in a trial adds nothing to it, not even if its field is not finite.
            received = readers.with_bias(coding, projection, states, product)
            return total + jnp.where(gate > 0, gate * received, 0.0), products

        start = whole(external(target), activity.devices)
        if running is not None:
            # A trial that does not take part, all its gates closed, is given the state that it is in.
            start = jnp.where(running[:, None], start, 2.0 * activity.of(target) - 1.0)
        return jax.lax.fori_loop(*plan.ends(target), add, (start, products))

    def flipped(noise: Noise, target: Int[Array, ""], outputs: Units) -> Units:
        flips = noise.flips(target, widest) & (np.arange(widest) < jnp.asarray(sizes)[target])[None, :]
        if running is not None:
            flips &= running[:, None]
        return jnp.where(flips, 1.0 - outputs, outputs)

    def update(target: Int[Array, ""], carry: _Written) -> _Written:
        h, products = field(carry.activity, carry.products, target)
        outputs = (h > 0).astype(jnp.float32)
        if noise.level is not None:
            outputs = flipped(noise, target, outputs)
        changed = jnp.any(outputs != carry.activity.of(target), axis=1)
        return _Written(
            carry.activity.written(target, outputs, changed),
            jax.lax.dynamic_update_index_in_dim(carry.moved, changed, target, 0),
            products,
            carry.finite & jnp.isfinite(h),
        )

    if needed is None:
        needed = jnp.ones(len(sizes), bool)
    else:
        needed |= plan.reached_from(network.wiring, jnp.any(moved, axis=1))
    written, _ = for_each(needed, update, _Written(activity, jnp.zeros_like(moved), products, finite))
    products = outdated(written.products, jnp.any(written.moved, axis=1)[sources])
    return Standing(written.activity.turned(needed), areas, written.moved, products, written.finite)


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
        incoming.conductance,
        lambda population: standing.activity.of(population)[:, : populations[population].units],
        noise,
        jnp.ones(trials, bool) if incoming.running is None else incoming.running,
        standing.activity.devices,
    )
    external = incoming.external
    for area, conductance, written in zip(network.wiring.areas, conductances, fields, strict=True):
        external = with_area_field(network, area, conductance, written, external, widest)
    return states, external
