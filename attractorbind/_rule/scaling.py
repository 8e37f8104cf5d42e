"""From weights between standardised units to synapses of 0/1 units, with thresholds and a scale."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._rule.patterns import with_silence
from attractorbind._synapses.base import AbstractExactSynapses, Synapses
from attractorbind._synapses.quality import margins, moments


def without_diagonal(weights: Float[Array, "source target"], recurrent: bool) -> Float[Array, "source target"]:
    """The weights, with no unit connected to itself when the projection is recurrent."""
    return jnp.fill_diagonal(weights, 0.0, inplace=False) if recurrent else weights


def threshold_midway(
    weights: Float[Array, "source target"],
    source: Bool[Array, "symbols source"],
    target: Bool[Array, "symbols target"],
    recurrent: bool,
) -> Synapses:
    """Synapses for 0/1 units from weights between standardised units, the threshold midway between on and off.

    A clean signal then gives the field +1 to units that should be on and -1 to the others.
    """
    source_mean, source_deviation = moments(source)
    target_mean, target_deviation = moments(target)
    weights = without_diagonal(2 * target_deviation / source_deviation * weights, recurrent)
    return Synapses(weights, 2 * target_mean - 1 - source_mean * weights.sum(axis=0))


def scaled_to_margin_one(
    synapses: AbstractExactSynapses, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"]
) -> AbstractExactSynapses:
    """Each unit's weights scaled so that its least stable pattern gets the field 1, where all signs are right."""
    smallest = margins(synapses, with_silence(source), with_silence(target)).min(axis=0)
    scale = jnp.where(smallest > 0, 1 / jnp.where(smallest > 0, smallest, 1.0), 1.0)
    return synapses.scaled(scale)
