"""What a snapshot memory that goes by activation does in a tick besides storing and reinstating."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Int8, Key

from attractorbind._area.activation import Activation, Spreading, faded, trace_weights
from attractorbind._area.activations import KEPT, NO_SNAPSHOT, Activated, levels, of_group
from attractorbind._area.base import AreaInputs
from attractorbind._area.retrieval import matches
from attractorbind._area.snapshots import Snapshots, flipped, snapshots_tick
from attractorbind._each import of_each

# What the program tells it by, after the switches of every snapshot memory.
SWITCHES = ("prime", "gather", "decide", "pass", "finish", "give", "use")
_OPEN = 0.5


def activated_tick(
    settings: Activation, assemblies: Int[Array, "capacity active"], snapshots: Snapshots, inputs: AreaInputs
) -> tuple[Snapshots, tuple[Int8[Array, "trials _units"], ...]]:
    """One tick of a memory that goes by activation, see `Activation`."""
    told = (inputs.switches > _OPEN) & inputs.running[None, :]
    own, plain = snapshots.activation, len(told) - len(SWITCHES)
    assert own is not None
    prime, gather, decide, passing, finish, give, use = told[plain:]
    store, older, forget = told[:plain]
    cue = (inputs.reads > _OPEN) & inputs.running[None, :]
    cued = jnp.any(cue, axis=0) & ~store & ~forget
    fires = jax.lax.cond(
        jnp.any(cued),
        lambda: _fires(snapshots, inputs, cue & cued[None, :]),
        lambda: jnp.zeros((len(cue), *snapshots.strength.shape), bool),
    )
    own = _turns(jnp.any(passing | finish), lambda own: _later(settings, own, passing, finish), own)
    own = _turns(jnp.any(cued), lambda own: _asked(settings, own, snapshots, fires, cue, cued & ~prime, older), own)
    spreading = settings.spreading
    if spreading is not None:
        own = _turns(jnp.any(cued & prime), lambda own: _primed(spreading, own, fires, cued & prime), own)
        own = _turns(jnp.any(gather), lambda own: _gathered(spreading, own, gather), own)
    own = _turns(jnp.any(decide), lambda own: _raced(settings, own, snapshots.strength, decide, inputs.keys), own)
    own = _turns(jnp.any(use), lambda own: _used(settings, own, use), own)
    # Only to store and to forget is left to what every memory does; an assembly comes on where it is given.
    shut = jnp.where(store | forget, inputs.reads, 0.0)
    following, written = snapshots_tick(
        assemblies, snapshots, inputs._replace(reads=shut, switches=inputs.switches[:plain])
    )
    # Once an assembly has been on, the race that it has won is past.
    past = jnp.any(snapshots.activity, axis=1) & ~give & (own.left <= 0) & inputs.running
    winner = jnp.where(past, NO_SNAPSHOT, own.winner)
    own = eqx.tree_at(lambda own: own.winner, own, winner)
    over = give & (own.left <= 0)
    comes, row = over & (winner != NO_SNAPSHOT), jnp.maximum(winner, 0)
    member = flipped(assemblies, row, comes, following.activity.shape[1], inputs.noise)
    own = eqx.tree_at(lambda own: own.given, own, jnp.where(comes, row, own.given))
    stored = store & jnp.any(cue, axis=0)
    own = _turns(jnp.any(stored), lambda own: _stored(settings, own, following.strength, stored), own)
    following = eqx.tree_at(
        lambda new: (new.activity, new.found, new.activation),
        following,
        (
            jnp.where(give[:, None] & inputs.running[:, None], member, following.activity),
            jnp.where(over, jnp.where(comes, of_each(following.strength, row), 0), following.found),
            own,
        ),
        is_leaf=lambda leaf: leaf is None,
    )
    return following, written


def _turns(asked: Bool[Array, ""], change: Callable[[Activated], Activated], own: Activated) -> Activated:
    """The state after a change that some trial asks for."""
    return jax.lax.cond(asked, change, lambda own: own, own)


def _fires(
    snapshots: Snapshots, inputs: AreaInputs, cue: Bool[Array, "buffers trials"]
) -> Bool[Array, "buffers trials capacity"]:
    """Which branches of which snapshots each of the cued buffers makes fire."""
    found = []
    for codes, state, open_here in zip(snapshots.codes, inputs.activity, cue, strict=True):
        present = jnp.packbits(state > 0, axis=1)
        own = matches(codes, present, state.shape[1]) & (snapshots.strength > 0)
        found.append(own & open_here[:, None])
    return jnp.stack(found)


def _later(
    settings: Activation, own: Activated, passing: Bool[Array, " trials"], finish: Bool[Array, " trials"]
) -> Activated:
    """Time passes: a step, or all that the race still takes."""
    seconds = jnp.where(finish, jnp.maximum(own.left, 0.0), jnp.where(passing, settings.race.step, 0.0))
    traces, fresh = own.traces, own.fresh
    if settings.decay is not None:
        laid = fresh[:, :, None] * trace_weights(settings.decay)[None, None, :]
        passes = seconds[:, None] > 0
        traces = faded(traces + jnp.where(passes[:, :, None], laid, 0.0), seconds)
        fresh = jnp.where(passes, 0.0, fresh)
    # Steps add up with rounding errors; what is over but for a microsecond is over.
    left = own.left - seconds
    left = jnp.where(left < 1e-6, 0.0, left)
    return eqx.tree_at(lambda own: (own.traces, own.fresh, own.left), own, (traces, fresh, left))


def _asked(
    settings: Activation,
    own: Activated,
    snapshots: Snapshots,
    fires: Bool[Array, "buffers trials capacity"],
    cue: Bool[Array, "buffers trials"],
    asked: Bool[Array, " trials"],
    older: Bool[Array, " trials"],
) -> Activated:
    """A cue makes candidates of the snapshots that agree with it, or with a part of it."""
    amiss = jnp.sum(cue[:, :, None] & ~fires, axis=0, dtype=jnp.int32).astype(jnp.float32)
    if settings.mismatch is None:
        penalty = jnp.where(amiss > 0, jnp.inf, 0.0)
    else:
        # A snapshot that holds nothing of a cued buffer is not like the cue.
        there = jnp.stack([jnp.any(codes > 0, axis=2) for codes in snapshots.codes])
        penalty = jnp.where(jnp.any(cue[:, :, None] & ~there, axis=0), jnp.inf, settings.mismatch * amiss)
    within = (snapshots.strength > 0) & (~older[:, None] | (snapshots.strength < snapshots.context[:, None]))
    penalty = jnp.where(within, penalty, jnp.inf)
    return eqx.tree_at(lambda own: own.penalty, own, jnp.where(asked[:, None], penalty, own.penalty))


def _primed(
    spreading: Spreading, own: Activated, fires: Bool[Array, "buffers trials capacity"], primed: Bool[Array, " trials"]
) -> Activated:
    """A source gives to all snapshots in which a branch fires, the less the more they are."""
    reached = jnp.any(fires, axis=0)
    fan = jnp.sum(reached, axis=1, keepdims=True, dtype=jnp.int32).astype(jnp.float32)
    gives = spreading.strength - jnp.log1p(fan)
    group = own.group + jnp.where(reached & primed[:, None], gives, 0.0)
    return eqx.tree_at(lambda own: (own.group, own.sources), own, (group, own.sources + primed.astype(jnp.float32)))


def _gathered(spreading: Spreading, own: Activated, gather: Bool[Array, " trials"]) -> Activated:
    spread = jnp.where(gather[:, None], own.spread + of_group(spreading, own), own.spread)
    return eqx.tree_at(
        lambda own: (own.spread, own.group, own.sources),
        own,
        (spread, jnp.where(gather[:, None], 0.0, own.group), jnp.where(gather, 0.0, own.sources)),
    )


def _raced(
    settings: Activation,
    own: Activated,
    strength: Int[Array, "trials capacity"],
    decide: Bool[Array, " trials"],
    keys: Key[Array, " trials"],
) -> Activated:
    """The race of the candidates: all start together, so who wins, and when, is known at once."""
    capacity, race = own.uses.shape[1], settings.race
    level = levels(settings, own)
    drawn = jax.vmap(lambda key: jax.random.logistic(key, (capacity,)))(keys)
    # Not by a comparison, so that the scale of the noise may be a number that is swept.
    level = level + settings.noise * drawn - own.penalty
    highest = jnp.max(level, axis=1)
    # Among equals the most recent one.
    winner = jnp.argmax(jnp.where(level == highest[:, None], strength, 0), axis=1).astype(jnp.int32)
    least = -jnp.inf if race.threshold is None else race.threshold
    wins = (highest >= least) & (highest > -jnp.inf)
    pace = jnp.where(wins, highest, race.threshold if race.threshold is not None else 0.0)
    latency = race.factor * jnp.exp(-race.exponent * pace)
    at = jnp.where(decide, own.searches % KEPT, KEPT)
    nothing = jnp.where(decide[:, None], 0.0, 1.0)
    return eqx.tree_at(
        lambda own: (
            own.winner, own.given, own.left, own.searches, own.latencies, own.spread, own.group, own.sources
        ),
        own,
        (
            jnp.where(decide, jnp.where(wins, winner, NO_SNAPSHOT), own.winner),
            jnp.where(decide, NO_SNAPSHOT, own.given),
            jnp.where(decide, latency, own.left),
            own.searches + decide.astype(jnp.int32),
            own.latencies.at[np.arange(len(at)), at].set(latency, mode="drop"),
            own.spread * nothing,
            own.group * nothing,
            jnp.where(decide, 0.0, own.sources),
        ),
    )  # fmt: skip


def _counted(settings: Activation, own: Activated, rows: Bool[Array, "trials capacity"]) -> Activated:
    """A use of some snapshots, or their first."""
    uses = own.uses + rows.astype(jnp.float32)
    fresh = own.fresh
    if settings.decay is not None:
        # Where uses are taken to lie evenly over a life, only the first one leaves traces.
        leaves = rows & (uses == 1) if settings.optimized else rows
        fresh = fresh + leaves.astype(jnp.float32)
    return eqx.tree_at(lambda own: (own.uses, own.fresh), own, (uses, fresh))


def _used(settings: Activation, own: Activated, use: Bool[Array, " trials"]) -> Activated:
    """What was given last is used once more; only once, however often that is told."""
    rows = (np.arange(own.uses.shape[1])[None, :] == own.given[:, None]) & use[:, None]
    following = _counted(settings, own, rows)
    return eqx.tree_at(lambda own: own.given, following, jnp.where(use, NO_SNAPSHOT, own.given))


def _stored(
    settings: Activation, own: Activated, strength: Int[Array, "trials capacity"], stored: Bool[Array, " trials"]
) -> Activated:
    """The snapshot that was just taken, the strongest by rank, has been used once; its assembly means no other now."""
    rows = (strength == jnp.max(strength, axis=1, keepdims=True)) & stored[:, None]
    row = jnp.argmax(strength, axis=1).astype(jnp.int32)
    # What the assembly stood for before is forgotten.
    anew = (
        jnp.where(rows, 0.0, own.uses),
        jnp.where(rows, 0.0, own.fresh),
        jnp.where(rows[:, :, None], 0.0, own.traces),
    )
    own = eqx.tree_at(lambda own: (own.uses, own.fresh, own.traces), own, anew)
    following = _counted(settings, own, rows)
    return eqx.tree_at(
        lambda own: (own.winner, own.given),
        following,
        (
            jnp.where(stored & (own.winner == row), NO_SNAPSHOT, own.winner),
            jnp.where(stored & (own.given == row), NO_SNAPSHOT, own.given),
        ),
    )
