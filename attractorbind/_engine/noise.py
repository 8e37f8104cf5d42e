"""Noise: which units' outputs flip at a tick."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._area.base import AreaNoise


class Draws(NamedTuple):
    """What is random in a run.

    - `noise`: the probability that a unit's output flips, None for never.
    - `keys`: one per trial.
    - `before`: how many ticks each trial has had before this run, None for none.
    """

    noise: Any
    keys: Key[Array, " trials"]
    before: Any = None  # whole numbers, (trials,), of NumPy until the loop is compiled


class Noise(NamedTuple):
    """What is random at one tick.

    - `level`: the probability that a unit's output flips; None for never.
    - `tick_keys`: the trials' random keys for this tick.
    """

    level: Float[Array, ""] | None
    tick_keys: Key[Array, " trials"]

    def keys(self, index: int | Int[Array, ""]) -> Key[Array, " trials"]:
        """The trials' keys for one population or area; areas are numbered after the populations."""
        return jax.vmap(jax.random.fold_in, in_axes=(0, None))(self.tick_keys, index)

    def flips(self, population: int | Int[Array, ""], widest: int) -> Bool[Array, "trials widest"]:
        """Which units of a population flip, drawn for as many units as the widest population has."""
        # As many draws for every population, whatever its width, so that one compiled loop serves all of them.
        draw = jax.vmap(lambda key: jax.random.bernoulli(key, 0.0 if self.level is None else self.level, (widest,)))
        return draw(self.keys(population))

    def of_area(self, index: int) -> AreaNoise | None:
        """The same noise for an area, None where there is none."""
        return None if self.level is None else AreaNoise(self.level, self.keys(index))


def noise_of_tick(draws: Draws, level: Float[Array, ""] | None, tick: Int[Array, ""]) -> Noise:
    """The noise of a tick of a run, counted from the first that its trials ever had."""
    own = draws.before is not None
    ticks = tick + jnp.asarray(draws.before) if own else tick
    return Noise(level, jax.vmap(jax.random.fold_in, in_axes=(0, 0 if own else None))(draws.keys, ticks))
