"""From weights between standardised units to synapses of 0/1 units, with thresholds and a scale."""

import numpy as np
from jaxtyping import Bool, Float

from attractorbind._namespace import Numbers, namespace
from attractorbind._rule.patterns import with_silence
from attractorbind._synapses.base import AbstractExactSynapses, Synapses, without_diagonal
from attractorbind._synapses.quality import margins, moments


def threshold_midway(
    weights: Float[Numbers, "source target"],
    source: Bool[Numbers, "symbols source"],
    target: Bool[Numbers, "symbols target"],
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
    synapses: AbstractExactSynapses, source: Bool[Numbers, "symbols source"], target: Bool[Numbers, "symbols target"]
) -> AbstractExactSynapses:
    """Each unit's weights scaled so that its least stable pattern gets the field 1, where all signs are right."""
    smallest = margins(synapses, with_silence(source), with_silence(target)).min(axis=0)
    xp, one = namespace(smallest), np.float32(1)
    scale = xp.where(smallest > 0, one / xp.where(smallest > 0, smallest, one), one)
    return synapses.scaled(scale)
