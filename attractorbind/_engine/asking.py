"""What programs read of a network: whether a pathway, or a symbol's code, agrees with what a buffer holds."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._each import NONE, any_at, for_each
from attractorbind._engine.activity import Activity, Units, padded_units
from attractorbind._engine.coding import Coding
from attractorbind._engine.observe import presenters
from attractorbind._overlap import THRESHOLD as DECODED, correlation

# Half-way between equal symbols, 1, and independent codes, 0; see `equal` for what chance alone exceeds.
THRESHOLD = 0.5
# What stands in a sequence of symbols where there is none.
NO_SYMBOL = -1


def agreement(
    written: Float[Array, "trials widest"], held: Float[Array, "trials widest"], units: int | Int[Array, ""]
) -> Float[Array, " trials"]:
    """The correlation of two binary states over so many units; 0 where one of them is silent or all on."""
    both, written_on, held_on = (jnp.sum(states, axis=1) for states in (written * held, written, held))
    return correlation(both, written_on, held_on, units)


def writers(coding: Coding, widest: int) -> list[Callable[[Activity], Units]]:
    """For each latch and relay, the function from the activities to what it would write on its target.

    A pathway through a nucleus is followed through it, without writing on the nucleus.
    """
    network, wiring = coding.network, coding.network.wiring

    def passed_on(projection: int, states: Units) -> Units:
        source = wiring.populations[wiring.projections[projection].source]
        outputs = states[:, : source.units]
        field = coding.carried(projection, outputs, network.synapses[projection].fields(outputs))
        return padded_units((field > 0).astype(jnp.float32), widest)

    def writer(gate: int) -> Callable[[Activity], Units]:
        path = [index for index, projection in enumerate(wiring.projections) if projection.gate == gate]
        source = wiring.gates[gate].source
        first = next(p for p in path if wiring.populations[wiring.projections[p].source].name == source)

        def write(activity: Activity) -> Units:
            outputs = passed_on(first, activity.of(wiring.projections[first].source))
            for second in path:
                if second != first:
                    outputs = passed_on(second, outputs)
            return outputs

        return write

    return [writer(gate) for gate in range(len(wiring.pathways))]


class Asked(NamedTuple):
    """Questions: does what a gate's pathway would write, or a slot's symbol, agree with what a population holds?

    Or is a channel of an area open? For each question, all of `gate`, `slot` and `channel` are `NONE` but one.
    """

    gate: Int[Array, " questions"]
    slot: Int[Array, " questions"]
    target: Int[Array, " questions"]
    channel: Int[Array, " questions"]


def answers(
    coding: Coding,
    activity: Activity,
    asked: Asked,
    symbols: Int[Array, "slots trials"],
    question: Int[Array, " trials"],
    opened: Bool[Array, "trials channels"],
) -> tuple[Bool[Array, " trials"], Bool[Array, " questions"]]:
    """The answers to what the trials ask: whether the harmony exceeds the threshold.

    Questions that no trial asks cost nothing.

    **Arguments:**

    - `symbols`: of each slot.
    - `question`: the question that each trial asks, or `NONE`.
    - `opened`: the channels that are open.

    **Returns:** one answer per trial, False where none is asked; and the questions that are left to be answered, see
    `for_each`.
    """
    widest = activity.halves.shape[2]
    sizes = jnp.array([population.units for population in coding.network.wiring.populations], jnp.int32)
    write, present = writers(coding, widest), presenters(coding, widest)

    def ask(number: Int[Array, ""], found: Bool[Array, " trials"]) -> Bool[Array, " trials"]:
        if opened.shape[1] == 0:
            return compare(number, found)
        channel = asked.channel[number]
        return jax.lax.cond(
            channel == NONE,
            lambda: compare(number, found),
            lambda: jnp.where(question == number, opened[:, jnp.maximum(channel, 0)], found),
        )

    def compare(number: Int[Array, ""], found: Bool[Array, " trials"]) -> Bool[Array, " trials"]:
        gate, slot, target = asked.gate[number], asked.slot[number], asked.target[number]
        written = jax.lax.cond(
            gate != NONE,
            lambda: jax.lax.switch(gate, write, activity),
            lambda: (jax.lax.switch(target, present, symbols[slot]) > 0).astype(jnp.float32),
        )
        agrees = agreement(written, activity.of(target), sizes[target]) > THRESHOLD
        return jnp.where(question == number, agrees, found)

    return for_each(any_at(question, len(asked.gate)), ask, jnp.zeros(len(question), bool))


class Outputs(NamedTuple):
    """What the trials have put out: symbols, or `NO_SYMBOL` where a buffer held none, and how many.

    Symbols for which there is no room are counted, but not kept.
    """

    symbols: Int[Array, "trials room"]
    counts: Int[Array, " trials"]


def put_out(
    coding: Coding, activity: Activity, outputs: Outputs, emitted: Int[Array, " trials"]
) -> tuple[Outputs, Bool[Array, " populations"]]:
    """The outputs with the symbol of the population that each trial puts out now, `NONE` for none.

    **Returns:** the outputs, and the populations that are left to be read, see `for_each`.
    """

    def decoder(population: int) -> Callable[[], Int[Array, " trials"]]:
        def decode() -> Int[Array, " trials"]:
            units = coding.network.wiring.populations[population].units
            match = coding.overlaps(population, activity.of(population)[:, :units])
            best = match.argmax(axis=1).astype(jnp.int32)
            return jnp.where(match.max(axis=1) >= DECODED, best, jnp.int32(NO_SYMBOL))

        return decode

    decoders = [decoder(population) for population in range(len(coding.network.all_codes))]

    def put(population: Int[Array, ""], symbols: Int[Array, "trials room"]) -> Int[Array, "trials room"]:
        found = jax.lax.switch(population, decoders)
        column = jnp.where(emitted == population, outputs.counts, symbols.shape[1])
        return symbols.at[jnp.arange(len(column)), column].set(found, mode="drop")

    symbols, left = for_each(any_at(emitted, len(decoders)), put, outputs.symbols)
    return Outputs(symbols, outputs.counts + (emitted != NONE).astype(jnp.int32)), left
