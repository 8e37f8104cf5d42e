"""What basal ganglia make of what they read: values of states, probabilities of gates, and choices."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int8, Int32, Key

# Weights are whole numbers of this much, so that sums of them are exact, in any order, in batches of any size.
GRAIN = 2.0**-18
# What is added is a whole number of this much: whether a compiler rounds a product before it is added depends on what
# else it compiles, and must not tell.
_FINE = 2.0**-24


class Policy(NamedTuple):
    """What is learned.

    - `weights`: synapses of the Go and NoGo units of each channel, in units of `GRAIN`.
    - `critic`: synapses of the critic, likewise.
    - `errors`: the share of errors among the last outcomes.
    """

    weights: Int32[Array, "channels features"]
    critic: Int32[Array, " features"]
    errors: Float[Array, ""]


class Decision(NamedTuple):
    """How channels of one trial are asked.

    - `candidates`: those that may open.
    - `compete`: whether exactly one of them opens; otherwise each by itself.
    - `sample`: whether they are drawn by their probabilities; otherwise the likely ones open.
    - `explore`: the part that is left to chance.
    """

    candidates: Bool[Array, " channels"]
    compete: Bool[Array, ""]
    sample: Bool[Array, ""]
    explore: Float[Array, ""]


def length_of(features: Int8[Array, " features"]) -> Float[Array, ""]:
    """The length of what is read, 1 where nothing is."""
    # Looked up, for XLA would multiply by an inexact 1 / sqrt instead of dividing.
    lengths = jnp.asarray(np.sqrt(np.maximum(np.arange(len(features) + 1), 1)), jnp.float32)
    return lengths[jnp.sum(jnp.abs(features.astype(jnp.int32)))]


def fine(product: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """A product, rounded before it is added to anything."""
    return jnp.round(product / jnp.float32(_FINE)) * jnp.float32(_FINE)


def value(policy: Policy, features: Int8[Array, " features"]) -> Float[Array, ""]:
    """The reward that the critic expects: its synapses' sum, for features of unit length."""
    return _weighted(policy.critic, features)


def _weighted(weights: Int32[Array, "*rows features"], features: Int8[Array, " features"]) -> Float[Array, "*rows"]:
    read = features.astype(jnp.int32).reshape((1,) * (weights.ndim - 1) + features.shape)
    return fine(jnp.sum(weights * read, axis=-1).astype(jnp.float32) * jnp.float32(GRAIN) / length_of(features))


def probabilities(policy: Policy, features: Int8[Array, " features"], decision: Decision) -> Float[Array, " channels"]:
    r"""The probability that each channel opens; 0 for those that are no candidates.

    $p_k = (1 - \varepsilon) \sigma(W_k \varphi) + \varepsilon / 2$, or, where they compete, the softmax over the
    candidates, mixed likewise with chance.
    """
    drive = _weighted(policy.weights, features)
    candidates, chance = decision.candidates, decision.explore
    alone = fine((1 - chance) * jax.nn.sigmoid(drive)) + fine(chance / 2)
    standing = jnp.where(candidates, drive, -jnp.inf)
    most = jnp.max(jnp.where(candidates, drive, -jnp.float32(1e30)))
    powers = jnp.where(candidates, jnp.exp(standing - most), 0.0)
    count = jnp.maximum(jnp.sum(candidates.astype(jnp.float32)), 1.0)
    shares = powers / jnp.maximum(jnp.sum(powers), jnp.float32(1e-30))
    against = fine((1 - chance) * shares) + fine(chance / count)
    return jnp.where(candidates, jnp.where(decision.compete, against, alone), 0.0)


def chosen(probability: Float[Array, " channels"], decision: Decision, key: Key[Array, ""]) -> Bool[Array, " channels"]:
    """The channels that open."""
    channels = probability.shape[0]
    draw = jax.random.uniform(key, (channels + 1,), jnp.float32)
    numbers = jnp.arange(channels, dtype=jnp.int32)
    alone = jnp.where(decision.sample, draw[:channels] < probability, probability > 0.5)
    # The first channel at which the sum of probabilities exceeds the draw; rounding may leave none: then the last.
    passed = jnp.cumsum(probability) > draw[channels] * jnp.sum(probability)
    last = _last(decision.candidates)
    first = jnp.argmax(passed & decision.candidates).astype(jnp.int32)
    drawn = jnp.where(jnp.any(passed & decision.candidates), first, last)
    likeliest = jnp.argmax(jnp.where(decision.candidates, probability, -1.0)).astype(jnp.int32)
    winner = jnp.where(decision.sample, drawn, likeliest)
    return decision.candidates & jnp.where(decision.compete, numbers == winner, alone)


def _last(candidates: Bool[Array, " channels"]) -> Int[Array, ""]:
    numbers = jnp.arange(candidates.shape[0], dtype=jnp.int32)
    return jnp.max(jnp.where(candidates, numbers, -1)).astype(jnp.int32)
