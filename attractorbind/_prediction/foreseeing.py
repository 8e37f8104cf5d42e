"""What a predictor has learned and what it is doing in each trial; and what it takes as a surprise."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.base import Shared
from attractorbind._prediction.forward_model import Foresight

# By how much what is usual moves to the last error; and how many errors it takes to know it at all.
_FORGETTING, _FEW = 0.01, 10
# By how much the mean of what is read moves, at the least: slower, for it is to be that of many episodes.
_SLOWLY = 0.001
# The levels of surprise at which one of its cells begins to fire, and another falls silent: from -1 to 3 by 1/4.
_LEVELS = tuple(level / 4 for level in range(-4, 13))
CELLS = 2 * len(_LEVELS)
# How far from its mean what is read must lie for the direction to be known.
_LEAST = 1e-6


class Usual(NamedTuple):
    """What errors usually are: their running mean and variance, and how many steps they come from."""

    mean: Float[Array, ""]
    variance: Float[Array, ""]
    steps: Int[Array, ""]


class Cerebellum(NamedTuple):
    """What a predictor has learned: what follows, how large its errors usually are, and the mean of what it reads."""

    foresight: Foresight
    usual: Usual
    middle: Float[Array, " units"]


class Foreseeing(eqx.Module):
    """The state of a predictor.

    **Attributes:**

    - `state`, `command`: what it read at its last step.
    - `begun`: whether there has been such a step since the episode began.
    - `predicted`: what it foresaw then, of each time scale.
    - `error`: of the prediction before, of each time scale and unit: what came less what was foreseen.
    - `surprise`: the size of the last error of the first time scale, in standard deviations above what is usual.
    - `surprised`: whether that was above the threshold.
    - `stepped`: whether a prediction was compared with what came at the trial's last tick.
    - `learned`: `Cerebellum`, shared by all trials.
    """

    state: Float[Array, "trials units"]
    command: Float[Array, "trials commands"]
    begun: Bool[Array, " trials"]
    predicted: Float[Array, "trials scales units"]
    error: Float[Array, "trials scales units"]
    surprise: Float[Array, " trials"]
    surprised: Bool[Array, " trials"]
    stepped: Bool[Array, " trials"]
    learned: Shared


def unlearned(foresight: Foresight) -> Cerebellum:
    """What it has learned before anything happened."""
    units = foresight.weights.shape[3]
    return Cerebellum(foresight, Usual(jnp.float32(0), jnp.float32(0), jnp.int32(0)), jnp.zeros(units, jnp.float32))


def at_rest(learned: Cerebellum, trials: int) -> Foreseeing:
    """The state in which nothing has been read yet."""
    scales, commands, inputs, units = learned.foresight.weights.shape
    nothing = jnp.zeros((trials, scales, units), jnp.float32)
    never = jnp.zeros(trials, bool)
    return Foreseeing(
        state=jnp.zeros((trials, inputs - 1), jnp.float32),
        command=jnp.zeros((trials, commands), jnp.float32),
        begun=never,
        predicted=nothing,
        error=nothing,
        surprise=jnp.zeros(trials, jnp.float32),
        surprised=never,
        stepped=never,
        learned=Shared(learned),
    )


def surprise(usual: Usual, size: Float[Array, " trials"]) -> Float[Array, " trials"]:
    """How many standard deviations the size of an error lies above what is usual; 0 while that is not known yet."""
    deviation = jnp.sqrt(usual.variance)
    known = (usual.steps >= _FEW) & (deviation > 0)
    return jnp.where(known, (size - usual.mean) / jnp.where(known, deviation, 1.0), 0.0)


def graded(surprise: Float[Array, " trials"]) -> Float[Array, "trials cells"]:
    """Which cells fire at a surprise: at each level one if it is above, another if it is not; half of them in all."""
    above = surprise[:, None] > jnp.asarray(_LEVELS, jnp.float32)[None, :]
    return jnp.concatenate([above, ~above], axis=1).astype(jnp.float32)


def direction(middle: Float[Array, " units"], state: Float[Array, "trials units"]) -> Float[Array, "trials units"]:
    """Which way what is read lies from its mean: a vector of length 1, or 0 where it is the mean."""
    apart = state - middle[None, :]
    length = jnp.linalg.norm(apart, axis=1, keepdims=True)
    # Less is rounding.
    known = length > _LEAST
    return jnp.where(known, apart / jnp.where(known, length, 1.0), 0.0)


def moved_middle(
    learned: Cerebellum, state: Float[Array, "trials units"], share: Float[Array, " trials"]
) -> Float[Array, " units"]:
    """The mean of what is read, after this was read too, in which each trial has its share."""
    slowly = jnp.maximum(_SLOWLY, 1 / (learned.usual.steps + 1))
    return learned.middle + slowly * (share @ state - learned.middle)


def more_usual(usual: Usual, size: Float[Array, " trials"], share: Float[Array, " trials"]) -> Usual:
    """What is usual after errors of these sizes, of which each trial has its share."""
    forgetting = jnp.maximum(_FORGETTING, 1 / (usual.steps + 1))
    mean = usual.mean + forgetting * (share @ size - usual.mean)
    variance = usual.variance + forgetting * (share @ jnp.square(size - mean) - usual.variance)
    return Usual(mean, variance, usual.steps + jnp.int32(1))
