"""The driver of straight lines: one compiled loop over the ticks, and the table of gatings that it goes through."""

import dataclasses
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._activity import Units, at, stack, unstack
from attractorbind._advance import Noise, Standing, advance, started
from attractorbind._inputs import bucket, padded
from attractorbind._network import Network, nameless
from attractorbind._observe import observe, presenters
from attractorbind._phases import Phase, judged, run_and_settle
from attractorbind._plan import Plan, Plans, Reach, conducting, distinct, plans, reach
from attractorbind._schedule import Schedule
from attractorbind._snapshots import Snapshots
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
    line = _Line(*(padded(column, bucket(schedule.ticks, 32)) for column in (row, schedule.presented)))
    (activities, memories), recorded, code = _drive(
        nameless(network),
        table,
        line,
        jnp.int32(schedule.ticks),
        symbols,
        jnp.float32(noise),
        keys,
        start.activities,
        start.memories,
        record,
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

    plans: Plans
    conductances: Float[np.ndarray, "rows projections"] | Float[Array, "rows projections"]
    switches: Float[np.ndarray, "rows switches"] | Float[Array, "rows switches"]
    presented: Int[np.ndarray, " rows"] | Int[Array, " rows"]


class _Line(NamedTuple):
    """A straight line, tick by tick: rows of the table, and slots of what is presented."""

    row: Int[np.ndarray, " ticks"] | Int[Array, " ticks"]
    slot: Int[np.ndarray, " ticks"] | Int[Array, " ticks"]


def _tabulated(
    wiring: Wiring, gates: Float[np.ndarray, "ticks gates"], presented: Int[np.ndarray, " ticks"], leak: float
) -> tuple[_Table, Int[np.ndarray, " ticks"]]:
    """The table of a straight line, and the row of each tick.

    A program takes many ticks in few settings of the gates and in few changes from one to another; a row is a setting
    after another.
    """
    settings, setting = distinct(np.column_stack([gates, presented.astype(np.float32)]))
    before = np.concatenate([setting[:1], setting[:-1]])
    changes, row = distinct(np.column_stack([setting, before]))
    conductances, switches = conducting(wiring, gates[settings], leak)
    driven = presented[settings][:, None] == np.arange(len(wiring.populations))
    reached = reach(wiring, conductances, switches, driven)
    now, earlier = (Reach(*(part[places[changes]] for part in reached)) for places in (setting, before))
    conductances, switches = conductances[setting[changes]], switches[setting[changes]]
    table = _Table(plans(wiring, now, earlier), conductances, switches, presented[changes])
    return jax.tree.map(lambda column: padded(column, bucket(len(changes), 32)), table), row


class _Carry(NamedTuple):
    """Where a straight line stands between two ticks."""

    index: Int[Array, ""]
    standing: Standing
    recorded: dict[int, Any]


@partial(jax.jit, static_argnames="record")
def _drive(
    network: Network,
    table: _Table,
    line: _Line,
    ticks: Int[Array, ""],
    symbols: Int[Array, "slots trials"],
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    activities: tuple[Float[Array, "trials _units"], ...],
    memories: tuple[Snapshots, ...],
    record: str,
) -> tuple[
    tuple[tuple[Float[Array, "trials _units"], ...], tuple[Snapshots, ...]], dict[int, Any], Int[Array, " trials"]
]:
    """All ticks, then some more without noise to see whether the state comes to rest."""
    activity = stack(activities)
    _, trials, widest = activity.halves.shape
    present = presenters(network, widest)
    table, line = jax.tree.map(jnp.asarray, (table, line))
    room = len(line.slot)

    def tick(phase: Phase, carry: _Carry) -> _Carry:
        quiet = phase.quiet
        here = jnp.where(quiet, ticks - 1, carry.index)
        row = at(line.row, here)
        population = jnp.where(quiet, -1, at(table.presented, row))
        level = jnp.where(quiet, 0.0, noise)

        def external(target: Int[Array, ""]) -> Units:
            fields = [lambda field=field: field(at(symbols, at(line.slot, here))) for field in present]
            return jax.lax.switch(
                jnp.where(target == population, target + 1, 0), [lambda: jnp.zeros((trials, widest)), *fields]
            )

        standing = advance(
            network,
            # What a run starts from is not known to the table.
            Plan(table.plans, row, phase.everything | (level > 0) | (carry.index == 0)),
            lambda projection: jax.lax.dynamic_slice(table.conductances, (row, projection), (1, 1)),
            at(table.switches, row),
            external,
            Noise(level, lambda: jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, carry.index)),
            carry.standing,
        )
        recorded = jax.tree.map(
            lambda array, value: array.at[jnp.where(quiet, room, carry.index)].set(value, mode="drop"),
            carry.recorded,
            observe(network, standing.activity, record),
        )
        return _Carry(carry.index + 1, standing, recorded)

    shapes = jax.eval_shape(lambda: observe(network, activity, record))
    carry = _Carry(
        jnp.int32(0),
        started(activity, memories),
        jax.tree.map(lambda a: jnp.zeros((room, *a.shape), a.dtype), shapes),
    )
    last, kept, settled = run_and_settle(
        lambda carry: carry.index < ticks,
        tick,
        lambda carry: carry.standing.activity,
        lambda carry: (unstack(network.wiring, carry.standing.activity), carry.standing.memories),
        carry,
    )
    return kept, last.recorded, judged(last.standing.finite, settled)
