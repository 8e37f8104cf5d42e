"""What every driver does at a tick: fields from the open projections, thresholds, noise; and the memories' part."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int8, Key

from attractorbind._area.snapshots import Snapshots, tick_of
from attractorbind._each import for_each
from attractorbind._engine.activity import Activity, Units
from attractorbind._engine.plan import Plan
from attractorbind._engine.readers import Readers
from attractorbind._network import Network
from attractorbind._wiring import MemoryWiring, Wiring

# The conductance of a projection, in all trials or in each.
Conductance = Callable[[Int[Array, ""]], Float[Array, ""] | Float[Array, " trials"]]
# The external field of a population.
External = Callable[[Int[Array, ""]], Units]


class Incoming(NamedTuple):
    """What comes through the gates and from outside, as long as neither changes.

    - `conductance`: of a projection.
    - `switches`: conductances of the gates of memories.
    - `external`: from a population to the external field that it receives.
    - `running`: the trials that take part, by default all; the others, whose conductances are all 0, stay as they are.
    """

    conductance: Conductance
    switches: Float[Array, "switches *trials"]
    external: External
    running: Bool[Array, " trials"] | None = None


class Noise(NamedTuple):
    """The probability that a unit's output flips, and the trials' random keys for this tick."""

    level: Float[Array, ""]
    tick_keys: Key[Array, " trials"]

    def keys(self, place: int | Int[Array, ""]) -> Key[Array, " trials"]:
        """The trials' keys for one population or memory."""
        return jax.vmap(jax.random.fold_in, in_axes=(0, None))(self.tick_keys, place)


class Standing(NamedTuple):
    """How a network stands between two ticks.

    - `activity`: what all populations do.
    - `memories`: what the snapshot memories hold.
    - `unsettled`: the populations that may not be at rest.
    - `finite`: for every trial and number of a unit, whether the fields of that unit have been finite in all
        populations; `all_finite` brings them together, once.
    """

    activity: Activity
    memories: tuple[Snapshots, ...]
    unsettled: Bool[Array, " populations"]
    finite: Bool[Array, "trials widest"]

    def all_finite(self) -> Bool[Array, " trials"]:
        """The trials whose fields have all been finite."""
        return jnp.all(self.finite, axis=1)


def started(activity: Activity, memories: tuple[Snapshots, ...]) -> Standing:
    """How a network stands before its first tick."""
    unsettled, finite = jnp.ones(len(activity.current), bool), jnp.ones(activity.halves.shape[1:], bool)
    return Standing(activity, memories, unsettled, finite)


def advance(
    network: Network,
    readers: Readers,
    plan: Plan,
    needed: Bool[Array, " populations"],
    incoming: Incoming,
    noise: Noise | None,
    standing: Standing,
) -> Standing:
    """One tick: x_q <- 1[h_q > 0], h_q = sum of g (W_qp x_p + b_qp) over open projections p -> q, + external_q.

    The external field is that from outside and that of the memories.

    **Arguments:**

    - `readers`: of the network's projections.
    - `plan`, `needed`: what is open, and the populations that must be computed.
    - `standing`: how the network stands.
    """
    wiring = network.wiring
    conductance, switches, external, running = incoming
    activity, memories, unsettled, finite = standing
    trials, widest = activity.halves.shape[1:]
    if memories:
        # The gates of memories are those of all trials, or of each.
        switches = jnp.broadcast_to(switches.reshape(len(switches), -1), (len(switches), trials))
        taking_part = jnp.ones(trials, bool) if running is None else running
        memories, external = _remember(network, memories, switches, activity, noise, external, taking_part)
    sizes = np.array([population.units for population in wiring.populations])

    def field(activity: Activity, target: Int[Array, ""]) -> Units:
        def add(place: Int[Array, ""], total: Units) -> Units:
            projection = plan.projection(place)
            gate = conductance(projection).reshape(-1, 1)
            # A projection that is closed in a trial adds nothing to it, not even if its field is not finite.
            return total + jnp.where(gate > 0, gate * readers.field(projection, activity), 0.0)

        start = external(target)
        if running is not None:
            # A trial that does not take part, all its gates closed, is given the state that it is in.
            start = jnp.where(running[:, None], start, 2.0 * activity.of(target) - 1.0)
        return jax.lax.fori_loop(*plan.ends(target), add, start)

    def flipped(noise: Noise, target: Int[Array, ""], outputs: Units) -> Units:
        flips = jax.vmap(lambda key: jax.random.bernoulli(key, noise.level, (widest,)))(noise.keys(target))
        if running is not None:
            flips &= running[:, None]
        return jnp.abs(outputs - (flips & (np.arange(widest) < jnp.asarray(sizes)[target])[None, :]))

    def update(
        target: Int[Array, ""], carry: tuple[Activity, Bool[Array, "trials widest"]]
    ) -> tuple[Activity, Bool[Array, "trials widest"]]:
        activity, finite = carry
        h = field(activity, target)
        outputs = (h > 0).astype(jnp.float32)
        if noise is not None:
            outputs = flipped(noise, target, outputs)
        return activity.written(target, outputs), finite & jnp.isfinite(h)

    unsettled, _ = for_each(
        plan.holding & unsettled & ~needed,
        lambda population, still: jax.lax.dynamic_update_index_in_dim(still, activity.moved(population), population, 0),
        unsettled,
    )
    needed |= plan.holding & unsettled
    (activity, finite), _ = for_each(needed, update, (activity, finite))
    return Standing(activity.turned(needed), memories, unsettled | needed, finite)


def _remember(
    network: Network,
    memories: tuple[Snapshots, ...],
    switches: Float[Array, "switches trials"],
    activity: Activity,
    noise: Noise | None,
    external: External,
    running: Bool[Array, " trials"],
) -> tuple[tuple[Snapshots, ...], External]:
    """One tick of every memory in the trials that take part, and the external field with what the memories give."""
    wiring, following = network.wiring, []
    for place, memory in enumerate(wiring.memories):
        after, written = tick_of(
            wiring,
            memory,
            network.assemblies[place],
            memories[place],
            switches,
            activity.of,
            None if noise is None else (noise.level, noise.keys(len(wiring.populations) + place)),
            running,
        )
        following.append(after)
        external = _with_written(wiring, memory, switches, written, external)
    return tuple(following), external


def _with_written(
    wiring: Wiring,
    memory: MemoryWiring,
    switches: Float[Array, "switches trials"],
    written: Int8[Array, "buffers trials widest"],
    external: External,
) -> External:
    """The external field of a population, with what a memory gives it."""
    conductances = switches[jnp.array(memory.reinstatement) - len(wiring.pathways)]
    places = np.full(len(wiring.populations), -1, np.int32)
    places[list(memory.buffers)] = np.arange(len(memory.buffers))
    reached = jnp.any(written != 0, axis=(1, 2))

    def field(target: Int[Array, ""]) -> Units:
        place = jnp.asarray(places)[target]
        return jax.lax.cond(
            (place >= 0) & reached[place],
            lambda field: field + conductances[place][:, None] * written[place],
            lambda field: field,
            external(target),
        )

    return field
