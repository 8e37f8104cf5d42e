"""The fast weights of a snapshot memory, and what it does in a tick: compete, learn, forget, reinstate."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Int8, Key, UInt8

from attractorbind._each import for_each
from attractorbind._overlap import THRESHOLD, correlation
from attractorbind._wiring import MemoryWiring, Wiring

# The conductance above which a gate of the memory acts.
_SWITCH = 0.5
NO_SNAPSHOT = -1


class Snapshots(eqx.Module):
    """What a snapshot memory holds, for a batch of trials or for one: the weights as factors, a row per snapshot.

    Part of a `State`, made by `network.silent` and changed by runs; `Trace.snapshots` shows it in words.

    - `activity`: which units of the memory are on.
    - `codes`: per buffer, the states that were stored, eight units a byte.
    - `strength`: of each snapshot's branches, as a rank: the number of its store, 0 where there is none.
    - `stored`: how many snapshots have been taken.
    - `found`: the strength of what was stored or recalled last.
    - `context`: the strength from which `older` looks back.
    """

    activity: Bool[Array, "*trials units"]
    codes: tuple[UInt8[Array, "*trials capacity _bytes"], ...]
    strength: Int[Array, "*trials capacity"]
    stored: Int[Array, "*trials"]
    found: Int[Array, "*trials"]
    context: Int[Array, "*trials"]


def nothing_stored(wiring: Wiring, memory: MemoryWiring, trials: int) -> Snapshots:
    """A memory without snapshots."""
    zero = jnp.zeros(trials, jnp.int32)
    sizes = [-(-wiring.populations[buffer].units // 8) for buffer in memory.buffers]
    return Snapshots(
        activity=jnp.zeros((trials, memory.units), bool),
        codes=tuple(jnp.zeros((trials, memory.capacity, size), jnp.uint8) for size in sizes),
        strength=jnp.zeros((trials, memory.capacity), jnp.int32),
        stored=zero,
        found=zero,
        context=zero,
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
    - `place`, `learned`, `strength`: the snapshot that changes, or `NO_SNAPSHOT`; what it is then.
    - `found`: the strength of what was found or stored.
    - `written`: per buffer, 1 and -1 where the memory writes on it, otherwise 0.
    """

    activity: Bool[Array, "*trials units"]
    place: Int[Array, "*trials"]
    learned: tuple[UInt8[Array, "*trials _bytes"], ...]
    strength: Int[Array, "*trials"]
    found: Int[Array, "*trials"]
    written: tuple[Int8[Array, "*trials _units"], ...]


def matches(
    codes: UInt8[Array, "capacity bytes"], present: UInt8[Array, " bytes"], units: int
) -> Bool[Array, " capacity"]:
    """Which snapshots' branches a buffer's state drives past the threshold."""

    def count(packed: UInt8[Array, "*some bytes"]) -> Float[Array, "*some"]:
        return jnp.sum(jax.lax.population_count(packed), axis=-1, dtype=jnp.float32)

    return correlation(count(codes & present[None, :]), count(codes), count(present), units) > THRESHOLD


def pattern(
    memory: MemoryWiring,
    assemblies: Int[Array, "capacity active"],
    snapshots: Snapshots,
    codes: UInt8[Array, "capacity _bytes"],
    units: int,
) -> Int8[Array, " _units"]:
    """What the memory of one trial writes on a buffer: 1 where its field exceeds half that of an assembly, else -1.

    All sums are of whole numbers, `units` times what `SnapshotMemory` says.
    """
    stored = snapshots.strength > 0
    on = jnp.sum(snapshots.activity, dtype=jnp.int32)
    shared = jnp.sum(snapshots.activity[assemblies], axis=1, dtype=jnp.int32)
    overlap = jnp.where(stored, memory.units * shared - memory.active * on, 0)
    states = jnp.unpackbits(codes, axis=1, count=units).astype(jnp.int32)
    driven, seen = overlap @ states, jnp.sum(states, axis=0)
    own = memory.active * (memory.units - on)
    # Multiplied by the number of snapshots, to stay with whole numbers.
    excitation = jnp.sum(stored).astype(jnp.float32) * (2 * driven - own).astype(jnp.float32)
    inhibition = 2 * (jnp.sum(overlap) - own).astype(jnp.float32) * seen.astype(jnp.float32)
    return jnp.where(excitation > inhibition, 1, -1).astype(jnp.int8)


def _opening(
    wiring: Wiring, memory: MemoryWiring, snapshots: Snapshots, switches: Float[Array, "switches trials"]
) -> _Opening:
    first = len(wiring.pathways)
    on = switches > _SWITCH
    reinstatement = switches[jnp.array(memory.reinstatement) - first] > 0
    return _Opening(
        cue=on[jnp.array(memory.cue) - first],
        # A silent memory writes nothing.
        reinstatement=reinstatement & jnp.any(snapshots.activity, axis=1)[None, :],
        store=on[memory.store - first],
        older=on[memory.older - first],
        forget=on[memory.forget - first],
    )


def _tick_of_one(
    memory: MemoryWiring,
    assemblies: Int[Array, "capacity active"],
    snapshots: Snapshots,
    opening: _Opening,
    states: tuple[Bool[Array, " _units"], ...],
    noise: tuple[Float[Array, ""], Key[Array, ""]] | None,
) -> _Outcome:
    """One trial whose memory is cued or reinstates."""
    written = tuple(
        jax.lax.cond(
            opening.reinstatement[place],
            lambda codes=codes, state=state: pattern(memory, assemblies, snapshots, codes, len(state)),
            lambda state=state: jnp.zeros(len(state), jnp.int8),
        )
        for place, (codes, state) in enumerate(zip(snapshots.codes, states, strict=True))
    )
    present = [jnp.packbits(state) for state in states]
    cued = jnp.any(opening.cue)
    fires = (snapshots.strength > 0) & cued
    fires &= ~opening.older | (snapshots.strength < snapshots.context)
    for place, (codes, bits) in enumerate(zip(snapshots.codes, present, strict=True)):
        fires &= jax.lax.cond(
            opening.cue[place] & ~opening.store,
            lambda codes=codes, bits=bits, place=place: matches(codes, bits, len(states[place])),
            lambda: jnp.ones(memory.capacity, bool),
        )
    strongest = jnp.argmax(jnp.where(fires, snapshots.strength, 0)).astype(jnp.int32)
    storing = cued & opening.store
    found = jnp.any(fires) & ~storing
    # What was forgotten has no strength; after it, the oldest is the weakest.
    weakest = jnp.argmin(snapshots.strength).astype(jnp.int32)
    place = jnp.where(storing, weakest, strongest)
    ignites = storing | found
    member = jnp.zeros(memory.units, bool).at[assemblies[place]].set(ignites)
    if noise is not None:
        level, key = noise
        # Where nothing is found nothing fires, noise and all.
        member ^= jax.random.bernoulli(key, level, member.shape) & ignites
    # To forget is to learn nothing on the branches that have just fired.
    learns = storing | (found & opening.forget)
    return _Outcome(
        activity=member,
        place=jnp.where(learns, place, NO_SNAPSHOT),
        learned=tuple(jnp.where(opening.cue[i] & storing, bits, 0) for i, bits in enumerate(present)),
        strength=jnp.where(storing, snapshots.stored + 1, 0),
        found=jnp.where(storing, snapshots.stored + 1, jnp.where(found, snapshots.strength[strongest], 0)),
        written=written,
    )


def tick_of(
    wiring: Wiring,
    memory: MemoryWiring,
    assemblies: Int[Array, "capacity active"],
    snapshots: Snapshots,
    switches: Float[Array, "switches trials"],
    states_of: Callable[[int], Float[Array, "trials widest"]],
    noise: tuple[Float[Array, ""], Key[Array, " trials"]] | None,
    running: Bool[Array, " trials"],
) -> tuple[Snapshots, Int8[Array, "buffers trials widest"]]:
    """One tick of a memory, see `SnapshotMemory`; only the trials cost anything that have a gate of it open.

    **Arguments:**

    - `switches`: conductances of the gates of memories.
    - `states_of`: from a population to its states.
    - `noise`: the probability that a unit's output flips, and one random key per trial, for this tick and this memory.
    - `running`: the trials that take part; the others stay as they are.

    **Returns:** what the memory holds then, and what it writes on its buffers: 1 and -1, or 0 where it writes nothing.
    """
    sizes = [wiring.populations[buffer].units for buffer in memory.buffers]
    opening = _opening(wiring, memory, snapshots, jnp.where(running[None, :], switches, 0.0))
    cued = jnp.any(opening.cue, axis=0)
    buffers = [states_of(buffer) for buffer in memory.buffers]

    def go(trial: Int[Array, ""], after: _Outcome) -> _Outcome:
        here = jax.tree.map(lambda array: array[trial], snapshots)
        states = tuple(held[trial, :size] > 0 for held, size in zip(buffers, sizes, strict=True))
        own = jax.tree.map(lambda gates: gates[..., trial], opening)
        own_noise = None if noise is None else (noise[0], noise[1][trial])
        outcome = _tick_of_one(memory, assemblies, here, own, states, own_noise)
        return jax.tree.map(lambda every, one: every.at[trial].set(one), after, outcome)

    def learn(trial: Int[Array, ""], carry: tuple) -> tuple:
        codes, strength = carry
        place = after.place[trial]
        return (
            tuple(
                every.at[trial, place].set(learned[trial]) for every, learned in zip(codes, after.learned, strict=True)
            ),
            strength.at[trial, place].set(after.strength[trial]),
        )

    trials, widest = buffers[0].shape
    # All reading comes before all writing, so that the weights are changed in place.
    nothing = _Outcome(
        activity=jnp.zeros_like(snapshots.activity),
        place=jnp.full(trials, NO_SNAPSHOT, jnp.int32),
        learned=tuple(jnp.zeros((trials, codes.shape[2]), jnp.uint8) for codes in snapshots.codes),
        strength=jnp.zeros(trials, jnp.int32),
        found=jnp.zeros(trials, jnp.int32),
        written=tuple(jnp.zeros((trials, size), jnp.int8) for size in sizes),
    )
    after, _ = for_each(cued | jnp.any(opening.reinstatement, axis=0), go, nothing)
    (codes, strength), _ = for_each(after.place != NO_SNAPSHOT, learn, (snapshots.codes, snapshots.strength))
    found = jnp.where(cued, after.found, snapshots.found)
    # A search moves the context when it has ended; a store and a loss at once.
    at_once = cued & (opening.store | opening.forget)
    context = jnp.where(at_once, found, jnp.where(cued, snapshots.context, snapshots.found))
    following = Snapshots(
        activity=jnp.where(running[:, None], after.activity, snapshots.activity),
        codes=codes,
        strength=strength,
        stored=snapshots.stored + (cued & opening.store),
        found=found,
        context=jnp.where(running, context, snapshots.context),
    )
    return following, jnp.stack([jnp.pad(signs, ((0, 0), (0, widest - signs.shape[1]))) for signs in after.written])
