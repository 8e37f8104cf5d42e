"""The driver of straight lines: a compiled loop over stretches of ticks, and the table of gatings it goes through."""

import dataclasses
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._area.snapshots import Snapshots
from attractorbind._engine.activity import at, stack, unstack
from attractorbind._engine.advance import Incoming, Standing, started
from attractorbind._engine.inputs import bucket, padded
from attractorbind._engine.observe import blank, noted, observe, presenters
from attractorbind._engine.plan import Settings, conducting, distinct, reach, settings
from attractorbind._engine.readers import readers
from attractorbind._engine.settle import Phase, judged, run_and_settle
from attractorbind._engine.stretch import stretch
from attractorbind._network import Network, nameless
from attractorbind._program.schedule import Schedule
from attractorbind._state import State
from attractorbind._wiring import Wiring


def straight(
    network: Network,
    schedule: Schedule,
    symbols: Int[Array, "slots trials"],
    noise: float,
    leak: float,
    keys: Key[Array, " trials"],
    start: State,
    record: str,
) -> dict[str, Any]:
    """Run a straight line: plan it on the host, drive it, say what came of it."""
    populations = np.array([network.wiring.buffer(buffer) for buffer, _ in schedule.slots] or [0], np.int32)
    presented = np.where(schedule.presented >= 0, populations[schedule.presented], -1).astype(np.int32)
    table, row = _tabulated(network.wiring, schedule.gates, presented, leak)
    (activities, memories), recorded, code = _drive(
        nameless(network),
        table,
        _stretches(row, schedule.presented),
        jnp.int32(schedule.ticks),
        symbols,
        jnp.float32(noise) if noise else None,
        keys,
        start.activities,
        start.memories,
        record,
        room=0 if record == "final" else bucket(schedule.ticks, 32),
    )
    return {
        "state": dataclasses.replace(start, activities=activities, memories=memories),
        "result": np.asarray(code),
        "ticks": np.full(len(code), schedule.ticks, np.int32),
        "recorded": jax.tree.map(lambda array: np.asarray(array)[: schedule.ticks], recorded),
        "rows": None,
        "output_symbols": np.zeros((len(code), 0), np.int32),
        "output_counts": np.zeros(len(code), np.int32),
    }


class _Table(NamedTuple):
    """The settings of the gates that a straight line goes through, and the population presented a symbol, or -1."""

    settings: Settings
    conductances: Float[np.ndarray, "rows projections"] | Float[Array, "rows projections"]
    switches: Float[np.ndarray, "rows switches"] | Float[Array, "rows switches"]
    presented: Int[np.ndarray, " rows"] | Int[Array, " rows"]


class _Line(NamedTuple):
    """A straight line, stretch by stretch: rows of the table, slots of what is presented, and how many ticks."""

    row: Int[np.ndarray, " stretches"] | Int[Array, " stretches"]
    slot: Int[np.ndarray, " stretches"] | Int[Array, " stretches"]
    ticks: Int[np.ndarray, " stretches"] | Int[Array, " stretches"]


def _tabulated(
    wiring: Wiring, gates: Float[np.ndarray, "ticks gates"], presented: Int[np.ndarray, " ticks"], leak: float
) -> tuple[_Table, Int[np.ndarray, " ticks"]]:
    """The table of a straight line, and the row of each tick; a program takes many ticks in few settings."""
    first, row = distinct(np.column_stack([gates, presented.astype(np.float32)]))
    conductances, switches = conducting(wiring, gates[first], leak)
    driven = presented[first][:, None] == np.arange(len(wiring.populations))
    here = settings(wiring, reach(wiring, conductances, switches, driven))
    table = _Table(here, conductances, switches, presented[first])
    return jax.tree.map(lambda column: padded(column, bucket(len(first), 32)), table), row


def _stretches(row: Int[np.ndarray, " ticks"], slot: Int[np.ndarray, " ticks"]) -> _Line:
    """The line of ticks in these rows with these slots."""
    begins = np.flatnonzero(np.pad((row[1:] != row[:-1]) | (slot[1:] != slot[:-1]), (1, 0), constant_values=True))
    columns = row[begins], slot[begins], np.diff(begins, append=len(row)).astype(np.int32)
    return _Line(*(padded(column, bucket(len(begins), 32)) for column in columns))


class _Carry(NamedTuple):
    """Where a straight line stands between two stretches."""

    number: Int[Array, ""]
    tick: Int[Array, ""]
    standing: Standing
    recorded: dict[int, Any]


@partial(jax.jit, static_argnames=("record", "room"))
def _drive(
    network: Network,
    table: _Table,
    line: _Line,
    ticks: Int[Array, ""],
    symbols: Int[Array, "slots trials"],
    noise: Float[Array, ""] | None,
    keys: Key[Array, " trials"],
    activities: tuple[Float[Array, "trials _units"], ...],
    memories: tuple[Snapshots, ...],
    record: str,
    *,
    room: int,
) -> tuple[
    tuple[tuple[Float[Array, "trials _units"], ...], tuple[Snapshots, ...]], dict[int, Any], Int[Array, " trials"]
]:
    """All ticks, then some more without noise to see whether the state comes to rest."""
    activity = stack(activities)
    _, trials, widest = activity.halves.shape
    present, reading = presenters(network, widest), readers(network, widest)
    table, line = jax.tree.map(jnp.asarray, (table, line))

    def go_on(phase: Phase, carry: _Carry) -> _Carry:
        quiet, tick = phase.quiet, carry.tick
        here = carry.number - quiet
        row = at(line.row, here)
        population = jnp.where(quiet, -1, at(table.presented, row))
        imposing = [lambda field=field: field(at(symbols, at(line.slot, here))) for field in present]
        imposed = jax.lax.switch(population + 1, [lambda: jnp.zeros((trials, widest)), *imposing])

        incoming = Incoming(
            lambda projection: jax.lax.dynamic_slice(table.conductances, (row, projection), (1, 1))[0, 0],
            at(table.switches, row),
            lambda target: jnp.where(target == population, imposed, 0.0),
        )

        def note(number: Int[Array, ""], standing: Standing, recorded: dict[int, Any]) -> dict[int, Any]:
            return noted(recorded, number, observe(network, standing.activity, record), quiet=quiet)

        plan = table.settings.plan(row, at(line.row, jnp.maximum(here - 1, 0)))
        length = jnp.where(quiet, 1, at(line.ticks, here))
        before = carry.standing, carry.recorded
        after = stretch(network, reading, phase, plan, tick, length, incoming, noise, keys, note, before)
        return _Carry(carry.number + ~quiet, tick + length, *after)

    carry = _Carry(
        jnp.int32(0),
        jnp.int32(0),
        started(activity, memories),
        blank(lambda: observe(network, activity, record), room),
    )
    last, kept, settled = run_and_settle(
        lambda carry: carry.tick < ticks,
        go_on,
        lambda carry: carry.standing.activity,
        lambda carry: (unstack(network.wiring, carry.standing.activity), carry.standing.memories),
        carry,
        to_the_last=bool(memories),
    )
    return kept, last.recorded, judged(last.standing.all_finite(), settled)
