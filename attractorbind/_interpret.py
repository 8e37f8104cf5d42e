"""The interpreter: a compiled loop that runs every program that branches whose padded table has the same size.

The instruction table is data; `_machine` makes one tick of it.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key

from attractorbind._flow import HALT
from attractorbind._inputs import NO_SYMBOL, bucket, padded
from attractorbind._listing import NONE, Listing
from attractorbind._machine import Given, Machine, Table, step
from attractorbind._network import Network, nameless
from attractorbind._observe import Result, observe
from attractorbind._phases import judged, run_and_settle
from attractorbind._plan import conducting
from attractorbind._state import State
from attractorbind._tick import stack, unstack

# Outputs there is room for at first; a run that puts out more is run again with room for them.
_OUTPUTS = 64


class _Record(NamedTuple):
    """What is kept of every tick."""

    rows: Int[Array, "ticks trials"]
    observed: dict[str, Any]


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
    given = Given(symbols, jnp.asarray(filled), jnp.float32(noise), keys)
    drive = partial(
        _drive, nameless(network), _table(network, listing, leak), given, start, bucket(listing.counters, 4)
    )
    emits = bool((listing.rows.emit != NONE).any())
    machine, recorded, code = drive(outputs=_OUTPUTS if emits else 1, record="final", room=1)
    most, ticks = int(machine.given_out.max()), int(machine.ticks.max())
    if most > machine.outputs.shape[1] or record != "final":
        machine, recorded, code = drive(
            outputs=bucket(most, _OUTPUTS) if emits else 1, record=record, room=bucket(ticks, 32)
        )
    recorded = jax.tree.map(lambda array: np.asarray(array)[:ticks], recorded)
    return {
        "state": unstack(network.wiring, machine.activity, machine.memories),
        "result": np.asarray(code),
        "ticks": np.asarray(machine.ticks),
        "recorded": recorded.observed,
        "rows": None if record == "final" else recorded.rows,
        "output_symbols": np.asarray(machine.outputs),
        "output_counts": np.asarray(machine.given_out),
    }


def _table(network: Network, listing: Listing, leak: float) -> Table:
    rows, questions = listing.rows, listing.questions
    conductances, switches = conducting(network.wiring, rows.gates, leak)
    columns = {name: column for name, column in vars(rows).items() if name != "gates"}
    columns |= {"conductances": conductances, "switches": switches}
    length = bucket(len(rows.ticks), 32)
    table = {name: padded(column, length) for name, column in columns.items()}
    asked = {f"asked_{name}": padded(column, bucket(len(column), 8)) for name, column in vars(questions).items()}
    return Table(**jax.tree.map(jnp.asarray, table | asked))


@partial(jax.jit, static_argnames=("counters", "outputs", "record", "room"))
def _drive(
    network: Network, table: Table, given: Given, start: State, counters: int, *, outputs: int, record: str, room: int
) -> tuple[Machine, _Record, Int[Array, " trials"]]:
    """Tick until every trial has come to its end, then some more without noise to see what comes to rest."""
    activity = stack(network.wiring, start)
    populations, trials, _ = activity.shape
    nothing = jnp.zeros(trials, jnp.int32)
    machine = Machine(
        activity=activity,
        scratch=jnp.zeros_like(activity),
        memories=start.memories,
        tick=jnp.int32(0),
        row=nothing,
        left=nothing + table.ticks[0],
        counters=jnp.zeros((trials, counters), jnp.int32),
        taken=nothing,
        outputs=jnp.full((trials, outputs), NO_SYMBOL, jnp.int32),
        given_out=nothing,
        may_fire=jnp.ones(populations, bool),
        finite=jnp.ones(trials, bool),
        limit_reached=jnp.zeros(trials, bool),
        last_row=nothing,
        ticks=nothing,
    )

    def look(rows: Int[Array, " trials"], machine: Machine) -> _Record:
        return _Record(rows, observe(network, machine.activity, record))

    def tick(quiet: Bool[Array, ""], carry: tuple[Machine, _Record]) -> tuple[Machine, _Record]:
        before, recorded = carry
        machine = step(network, table, given, before, quiet)
        # Where only the final state is wanted, all ticks share one place, which nobody reads.
        place = jnp.where(quiet, room, jnp.minimum(before.tick, room - 1))
        recorded = jax.tree.map(
            lambda array, value: array.at[place].set(value, mode="drop"), recorded, look(before.row, machine)
        )
        return machine, recorded

    shapes = jax.eval_shape(lambda: look(machine.row, machine))
    recorded = jax.tree.map(lambda a: jnp.zeros((room, *a.shape), a.dtype), shapes)
    (machine, recorded), (activity, memories), settled = run_and_settle(
        lambda carry: jnp.any(carry[0].row != HALT),
        tick,
        lambda carry: carry[0].activity,
        lambda carry: (carry[0].activity, carry[0].memories),
        (machine, recorded),
    )
    code = judged(machine.finite, settled)
    machine = machine._replace(activity=activity, memories=memories)
    return machine, recorded, jnp.where(machine.limit_reached & machine.finite, Result.LIMIT, code)
