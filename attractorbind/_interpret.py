"""The interpreter: programs that branch, with an instruction pointer for every trial.

The instruction table is data; one compiled loop runs every program whose padded table has the same size. At each tick
every trial stands at a row of its own. What must be computed is worked out for all of them together: projections that
are open in no trial, questions that no trial asks and buffers that no trial puts out cost nothing.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._flow import HALT
from attractorbind._harmony import THRESHOLD, agreement, writers
from attractorbind._inputs import NO_SYMBOL, bucket, padded
from attractorbind._listing import NONE, Listing
from attractorbind._network import Network
from attractorbind._observe import Result, observe, outcome, presenters
from attractorbind._overlap import THRESHOLD as DECODED, overlaps
from attractorbind._plan import Plan, arriving, lay_out, projection_gates
from attractorbind._state import State
from attractorbind._tick import External, Stacked, advance, stack, unstack

# Outputs there is room for at first; a run that puts out more is run again with room for them.
_OUTPUTS = 64


class _Table(eqx.Module):
    """The instruction table and the questions as arrays, padded; see `Rows` and `Questions`."""

    conductances: Float[Array, "rows projections"]
    ticks: Int[Array, " rows"]
    present: Int[Array, " rows"]
    slot: Int[Array, " rows"]
    emit: Int[Array, " rows"]
    question: Int[Array, " rows"]
    counter: Int[Array, " rows"]
    limit: Int[Array, " rows"]
    fails: Bool[Array, " rows"]
    then: Int[Array, " rows"]
    otherwise: Int[Array, " rows"]
    asked_gate: Int[Array, " questions"]
    asked_slot: Int[Array, " questions"]
    asked_target: Int[Array, " questions"]


class _Given(eqx.Module):
    """What a run is given: the symbols of each slot, the input sequences, noise, keys."""

    symbols: Int[Array, "slots trials"]
    stream: Int[Array, "trials length"]
    noise: Float[Array, ""]
    keys: Key[Array, " trials"]


class _Machine(NamedTuple):
    """Where everything stands between two ticks."""

    activity: Stacked
    scratch: Stacked
    tick: Int[Array, ""]
    row: Int[Array, " trials"]
    left: Int[Array, " trials"]
    counters: Int[Array, "trials counters"]
    taken: Int[Array, " trials"]
    outputs: Int[Array, "trials room"]
    given_out: Int[Array, " trials"]
    may_fire: Bool[Array, " populations"]
    finite: Bool[Array, " trials"]
    limit_reached: Bool[Array, " trials"]
    last_row: Int[Array, " trials"]
    ticks: Int[Array, " trials"]


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
    given = _Given(symbols, jnp.asarray(filled), jnp.float32(noise), keys)
    drive = partial(_drive, network, _table(network, listing, leak), given, start, bucket(listing.counters, 4))
    emits = bool((listing.rows.emit != NONE).any())
    machine, recorded, code = drive(outputs=_OUTPUTS if emits else 1, record="final", room=1)
    most, ticks = int(machine.given_out.max()), int(machine.ticks.max())
    if most > machine.outputs.shape[1] or record != "final":
        machine, recorded, code = drive(
            outputs=bucket(most, _OUTPUTS) if emits else 1, record=record, room=bucket(ticks, 32)
        )
    recorded = jax.tree.map(lambda array: np.asarray(array)[:ticks], recorded)
    return {
        "state": unstack(network.wiring, machine.activity),
        "result": np.asarray(code),
        "ticks": np.asarray(machine.ticks),
        "recorded": recorded.observed,
        "rows": None if record == "final" else recorded.rows,
        "output_symbols": np.asarray(machine.outputs),
        "output_counts": np.asarray(machine.given_out),
    }


def _table(network: Network, listing: Listing, leak: float) -> _Table:
    rows, questions = listing.rows, listing.questions
    conductances = np.maximum(rows.gates, np.float32(leak))[:, projection_gates(network.wiring)]
    columns = {name: column for name, column in vars(rows).items() if name != "gates"}
    length = bucket(len(rows.ticks), 32)
    table = {name: padded(column, length) for name, column in (columns | {"conductances": conductances}).items()}
    asked = {f"asked_{name}": padded(column, bucket(len(column), 8)) for name, column in vars(questions).items()}
    return _Table(**jax.tree.map(jnp.asarray, table | asked))


def _for_each(mask: Bool[Array, " places"], body: Callable[[Int[Array, ""], Any], Any], start: Any) -> Any:
    """Apply `body(place, carry)` for every place that is marked, in order; the others cost nothing."""
    order = jnp.argsort(~mask, stable=True)
    return jax.lax.fori_loop(0, mask.sum(), lambda index, carry: body(order[index], carry), start)


def _any_at(places: Int[Array, " trials"], count: int) -> Bool[Array, " count"]:
    """Which of so many places some trial is at; negative ones are none."""
    return jnp.any(places[:, None] == jnp.arange(count)[None, :], axis=0)


@partial(jax.jit, static_argnames=("counters", "outputs", "record", "room"))
def _drive(
    network: Network, table: _Table, given: _Given, start: State, counters: int, *, outputs: int, record: str, room: int
) -> tuple[_Machine, _Record, Int[Array, " trials"]]:
    """Tick until every trial has come to its end, then some more without noise to see what comes to rest."""
    activity = stack(network.wiring, start)
    populations, trials, _ = activity.shape
    nothing = jnp.zeros(trials, jnp.int32)
    machine = _Machine(
        activity=activity,
        scratch=jnp.zeros_like(activity),
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

    def look(rows: Int[Array, " trials"], machine: _Machine) -> _Record:
        return _Record(rows, observe(network, machine.activity, record))

    def body(carry: tuple[_Machine, _Record]) -> tuple[_Machine, _Record]:
        before, recorded = carry
        machine = _step(network, table, given, before)
        # Where only the final state is wanted, all ticks share one place, which nobody reads.
        place = jnp.minimum(before.tick, room - 1)
        recorded = jax.tree.map(lambda array, value: array.at[place].set(value), recorded, look(before.row, machine))
        return machine, recorded

    shapes = jax.eval_shape(lambda: look(machine.row, machine))
    recorded = jax.tree.map(lambda a: jnp.zeros((room, *a.shape), a.dtype), shapes)
    machine, recorded = jax.lax.while_loop(lambda carry: jnp.any(carry[0].row != HALT), body, (machine, recorded))
    tick = _quiet_tick(network, table, given, machine)
    code = outcome(tick, machine.activity, machine.scratch, machine.finite)
    return machine, recorded, jnp.where(machine.limit_reached, Result.LIMIT, code)


def _step(network: Network, table: _Table, given: _Given, machine: _Machine) -> _Machine:
    """One tick of every trial that has not come to its end."""
    numbers = jnp.arange(len(machine.row))
    running = machine.row != HALT
    row = jnp.where(running, machine.row, 0)
    last = running & (machine.left == 1)

    from_stream = table.slot[row] == NONE
    upcoming = given.stream[numbers, jnp.minimum(machine.taken, given.stream.shape[1] - 1)]
    upcoming = jnp.where(machine.taken < given.stream.shape[1], upcoming, NO_SYMBOL)
    symbol = jnp.where(from_stream, upcoming, given.symbols[jnp.maximum(table.slot[row], 0), numbers])
    presented = jnp.where(running & (symbol != NO_SYMBOL), table.present[row], NONE)

    question = jnp.where(last, table.question[row], NONE)
    answer = _answers(network, table, given, question, machine.activity)
    emitted = jnp.where(last, table.emit[row], NONE)
    outputs, given_out = _put_out(network, emitted, machine)

    conductances = jnp.where(running[None, :], table.conductances[row].T, 0.0)
    driven = _any_at(presented, len(machine.may_fire))
    row_plan, may_fire = _plan(network, conductances, driven, given.noise, machine.may_fire)
    keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(given.keys, machine.tick)
    external = _external(network, presented, symbol, machine.activity.shape[2])
    activity, scratch, finite = advance(
        network, row_plan, external, given.noise, keys, machine.activity, machine.scratch, running
    )

    counting = last & (table.counter[row] != NONE)
    counter, limit = jnp.maximum(table.counter[row], 0), table.limit[row]
    value = machine.counters[numbers, counter]
    kept = value < limit
    counted = jnp.where(limit == NONE, 0, value + kept)
    counters = machine.counters.at[numbers, counter].set(jnp.where(counting, counted, value))
    yes = jnp.where(question != NONE, answer, jnp.where(counting & (limit != NONE), kept, True))
    failed = last & ~yes & table.fails[row]
    following = jnp.where(yes, table.then[row], jnp.where(failed, HALT, table.otherwise[row]))
    following = jnp.where(last, following, machine.row)
    return _Machine(
        activity=activity,
        scratch=scratch,
        tick=machine.tick + 1,
        row=following,
        left=jnp.where(last, table.ticks[jnp.maximum(following, 0)], machine.left - 1),
        counters=counters,
        taken=machine.taken + (last & (table.present[row] != NONE) & from_stream),
        outputs=outputs,
        given_out=given_out,
        may_fire=may_fire,
        finite=machine.finite & (finite | ~running),
        limit_reached=machine.limit_reached | failed,
        last_row=jnp.where(running, row, machine.last_row),
        ticks=machine.ticks + running,
    )


def _answers(
    network: Network, table: _Table, given: _Given, question: Int[Array, " trials"], activity: Stacked
) -> Bool[Array, " trials"]:
    """The answers to what the trials ask: whether the harmony exceeds the threshold."""
    widest = activity.shape[2]
    sizes = jnp.array([population.units for population in network.wiring.populations])
    write, present = writers(network, widest), presenters(network, widest)

    def ask(place: Int[Array, ""], answers: Bool[Array, " trials"]) -> Bool[Array, " trials"]:
        gate, slot, target = table.asked_gate[place], table.asked_slot[place], table.asked_target[place]
        written = jax.lax.cond(
            gate != NONE,
            lambda: jax.lax.switch(gate, write, activity),
            lambda: (jax.lax.switch(target, present, given.symbols[slot]) > 0).astype(jnp.float32),
        )
        agrees = agreement(written, activity[target], sizes[target]) > THRESHOLD
        return jnp.where(question == place, agrees, answers)

    return _for_each(_any_at(question, len(table.asked_gate)), ask, jnp.zeros(len(question), bool))


def _put_out(
    network: Network, emitted: Int[Array, " trials"], machine: _Machine
) -> tuple[Int[Array, "trials room"], Int[Array, " trials"]]:
    """The outputs and their numbers, with the symbols of the buffers that trials put out now."""

    def decoder(population: int) -> Callable[[], Int[Array, " trials"]]:
        def decode() -> Int[Array, " trials"]:
            codes = network.all_codes[population]
            every = overlaps(machine.activity[population, :, : codes.shape[1]], codes)
            return jnp.where(every.max(axis=1) >= DECODED, every.argmax(axis=1), NO_SYMBOL).astype(jnp.int32)

        return decode

    decoders = [decoder(population) for population in range(len(network.all_codes))]

    def put(population: Int[Array, ""], outputs: Int[Array, "trials room"]) -> Int[Array, "trials room"]:
        symbols = jax.lax.switch(population, decoders)
        # Past the room there is, nothing is written; the count goes on, and the run is made again with more.
        place = jnp.where(emitted == population, machine.given_out, outputs.shape[1])
        return outputs.at[jnp.arange(len(place)), place].set(symbols, mode="drop")

    outputs = _for_each(_any_at(emitted, len(decoders)), put, machine.outputs)
    return outputs, machine.given_out + (emitted != NONE)


def _external(
    network: Network, presented: Int[Array, " trials"], symbol: Int[Array, " trials"], widest: int
) -> External:
    """The external field of a population: that of the trials that are presented a symbol on it."""
    present = presenters(network, widest)

    def external(target: Int[Array, ""]) -> Float[Array, "trials widest"]:
        here = presented == target

        def imposed() -> Float[Array, "trials widest"]:
            return jnp.where(here[:, None], jax.lax.switch(target, present, jnp.maximum(symbol, 0)), 0.0)

        return jax.lax.cond(jnp.any(here), imposed, lambda: jnp.zeros((len(presented), widest)))

    return external


def _plan(
    network: Network,
    conductances: Float[Array, "projections trials"],
    driven: Bool[Array, " populations"],
    noise: Float[Array, ""],
    may_fire: Bool[Array, " populations"],
) -> tuple[Plan, Bool[Array, " populations"]]:
    """What this tick must compute for the trials together, and which populations may be active after it."""
    is_open = jnp.any(conductances > 0, axis=1)
    incoming = arriving(network.wiring, is_open)
    reached = jnp.asarray(incoming > 0) | driven | (noise > 0)
    return lay_out(conductances, is_open, incoming, reached | may_fire), reached


def _quiet_tick(
    network: Network, table: _Table, given: _Given, machine: _Machine
) -> Callable[[Stacked, Stacked], tuple[Stacked, Stacked]]:
    """A tick under each trial's last gates, without noise and with nothing presented."""
    conductances = table.conductances[machine.last_row].T
    everything = jnp.ones_like(machine.may_fire)
    silence = jnp.zeros(machine.activity.shape[1:])
    row_plan, _ = _plan(network, conductances, everything, jnp.float32(0), everything)

    def tick(activity: Stacked, scratch: Stacked) -> tuple[Stacked, Stacked]:
        return advance(network, row_plan, lambda _: silence, jnp.float32(0), given.keys, activity, scratch)[:2]

    return tick
