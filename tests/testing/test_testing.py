"""The checks that users call: quiet on a sound network, and each planted fault found, with the smallest example."""

import dataclasses
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings, strategies as st

import attractorbind as ab
from attractorbind.testing import (
    CheckError,
    check_binding,
    check_capacity,
    check_isolation,
    check_program,
    gatings,
    networks,
    programs,
    reference,
    states,
    vocabularies,
)

WORDS = ["dog", "cat", "yak"]


@cache
def sound(rule: ab.AbstractStorageRule | None = None) -> ab.Network:
    return ab.build(
        ab.Vocabulary(WORDS),
        buffers={"a": 128, "b": 128, "c": 128},
        relays=[("a", "b"), ("b", "a"), ("b", "c")],
        areas=[ab.SnapshotMemory("m", units=1024, capacity=3)],
        activity=0.1,
        rule=rule or ab.MaximalStability(),
        key=jax.random.key(0),
    )


def shorted(network: ab.Network, source: str, target: str) -> ab.Network:
    """The network with the projection from one buffer to another once more, under the target's latch."""
    wiring = network.wiring
    names = [population.name for population in wiring.populations]
    place = next(i for i, p in enumerate(wiring.projections) if (names[p.source], names[p.target]) == (source, target))
    short = dataclasses.replace(wiring.projections[place], gate=wiring.gate_index[target])
    projections = (*wiring.projections[: place + 1], short, *wiring.projections[place + 1 :])
    synapses = (*network.synapses[: place + 1], network.synapses[place], *network.synapses[place + 1 :])
    return dataclasses.replace(network, wiring=dataclasses.replace(wiring, projections=projections), synapses=synapses)


def with_swapped_codes(network: ab.Network, buffer: int) -> ab.Network:
    """The network with the codes of the first two symbols exchanged in one buffer, after learning."""
    return eqx.tree_at(lambda n: n.all_codes[buffer], network, network.all_codes[buffer][jnp.array([1, 0, 2])])


def test_a_sound_network_passes():
    check_binding(sound(), max_examples=8)
    check_binding(sound(), max_examples=5, noise=0.01)
    check_isolation(sound())
    check_capacity(sound(), noise=0.01)


def test_a_shorted_gate_is_found():
    """There is a projection from b to c under c's latch, which is open at rest: c takes up what b holds."""
    broken = shorted(sound(), "b", "c")
    with pytest.raises(CheckError, match=r"buffer 'c' feels buffer 'b', although all relays are closed.*tick 0 on"):
        check_isolation(broken)
    with pytest.raises(CheckError) as caught:
        check_binding(broken)
    # One instruction is enough: no shorter program shows it.
    told = str(caught.value)
    shortest = told.split("Program:\n")[1].split("\n\n")[0]
    assert len(shortest.splitlines()) == 1
    assert "'b'" in shortest
    assert "'c' holds" in told


def test_a_swapped_code_is_found():
    broken = with_swapped_codes(sound(), 1)
    with pytest.raises(CheckError) as caught:
        check_binding(broken)
    told = str(caught.value)
    # A symbol and one copy of it, into the buffer or out of it.
    (shortest,) = told.split("Program:\n")[1:]
    assert len(shortest.split("\n\n")[0].splitlines()) == 2
    assert "part at tick" in told
    assert "latches closed" in told
    with pytest.raises(CheckError, match="relay 'a->b' loses 8 of 12: 'dog', 'cat'"):
        check_capacity(broken)


def test_a_latch_that_connects_every_unit_to_itself_is_found():
    """It holds anything, so it corrects nothing."""
    free = sound().replace("a", "a", ab.Synapses(jnp.eye(128) * 4.0, jnp.full(128, -2.0)))
    check_capacity(free, corruption=0.0)
    with pytest.raises(CheckError, match="latch of 'a' does not correct 12 of 12"):
        check_capacity(free)


@pytest.mark.filterwarnings("ignore::attractorbind.CapacityWarning")
def test_an_overloaded_vocabulary_is_found():
    overloaded = ab.build(
        ab.Vocabulary([f"s{number}" for number in range(60)]),
        buffers={"a": 64, "b": 64},
        activity=0.1,
        rule=ab.Hebbian(),
        key=jax.random.key(0),
    )
    with pytest.raises(CheckError, match=r"latch of 'a' loses \d+ of 240"):
        check_capacity(overloaded)
    with pytest.raises(CheckError, match="Program:\nload"):
        check_binding(overloaded)


def test_a_wrong_jump_is_found():
    program = ab.load("a", "dog") + ab.when(ab.holds("a", "dog"), ab.copy("a", "b"), ab.load("b", "yak"))
    check_program(sound(), program, {"a": "dog", "b": "dog", "c": None})
    listing = program.compile(sound())
    assert isinstance(listing, ab.Listing)
    rows = listing.rows
    asked = rows.question != -1
    jumps = np.where(asked, rows.otherwise, rows.then)
    wrong = dataclasses.replace(listing, rows=dataclasses.replace(rows, then=jumps))
    with pytest.raises(CheckError) as caught:
        check_program(sound(), wrong, {"a": "dog", "b": "dog"})
    assert "at the end 'b' holds 'yak', not 'dog'" in str(caught.value)
    assert "load('b', 'yak')" in str(caught.value)


def test_a_program_that_ends_otherwise_is_told_with_the_tick():
    broken = with_swapped_codes(sound(), 1)
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c")
    with pytest.raises(CheckError) as caught:
        check_program(broken, program, {"b": "dog", "c": "dog"}, args={"x": "dog"})
    assert "part at tick 6, the end of copy('a', 'b'): 'b' holds 'cat' in the network" in str(caught.value)
    # Single gates mean nothing in names; the table is shown all the same.
    with pytest.raises(CheckError, match="'b' holds None, not 'dog'"):
        check_program(sound(), ab.gates(), {"b": "dog"})


@pytest.mark.parametrize("branches", [False, True])
def test_a_later_trial_that_ends_otherwise_is_found(branches):
    """Only the second trial is wrong: in b the codes of dog and cat are exchanged, that of yak is not."""
    broken = with_swapped_codes(sound(), 1)
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c")
    if branches:
        program += ab.when(ab.empty("c"), ab.load("c", ab.arg("x")))
    args = {"x": ["yak", "dog", "cat"]}
    check_program(broken, program, {"a": ["yak", "dog", "cat"], "c": ["yak", "dog", "cat"]}, args=args)
    with pytest.raises(CheckError) as caught:
        check_program(broken, program, {"b": ["yak", "dog", "cat"]}, args=args)
    told = str(caught.value)
    assert "at the end of trial 1 'b' holds 'cat', not 'dog'; 2 of 3 trials are wrong" in told
    # Text, reference and table are those of this trial.
    assert "part at tick 6, the end of copy('a', 'b'): 'b' holds 'cat' in the network, 'dog' in the reference" in told
    assert "yak" not in told
    with pytest.raises(CheckError, match="at the end of trial 1 'b' holds 'cat', not 'dog'; 1 of 2 trials is wrong"):
        check_program(broken, program, {"b": ["yak", "dog"]}, args={"x": ["yak", "dog"]})


def test_trials_come_from_arguments_inputs_and_keys():
    program = ab.read("a") + ab.load("b", ab.arg("x"))
    expected = {"a": ["dog", None, "yak"], "b": "cat", "c": None}
    check_program(sound(), program, expected, args={"x": "cat"}, inputs=[["dog"], [], ["yak", "cat"]])
    with pytest.raises(
        CheckError, match=r"(?s)at the end of trial 2 'a' holds 'yak', not 'cat'.*Network and reference agree"
    ):
        check_program(
            sound(),
            program,
            expected | {"a": ["dog", None, "cat"]},
            args={"x": ["cat"]},
            inputs=[["dog"], [], ["yak", "cat"]],
        )
    with pytest.raises(CheckError, match="at the end of trial 1 'b' holds 'dog', not 'cat'"):
        check_program(sound(), program, {"a": "yak", "b": "cat"}, args={"x": ["cat", "dog"]}, inputs=["yak"])
    keys = jax.random.split(jax.random.key(0), 2)
    check_program(sound(), program, {"b": ["cat"] * 2}, args={"x": "cat"}, inputs=["yak"], noise=0.01, key=keys)


def test_what_is_expected_fits_the_trials():
    program = ab.load("a", ab.arg("x"))
    with pytest.raises(ab.ArgumentError, match="expected gives 3 symbols for buffer 'a', but there are 2 trials"):
        check_program(sound(), program, {"a": ["dog", "cat", "yak"]}, args={"x": ["dog", "cat"]})
    with pytest.raises(ab.ArgumentError, match="expected gives 2 symbols for buffer 'a', but there is 1 trial"):
        check_program(sound(), program, {"a": ["dog", "cat"]}, args={"x": "dog"})
    with pytest.raises(ab.UnknownNameError, match=r"unknown symbol 'dgo'.*did you mean 'dog'"):
        check_program(sound(), program, {"a": ["cat", "dgo"]}, args={"x": ["dog", "cat"]})


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
