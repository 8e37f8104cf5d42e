"""How well synapses store codes: margins, stabilities in Gardner's units, wrong bits."""

import numpy as np
from jaxtyping import Bool, Float, Int

from attractorbind._namespace import Numbers, compiled, namespace
from attractorbind._synapses.base import AbstractSynapses


def moments(codes: Bool[Numbers, "symbols units"]) -> tuple[Float[Numbers, ""], Float[Numbers, ""]]:
    """Mean and standard deviation of a code's units, over all units and symbols."""
    mean = codes.mean(dtype=np.float32)
    return mean, namespace(mean).sqrt(mean * (1 - mean))


def margins(
    synapses: AbstractSynapses, source: Bool[Numbers, "symbols source"], target: Bool[Numbers, "symbols target"]
) -> Float[Numbers, "symbols target"]:
    """The field of every target unit for every symbol, positive where it has the right sign."""
    fields = synapses.fields(source.astype(np.float32))
    return namespace(fields).where(target, fields, -fields)


def stabilities(
    synapses: AbstractSynapses,
    source: Bool[Numbers, "symbols source"],
    target: Bool[Numbers, "symbols target"],
    *,
    recurrent: bool | Bool[Numbers, ""],
) -> Float[Numbers, " target"]:
    """Each target unit's stability, min over symbols of (field toward the right sign) / |w|, in Gardner's units.

    Inputs count as standardised to mean 0 and variance 1. From one population to another, a weight component along
    (1, ..., 1) does not count where all codes have equally many units on, for they cannot feel it. In a latch it does:
    a unit that is left out of its own inputs can tell its state from how many others are on.
    """
    _, deviation = moments(source)
    weights = synapses.weights
    xp = namespace(weights, source, target)
    on = source.sum(axis=1, dtype=np.int32)
    felt = (on != on[0]).any() | recurrent
    weights = weights - xp.where(felt, xp.float32(0), weights.mean(axis=0, keepdims=True))
    norm = deviation * xp.linalg.norm(weights, axis=0)
    return margins(synapses, source, target).min(axis=0) / xp.maximum(norm, np.finfo(np.float32).tiny)


@compiled()
def quality(
    synapses: AbstractSynapses,
    source: Bool[Numbers, "slots source"],
    target: Bool[Numbers, "slots target"],
    symbols: int | Int[Numbers, ""],
    recurrent: bool | Bool[Numbers, ""],
) -> tuple[Float[Numbers, ""], Int[Numbers, ""]]:
    """The smallest stability of any unit, and the number of wrong bits over all units and the first so many symbols."""
    xp = namespace(synapses, source, target)
    known = (xp.arange(len(source), dtype=np.int32) < symbols)[:, None]
    # A slot that is free counts as the first symbol does.
    source, target = xp.where(known, source, source[:1]), xp.where(known, target, target[:1])
    fields = synapses.fields(source.astype(np.float32))
    # What is not a number is wrong, too; no field at all leaves a unit off.
    wrong = ~xp.where(target, fields > 0, fields <= 0) & known
    return stabilities(synapses, source, target, recurrent=recurrent).min(), wrong.sum(dtype=np.int32)
