"""How well synapses store codes: margins, stabilities in Gardner's units, wrong bits."""

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._synapses.base import AbstractSynapses


def moments(codes: Bool[Array, "symbols units"]) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean and standard deviation of a code's units, over all units and symbols."""
    mean = codes.mean(dtype=jnp.float32)
    return mean, jnp.sqrt(mean * (1 - mean))


def margins(
    synapses: AbstractSynapses, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"]
) -> Float[Array, "symbols target"]:
    """The field of every target unit for every symbol, positive where it has the right sign."""
    fields = synapses.fields(source.astype(jnp.float32))
    return jnp.where(target, fields, -fields)


def stabilities(
    synapses: AbstractSynapses,
    source: Bool[Array, "symbols source"],
    target: Bool[Array, "symbols target"],
    *,
    recurrent: bool,
) -> Float[Array, " target"]:
    """Each target unit's stability, min over symbols of (field toward the right sign) / |w|, in Gardner's units.

    Inputs count as standardised to mean 0 and variance 1. From one population to another, a weight component along
    (1, ..., 1) does not count where all codes have equally many units on, for they cannot feel it. In a latch it does:
    a unit that is left out of its own inputs can tell its state from how many others are on.
    """
    _, deviation = moments(source)
    weights = synapses.weights
    if not recurrent:
        on = source.sum(axis=1, dtype=jnp.int32)
        felt = jnp.any(on != on[0])
        weights -= jnp.where(felt, 0.0, weights.mean(axis=0, keepdims=True))
    norm = deviation * jnp.linalg.norm(weights, axis=0)
    return margins(synapses, source, target).min(axis=0) / jnp.maximum(norm, jnp.finfo(jnp.float32).tiny)


@partial(jax.jit, static_argnames="recurrent")
def quality(
    synapses: AbstractSynapses,
    source: Bool[Array, "slots source"],
    target: Bool[Array, "slots target"],
    symbols: int | Int[Array, ""],
    *,
    recurrent: bool,
) -> tuple[Float[Array, ""], Int[Array, ""]]:
    """The smallest stability of any unit, and the number of wrong bits over all units and the first so many symbols."""
    known = (jnp.arange(len(source), dtype=jnp.int32) < symbols)[:, None]
    # A slot that is free counts as the first symbol does.
    source, target = jnp.where(known, source, source[:1]), jnp.where(known, target, target[:1])
    fields = synapses.fields(source.astype(jnp.float32))
    # What is not a number is wrong, too; no field at all leaves a unit off.
    wrong = ~jnp.where(target, fields > 0, fields <= 0) & known
    return stabilities(synapses, source, target, recurrent=recurrent).min(), jnp.sum(wrong, dtype=jnp.int32)
