"""The measures of crosstalk against their definitions in Python loops, and on networks with planted faults."""

import itertools
import math

import jax
import numpy as np
import pytest
from examples import network, pair
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._measure.crosstalk import bits, mutual_information


@pytest.mark.parametrize(("right", "trials"), [(0, 7), (7, 7), (3, 7), (45, 50), (1, 1000)])
def test_intervals_are_wilsons(right, trials):
    # The ends are where the true share would be 1.96 standard errors away.
    z, share = 1.959963984540054, right / trials
    middle, reach = share + z**2 / (2 * trials), z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    expected = [(middle + sign * reach) / (1 + z**2 / trials) for sign in (-1, 1)]
    found = ab.Proportion(np.array([[right]]), trials)
    assert found.fraction == share
    np.testing.assert_allclose([end.item() for end in found.interval], np.clip(expected, 0, 1), atol=1e-12)


def test_proportions_of_several_cells():
    found = ab.Proportion(np.array([[5, 4], [5, 5]]), 5)
    low, high = found.interval
    assert low.shape == high.shape == (2, 2)
    assert (low <= found.fraction).all()
    assert (found.fraction <= high).all()
    assert not found.all_right
    assert found[1].all_right
    assert str(found) == "19 of 20 right in 4 cells"
    assert str(found[0, 1]) == "0.800 [0.376, 0.964]"


@given(st.lists(st.tuples(st.sampled_from(["dog", "cat", None]), st.sampled_from(["x", "y"])), min_size=1, max_size=30))
@settings(max_examples=50)
def test_information_is_as_shannon_defined_it(pairs):
    count = len(pairs)
    one, other = zip(*pairs, strict=True)
    expected = 0.0
    for s, t in set(pairs):
        p = pairs.count((s, t)) / count
        expected += p * math.log2(p / ((one.count(s) / count) * (other.count(t) / count)))
    assert mutual_information(one, other) == pytest.approx(expected, abs=1e-12)
    assert bits(one) == pytest.approx(mutual_information(one, one), abs=1e-12)


def test_overlaps_are_told_apart_by_what_should_be_held():
    built = network("all, direct")
    every = list(itertools.product(["s0", "s1"], ["s2", "s3"]))
    symbols = {"x": [x for x, _ in every], "y": [y for _, y in every]}
    trace = ab.run(built, ab.load("a", ab.arg("x")) + ab.load("b", ab.arg("y")), args=symbols, record="states")
    found = ab.crosstalk(trace, {"b": "s2", "c": ["s4", None, None, None]})
    assert found.expected["a"] == symbols["x"]
    assert found.expected["b"] == ["s2"] * 4
    # Of a nothing was said, so that it cannot be wrong.
    assert {buffer: int(share.right) for buffer, share in found.held.items()} == {"b": 2, "c": 3}
    for buffer in "abc":
        overlaps = np.asarray(trace.overlaps(buffer))
        for trial, name in enumerate(found.expected[buffer]):
            own = None if name is None else built.vocabulary[name]
            for symbol in range(5):
                if symbol != own:
                    assert found.others[buffer][trial, symbol] == overlaps[trial, symbol]
            largest = max(overlaps[trial, symbol] for symbol in range(5) if symbol != own)
            assert found.intrusion[buffer][trial] == largest
            assert found.own[buffer][trial] == (0.0 if own is None else overlaps[trial, own])
    # In two trials b holds s3 for the s2 that was expected.
    assert found.intrusion["b"].tolist() == pytest.approx([found.intrusion["b"][0], 1.0] * 2)
    # a and b hold one bit each, and nothing of each other.
    plain = ab.crosstalk(trace)
    np.testing.assert_allclose(plain.information, np.diag([1.0, 1.0, 0.0]), atol=1e-12)
    assert "b       0.500 [0.150, 0.850]" in str(found)
    # Before b was loaded it held nothing.
    assert ab.crosstalk(trace, tick=2).decoded["b"] == [None] * 4


def test_a_leak_shows_as_information():
    built = pair()
    every = list(itertools.product(built.vocabulary.names, repeat=2))
    symbols = {"x": [x for x, _ in every], "y": [y for _, y in every]}
    program = ab.load("focus", ab.arg("x")) + ab.load("agent", ab.arg("y")) + ab.hold(8)
    sound = ab.crosstalk(ab.run(built, program, args=symbols))
    np.testing.assert_allclose(sound.information, np.eye(2) * math.log2(6), atol=1e-12)
    leaky = ab.crosstalk(ab.run(built, program, args=symbols, leak=1.0, throw=False), {"agent": symbols["y"]})
    assert leaky.information[0, 1] > 0.2
    assert int(leaky.held["agent"].right) < 36


def test_leaks_noise_flips_and_lesions_are_borne_up_to_a_tolerance():
    built = pair(ab.MaximalStability(), units=128)
    key = jax.random.key(0)
    levels = [0.0, 0.5, 1.0]
    found = ab.isolation(built, leak=levels)
    assert found.held.right.shape == (3, 2)
    assert found.held.all_right is False
    assert found.tolerance == 0.5
    # Where nothing is random, every symbol meets each of five others once.
    assert found.held.trials == 6 * 4
    assert ab.isolation(built, trials=99).held.trials == 6 * 5
    assert found.leaked[1] == 0
    assert found.leaked[2] > 0.1
    np.testing.assert_allclose([np.diag(one) for one in found.information[:2]], math.log2(6), atol=1e-6)
    for name in ("noise", "flips", "synapses", "units"):
        told = ab.isolation(built, **{name: [0.0, 0.02, 0.95]}, key=key)
        assert told.swept == name
        assert told.fixed == {}
        assert told.tolerance == 0.02, name
        # Chance and damage inside a buffer tell nothing about another.
        assert (told.leaked == 0).all()
        assert told.held.fraction[-1].max() < 0.5
        assert str(told).splitlines()[0].split()[0] == name


def test_a_sweep_is_its_levels_one_by_one():
    built, key = pair(), jax.random.key(4)
    swept = ab.isolation(built, noise=np.array([0.05, 0.15]), leak=0.3, flips=0.1, key=key)
    for place, level in enumerate(swept.levels):
        one = ab.isolation(built, noise=level, leak=0.3, flips=0.1, key=key)
        assert one.held.right[0].tolist() == swept.held.right[place].tolist()
        assert one.intrusion[0].tolist() == swept.intrusion[place].tolist()
        assert one.information[0].tolist() == swept.information[place].tolist()
    assert swept.fixed == {"leak": 0.3, "flips": 0.1}
    assert "with leak 0.3, flips 0.1" in str(swept)
    # Levels need not be in order.
    backwards = ab.isolation(built, leak=[1.0, 0.1])
    assert backwards.tolerance == 0.1
    assert ab.isolation(built, leak=[1.0]).tolerance is None


def test_every_symbol_stands_against_every_content_by_hand():
    """The worst case, by single ticks: all other buffers hold the same other symbol, and leak."""
    built, leak = network("all, direct"), 0.45
    symbols = built.vocabulary.names
    found = ab.isolation(built, leak=leak, trials=4, ticks=5)
    for place, buffer in enumerate(built.buffers):
        right, largest = 0, -1.0
        for own, other in itertools.permutations(range(5), 2):
            state = built.silent()
            for name in built.buffers:
                code = built.codes(name)[own if name == buffer else other]
                state = state.replace(name, code[None].astype(float))
            for _ in range(5):
                state = ab.tick(built, state, leak=leak)
            every = np.asarray(ab.overlaps(state[buffer], built.codes(buffer)))[0]
            right += int(every.argmax() == own and every.max() >= 0.5)
            largest = max(largest, *(every[symbol] for symbol in range(5) if symbol != own))
        assert found.held.right[0, place] == right
        assert found.intrusion[0, place] == pytest.approx(largest, abs=1e-6)
        assert found.held.trials == 4 * len(symbols)
    assert 0 < found.held.fraction.mean() < 1


def test_chains_lose_what_one_copy_loses():
    built = network("all, direct")
    found = ab.chains(built, 5)
    assert found.pairs == tuple(itertools.permutations("abc", 2))
    assert found.right.all_right
    # One relay that never excites.
    cut = built.replace("a", "b", ab.Synapses(built.synapses_between("a", "b").weights, jax.numpy.full(48, -99.0)))
    broken = ab.chains(cut, 3, trials=2)
    lost = {pair: row.tolist() for pair, row in zip(broken.pairs, broken.right.right, strict=True)}
    assert lost["a", "b"] == [0, 0, 0]
    assert lost["b", "a"] == [10, 0, 0]
    assert lost["a", "c"] == lost["b", "c"] == lost["c", "b"] == [10, 10, 10]
    assert str(broken).splitlines()[1].split()[:2] == ["1", "a->b"]


def test_chains_go_where_relays_lead():
    # One copy there, two on the way back.
    ring = ab.chains(network("ring, loop"), 4)
    assert len(ring.pairs) == 6
    assert ring.right.all_right
    one_way = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"a": 64, "b": 64},
        relays=[("a", "b")],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert ab.chains(one_way, 1).pairs == (("a", "b"),)
    with pytest.raises(ab.NetworkError, match="and back, as it takes for more than one copy"):
        ab.chains(one_way, 2)
    # What a holds shows in b, and nothing of b in a.
    leaky = ab.isolation(one_way, leak=1.0)
    assert leaky.information[0, 0, 0] == 1.0
    assert leaky.information[0, 1, 0] == 0.0
    assert leaky.held.right[0, 0] == leaky.held.trials == 2


def test_stuck_gates_are_told_with_what_they_cost():
    found = ab.stuck_gates(network("all, direct"), gates=["b", "a->b"])
    (b_closed, b_open), (relay_closed, relay_open) = found.held.right.tolist()
    assert b_closed == [5, 0, 5]
    assert b_open == relay_closed == [5, 5, 5]
    # The open relay writes on b what a holds.
    assert relay_open[0] == relay_open[2] == 5
    assert relay_open[1] < 5
    copied = dict(zip(found.pairs, found.copied.right[1, 0].tolist(), strict=True))
    assert copied == dict.fromkeys(found.pairs, 5) | {("a", "b"): 0}
    lines = str(found).splitlines()
    assert lines[1] == "none"
    assert any(line.startswith("a->b  closed") and line.endswith("a->b 0/5") for line in lines)
    assert found.sound_held.all_right
    # What noise alone loses is not laid to the gate.
    noisy = ab.stuck_gates(network("all, direct"), gates=["a"], noise=0.2, key=jax.random.key(0))
    assert not noisy.sound_held.all_right
    assert noisy.held.right[0, 1].tolist() == noisy.sound_held.right.tolist()
    assert str(noisy).splitlines()[1].startswith("none")
    assert "/5" in str(noisy).splitlines()[1]
    unlinked = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"a": 64, "b": 64},
        relays=[],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert ab.stuck_gates(unlinked).held.right.tolist() == [[[0, 2], [2, 2]], [[2, 0], [2, 2]]]


@pytest.mark.parametrize("conductance", [0, 0.25, 1])
@pytest.mark.parametrize("branching", [False, True])
def test_a_stuck_gate_is_that_gate_at_every_tick(conductance, branching):
    built = network("all, direct")
    program = ab.clear("c") + ab.copy("a", "b") + ab.clear("a")
    program = ab.repeat(1, program) if branching else program
    start = built.silent().replace("a", built.codes("a")[:1].astype(float))
    stuck = {"a->b": conductance, "b": True}
    trace = ab.run(built, program, start, stuck=stuck, record="states", throw=False)
    untouched = ab.run(built, program, start, record="states").gates
    assert trace.gates.shape == untouched.shape
    for place, gate in enumerate(built.gates):
        expected = stuck.get(gate)
        assert (trace.gates[..., place] == (untouched[..., place] if expected is None else expected)).all()
    state = start
    for tick, gates in enumerate(trace.gates.reshape(-1, len(built.gates))):
        state = ab.tick(built, state, gates)
        for buffer in "abc":
            np.testing.assert_array_equal(trace.states[buffer][tick], np.asarray(state[buffer]) > 0)
    assert ("s0" in trace.decode()["b"]) == (conductance == 1)


def test_long_chains_say_what_is_too_long():
    with pytest.raises(ab.ArgumentError, match="copies is 1000000"):
        ab.chains(pair(), 1_000_000)
    with pytest.raises(ab.ArgumentError, match="ticks is 2097152"):
        ab.isolation(pair(), ticks=2**21)


def test_a_leak_is_the_least_that_a_stuck_gate_conducts():
    built = pair()
    state = ab.run(built, ab.load("focus", "s1")).state
    trace = ab.run(built, ab.clear("agent"), state, stuck={"focus->agent": 0}, leak=1.0, throw=False)
    assert trace.decode()["agent"] == ["s1"]
    # A condition reads past the gate.
    asked = ab.load("agent", "s1") + ab.when(ab.equal("focus", "agent"), ab.emit("agent"))
    assert ab.run(built, asked, state, stuck={"focus->agent": 0, "agent->focus": 0}).outputs == [["s1"]]


@pytest.mark.parametrize(("right", "trials"), [(np.array([4]), 3), (np.array([-1]), 3), (np.array([0]), 0)])
def test_proportions_are_of_counts(right, trials):
    with pytest.raises(ab.ArgumentError, match=r"right is|trials is"):
        ab.Proportion(right, trials)
