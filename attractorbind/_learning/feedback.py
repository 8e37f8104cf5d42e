"""Feedback synapses of their own, drawn at random."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._learning.layers import Layers


def random_feedback(
    layers: Layers, *, direct: bool = False, by_sources: bool = False, key: Key[Array, ""]
) -> tuple[Float[Array, "_above _units"], ...]:
    """Random synapses onto every hidden layer, from the layer above it or, direct, from the output.

    Their variance is 1 over the number of units that they reach or, with `by_sources`, that they come from.
    """
    sizes, feedback = layers.sizes, []
    for number, units in enumerate(sizes[1:-1]):
        above = sizes[-1] if direct else sizes[number + 2]
        drawn = jax.random.normal(jax.random.fold_in(key, number), (above, units), jnp.float32)
        feedback.append(drawn / jnp.sqrt(jnp.float32(above if by_sources else units)))
    return tuple(feedback)
