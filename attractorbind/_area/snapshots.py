"""The fast weights of a snapshot memory, and what it does in a tick: compete, learn, forget, reinstate."""

from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Int8, Key, UInt8

from attractorbind._area.base import AreaInputs
from attractorbind._each import for_each
from attractorbind._overlap import THRESHOLD, correlation

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


def nothing_stored(units: int, capacity: int, buffers: Sequence[int], trials: int) -> Snapshots:
    """A memory without snapshots, of so many units, for buffers of these numbers of units."""
    none = jnp.zeros(trials, jnp.int32)
    return Snapshots(
        activity=jnp.zeros((trials, units), bool),
        codes=tuple(jnp.zeros((trials, capacity, -(-size // 8)), jnp.uint8) for size in buffers),
        strength=jnp.zeros((trials, capacity), jnp.int32),
        stored=none,
        found=none,
        context=none,
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


def matches(
    codes: UInt8[Array, "capacity bytes"], present: UInt8[Array, " bytes"], units: int
) -> Bool[Array, " capacity"]:
    """Which snapshots' branches a buffer's state drives past the threshold."""

    def count(packed: UInt8[Array, "*some bytes"]) -> Float[Array, "*some"]:
        return jnp.sum(jax.lax.population_count(packed), axis=-1, dtype=jnp.float32)

    return correlation(count(codes & present[None, :]), count(codes), count(present), units) > THRESHOLD


def pattern(
    assemblies: Int[Array, "capacity active"],
    snapshots: Snapshots,
    codes: UInt8[Array, "capacity _bytes"],
    buffer_units: int,
) -> Int8[Array, " _units"]:
    """What the memory of one trial writes on a buffer: 1 where its field exceeds half that of an assembly, else -1.

    All sums are of whole numbers: those that `SnapshotMemory` says, times the number of the memory's units.
    """
    units, active = len(snapshots.activity), assemblies.shape[1]
    stored = snapshots.strength > 0
    on = jnp.sum(snapshots.activity, dtype=jnp.int32)
    shared = jnp.sum(snapshots.activity[assemblies], axis=1, dtype=jnp.int32)
    overlap = jnp.where(stored, units * shared - active * on, 0)
    states = jnp.unpackbits(codes, axis=1, count=buffer_units).astype(jnp.int32)
    driven, seen = overlap @ states, jnp.sum(states, axis=0, dtype=jnp.int32)
    whole_assembly = active * (units - on)
    # Multiplied by the number of snapshots, to stay with whole numbers.
    excitation = jnp.sum(stored).astype(jnp.float32) * (2 * driven - whole_assembly).astype(jnp.float32)
    total = jnp.sum(overlap, dtype=jnp.int32)
    inhibition = 2 * (total - whole_assembly).astype(jnp.float32) * seen.astype(jnp.float32)
    return jnp.where(excitation > inhibition, 1, -1).astype(jnp.int8)


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


def _tick_of_trial(
    assemblies: Int[Array, "capacity active"],
    snapshots: Snapshots,
    opening: _Opening,
    states: tuple[Bool[Array, " _units"], ...],
    noise: tuple[Float[Array, ""], Key[Array, ""]] | None,
) -> _Outcome:
    """A tick of a trial in which the memory is cued or reinstates."""
    buffers = range(len(states))
    written = tuple(
        jax.lax.cond(
            opening.reinstatement[buffer],
            lambda buffer=buffer: pattern(assemblies, snapshots, snapshots.codes[buffer], len(states[buffer])),
            lambda buffer=buffer: jnp.zeros(len(states[buffer]), jnp.int8),
        )
        for buffer in buffers
    )
    present = [jnp.packbits(state) for state in states]
    cued = jnp.any(opening.cue)
    fires = (snapshots.strength > 0) & cued
    fires &= ~opening.older | (snapshots.strength < snapshots.context)
    for buffer in buffers:
        fires &= jax.lax.cond(
            opening.cue[buffer] & ~opening.store,
            lambda buffer=buffer: matches(snapshots.codes[buffer], present[buffer], len(states[buffer])),
            lambda: jnp.ones(len(assemblies), bool),
        )
    strongest = jnp.argmax(jnp.where(fires, snapshots.strength, 0)).astype(jnp.int32)
    storing = cued & opening.store
    found = jnp.any(fires) & ~storing
    # What was forgotten has no strength; after it, the oldest is the weakest.
    weakest = jnp.argmin(snapshots.strength).astype(jnp.int32)
    row = jnp.where(storing, weakest, strongest)
    ignites = storing | found
    member = jnp.zeros(snapshots.activity.shape, bool).at[assemblies[row]].set(ignites)
    if noise is not None:
        level, key = noise
        # Where nothing is found nothing fires, noise and all.
        member ^= jax.random.bernoulli(key, level, member.shape) & ignites
    # To forget is to learn nothing on the branches that have just fired.
    learns = storing | (found & opening.forget)
    return _Outcome(
        activity=member,
        row=jnp.where(learns, row, NO_SNAPSHOT),
        learned=tuple(
            jnp.where(opening.cue[buffer] & storing, bits, jnp.zeros_like(bits)) for buffer, bits in enumerate(present)
        ),
        strength=jnp.where(storing, snapshots.stored + 1, 0),
        found=jnp.where(storing, snapshots.stored + 1, jnp.where(found, snapshots.strength[strongest], 0)),
        written=written,
    )


def snapshots_tick(
    assemblies: Int[Array, "capacity active"], snapshots: Snapshots, inputs: AreaInputs
) -> tuple[Snapshots, tuple[Int8[Array, "trials _units"], ...]]:
    """One tick of a memory, see `SnapshotMemory`; only trials in which a gate of it is open cost anything.

    **Returns:** what the memory holds then, and what it writes on each buffer: 1 and -1, or 0 where it writes nothing.
    """
    opening = _opening(snapshots, inputs)
    cued, running = jnp.any(opening.cue, axis=0), inputs.running
    buffers, noise = inputs.activity, inputs.noise

    def compete(trial: Int[Array, ""], after: _Outcome) -> _Outcome:
        here = jax.tree.map(lambda array: array[trial], snapshots)
        states = tuple(states[trial] > 0 for states in buffers)
        own = jax.tree.map(lambda gates: gates[..., trial], opening)
        own_noise = None if noise is None else (noise.level, noise.keys[trial])
        outcome = _tick_of_trial(assemblies, here, own, states, own_noise)
        return jax.tree.map(lambda of_all, of_trial: of_all.at[trial].set(of_trial), after, outcome)

    def learn(trial: Int[Array, ""], carry: tuple) -> tuple:
        codes, strength = carry
        row = after.row[trial]
        return (
            tuple(
                stored.at[trial, row].set(learned[trial]) for stored, learned in zip(codes, after.learned, strict=True)
            ),
            strength.at[trial, row].set(after.strength[trial]),
        )

    trials = len(running)
    nothing = _Outcome(
        activity=jnp.zeros_like(snapshots.activity),
        row=jnp.full(trials, NO_SNAPSHOT, jnp.int32),
        learned=tuple(jnp.zeros((trials, codes.shape[2]), jnp.uint8) for codes in snapshots.codes),
        strength=jnp.zeros(trials, jnp.int32),
        found=jnp.zeros(trials, jnp.int32),
        written=tuple(jnp.zeros(states.shape, jnp.int8) for states in buffers),
    )
    # Two loops, so that all reading of the weights comes before all writing: XLA then changes them in place, instead of
    # copying megabytes at every tick.
    after, _ = for_each(cued | jnp.any(opening.reinstatement, axis=0), compete, nothing)
    (codes, strength), _ = for_each(after.row != NO_SNAPSHOT, learn, (snapshots.codes, snapshots.strength))
    found = jnp.where(cued, after.found, snapshots.found)
    # A search moves the context when it has ended; a store and a loss at once.
    at_once = cued & (opening.store | opening.forget)
    context = jnp.where(at_once, found, jnp.where(cued, snapshots.context, snapshots.found))
    following = Snapshots(
        activity=jnp.where(running[:, None], after.activity, snapshots.activity),
        codes=codes,
        strength=strength,
        stored=snapshots.stored + (cued & opening.store).astype(jnp.int32),
        found=found,
        context=jnp.where(running, context, snapshots.context),
    )
    return following, after.written
