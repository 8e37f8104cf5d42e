"""From the codes of all populations to the weights of all projections."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._bundled import mapped
from attractorbind._errors import NetworkError
from attractorbind._namespace import on_device
from attractorbind._rule.base import AbstractOneShotRule, AbstractStorageRule
from attractorbind._rule.batches import calm, kept_together, learned_in_batches
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.factored import FactoredSynapses, belong_to, cheaper, keep_their_margins, without_factors
from attractorbind._synapses.given import all_at_hand, checked
from attractorbind._synapses.grid import LARGEST_FIELD, largest_sum, largest_sum_written_out, on_grid
from attractorbind._waiting import counted
from attractorbind._wiring import Projection, Wiring

_NOTHING_KEPT: Mapping[int, AbstractSynapses] = MappingProxyType({})


def learn(
    wiring: Wiring,
    all_codes: Sequence[Bool[Array, "slots _units"]],
    symbols: int,
    rules: Sequence[AbstractStorageRule],
    kept: Mapping[int, AbstractSynapses] = _NOTHING_KEPT,
) -> tuple[Sequence[AbstractSynapses], Float[Array, ""]]:
    """Every projection trained alone, and the external drive, above any field that they can give together.

    **Arguments:**

    - `all_codes`: of every population, one code per symbol, and behind them those that are free.
    - `symbols`: how many codes are those of symbols.
    - `rules`: one for each projection.
    - `kept`: from the number of a projection to synapses that it has already, and that are not to be learned.
    """
    slots = [np.asarray(of_population) for of_population in all_codes]
    codes = [of_population[:symbols] for of_population in slots]
    learned = (None if kept else learned_in_batches(wiring, codes, rules)) or _learned(wiring, codes, rules, kept)
    if any(cheaper(synapses, len(slots[0])) for synapses in learned):
        sources = [slots[projection.source] for projection in wiring.projections]
        lean, drive = rounded(wiring, mapped(_lean, learned, sources))
        if keep_their_margins(learned, all_at_hand(lean), *_ends(wiring, codes)):
            return lean, drive
    matrices, drive = rounded(wiring, learned, written_out=True)
    # Those of one form are bundled alike, whatever rule they were learned by.
    several = len({id(rule) for rule in rules}) > 1
    return kept_together(wiring, tuple(matrices)) if several else matrices, drive


def _learned(
    wiring: Wiring,
    codes: Sequence[Bool[np.ndarray, "symbols _units"]],
    rules: Sequence[AbstractStorageRule],
    kept: Mapping[int, AbstractSynapses],
) -> Sequence[AbstractSynapses]:
    """The synapses of all projections, each learned alone."""
    # Rules of users are given JAX's arrays.
    given, learned = on_device(codes), []
    for index, projection in enumerate(counted("learning synapses", wiring.projections, "projections")):
        rule = rules[index]
        if index in kept:
            learned.append(kept[index])
            continue
        synapses = rule.learn(given[projection.source], given[projection.target], recurrent=projection.recurrent)
        source = codes[projection.source]
        learned.append(_calm(wiring, projection, _checked(wiring, projection, rule, synapses, source), source))
    return kept_together(wiring, learned)


def _ends(
    wiring: Wiring, codes: Sequence[Bool[np.ndarray, "symbols _units"]]
) -> tuple[list[Bool[np.ndarray, "symbols _units"]], list[Bool[np.ndarray, "symbols _units"]]]:
    """The codes of the sources and of the targets of all projections."""
    projections = wiring.projections
    return [codes[each.source] for each in projections], [codes[each.target] for each in projections]


def _lean(synapses: AbstractSynapses, codes: Bool[Array | np.ndarray, "slots source"]) -> AbstractSynapses:
    """With factors or a matrix, whichever is cheaper; factors with room for all codes."""
    if isinstance(synapses, FactoredSynapses) and cheaper(synapses, len(codes)):
        return synapses.with_room(codes)
    return without_factors(synapses)


def add(
    wiring: Wiring,
    synapses: Sequence[AbstractSynapses],
    codes: Sequence[Bool[Array, " _units"]],
    rules: Sequence[AbstractStorageRule],
) -> tuple[Sequence[AbstractSynapses], Float[Array, ""]]:
    """One more symbol in one shot, from its code in every population alone, wherever the rule is a one-shot rule."""
    learned = []
    for projection, before, rule in zip(wiring.projections, synapses, rules, strict=True):
        if not isinstance(rule, AbstractOneShotRule):
            learned.append(before)
            continue
        after = rule.add(before, codes[projection.source], codes[projection.target], recurrent=projection.recurrent)
        source = np.asarray(codes[projection.source])[None]
        after = without_factors(_checked(wiring, projection, rule, after, source))
        learned.append(_calm(wiring, projection, after, source))
    return rounded(wiring, kept_together(wiring, learned))


def _checked(
    wiring: Wiring,
    projection: Projection,
    rule: AbstractStorageRule,
    synapses: object,
    codes: Bool[np.ndarray, "symbols source"],
) -> AbstractSynapses:
    """What a rule returned, as float32, or an error if it is not what the projection takes."""
    source, target = wiring.populations[projection.source], wiring.populations[projection.target]
    told = f"for the projection from {source.name!r} to {target.name!r}, {type(rule).__name__} returned"
    taken = checked(synapses, (source.units, target.units), told, "it must return")
    if isinstance(taken, FactoredSynapses):
        if belong_to(taken, codes, recurrent=projection.recurrent):
            return taken
        # Factors of other codes could not follow when symbols are added.
        taken = taken.dense()
    if projection.recurrent and (abs(taken.weights.diagonal()) > 0).any():
        raise NetworkError(
            f"{told} connections from units to themselves, with which a latch holds anything and corrects nothing; "
            "set the diagonal to zero when recurrent is true"
        )
    return taken


def _calm(
    wiring: Wiring, projection: Projection, synapses: AbstractSynapses, codes: Bool[np.ndarray, "symbols source"]
) -> AbstractSynapses:
    from_nucleus = wiring.populations[projection.source].kind == "nucleus"
    return calm(synapses, codes, recurrent=projection.recurrent, from_nucleus=from_nucleus)


def rounded(
    wiring: Wiring, synapses: Sequence[AbstractSynapses], *, written_out: bool = False
) -> tuple[Sequence[AbstractSynapses], Float[Array, ""]]:
    """All exact weights on one grid, on which every field is an exact sum, and the drive above any field.

    **Arguments:**

    - `written_out`: whether factors are made matrices.
    """
    received = largest_fields(wiring, synapses, written_out=written_out)
    largest = max(received.values(), default=0.0) + wiring.largest_area_field
    if not largest <= LARGEST_FIELD:
        target = wiring.populations[max(received, key=lambda population: received[population])].name
        raise NetworkError(
            f"a unit of {target!r} may receive {largest:.3g} over all its projections, more than float32 can add up; "
            "scale their weights down, a field of 1 being usual for a unit that is just stable"
        )
    return on_grid(all_at_hand(synapses), largest, written_out=written_out)


def largest_fields(
    wiring: Wiring, synapses: Sequence[AbstractSynapses], *, written_out: bool = False
) -> dict[int, float]:
    """The most that a unit of each population may receive, over all its projections."""
    received: dict[int, float] = {}
    bounds = mapped(largest_sum_written_out if written_out else largest_sum, all_at_hand(synapses))
    for projection, largest in zip(wiring.projections, bounds, strict=True):
        received[projection.target] = received.get(projection.target, 0.0) + float(largest)
    return received
