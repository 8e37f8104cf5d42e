"""Projections of one form learned together, for networks of hundreds of buffers."""

from collections.abc import Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._bundled import Bundled, gathered, in_parts
from attractorbind._namespace import Numbers
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._synapses.base import AbstractExactSynapses, AbstractSynapses
from attractorbind._synapses.grid import LARGEST_FIELD, calm_when_source_is_silent, largest_sum
from attractorbind._wiring import Wiring

_FLOAT_BYTES = 4


def calm(
    synapses: AbstractSynapses, source: Bool[Numbers, "symbols source"], *, recurrent: bool, from_nucleus: bool
) -> AbstractSynapses:
    """The synapses with no bias above zero, so that a silent source leaves its target silent."""
    if not isinstance(synapses, AbstractExactSynapses):
        return synapses
    active = source.sum(axis=1).mean(dtype=np.float32)
    return calm_when_source_is_silent(synapses, active, recurrent=recurrent, from_nucleus=from_nucleus)


def learned_in_batches(
    wiring: Wiring, codes: Sequence[Bool[np.ndarray, "symbols _units"]], rules: Sequence[AbstractStorageRule]
) -> Bundled[AbstractSynapses] | None:
    """The synapses of all projections, calm when their sources are silent.

    **Returns:** None where a rule does not learn in batches, or where some projection comes out wrong: learned alone
    it tells what is wrong with it.
    """
    if not all(rule.in_batches for rule in rules):
        return None
    forms: dict[tuple, list[int]] = {}
    for number, (projection, rule) in enumerate(zip(wiring.projections, rules, strict=True)):
        source, target = wiring.populations[projection.source], wiring.populations[projection.target]
        form = id(rule), source.units, target.units, projection.recurrent, source.kind == "nucleus"
        forms.setdefault(form, []).append(number)
    parts = []
    for (_, source_units, target_units, recurrent, from_nucleus), own in forms.items():
        for numbers in in_parts(own, _FLOAT_BYTES * source_units * target_units):
            ends = [wiring.projections[number] for number in numbers]
            synapses, sound = _learned(
                rules[numbers[0]],
                np.stack([codes[projection.source] for projection in ends]),
                np.stack([codes[projection.target] for projection in ends]),
                recurrent=recurrent,
                from_nucleus=from_nucleus,
            )
            if not sound:
                return None
            parts.append((numbers, synapses))
    return gathered(parts)


@partial(jax.jit, static_argnames=("recurrent", "from_nucleus"))
def _learned(
    rule: AbstractStorageRule,
    sources: Bool[Array, "projections symbols source"],
    targets: Bool[Array, "projections symbols target"],
    *,
    recurrent: bool,
    from_nucleus: bool,
) -> tuple[AbstractSynapses, Bool[Array, ""]]:
    """The synapses of many projections, and whether all are finite and within what float32 can add up."""

    def learn(
        source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"]
    ) -> tuple[AbstractSynapses, Float[Array, ""]]:
        synapses = rule.learn(source, target, recurrent=recurrent)
        return calm(synapses, source, recurrent=recurrent, from_nucleus=from_nucleus), largest_sum(synapses)

    synapses, largest = jax.vmap(learn)(sources, targets)
    # What is not a number is not below anything.
    return synapses, jnp.all(largest <= LARGEST_FIELD)
