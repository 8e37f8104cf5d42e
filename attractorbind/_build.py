"""Build a network: names to codes, codes to weights."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Array, Bool, Key

from attractorbind._area.base import AbstractArea
from attractorbind._area.connect import check_areas, connect
from attractorbind._area.imprinting import joined_areas
from attractorbind._area.returned import check_returned, drawn_parameters
from attractorbind._bundled import bundled
from attractorbind._checks import check_bool, check_count, check_fraction, check_memory, check_names, check_outside
from attractorbind._codes import (
    active_units,
    average_active,
    draw_codes,
    fingerprint,
    parts_of_key,
    population_keys,
    with_given,
    with_spare,
)
from attractorbind._errors import ArgumentError, NetworkError, listed
from attractorbind._given_codes import check_codes, judge_codes
from attractorbind._keys import Rate, check_one_key
from attractorbind._layout import parse_relays, wire
from attractorbind._namespace import on_device
from attractorbind._network import Network
from attractorbind._rule.assigned import check_rule, check_rules, rule_of_each
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.train import learn
from attractorbind._transfers import sending
from attractorbind._visible import is_visible, same_looking
from attractorbind._vocabulary import Vocabulary
from attractorbind._waiting import waiting
from attractorbind._wiring import Population, Wiring

# How many codes are drawn beside that of each spare symbol; those that are too much like others are left out.
_LEFT_OUT = 3


@sending
@waiting(lambda: "building a network")
def build(
    vocabulary: Vocabulary,
    *,
    buffers: Mapping[str, Any],
    relays: str | Iterable[Any] = "all",
    activity: Rate | None = None,
    codes: Mapping[str, Any] = MappingProxyType({}),
    rule: AbstractStorageRule,
    rules: Mapping[str, AbstractStorageRule] = MappingProxyType({}),
    key: Key[Array, ""],
    relay: str = "direct",
    latch: str = "recurrence",
    areas: Sequence[AbstractArea] = (),
    free: int = 0,
    strict: bool = False,
) -> Network:
    r"""Build a network in which every symbol is one attractor, spread over all populations.

    Every symbol gets an independent random code in every population, exactly round(activity * units) units on, or in
    some buffers the code that is given. Each projection p -> q is trained alone to give every unit of q the right sign
    for every symbol that p may hold, $h_q = W_{qp} x_p + b_{qp}$. Any set of open projections that agree on the symbol
    then gives the right sign too.

    **Arguments:**

    - `vocabulary`: the symbols. Spare ones have codes, which correlate with no other by more than 1/2 where that can
        be, and no synapses; an area such as `Ensembles` imprints them.
    - `buffers`: name to number of units; sizes may differ.
    - `relays`: "all" (every ordered pair), "hub:NAME" (from and to that buffer) or a list of (source, target).
    - `activity`: fraction of a population's units that are on in a code that is drawn. It may be left out only where
        all codes are given.
    - `codes`: codes of one's own for some buffers, {"focus": array}: zeros and ones, or bools, shape (symbols, units),
        in the vocabulary's order, without spare symbols, whose codes are drawn. Numbers of active units may differ from
        symbol to symbol. `report` tells what they cost.
    - `rule`: the storage rule of all projections.
    - `rules`: rules of single latches and relays instead, by the names of their gates, {"focus->agent": Hebbian()}.
    - `key`: a JAX random key; draws the codes.
    - `relay`: "direct", one gated matrix, or "nucleus", by way of a thalamic population of its own, which is part of
        the global attractor.
    - `latch`: "recurrence", gated connections within the buffer, or "loop", from cortex to a thalamic nucleus and back.
    - `areas`: what is joined to the buffers by gates of its own, such as a `SnapshotMemory`; see `AbstractArea`.
    - `free`: how many codes to draw beyond those of the vocabulary, for symbols that `imprint` adds later without
        changing any shape.
    - `strict`: raise if any symbol is not stored exactly, rather than warn.

    **Returns:** a `Network`.

    **Raises:**

    - `NetworkError`: buffers, relays, sizes or activity that make no network, or one that memory cannot hold.
    - `UnknownNameError`: a relay or `codes` names an unknown buffer, or `rules` an unknown latch or relay.
    - `CapacityError`: with `strict`, when the rule cannot store the load. Otherwise `CapacityWarning` is issued.

    **Warns:** `CodeWarning` where two of the codes given for a buffer correlate by more than 1/2.

    **Reference:** Hayworth 2012; Hayworth & Marblestone 2018 for relays and latches through the thalamus.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "chased"]), buffers={"focus": 128, "agent": 96},
        ...     relays="hub:focus", activity=0.1, rule=ab.Hebbian(), key=jax.random.key(0))
        >>> network
        Network(3 symbols, buffers {focus: 128, agent: 96}, 2 relays, 4 projections, Hebbian())
        >>> network.report().wrong_bits
        0
    """
    _check(vocabulary, buffers, rule, key)
    check_bool("strict", strict)
    names = check_names("buffers", [*buffers], "names", NetworkError)
    sizes = {name: check_count(f"units of buffer {name!r}", buffers[name], least=2) for name in names}
    kinds = _kind("relay", relay, ("direct", "nucleus")), _kind("latch", latch, ("recurrence", "loop"))
    wiring = wire(sizes, parse_relays(sizes, relays), *kinds)
    areas = joined_areas(check_areas(areas), wiring, vocabulary)
    wiring = connect(wiring, areas)
    rules = check_rules(wiring, rules)
    given = check_codes(codes, sizes, vocabulary.names)
    active = _active(wiring.populations, activity, given)
    for buffer, own in given.items():
        judge_codes(buffer, own, vocabulary.names)
    code_keys, area_keys = population_keys(key, wiring)
    symbols, slots = len(vocabulary.names), len(vocabulary) + _free(vocabulary, free)
    # Of spare symbols more are drawn than are needed, for some to be left out.
    drawn_slots = slots + _LEFT_OUT * len(vocabulary.spare)
    _check_size(wiring, drawn_slots)
    drawn = draw_codes(drawn_slots, wiring.populations, active, code_keys)
    all_codes = with_given(wiring, drawn, given, first=0)
    if vocabulary.spare:
        all_codes = with_spare(all_codes, symbols, len(vocabulary.spare))
    area_parameters = tuple(drawn_parameters(area, sizes, own) for area, own in zip(areas, area_keys, strict=True))
    all_codes = on_device(bundled(all_codes))
    check_returned(wiring, areas, area_parameters, all_codes)
    synapses, drive = learn(wiring, all_codes, symbols, rule_of_each(wiring, rule, rules))
    network = Network(
        vocabulary=vocabulary,
        wiring=wiring,
        all_codes=all_codes,
        areas=areas,
        area_parameters=area_parameters,
        synapses=synapses,
        drive=drive,
        rule=rule,
        rules=rules,
        given=tuple(given),
        **parts_of_key(key)._asdict(),
        fingerprint=fingerprint(wiring, [of_population[:symbols] for of_population in all_codes]),
    )
    network.report().judge(strict=strict)
    return network


def _check(vocabulary: object, buffers: object, rule: object, key: object) -> None:
    if not isinstance(vocabulary, Vocabulary):
        raise NetworkError(f"vocabulary is a {type(vocabulary).__name__}; wrap the names in attractorbind.Vocabulary")
    check_rule("rule", rule)
    if not isinstance(buffers, Mapping) or not buffers:
        raise NetworkError(f"buffers is {buffers!r}; give names and sizes of one buffer or more, {{'focus': 512}}, say")
    for name in buffers:
        if not isinstance(name, str) or not is_visible(name) or "->" in name:
            raise NetworkError(f"buffer name {name!a} is not a non-empty string without '->', which marks relays")
    if alike := same_looking(buffers):
        raise NetworkError(f"buffers {alike[0]!a} and {alike[1]!a} look the same; give one another name")
    check_outside(NetworkError)
    check_one_key(key)


# A weight has 32 bits, and so has the number by whose size a unit is drawn for a code.
_BYTES = 4


def _check_size(wiring: Wiring, slots: int) -> None:
    """Raise if the weights and codes of such a network are more than can be kept."""
    units = [population.units for population in wiring.populations]
    weights = sum(units[projection.source] * units[projection.target] for projection in wiring.projections)
    told = f"{weights:,} weights and {slots:,} codes of {sum(units):,} units"
    cure = "give the buffers fewer units, leave out relays, or have fewer symbols"
    check_memory(told, _BYTES * (weights + slots * sum(units)), cure, NetworkError)


def _free(vocabulary: Vocabulary, free: Any) -> int:
    """How many codes to draw beyond those of the vocabulary."""
    count = check_count("free", free, least=0)
    if count and vocabulary.spare:
        raise NetworkError(
            f"free is {count}, but the vocabulary has spare symbols, and imprint takes no network that has them; name "
            "as many spare symbols as are needed, or give a vocabulary without any"
        )
    return count


def _active(
    populations: Sequence[Population], activity: Any, given: Mapping[str, Bool[np.ndarray, "symbols _units"]]
) -> list[int]:
    """How many units of each population are on in a code that is drawn; where codes are given, the average of those."""
    drawn = [population.name for population in populations if population.name not in given]
    if activity is None and drawn:
        raise ArgumentError(
            f"activity is None; give the fraction of units, a number from 0 to 1, that are on in the codes of "
            f"{listed(drawn)}, which are drawn"
        )
    share = 0.5 if activity is None else check_fraction("activity", activity)
    if not 0 < share < 1:
        raise ArgumentError(f"activity is {share}; it must be above 0 and below 1")
    active = []
    for population in populations:
        if population.name in given:
            active.append(average_active(given[population.name]))
            continue
        count = active_units(population.units, share)
        if not 0 < count < population.units:
            raise NetworkError(
                f"activity {share} leaves {count} of the {population.units} units of {population.name!r} on; "
                f"a code needs at least one unit on and one off: change activity= or the units"
            )
        active.append(count)
    return active


def _kind(argument: str, value: Any, known: tuple[str, str]) -> Any:
    if not isinstance(value, str) or value not in known:
        raise NetworkError(f"{argument}={value!r} is not one of {known[0]!r} and {known[1]!r}")
    return value
