"""One tick of programs that branch: every trial at a row of the instruction table of its own.

What must be computed is worked out for all trials together: projections that are open in no trial, questions that no
trial asks and buffers that no trial puts out cost nothing.
"""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._each import any_at, for_each
from attractorbind._flow import HALT
from attractorbind._harmony import THRESHOLD, agreement, writers
from attractorbind._inputs import NO_SYMBOL
from attractorbind._listing import NONE
from attractorbind._network import Network
from attractorbind._observe import presenters
from attractorbind._overlap import THRESHOLD as DECODED, overlaps
from attractorbind._plan import Plan, arriving, lay_out, reinstated
from attractorbind._snapshots import Snapshots
from attractorbind._tick import External, Stacked, advance


class Table(eqx.Module):
    """The instruction table and the questions as arrays, padded; see `Rows` and `Questions`."""

    conductances: Float[Array, "rows projections"]
    switches: Float[Array, "rows switches"]
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
    noise: Float[Array, ""]
    keys: Key[Array, " trials"]


class Machine(NamedTuple):
    """Where everything stands between two ticks."""

    activity: Stacked
    scratch: Stacked
    memories: tuple[Snapshots, ...]
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


def step(network: Network, table: Table, given: Given, machine: Machine, quiet: Bool[Array, ""]) -> Machine:
    """One tick of every trial that has not come to its end; a quiet one, once all have, of every trial.

    A quiet tick is one under each trial's last gates, without noise and with nothing presented.
    """
    numbers = jnp.arange(len(machine.row))
    running = machine.row != HALT
    row = jnp.where(running, machine.row, 0)
    gated, moving, noise = jnp.where(quiet, machine.last_row, row), running | quiet, jnp.where(quiet, 0.0, given.noise)
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

    conductances = jnp.where(moving[None, :], table.conductances[gated].T, 0.0)
    driven = any_at(presented, len(machine.may_fire)) | quiet
    switches = jnp.where(moving[None, :], table.switches[gated].T, 0.0)
    row_plan, may_fire = _plan(network, conductances, switches, driven, noise, machine.may_fire)
    keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(given.keys, machine.tick)
    external = _external(network, presented, symbol, machine.activity.shape[2])
    activity, scratch, memories, finite = advance(
        network, row_plan, external, noise, keys, machine.activity, machine.scratch, machine.memories, moving
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
    return Machine(
        activity=activity,
        scratch=scratch,
        memories=memories,
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
    network: Network, table: Table, given: Given, question: Int[Array, " trials"], activity: Stacked
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

    return for_each(any_at(question, len(table.asked_gate)), ask, jnp.zeros(len(question), bool))


def _put_out(
    network: Network, emitted: Int[Array, " trials"], machine: Machine
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

    outputs = for_each(any_at(emitted, len(decoders)), put, machine.outputs)
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
    switches: Float[Array, "switches trials"],
    driven: Bool[Array, " populations"],
    noise: Float[Array, ""],
    may_fire: Bool[Array, " populations"],
) -> tuple[Plan, Bool[Array, " populations"]]:
    """What this tick must compute for the trials together, and which populations may be active after it."""
    is_open = jnp.any(conductances > 0, axis=1)
    incoming = arriving(network.wiring, is_open)
    reached = jnp.asarray(incoming > 0) | driven | (noise > 0)
    if network.wiring.memories:
        reached |= reinstated(network.wiring, jnp.any(switches > 0, axis=1))
    return lay_out(conductances, switches, is_open, incoming, reached | may_fire), reached
