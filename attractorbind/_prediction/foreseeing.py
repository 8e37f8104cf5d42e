"""What a predictor has learned and what it is doing in each trial; and what it takes as a surprise."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.base import Shared
from attractorbind._prediction.forward_model import Foresight

# By how much what is usual moves to the last error; and how many errors it takes to know it at all.
_FORGETTING, _FEW = 0.01, 10


class Usual(NamedTuple):
    """What errors usually are: their running mean and variance, and how many steps they come from."""

    mean: Float[Array, ""]
    variance: Float[Array, ""]
    steps: Int[Array, ""]


class Cerebellum(NamedTuple):
    """What a predictor has learned: what follows, and how large its errors usually are."""

    foresight: Foresight
    usual: Usual


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
    return Cerebellum(foresight, Usual(jnp.float32(0), jnp.float32(0), jnp.int32(0)))


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


def more_usual(usual: Usual, size: Float[Array, " trials"], share: Float[Array, " trials"]) -> Usual:
    """What is usual after errors of these sizes, of which each trial has its share."""
    forgetting = jnp.maximum(_FORGETTING, 1 / (usual.steps + 1))
    mean = usual.mean + forgetting * (share @ size - usual.mean)
    variance = usual.variance + forgetting * (share @ jnp.square(size - mean) - usual.variance)
    return Usual(mean, variance, usual.steps + jnp.int32(1))
