"""A stretch of programs that branch: every trial at a row of the instruction table of its own.

What must be computed is worked out for all trials together: projections that are open in no trial, questions that no
trial asks and buffers that no trial puts out cost nothing.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key, UInt32

from attractorbind._each import any_at, for_each
from attractorbind._engine.activity import Activity, Units, at
from attractorbind._engine.advance import Incoming, Standing
from attractorbind._engine.inputs import NO_SYMBOL
from attractorbind._engine.observe import presenters
from attractorbind._engine.plan import joint
from attractorbind._engine.readers import Readers
from attractorbind._engine.settle import Phase
from attractorbind._engine.stretch import stretch
from attractorbind._measure.harmony import THRESHOLD, agreement, writers
from attractorbind._network import Network
from attractorbind._overlap import THRESHOLD as DECODED, overlaps
from attractorbind._program.flow import HALT
from attractorbind._program.listing import NONE

Recorded = TypeVar("Recorded")


class Table(eqx.Module):
    """The instruction table and the questions as arrays, padded; see `Rows` and `Questions`."""

    conductances: Float[Array, "projections rows"]
    switches: Float[Array, "rows switches"]
    reach: UInt32[Array, "rows words"]
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


class Given(eqx.Module):
    """What a run is given: the symbols of each slot, the input sequences, noise, keys."""

    symbols: Int[Array, "slots trials"]
    stream: Int[Array, "trials length"]
    noise: Float[Array, ""] | None
    keys: Key[Array, " trials"]


class Machine(NamedTuple):
    """Where everything stands between two stretches."""

    standing: Standing
    tick: Int[Array, ""]
    row: Int[Array, " trials"]
    left: Int[Array, " trials"]
    counters: Int[Array, "trials counters"]
    taken: Int[Array, " trials"]
    outputs: Int[Array, "trials room"]
    given_out: Int[Array, " trials"]
    row_before: Int[Array, " trials"]
    limit_reached: Bool[Array, " trials"]
    last_row: Int[Array, " trials"]
    ticks: Int[Array, " trials"]


def step(
    network: Network,
    readers: Readers,
    table: Table,
    given: Given,
    machine: Machine,
    phase: Phase,
    record: Callable[[Int[Array, ""], Int[Array, " trials"], Standing, Recorded], Recorded],
    recorded: Recorded,
) -> tuple[Machine, Recorded]:
    """As many ticks as there are until some trial changes its row or reads; if the phase is quiet, one.

    A trial that has come to its end stays as it is. A quiet tick is one of every trial, under its last gates, without
    noise and with nothing presented. To read is to answer a question or to put out a symbol, before a row's last tick.

    **Arguments:**

    - `record`: from the number of a tick, the trials' rows in it, how the network stands after it, and what was
        recorded before, to what is then.
    """
    running = machine.row != HALT
    row = jnp.where(running, machine.row, 0)
    length = jnp.where(phase.quiet, 1, _until(table, machine, row))
    last = running & (machine.left == length)
    symbol, from_stream = _symbols(table, given, machine, row)
    presented = jnp.where(running & (symbol != NO_SYMBOL), table.present[row], NONE)

    question = jnp.where(last, table.question[row], NONE)
    answer, unread = _answers(network, table, given, question, machine.standing.activity)
    outputs, given_out, unwritten = _put_out(network, jnp.where(last, table.emit[row], NONE), machine)

    moving, gating_row = running | phase.quiet, jnp.where(phase.quiet, machine.last_row, row)
    now = jnp.where(moving, gating_row, HALT)
    plan = joint(network.wiring, _reach(table, now), _reach(table, machine.row_before))
    # All reading comes before the first writing.
    plan = plan.computing(everything=jnp.any(unread) | jnp.any(unwritten))
    imposed = _imposed(network, presented, symbol, machine.standing.activity.halves.shape[2])
    incoming = Incoming(
        lambda projection: jnp.where(moving, at(table.conductances, projection)[gating_row], 0.0),
        jnp.where(moving[None, :], table.switches[gating_row].T, 0.0),
        lambda target: jnp.where((presented == target)[:, None], imposed, 0.0),
        moving,
    )

    def note(tick: Int[Array, ""], standing: Standing, recorded: Recorded) -> Recorded:
        return record(tick, machine.row, standing, recorded)

    before = machine.standing, recorded
    standing, recorded = stretch(
        network, readers, phase, plan, machine.tick, length, incoming, given.noise, given.keys, note, before
    )

    following, counters, failed = _following(table, machine, row, last, question, answer)
    after = Machine(
        standing=standing,
        tick=machine.tick + length,
        row=following,
        left=jnp.where(last, table.ticks[jnp.maximum(following, 0)], machine.left - length),
        counters=counters,
        taken=machine.taken + (last & (table.present[row] != NONE) & from_stream),
        outputs=outputs,
        given_out=given_out,
        row_before=now,
        limit_reached=machine.limit_reached | failed,
        last_row=jnp.where(running, row, machine.last_row),
        ticks=machine.ticks + jnp.where(running, length, 0),
    )
    return after, recorded


def _until(table: Table, machine: Machine, row: Int[Array, " trials"]) -> Int[Array, ""]:
    """How many ticks there are until some trial changes its row or reads."""
    reads = (table.question[row] != NONE) | (table.emit[row] != NONE)
    left = machine.left - (reads & (machine.left > 1))
    return jnp.where(machine.row != HALT, left, jnp.iinfo(jnp.int32).max).min()


def _symbols(
    table: Table, given: Given, machine: Machine, row: Int[Array, " trials"]
) -> tuple[Int[Array, " trials"], Bool[Array, " trials"]]:
    """The symbols that rows present, `NO_SYMBOL` where the input has ended; and whether they come from the input."""
    numbers, length = jnp.arange(len(row)), given.stream.shape[1]
    from_stream = table.slot[row] == NONE
    upcoming = given.stream[numbers, jnp.minimum(machine.taken, length - 1)]
    upcoming = jnp.where(machine.taken < length, upcoming, NO_SYMBOL)
    return jnp.where(from_stream, upcoming, given.symbols[jnp.maximum(table.slot[row], 0), numbers]), from_stream


def _following(
    table: Table,
    machine: Machine,
    row: Int[Array, " trials"],
    last: Bool[Array, " trials"],
    question: Int[Array, " trials"],
    answer: Bool[Array, " trials"],
) -> tuple[Int[Array, " trials"], Int[Array, "trials counters"], Bool[Array, " trials"]]:
    """The trials' next rows, by what is answered and counted in a row's last tick; their counters; and who failed."""
    numbers = jnp.arange(len(row))
    counting = last & (table.counter[row] != NONE)
    counter, limit = jnp.maximum(table.counter[row], 0), table.limit[row]
    value = machine.counters[numbers, counter]
    within = value < limit
    counted = jnp.where(limit == NONE, 0, value + within)
    counters = machine.counters.at[numbers, counter].set(jnp.where(counting, counted, value))
    yes = jnp.where(question != NONE, answer, jnp.where(counting & (limit != NONE), within, True))
    failed = last & ~yes & table.fails[row]
    following = jnp.where(yes, table.then[row], jnp.where(failed, HALT, table.otherwise[row]))
    return jnp.where(last, following, machine.row), counters, failed


def _reach(table: Table, rows: Int[Array, " trials"]) -> UInt32[Array, "trials words"]:
    """What the gates of these rows let through; nothing, where a trial is at none."""
    return jnp.where((rows == HALT)[:, None], 0, table.reach[jnp.maximum(rows, 0)])


def _answers(
    network: Network, table: Table, given: Given, question: Int[Array, " trials"], activity: Activity
) -> tuple[Bool[Array, " trials"], Bool[Array, " questions"]]:
    """The answers to what the trials ask: whether the harmony exceeds the threshold. And what is left to be read."""
    widest = activity.halves.shape[2]
    sizes = jnp.array([population.units for population in network.wiring.populations])
    write, present = writers(network, widest), presenters(network, widest)

    def ask(place: Int[Array, ""], answers: Bool[Array, " trials"]) -> Bool[Array, " trials"]:
        gate, slot, target = table.asked_gate[place], table.asked_slot[place], table.asked_target[place]
        written = jax.lax.cond(
            gate != NONE,
            lambda: jax.lax.switch(gate, write, activity),
            lambda: (jax.lax.switch(target, present, given.symbols[slot]) > 0).astype(jnp.float32),
        )
        agrees = agreement(written, activity.of(target), sizes[target]) > THRESHOLD
        return jnp.where(question == place, agrees, answers)

    return for_each(any_at(question, len(table.asked_gate)), ask, jnp.zeros(len(question), bool))


def _put_out(
    network: Network, emitted: Int[Array, " trials"], machine: Machine
) -> tuple[Int[Array, "trials room"], Int[Array, " trials"], Bool[Array, " populations"]]:
    """The outputs and their numbers, with the symbols of buffers that trials put out now. And what is left to do."""
    activity = machine.standing.activity

    def decoder(population: int) -> Callable[[], Int[Array, " trials"]]:
        def decode() -> Int[Array, " trials"]:
            codes = network.all_codes[population]
            every = overlaps(activity.of(population)[:, : codes.shape[1]], codes)
            return jnp.where(every.max(axis=1) >= DECODED, every.argmax(axis=1), NO_SYMBOL).astype(jnp.int32)

        return decode

    decoders = [decoder(population) for population in range(len(network.all_codes))]

    def put(population: Int[Array, ""], outputs: Int[Array, "trials room"]) -> Int[Array, "trials room"]:
        symbols = jax.lax.switch(population, decoders)
        # Past the room there is, nothing is written; the count goes on, and the run is made again with more.
        place = jnp.where(emitted == population, machine.given_out, outputs.shape[1])
        return outputs.at[jnp.arange(len(place)), place].set(symbols, mode="drop")

    outputs, left = for_each(any_at(emitted, len(decoders)), put, machine.outputs)
    return outputs, machine.given_out + (emitted != NONE), left


def _imposed(network: Network, presented: Int[Array, " trials"], symbol: Int[Array, " trials"], widest: int) -> Units:
    """The external field of each trial's symbol on the population that it is presented on."""
    present = presenters(network, widest)

    def impose(population: Int[Array, ""], imposed: Units) -> Units:
        field = jax.lax.switch(population, present, jnp.maximum(symbol, 0))
        return jnp.where((presented == population)[:, None], field, imposed)

    imposed, _ = for_each(any_at(presented, len(present)), impose, jnp.zeros((len(presented), widest)))
    return imposed
