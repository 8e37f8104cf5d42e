"""Projections of one form learned together, for networks of hundreds of buffers."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._bundled import GAIN, SEPARATE, bundled, gathered, in_parts, stacked
from attractorbind._namespace import Numbers, on_device
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._synapses.base import AbstractExactSynapses, AbstractSynapses
from attractorbind._synapses.given import synapses_at_hand
from attractorbind._synapses.grid import LARGEST_FIELD, calm_when_source_is_silent, largest_sum
from attractorbind._waiting import counted
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


def kept_together(wiring: Wiring, synapses: Sequence[AbstractSynapses]) -> Sequence[AbstractSynapses]:
    """The synapses of all projections, of many those of one form in bundles: the same ones, however they were made."""
    if len(synapses) != len(wiring.projections):
        # Put together by hand; whoever takes it finds that it does not fit.
        return synapses
    forms = [_form(wiring, number) for number in range(len(synapses))]
    return bundled(synapses, kinds=forms, sizes=[_bytes(form) for form in forms])


class _Form(NamedTuple):
    """What projections that are learned together have in common."""

    source: int
    target: int
    recurrent: bool
    from_nucleus: bool


def _form(wiring: Wiring, number: int) -> _Form:
    projection = wiring.projections[number]
    source, target = wiring.populations[projection.source], wiring.populations[projection.target]
    return _Form(source.units, target.units, projection.recurrent, source.kind == "nucleus")


def _bytes(form: _Form) -> int:
    return _FLOAT_BYTES * form.source * form.target


def learned_in_batches(
    wiring: Wiring, codes: Sequence[Bool[np.ndarray, "symbols _units"]], rules: Sequence[AbstractStorageRule]
) -> Sequence[AbstractSynapses] | None:
    """The synapses of all projections, calm when their sources are silent.

    **Returns:** None where a rule does not learn in batches, or where some projection comes out wrong: learned alone
    it tells what is wrong with it.
    """
    if len(rules) <= SEPARATE or not all(rule.in_batches for rule in rules):
        return None
    forms: dict[tuple[int, _Form], list[int]] = {}
    for number, rule in enumerate(rules):
        forms.setdefault((id(rule), _form(wiring, number)), []).append(number)
    if len(forms) * GAIN > len(rules):
        return None
    batches = [(form, numbers) for (_, form), own in forms.items() for numbers in in_parts(own, _bytes(form))]
    parts = []
    for form, numbers in counted("learning synapses", batches, "batches of projections"):
        rule, ends = rules[numbers[0]], [wiring.projections[number] for number in numbers]
        sources, targets = (
            np.stack([codes[getattr(projection, end)] for projection in ends]) for end in ("source", "target")
        )
        kind = {"recurrent": form.recurrent, "from_nucleus": form.from_nucleus}
        if len(numbers) < GAIN:
            alone = [_learned_alone(rule, *pair, **kind) for pair in zip(sources, targets, strict=True)]
            synapses, sound = stacked([own for own, _ in alone], 0), all(sound for _, sound in alone)
        else:
            synapses, sound = _learned(rule, sources, targets, **kind)
        if not sound:
            return None
        parts.append((numbers, synapses))
    return gathered(parts)


def _learned_alone(
    rule: AbstractStorageRule,
    source: Bool[np.ndarray, "symbols source"],
    target: Bool[np.ndarray, "symbols target"],
    *,
    recurrent: bool,
    from_nucleus: bool,
) -> tuple[AbstractSynapses, bool]:
    """As `_learned`, of one projection, and without compiling where it is small."""
    given = on_device((source, target))
    synapses = synapses_at_hand(rule.learn(*given, recurrent=recurrent))
    sound = bool(float(largest_sum(synapses)) <= LARGEST_FIELD)
    return calm(synapses, source, recurrent=recurrent, from_nucleus=from_nucleus), sound


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
