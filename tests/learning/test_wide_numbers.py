"""With 64-bit numbers what learns keeps its 32 bits, draws the same, and learns the same but for rounding."""

from typing import Any

import jax
import learners
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import learning

SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in learners.RULES if name != "node perturbation"]


def trained(rule: learning.AbstractCreditRule) -> list[np.ndarray]:
    eyes = learning.Hierarchy("eyes", sizes=[6, 5], target="focus", rule=rule, optimiser=learning.Descent(0.1))
    network = ab.build(
        ab.Vocabulary(["dog", "cat", "yak"]),
        buffers={"focus": 48},
        relays=[],
        areas=[eyes],
        activity=0.125,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    lesson = ab.load("focus", ab.arg("x")) + ab.see("eyes", write=False) + ab.learn("eyes")
    stimuli = np.random.default_rng(0).normal(size=(6, 6)).astype(np.float32)
    given: Any = {"epochs": 2, "batch": 3, "key": jax.random.key(1), "args": {"x": ["dog", "cat", "yak"] * 2}}
    outcome = ab.train(network, lesson, stimuli=stimuli, progress=False, **given)
    assert np.isfinite(outcome.history.loss).all()
    return [np.asarray(leaf) for leaf in jax.tree.leaves((network.area_parameters, outcome.state))]


@pytest.mark.parametrize("name", ["node perturbation", *SLOW])
def test_a_hierarchy_learns_the_same(name):
    usual = trained(learners.RULES[name])
    with jax.enable_x64(True):
        wide = trained(learners.RULES[name])
    for found, expected in zip(wide, usual, strict=True):
        assert found.dtype == expected.dtype
        if found.dtype == np.float32:
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
        else:
            np.testing.assert_array_equal(found, expected)


def test_updates_to_criterion_are_the_same():
    def told() -> Any:
        rule, key = learning.Backpropagation(), jax.random.key(0)
        return learning.updates_to_criterion(rule, 8, [0.03, 0.06, 0.1], most=100, key=key)

    usual = told()
    with jax.enable_x64(True):
        assert told() == usual
