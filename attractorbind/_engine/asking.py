"""What programs read of a network: whether a pathway, or a symbol's code, agrees with what a buffer holds."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._each import NONE, any_at, for_each
from attractorbind._engine.activity import Activity, Units, at, exchanged
from attractorbind._engine.coding import Coding, Symbols
from attractorbind._engine.observe import presented
from attractorbind._engine.readers import Readers
from attractorbind._overlap import THRESHOLD as DECODED, correlation
from attractorbind._wiring import Wiring

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


class _Paths(NamedTuple):
    """The projections that each latch and relay leads over, one after the other; `NONE` where there is no second."""

    first: Int[np.ndarray, " pathways"]
    second: Int[np.ndarray, " pathways"]


def _paths(wiring: Wiring) -> _Paths:
    first, second = (np.full(len(wiring.pathways), NONE, np.int32) for _ in range(2))
    for number, projection in enumerate(wiring.projections):
        begins = wiring.populations[projection.source].name == wiring.gates[projection.gate].source
        (first if begins else second)[projection.gate] = number
    return _Paths(first, second)


def written(coding: Coding, readers: Readers, activity: Activity, gate: Int[Array, ""]) -> Units:
    """What a latch or relay would write on its target.

    A pathway through a nucleus is followed through it, without writing on the nucleus.
    """
    paths = _paths(coding.network.wiring)

    def passed_on(projection: Int[Array, ""], states: Units) -> Units:
        return exchanged((readers.field(coding, projection, states) > 0).astype(jnp.float32), activity.devices)

    first = at(paths.first, gate)
    outputs = passed_on(first, activity.of(at(coding.network.wiring.sources, first)))
    if (paths.second == NONE).all():
        return outputs
    second = at(paths.second, gate)
    return jax.lax.cond(second == NONE, lambda: outputs, lambda: passed_on(jnp.maximum(second, 0), outputs))


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
    readers: Readers,
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
        wanted = jax.lax.cond(
            gate != NONE,
            lambda: written(coding, readers, activity, jnp.maximum(gate, 0)),
            lambda: (presented(coding, target, symbols[slot], widest) > 0).astype(jnp.float32),
        )
        agrees = agreement(wanted, activity.of(target), sizes[target]) > THRESHOLD
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

    def decoded(population: Int[Array, ""]) -> Int[Array, " trials"]:
        def best(own: Symbols) -> Int[Array, " trials"]:
            match = own.overlaps(activity.of(population)[:, : own.units])
            return jnp.where(match.max(axis=1) >= DECODED, match.argmax(axis=1).astype(jnp.int32), jnp.int32(NO_SYMBOL))

        return coding.of_population(population, best)

    def put(population: Int[Array, ""], symbols: Int[Array, "trials room"]) -> Int[Array, "trials room"]:
        found = decoded(population)
        column = jnp.where(emitted == population, outputs.counts, symbols.shape[1])
        numbers = jnp.arange(symbols.shape[1], dtype=jnp.int32)
        return jnp.where(numbers[None, :] == column[:, None], found[:, None], symbols)

    symbols, left = for_each(any_at(emitted, len(activity.current)), put, outputs.symbols)
    return Outputs(symbols, outputs.counts + (emitted != NONE).astype(jnp.int32)), left
