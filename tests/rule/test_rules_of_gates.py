"""A storage rule for single latches and relays, beside the one for all others."""

import html
from functools import cache
from pathlib import Path

import equinox as eqx
import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._nameless import nameless
from attractorbind.testing import check_binding

NAMES = [f"s{number}" for number in range(4)]
RULES = {"b": ab.Storkey(), "a->b": ab.Hebbian(), "b->a": ab.Perceptron(margin=0.25)}


@cache
def build(rule: ab.AbstractStorageRule, *gates: str, **options) -> ab.Network:
    usual = {"activity": 0.1, "key": jax.random.key(2), "free": 2}
    rules = {gate: RULES[gate] for gate in gates}
    return ab.build(ab.Vocabulary(NAMES), buffers={"a": 128, "b": 96}, rule=rule, rules=rules, **usual | options)


def mixed(**options) -> ab.Network:
    return build(ab.PseudoInverse(), *RULES, **options)


def assert_as_built_by_single_rules(network: ab.Network, *, grow: bool = False, **options) -> None:
    """Every projection is as in the network in which its rule is that of all; grids differ, so not to the bit."""
    for index, projection in enumerate(network.wiring.projections):
        rule = network.rules.get(network.gates[projection.gate], network.rule)
        alone = build(rule, **options)
        alone = ab.imprint(alone, ["new", "newer"]) if grow else alone
        for one, other in zip(
            jax.tree.leaves(network.synapses[index]), jax.tree.leaves(alone.synapses[index]), strict=True
        ):
            np.testing.assert_allclose(one, other, atol=2e-4)


@pytest.mark.parametrize("kinds", [{}, {"relay": "nucleus", "latch": "loop"}], ids=str)
def test_every_projection_is_learned_by_the_rule_of_its_gate(kinds: dict):
    network = mixed(**kinds)
    assert network.rule == ab.PseudoInverse()
    assert network.rules == RULES
    assert_as_built_by_single_rules(network, **kinds)
    told = {row.gate: row.rule for row in network.report().projections}
    assert told == {"a": "PseudoInverse()"} | {gate: repr(rule) for gate, rule in RULES.items()}
    check_binding(network, max_examples=3)


def test_it_is_said_in_words():
    network = mixed()
    words = "PseudoInverse(), b: Storkey(), a->b: Hebbian(), b->a: Perceptron(margin=0.25)"
    assert repr(network).endswith(f"4 projections, {words})")
    assert words in html.unescape(network._repr_html_())
    assert str(network.report()).startswith(f"{words}, 4 symbols")
    assert str(network.report()).count("Perceptron(margin=0.25)") == 2
    few = ab.Vocabulary([f"s{number}" for number in range(60)])
    told = r"^Hebbian\(\) does not store all 60 symbols: .* the worst 'b' to 'a'"
    with pytest.warns(ab.CapacityWarning, match=told):
        ab.build(
            few,
            buffers={"a": 96, "b": 64},
            activity=0.1,
            rule=ab.MaximalStability(),
            rules={"b->a": ab.Hebbian()},
            key=jax.random.key(0),
        )


@pytest.mark.parametrize("kinds", [{}, {"relay": "nucleus", "latch": "loop"}], ids=str)
def test_one_shot_rules_add_and_others_learn_anew(kinds: dict):
    larger = ab.imprint(mixed(**kinds), ["new", "newer"])
    assert larger.rules == RULES
    assert_as_built_by_single_rules(larger, grow=True, **kinds)
    assert larger.report().wrong_bits == 0


def test_rules_come_back_from_a_file(tmp_path: Path):
    mixed().save(tmp_path / "it")
    again = ab.Network.load(tmp_path / "it")
    assert eqx.tree_equal(again, mixed())
    assert repr(again) == repr(mixed())


def test_other_rules_compile_nothing_anew():
    one, other = (jax.tree.structure(nameless(each)) for each in (build(ab.Hebbian()), mixed()))
    assert one == other
