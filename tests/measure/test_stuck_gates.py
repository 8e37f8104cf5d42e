"""Stuck gates: what each of them costs, and what a run with one of them is."""

import jax
import numpy as np
import pytest
from examples import network, pair

import attractorbind as ab


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


def test_a_leak_is_the_least_that_a_stuck_gate_conducts():
    built = pair()
    state = ab.run(built, ab.load("focus", "s1")).state
    trace = ab.run(built, ab.clear("agent"), state, stuck={"focus->agent": 0}, leak=1.0, throw=False)
    assert trace.decode()["agent"] == ["s1"]
    # A condition reads past the gate.
    asked = ab.load("agent", "s1") + ab.when(ab.equal("focus", "agent"), ab.emit("agent"))
    assert ab.run(built, asked, state, stuck={"focus->agent": 0, "agent->focus": 0}).outputs == [["s1"]]
