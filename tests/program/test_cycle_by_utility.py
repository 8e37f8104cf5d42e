"""Productions that basal ganglia choose among: only those that match, and with learning the one that pays."""

import jax
import numpy as np
import pytest

import attractorbind as ab

LEARNERS, ROUNDS = 6, 30


@pytest.fixture(scope="module")
def network():
    utility = ab.gating.BasalGanglia("utility", reads=["goal"], gates=["fast", "slow", "other"], shared=False)
    buffers = dict.fromkeys(("goal", "out", "target"), 128)
    vocabulary = ab.Vocabulary(["go", "stay", "red", "blue"])
    return ab.build(vocabulary, buffers=buffers, relays=[("out", "target")], areas=[utility], activity=0.1,
        rule=ab.PseudoInverse(), key=jax.random.key(0))  # fmt: skip


def rules():
    done = ab.clear("goal")
    return {
        "fast": ab.production(when=ab.holds("goal", "go"), then=ab.load("out", "red") + done),
        "slow": ab.production(when=ab.holds("goal", "go"), then=ab.load("out", "blue") + done),
        "other": ab.production(when=ab.holds("goal", "stay"), then=ab.load("out", "red") + done),
    }


def test_a_rule_that_does_not_match_never_fires(network):
    program = ab.load("goal", "go") + ab.cycle(rules(), limit=1, by="utility")
    trace = ab.run(network, program, network.silent(64), key=jax.random.key(1), record="decoded")
    chosen = trace.choices["utility"].chosen[-1]
    assert set(trace.decode()["out"]) == {"red", "blue"}
    assert chosen[:, :2].sum(axis=1).tolist() == [1] * 64
    assert not chosen[:, 2].any()
    fired = np.where(chosen[:, 0], "red", "blue").tolist()
    assert trace.decode()["out"] == fired


def test_the_rule_that_pays_is_learned(network):
    again = ab.load("goal", "go") + ab.cycle(rules(), limit=1, by="utility") + ab.load("goal", "go")
    program = ab.load("target", "red") + ab.repeat(ROUNDS, again + ab.reward(when=ab.equal("out", "target")))
    state = ab.run(network, program, network.silent(LEARNERS), key=jax.random.key(2)).state
    assert np.asarray(state["utility"].probability[:, 0]).min() > 0.8
    assert np.asarray(state["utility"].outcomes).tolist() == [ROUNDS] * LEARNERS


def test_where_no_rule_matches_nothing_is_chosen(network):
    program = ab.load("goal", "blue") + ab.load("out", "go") + ab.cycle(rules(), limit=1, by="utility")
    trace = ab.run(network, program, key=jax.random.key(3))
    assert trace.decode()["out"] == ["go"]
    assert not np.asarray(trace.state["utility"].chosen).any()


@pytest.mark.parametrize(
    ("productions", "by", "told"),
    [
        (list(rules().values()), "utility", "mapping from the channels"),
        (rules(), None, "list of productions"),
        ({}, "utility", "at least one production"),
        ({"never": rules()["fast"]}, "utility", "never"),
        (rules(), "goal", "goal"),
    ],
)
def test_wrong_calls_are_told(network, productions, by, told):
    with pytest.raises(ab.AttractorBindError, match=told):
        ab.run(network, ab.load("goal", "go") + ab.cycle(productions, limit=1, by=by), key=jax.random.key(0))
