"""What is imprinted in each trial: which spare symbols, where, and as which patterns; and how that is recognised."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.imprinting import Codes
from attractorbind._each import of_each
from attractorbind._overlap import THRESHOLD, correlation
from attractorbind._synapses.base import product

# The buffer of a symbol that is not imprinted.
NOWHERE = -1


class Imprints(eqx.Module):
    """The spare symbols that each trial has imprinted.

    **Arguments:**

    - `buffer`: the population in which each was imprinted, `NOWHERE` if it was not.
    - `pattern`: its code in that population; units that the population does not have are off.
    - `refused`: whether there was something to be imprinted, and no spare symbol left.
    """

    buffer: Int[Array, "*trials spare"]
    pattern: Bool[Array, "*trials spare widest"]
    refused: Bool[Array, "*trials"]

    @property
    def imprinted(self) -> Bool[Array, "*trials spare"]:
        """Which spare symbols are imprinted."""
        return self.buffer != NOWHERE


def nothing_imprinted(spare: int, widest: int, trials: int) -> Imprints:
    """No symbol imprinted yet."""
    return Imprints(
        buffer=jnp.full((trials, spare), NOWHERE, jnp.int32),
        pattern=jnp.zeros((trials, spare, widest), bool),
        refused=jnp.zeros(trials, bool),
    )


class Winner(NamedTuple):
    """The imprinted symbol that a population's state agrees with best, and whether it does by more than 1/2."""

    spare: Int[Array, " trials"]
    agrees: Bool[Array, " trials"]


def winner(codes: Codes, state: Imprints, population: int, activity: Float[Array, "trials units"]) -> Winner:
    """Which imprinted symbol a population's state stands for."""
    match = jnp.where(state.imprinted, _spare_matches(codes, state, population, activity), -1.0)
    return Winner(match.argmax(axis=1).astype(jnp.int32), match.max(axis=1) > THRESHOLD)


def spare_code(
    codes: Codes, state: Imprints, population: int, spare: Int[Array, " trials"]
) -> Bool[Array, "trials units"]:
    """The code of one spare symbol in each trial: what was imprinted, in the buffer where it was, or else the drawn."""
    drawn = codes[population]
    own = of_each(state.buffer, spare) == population
    pattern = _fitted(of_each(state.pattern, spare), drawn.shape[1])
    return jnp.where(own[:, None], pattern, drawn[len(drawn) - state.buffer.shape[1] + spare])


def imprint_pattern(
    codes: Codes,
    state: Imprints,
    population: int,
    activity: Float[Array, "trials units"],
    reading: Bool[Array, " trials"],
) -> Imprints:
    """What is imprinted after a buffer has been read in some trials, see `Ensembles`."""
    drawn, spare = codes[population], state.buffer.shape[1]
    ordinary = drawn[: len(drawn) - spare]
    on = jnp.sum(activity, axis=1)
    free, match = ~state.imprinted, _spare_matches(codes, state, population, activity)
    known = jnp.any(_matches(activity, ordinary) > THRESHOLD, axis=1)
    known |= jnp.any(~free & (match > THRESHOLD), axis=1)
    wanted = reading & (on > 0) & (on < drawn.shape[1]) & ~known
    # The spare symbol whose code stands there, or else the next that is free.
    unused = jnp.where(free, match, -1.0)
    named = unused.max(axis=1) > THRESHOLD
    chosen = jnp.where(named, unused.argmax(axis=1), free.argmax(axis=1)).astype(jnp.int32)
    pattern = jnp.where(named[:, None], drawn[len(ordinary) + chosen], activity > 0)
    pattern = _fitted(pattern, state.pattern.shape[2])
    takes = (wanted & jnp.any(free, axis=1))[:, None] & (jnp.arange(spare, dtype=jnp.int32)[None, :] == chosen[:, None])
    return Imprints(
        buffer=jnp.where(takes, jnp.int32(population), state.buffer),
        pattern=jnp.where(takes[:, :, None], pattern[:, None, :], state.pattern),
        refused=state.refused | (wanted & ~jnp.any(free, axis=1)),
    )


def _spare_matches(
    codes: Codes, state: Imprints, population: int, activity: Float[Array, "trials units"]
) -> Float[Array, "trials spare"]:
    """The correlation of a population's state with the code of every spare symbol, imprinted or not."""
    drawn = codes[population]
    patterns = _fitted(state.pattern, drawn.shape[1]).astype(jnp.float32)
    shared = jnp.einsum("tu,tsu->ts", activity, patterns, precision=jax.lax.Precision.HIGHEST)
    on = jnp.broadcast_to(jnp.sum(activity, axis=1)[:, None], shared.shape)
    own = correlation(shared, on, jnp.sum(patterns, axis=2), drawn.shape[1])
    spare = state.buffer.shape[1]
    return jnp.where(state.buffer == population, own, _matches(activity, drawn[len(drawn) - spare :]))


def _matches(
    activity: Float[Array, "trials units"], codes: Bool[Array, "symbols units"]
) -> Float[Array, "trials symbols"]:
    """The correlation of states with codes, from counts, which are exact in any order of summation."""
    rows = codes.astype(jnp.float32)
    shared = product(activity, rows.T)
    on = jnp.broadcast_to(jnp.sum(activity, axis=1)[:, None], shared.shape)
    code_on = jnp.broadcast_to(jnp.sum(rows, axis=1)[None, :], shared.shape)
    return correlation(shared, on, code_on, codes.shape[1])


def _fitted(patterns: Bool[Array, "*some _widest"], units: int) -> Bool[Array, "*some units"]:
    """Patterns cut, or filled up with units that are off, to so many units."""
    missing = max(units - patterns.shape[-1], 0)
    return jnp.pad(patterns[..., :units], [(0, 0)] * (patterns.ndim - 1) + [(0, missing)])
