"""The interpreter: a compiled loop that runs every program that branches whose padded table has the same size.

The instruction table is data; `_machine` makes one stretch of it.
"""

import dataclasses
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._area.snapshots import Snapshots
from attractorbind._control.listing import Given, Machine, Table, step
from attractorbind._engine.activity import stack, unstack
from attractorbind._engine.advance import Standing, started
from attractorbind._engine.inputs import NO_SYMBOL, bucket, padded
from attractorbind._engine.observe import blank, noted, observe
from attractorbind._engine.plan import conducting, packed, reach
from attractorbind._engine.readers import readers
from attractorbind._engine.settle import Phase, judged, run_and_settle
from attractorbind._network import Network, nameless
from attractorbind._program.flow import HALT
from attractorbind._program.listing import NONE, Listing
from attractorbind._result import Result
from attractorbind._state import State

# Outputs there is room for at first; a run that puts out more is run again with room for them.
_OUTPUTS = 64


class _Record(NamedTuple):
    """What is kept of every tick."""

    rows: Int[Array, "ticks trials"]
    observed: dict[int, Any]


def interpret(
    network: Network,
    listing: Listing,
    symbols: Int[Array, "slots trials"],
    stream: Int[np.ndarray, "trials length"],
    noise: float,
    leak: float,
    keys: Key[Array, " trials"],
    start: State,
    record: str,
) -> dict[str, Any]:
    """Run a listing and say what came of it; runs again with more room where the first run asked for it."""
    room = bucket(stream.shape[1], 8)
    filled = np.full((len(stream), room), NO_SYMBOL, np.int32)
    filled[:, : stream.shape[1]] = stream
    given = Given(symbols, jnp.asarray(filled), jnp.float32(noise) if noise else None, keys)
    drive = partial(
        _drive,
        nameless(network),
        _table(network, listing, leak),
        given,
        start.activities,
        start.memories,
        bucket(listing.counters, 4),
    )
    emits = bool((listing.rows.emit != NONE).any())
    machine, activities, recorded, code = drive(outputs=_OUTPUTS if emits else 1, record="final", room=1)
    most, ticks = int(machine.given_out.max()), int(machine.ticks.max())
    if most > machine.outputs.shape[1] or record != "final":
        machine, activities, recorded, code = drive(
            outputs=bucket(most, _OUTPUTS) if emits else 1, record=record, room=bucket(ticks, 32)
        )
    rows, observed = None, {}
    if recorded is not None:
        rows, observed = jax.tree.map(lambda array: np.asarray(array)[:ticks], recorded)
    return {
        "state": dataclasses.replace(start, activities=activities, memories=machine.standing.memories),
        "result": np.asarray(code),
        "ticks": np.asarray(machine.ticks),
        "recorded": observed,
        "rows": rows,
        "output_symbols": np.asarray(machine.outputs),
        "output_counts": np.asarray(machine.given_out),
    }


def _table(network: Network, listing: Listing, leak: float) -> Table:
    rows, questions = listing.rows, listing.questions
    conductances, switches = conducting(network.wiring, rows.gates, leak)
    driven = rows.present[:, None] == np.arange(len(network.wiring.populations))
    reached = packed(reach(network.wiring, conductances, switches, driven))
    columns = {name: column for name, column in vars(rows).items() if name != "gates"}
    columns |= {"conductances": conductances, "switches": switches, "reach": reached}
    length = bucket(len(rows.ticks), 32)
    table = {name: padded(column, length) for name, column in columns.items()}
    table["conductances"] = table["conductances"].T
    asked = {f"asked_{name}": padded(column, bucket(len(column), 8)) for name, column in vars(questions).items()}
    return Table(**jax.tree.map(jnp.asarray, table | asked))


@partial(jax.jit, static_argnames=("counters", "outputs", "record", "room"))
def _drive(
    network: Network,
    table: Table,
    given: Given,
    activities: tuple[Float[Array, "trials _units"], ...],
    memories: tuple[Snapshots, ...],
    counters: int,
    *,
    outputs: int,
    record: str,
    room: int,
) -> tuple[Machine, tuple[Float[Array, "trials _units"], ...], _Record | None, Int[Array, " trials"]]:
    """Tick until every trial has come to its end, then some more without noise to see what comes to rest."""
    trials = len(given.keys)
    nothing = jnp.zeros(trials, jnp.int32)
    activity = stack(activities)
    reading = readers(network, activity.halves.shape[2])
    machine = Machine(
        standing=started(activity, memories),
        tick=jnp.int32(0),
        row=nothing,
        left=nothing + table.ticks[0],
        counters=jnp.zeros((trials, counters), jnp.int32),
        taken=nothing,
        outputs=jnp.full((trials, outputs), NO_SYMBOL, jnp.int32),
        given_out=nothing,
        row_before=nothing + HALT,
        limit_reached=jnp.zeros(trials, bool),
        last_row=nothing,
        ticks=nothing,
    )

    def look(rows: Int[Array, " trials"], standing: Standing) -> _Record | None:
        return None if record == "final" else _Record(rows, observe(network, standing.activity, record))

    def go_on(phase: Phase, carry: tuple[Machine, _Record | None]) -> tuple[Machine, _Record | None]:
        before, recorded = carry

        def note(
            tick: Int[Array, ""], rows: Int[Array, " trials"], standing: Standing, recorded: _Record | None
        ) -> _Record | None:
            return noted(recorded, tick, look(rows, standing), quiet=phase.quiet)

        return step(network, reading, table, given, before, phase, note, recorded)

    recorded = blank(lambda: look(machine.row, machine.standing), room)
    (machine, recorded), (activities, memories), settled = run_and_settle(
        lambda carry: jnp.any(carry[0].row != HALT),
        go_on,
        lambda carry: carry[0].standing.activity,
        lambda carry: (unstack(network.wiring, carry[0].standing.activity), carry[0].standing.memories),
        (machine, recorded),
        to_the_last=bool(memories),
    )
    finite = machine.standing.all_finite()
    code = jnp.where(machine.limit_reached & finite, Result.LIMIT, judged(finite, settled))
    return machine._replace(standing=machine.standing._replace(memories=memories)), activities, recorded, code
