"""Rules read out of basal ganglia are what the area itself does when the buffers hold these symbols."""

import gated
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind.gating import rules

WORDS = ["dog", "cat", "left", "right"]


@pytest.mark.parametrize("shared", [True, False])
def test_they_are_what_a_run_chooses_by(shared):
    built, trained = gated.network(shared), gated.trace(shared).state
    program = ab.load("word", ab.arg("name")) + ab.choose("store", gates=gated.INTO, greedy=True)
    for trial in range(2):
        own = rules(built, trained, "store", trial)
        assert own.readings == tuple((("word", name),) for name in WORDS)
        for row, name in enumerate(WORDS):
            state = ab.run(built, program, trained, args={"name": name}).state["store"]
            np.testing.assert_allclose(own.probability[row], state.probability[trial], rtol=1e-5)
            np.testing.assert_allclose(own.value[row], state.value[trial], rtol=1e-5)


def test_what_competes_is_told_as_it_competes():
    built, trained = gated.network(), gated.trace().state
    own = rules(built, trained, "store", compete=True)
    np.testing.assert_allclose(own.probability.sum(axis=1), 1.0, atol=1e-6)
    asked = ab.load("word", "dog") + ab.choose("store", one_of=gated.INTO, greedy=True)
    chosen = ab.run(built, asked, trained).state["store"]
    np.testing.assert_allclose(own.probability[0], chosen.probability[0], rtol=1e-5)


def test_learners_have_rules_of_their_own():
    built, trained = gated.network(False), gated.trace(False).state
    first, second = (rules(built, trained, "store", trial, symbols={"word": ["dog", "cat"]}) for trial in range(2))
    assert first.opens("word->first")[0] == {"word": "dog"}
    assert second.opens("word->first")[0] == {"word": "cat"}
    assert str(first).startswith("opens 'word->first' on 'dog'")


def test_conjunctions_are_tried_in_all_combinations_if_these_are_few():
    built, trained = gated.network(), gated.trace().state
    own = rules(built, trained, "lever")
    assert len(own.readings) == 4 + 16
    assert own.readings[5] == (("word", "dog"), ("first", "cat"))
    assert own.left_out == ()
    fewer = rules(built, trained, "lever", symbols={"first": ["dog"]})
    assert len(fewer.readings) == 4 + 4
    press = {side: ab.load("press", side) for side in ["left", "right"]}
    program = ab.load("word", "dog") + ab.load("first", "cat") + ab.choose("lever", one_of=press)
    chosen = ab.run(built, program, trained, key=jax.random.key(0)).state["lever"]
    np.testing.assert_allclose(own.value[5], chosen.value[0], rtol=1e-5)


def test_more_combinations_than_a_number_of_64_bits_are_none_too_few():
    """Of 16 buffers with 16 symbols there are 2^64, which is 0 in 64 bits."""
    buffers, names = [f"b{number}" for number in range(16)], [f"s{number}" for number in range(16)]
    built = ab.build(
        ab.Vocabulary(names),
        buffers=dict.fromkeys(buffers, 96),
        relays=[],
        areas=[ab.gating.BasalGanglia("store", reads=[ab.gating.Conjunction(*buffers, units=8)], gates=["go"])],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    own = rules(built, built.silent(), "store", symbols=dict.fromkeys(buffers[1:], names[:1]))
    assert len(own.readings) == 16
    # Nothing at all is tried, and that is told.
    none = rules(built, built.silent(), "store")
    assert (none.readings, none.probability.shape, none.value.shape) == ((), (0, 1), (0,))
    assert none.left_out[0].startswith(f"{2**64} combinations of b0, b1, ")


def test_pairs_of_single_buffers_are_tried_and_what_is_left_out_is_told():
    names = [f"s{number}" for number in range(24)]
    reads = ["a", "b", "c"]
    built = ab.build(
        ab.Vocabulary(names),
        buffers=dict.fromkeys(reads, 128),
        relays=[],
        areas=[ab.gating.BasalGanglia("store", reads=reads, gates=["go"])],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    own = rules(built, built.silent(), "store", symbols={"c": names[:4]})
    assert len(own.readings) == 24 + 24 + 4 + 24 * 4 + 24 * 4
    assert own.left_out == (
        "576 combinations of a, b; name in symbols= what these can hold",
        "what more than two of a, b, c hold together",
    )
    assert (own.probability == 0.5).all()
    assert str(own).splitlines() == ["opens 'go' on nothing", *(f"left out: {words}" for words in own.left_out)]
    told = str(rules(built, built.silent(), "store", threshold=0.4, symbols={"c": names[:4]})).splitlines()
    assert told[0].startswith("opens 'go' on 's0' in 'a' and on 's1' in 'a'")
    assert told[0].endswith(", and 40 more")
    assert told[1].startswith("opens 'go' on 's0' in 'a' with 's0' in 'c'")


def test_the_codes_are_those_that_were_imprinted():
    store = ab.gating.BasalGanglia("store", reads=["word"], gates=["go"], rate=4.0)
    built = ab.build(
        ab.Vocabulary(["dog", "cat"], spare=["new"]),
        buffers={"word": 128},
        relays=[],
        areas=[store, ab.Ensembles("ensembles")],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    pattern = (jax.random.uniform(jax.random.key(3), (1, 128)) < 0.1).astype(jnp.float32)
    state = built.silent().replace("word", pattern)
    program = ab.imprint_now("word") + ab.repeat(20, ab.choose("store", gates={"go": ab.hold()}) + ab.reward())
    trained = ab.run(built, program, state, key=jax.random.key(1), throw=False).state
    own = rules(built, trained, "store")
    assert own.readings[2] == (("word", "new"),)
    assert own.value[2] == own.value.max() > 0.5
