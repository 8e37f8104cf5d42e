"""Which rule stores which projection: one for all, and others for some latches and relays."""

from collections.abc import Mapping
from typing import Any

from attractorbind._checks import check_known
from attractorbind._errors import NetworkError
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._wiring import Wiring


def check_rules(wiring: Wiring, rules: Any) -> dict[str, AbstractStorageRule]:
    """The rules by the names of latches and relays, or an error if they are something else."""
    if not isinstance(rules, Mapping):
        raise NetworkError(f"rules is {rules!r}; give names of gates and rules, {{'focus->agent': Hebbian()}}, say")
    names = [gate.name for gate in wiring.pathways]
    for name, rule in rules.items():
        check_known("latch or relay", "latches and relays", name, names)
        check_rule(f"rules[{name!r}]", rule)
    return dict(rules)


def check_rule(argument: str, rule: object) -> None:
    """Raise unless it is a storage rule."""
    if not isinstance(rule, AbstractStorageRule):
        raise NetworkError(f"{argument} is {rule!r}; it must be a storage rule such as MaximalStability()")


def rule_of_each(
    wiring: Wiring, rule: AbstractStorageRule, rules: Mapping[str, AbstractStorageRule]
) -> tuple[AbstractStorageRule, ...]:
    """The rule of every projection: that of its latch or relay where it has one of its own, else the one for all."""
    return tuple(rules.get(wiring.gates[projection.gate].name, rule) for projection in wiring.projections)


def rules_in_words(rule: AbstractStorageRule, rules: Mapping[str, AbstractStorageRule]) -> str:
    """The rule for all, and after it those of single latches and relays."""
    return ", ".join([repr(rule), *(f"{name}: {own!r}" for name, own in rules.items())])
