"""The fast weights of a snapshot memory, and what it does in a tick: compete, learn, forget, reinstate."""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Int8, UInt8

from attractorbind._area.activations import NO_SNAPSHOT, Activated
from attractorbind._area.base import AreaInputs, AreaNoise
from attractorbind._area.retrieval import matches, patterns
from attractorbind._each import for_each

# The conductance above which a gate of the memory acts.
_SWITCH = 0.5


class Snapshots(eqx.Module):
    """What a snapshot memory holds, for a batch of trials or for one: the weights as factors, a row per snapshot.

    Part of a `State`, made by `network.silent` and changed by runs; `Trace.snapshots` shows it in words.

    - `activity`: which units of the memory are on.
    - `codes`: per buffer, the states that were stored, eight units a byte.
    - `strength`: of each snapshot's branches, as a rank: the number of its store, 0 where there is none.
    - `stored`: how many snapshots have been taken.
    - `found`: the strength of what was stored or recalled last.
    - `context`: the strength from which `older` looks back.
    - `activation`: of a memory that goes by it, how often and how long ago snapshots were used; otherwise None.
    """

    activity: Bool[Array, "*trials units"]
    codes: tuple[UInt8[Array, "*trials capacity _bytes"], ...]
    strength: Int[Array, "*trials capacity"]
    stored: Int[Array, "*trials"]
    found: Int[Array, "*trials"]
    context: Int[Array, "*trials"]
    activation: Activated | None = None


def nothing_stored(
    units: int, capacity: int, buffers: Sequence[int], trials: int, activation: Activated | None = None
) -> Snapshots:
    """A memory without snapshots, of so many units, for buffers of these numbers of units."""
    none = jnp.zeros(trials, jnp.int32)
    return Snapshots(
        activity=jnp.zeros((trials, units), bool),
        codes=tuple(jnp.zeros((trials, capacity, -(-size // 8)), jnp.uint8) for size in buffers),
        strength=jnp.zeros((trials, capacity), jnp.int32),
        stored=none,
        found=none,
        context=none,
        activation=activation,
    )


def called_off(snapshots: Snapshots) -> Snapshots:
    """What a memory holds, without a race that still goes on."""
    own = snapshots.activation
    if own is None:
        return snapshots
    none = jnp.full_like(own.winner, NO_SNAPSHOT)
    return eqx.tree_at(
        lambda each: each.activation, snapshots, eqx.tree_at(lambda own: (own.winner, own.given), own, (none, none))
    )


class _Opening(NamedTuple):
    """Which gates of a memory are open, for a batch of trials or for one."""

    cue: Bool[Array, "buffers *trials"]
    reinstatement: Bool[Array, "buffers *trials"]
    store: Bool[Array, "*trials"]
    older: Bool[Array, "*trials"]
    forget: Bool[Array, "*trials"]


class _Outcome(NamedTuple):
    """What a tick comes to, in a batch of trials or in one.

    - `activity`: of the memory's units.
    - `row`, `learned`, `strength`: the snapshot that changes, or `NO_SNAPSHOT`; what it is then.
    - `found`: the strength of what was found or stored.
    - `written`: per buffer, 1 and -1 where the memory writes on it, otherwise 0.
    """

    activity: Bool[Array, "*trials units"]
    row: Int[Array, "*trials"]
    learned: tuple[UInt8[Array, "*trials _bytes"], ...]
    strength: Int[Array, "*trials"]
    found: Int[Array, "*trials"]
    written: tuple[Int8[Array, "*trials _units"], ...]


def _opening(snapshots: Snapshots, inputs: AreaInputs) -> _Opening:
    running = inputs.running[None, :]
    store, older, forget = (inputs.switches > _SWITCH) & running
    return _Opening(
        cue=(inputs.reads > _SWITCH) & running,
        # A silent memory writes nothing.
        reinstatement=(inputs.writes > 0) & running & jnp.any(snapshots.activity, axis=1)[None, :],
        store=store,
        older=older,
        forget=forget,
    )


def _compete(
    assemblies: Int[Array, "capacity active"], snapshots: Snapshots, opening: _Opening, inputs: AreaInputs
) -> _Outcome:
    """A tick in which some trial's memory is cued or reinstates."""
    sizes = tuple(states.shape[1] for states in inputs.activity)
    activity, strength, asked = snapshots.activity, snapshots.strength, opening.reinstatement
    written = jax.lax.cond(
        jnp.any(asked),
        lambda: patterns(assemblies, activity, strength, snapshots.codes, asked, sizes),
        lambda: tuple(jnp.zeros(states.shape, jnp.int8) for states in inputs.activity),
    )
    present = [jnp.packbits(states > 0, axis=1) for states in inputs.activity]
    cued = jnp.any(opening.cue, axis=0)
    fires = (strength > 0) & cued[:, None]
    fires &= ~opening.older[:, None] | (strength < snapshots.context[:, None])
    cues = opening.cue & ~opening.store[None, :]
    for codes, state, units, cue in zip(snapshots.codes, present, sizes, cues, strict=True):
        fires &= jax.lax.cond(
            jnp.any(cue),
            lambda codes=codes, state=state, units=units, cue=cue: matches(codes, state, units) | ~cue[:, None],
            lambda: jnp.ones(strength.shape, bool),
        )
    reached = jnp.where(fires, strength, 0)
    strongest, highest = jnp.argmax(reached, axis=1).astype(jnp.int32), jnp.max(reached, axis=1)
    storing = cued & opening.store
    found = (highest > 0) & ~storing
    # What was forgotten has no strength; after it, the oldest is the weakest.
    weakest = jnp.argmin(strength, axis=1).astype(jnp.int32)
    row = jnp.where(storing, weakest, strongest)
    ignites = storing | found
    member = flipped(assemblies, row, ignites, activity.shape[1], inputs.noise)
    # To forget is to learn nothing on the branches that have just fired.
    learns = storing | (found & opening.forget)
    stores = opening.cue & storing[None, :]
    return _Outcome(
        activity=member,
        row=jnp.where(learns, row, NO_SNAPSHOT),
        learned=tuple(
            jnp.where(stored[:, None], bits, jnp.zeros_like(bits)) for stored, bits in zip(stores, present, strict=True)
        ),
        strength=jnp.where(storing, snapshots.stored + 1, 0),
        found=jnp.where(storing, snapshots.stored + 1, highest),
        written=written,
    )


def flipped(
    assemblies: Int[Array, "capacity active"],
    row: Int[Array, " trials"],
    ignites: Bool[Array, " trials"],
    units: int,
    noise: AreaNoise | None,
) -> Bool[Array, "trials units"]:
    """The memory's units where an assembly comes on, with noise."""
    trials = np.arange(len(row))[:, None]
    member = jnp.zeros((len(row), units), bool).at[trials, assemblies[row]].set(ignites[:, None])
    if noise is not None:
        level, keys = noise
        flips = jax.vmap(lambda key: jax.random.bernoulli(key, level, (units,)))(keys)
        # Where nothing is found nothing fires, noise and all.
        member ^= flips & ignites[:, None]
    return member


def snapshots_tick(
    assemblies: Int[Array, "capacity active"], snapshots: Snapshots, inputs: AreaInputs
) -> tuple[Snapshots, tuple[Int8[Array, "trials _units"], ...]]:
    """One tick of a memory, see `SnapshotMemory`; while no trial opens a gate of it, it costs nothing.

    **Returns:** what the memory holds then, and what it writes on each buffer: 1 and -1, or 0 where it writes nothing.
    """
    opening = _opening(snapshots, inputs)
    cued, running = jnp.any(opening.cue, axis=0), inputs.running
    trials = len(running)

    def rest() -> _Outcome:
        none = jnp.zeros(trials, jnp.int32)
        return _Outcome(
            activity=jnp.zeros_like(snapshots.activity),
            row=jnp.full(trials, NO_SNAPSHOT, jnp.int32),
            learned=tuple(jnp.zeros((trials, codes.shape[2]), jnp.uint8) for codes in snapshots.codes),
            strength=none,
            found=none,
            written=tuple(jnp.zeros(states.shape, jnp.int8) for states in inputs.activity),
        )

    def learn(trial: Int[Array, ""], weights: tuple[Array, ...]) -> tuple[Array, ...]:
        def changed(of_all: Array, of_row: Array) -> Array:
            start = (trial, after.row[trial], *[jnp.int32(0)] * (of_all.ndim - 2))
            return jax.lax.dynamic_update_slice(of_all, of_row[trial][None, None], start)

        return jax.tree.map(changed, weights, (*after.learned, after.strength))

    # All reading of the weights comes before all writing: XLA then changes them in place, instead of copying megabytes
    # at every tick.
    after = jax.lax.cond(
        jnp.any(cued) | jnp.any(opening.reinstatement),
        lambda: _compete(assemblies, snapshots, opening, inputs),
        rest,
    )
    (*codes, strength), _ = for_each(after.row != NO_SNAPSHOT, learn, (*snapshots.codes, snapshots.strength))
    found = jnp.where(cued, after.found, snapshots.found)
    # A search moves the context when it has ended; a store and a loss at once.
    at_once = cued & (opening.store | opening.forget)
    context = jnp.where(at_once, found, jnp.where(cued, snapshots.context, snapshots.found))
    following = Snapshots(
        activity=jnp.where(running[:, None], after.activity, snapshots.activity),
        codes=tuple(codes),
        strength=strength,
        stored=snapshots.stored + (cued & opening.store).astype(jnp.int32),
        found=found,
        context=jnp.where(running, context, snapshots.context),
        activation=snapshots.activation,
    )
    return following, after.written
