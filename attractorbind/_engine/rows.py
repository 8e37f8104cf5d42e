"""Products with states in which few units are on: only the rows of those units are read.

Weights of exact synapses lie on a grid on which float32 adds them without rounding, in any order. So the result is that
of the whole product, to the last bit.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

# With fewer units the whole product is as quick, and with more rows to be read than half of them; benchmarks/rows.py
# tells how much is gained.
_FEWEST_UNITS = 512
_SHARE = 0.5
# Where fewer units may be on than this share, they seldom are, and to count them would be in vain.
_LEAST = 1 / 12
# Rows that are read in one turn of the loop.
_AT_ONCE = 8
# Units whose number among those that are on is counted by one small product.
_BLOCK = 32


def most_rows(trials: int, units: int) -> int:
    """How many units of each trial may be on for rows to be quicker than the whole product; 0 where it never is."""
    most = int(_SHARE * units / trials) // _AT_ONCE * _AT_ONCE
    return most if units >= _FEWEST_UNITS and most >= _LEAST * units else 0


class On(NamedTuple):
    """The units that are on in each trial: their numbers, as far as there is room for them, and how many there are."""

    numbers: Int[Array, "trials most"]
    counts: Int[Array, " trials"]


def units_on(states: Float[Array, "trials units"], most: int) -> On:
    """The units that are on, with room for so many in each trial."""
    trials, units = states.shape
    on = states > 0
    blocks = jnp.pad(on, ((0, 0), (0, -units % _BLOCK))).astype(jnp.float32).reshape(-1, _BLOCK)
    # A running count by two small products takes half the time of a cumulative sum. They are exact: counts are small.
    within = jnp.dot(blocks, np.triu(np.ones((_BLOCK, _BLOCK), np.float32)), precision=jax.lax.Precision.HIGHEST)
    totals = within[:, -1].reshape(trials, -1)
    earlier = np.triu(np.ones((totals.shape[1],) * 2, np.float32), 1)
    before = jnp.dot(totals, earlier, precision=jax.lax.Precision.HIGHEST)
    running = (within.reshape(trials, -1, _BLOCK) + before[:, :, None]).reshape(trials, -1)[:, :units].astype(jnp.int32)
    # Those that are off, or for which there is no room, are written beyond the end, and so nowhere.
    position = jnp.where(on, running - 1, most)
    trial = np.arange(trials, dtype=np.int32)[:, None]
    numbers = jnp.broadcast_to(np.arange(units, dtype=np.int32)[None], (trials, units))
    empty = jnp.zeros((trials, most), jnp.int32)
    return On(empty.at[trial, position].set(numbers, mode="drop"), running[:, -1])


def sum_of_rows(weights: Float[Array, "rows target"], first: Int[Array, ""], on: On) -> Float[Array, "trials target"]:
    """For each trial the sum of the rows whose units are on.

    **Arguments:**

    - `first`: the row of the first unit.
    """

    def of_trial(on: On) -> Float[Array, " target"]:
        def add(turn: Int[Array, ""], total: Float[Array, " target"]) -> Float[Array, " target"]:
            for position in range(_AT_ONCE):
                number = turn * _AT_ONCE + position
                row = first + jax.lax.dynamic_index_in_dim(on.numbers, number, keepdims=False)
                weight = jax.lax.dynamic_index_in_dim(weights, row, keepdims=False)
                total = total + jnp.where(number < on.counts, weight, 0.0)
            return total

        return jax.lax.fori_loop(0, -(-on.counts // _AT_ONCE), add, jnp.zeros(weights.shape[1], jnp.float32))

    if len(on.counts) == 1:
        return of_trial(On(on.numbers[0], on.counts[0]))[None]
    return jax.lax.map(of_trial, on)
