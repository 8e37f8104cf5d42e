"""Networks, states, gatings and programs that users draw, and what these shrink to."""

import jax
import numpy as np
import pytest
from faults import sound
from hypothesis import HealthCheck, find, given, settings, strategies as st

import attractorbind as ab
from attractorbind.testing import gatings, networks, programs, reference, states, vocabularies


@given(words=vocabularies(), others=vocabularies(sizes=st.just(3)))
def test_vocabularies(words, others):
    assert len(words) in (2, 5, 12)
    assert others.names == ("s0", "s1", "s2")


def test_wrong_sizes_raise_when_drawn():
    strategy = vocabularies(sizes=st.just(0))
    with pytest.raises(ab.ArgumentError, match="number of symbols is 0"):
        find(strategy, lambda _: True)
    with pytest.raises(ab.NetworkError):
        find(networks(buffers=st.just({})), lambda _: True)


@given(network=networks(vocabularies=vocabularies(sizes=st.sampled_from([2, 5])), seeds=st.integers(0, 1)))
@settings(max_examples=3, suppress_health_check=list(HealthCheck))
def test_networks_store_their_vocabulary(network):
    assert network.report().wrong_bits == 0
    assert set(network.buffers) <= set("abc")


@pytest.mark.slow
def test_networks_shrink_to_the_simplest():
    simplest = find(networks(), lambda network: True)
    assert simplest.vocabulary.names == ("s0", "s1")
    assert simplest.buffers == {"a": 128}
    assert np.array_equal(jax.random.key_data(simplest.key), jax.random.key_data(jax.random.key(0)))


@given(data=st.data())
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
def test_states_hold_codes_or_nothing(data):
    network = sound()
    state = data.draw(states(network, trials=st.sampled_from([1, 3])))
    assert state.trials in (1, 3)
    for name in state.names:
        codes = np.asarray(network.codes(name))
        for held in np.asarray(state[name]) > 0:
            assert not held.any() or (held == codes).all(axis=1).any()
    corrupted = data.draw(states(network, corruptions=st.just(0.5)))
    assert 30 < corrupted["a"].sum() < 98


@given(data=st.data())
def test_gatings_are_conductances(data):
    network = sound()
    gating = data.draw(gatings(network, conductances=st.sampled_from([0.25, 1.0])))
    assert gating.shape == (len(network.gates),)
    assert set(gating.tolist()) <= {0.0, 0.25, 1.0}


def test_gatings_shrink_to_rest():
    assert find(gatings(sound()), lambda _: True).tolist() == sound().gating().tolist()


@given(program=programs(sound(), symbols=st.just("cat")))
def test_programs_have_a_meaning_and_can_be_carried_out(program):
    program.compile(sound())
    told = reference(sound(), program)
    assert set(told.boxes.values()) <= {None, "cat"}


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_programs_shrink_to_short_ones():
    network = sound()
    straight = programs(network, branches=False)
    found = find(straight, lambda program: reference(network, program).boxes["c"] == "yak")
    assert str(found) == "load('c', 'yak')"
