"""Gates that are left to channels: open where they are chosen, and elsewhere as if the program did not name them."""

from typing import Any

import equinox as eqx
import gaters
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab

TRIALS = 8
GATES = ["word->first", "word->second"]
KINDS: dict[str, dict[str, Any]] = {
    "direct": {},
    "nuclei and loops": {"relay": "nucleus", "latch": "loop"},
}


def started(network: ab.Network) -> ab.State:
    """All buffers hold something."""
    full = ab.load("first", "green") + ab.load("second", "blue") + ab.load("word", "red") + ab.hold(3)
    return ab.run(network, full, network.silent(TRIALS)).state


def repeated_by_steps(trace: ab.Trace, start: ab.State, leak: float = 0.0) -> list[ab.State]:
    """The trace's gates again, tick by tick: no plan leaves anything out."""
    states, step, state = [], eqx.filter_jit(ab.step), start
    for number, gates in enumerate(trace.gates):
        keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(gaters.keys(TRIALS), number)
        state = step(trace.network, state, jnp.asarray(gates), key=keys, leak=leak)
        states.append(state)
    return states


def assert_repeated(trace: ab.Trace, start: ab.State, leak: float = 0.0) -> None:
    steps = repeated_by_steps(trace, start, leak)
    for name, recorded in trace.states.items():
        for number, state in enumerate(steps):
            np.testing.assert_array_equal(np.asarray(state[name]) > 0, recorded[number], err_msg=f"{name} {number}")
    gaters.assert_same_states(steps[-1], trace.state)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("how", ["gates", "one_of"])
def test_where_a_channel_is_closed_its_target_is_untouched(kind, how):
    network = gaters.built(**KINDS[kind])
    start = started(network)
    told: dict[str, Any] = {how: GATES}
    trace = ab.run(network, ab.choose("striatum", **told), start, key=gaters.keys(TRIALS), record="states")
    # As many ticks of nothing.
    left = ab.run(network, ab.hold(int(trace.ticks[0])), start, record="states")
    chosen = trace.choices["striatum"].chosen[-1]
    assert {tuple(row) for row in chosen[:, :2].tolist()} >= {(True, False), (False, True)}
    for channel, (gate, held) in enumerate(zip(GATES, ("green", "blue"), strict=True)):
        target, opened = gate.split("->")[1], chosen[:, channel]
        names = [p.name for p in network.wiring.populations if p.name == target or target in p.name.split()]
        for name in names:
            np.testing.assert_array_equal(trace.state[name][~opened], left.state[name][~opened])
        np.testing.assert_array_equal(
            np.asarray(trace.states[target])[:, ~opened], np.asarray(left.states[target])[:, ~opened]
        )
        assert trace.decode()[target] == ["red" if one else held for one in opened]
        of_gates = trace.gates[:, :, network.wiring.gate_index[gate]]
        latch = trace.gates[:, :, network.wiring.gate_index[target]]
        assert (of_gates.max(axis=0) == opened).all()
        assert (latch.min(axis=0) == ~opened).all()
    assert trace.decode()["word"] == ["red"] * TRIALS
    assert_repeated(trace, start)


def test_two_relays_to_one_buffer_exclude_each_other():
    network = gaters.built(channels=("word->first", "second->first"))
    start = started(network)
    both = ["word->first", "second->first"]
    trace = ab.run(network, ab.choose("striatum", one_of=both), start, key=gaters.keys(TRIALS), record="states")
    chosen = trace.choices["striatum"].chosen[-1]
    assert (chosen.sum(axis=1) == 1).all()
    assert chosen.any(axis=0).all()
    assert trace.decode()["first"] == ["red" if one else "blue" for one in chosen[:, 0]]
    # Whichever relay opens, the latch is closed meanwhile.
    assert (trace.gates[:, :, network.wiring.gate_index["first"]].min(axis=0) == 0).all()
    assert_repeated(trace, start)


@pytest.mark.parametrize("leak", [0.0, 0.02])
@pytest.mark.parametrize("stuck", [None, {"word->first": 0.0}, {"first": 1.0, "word->second": 1.0}])
def test_stuck_gates_and_leaks_are_what_they_are_in_steps(leak, stuck):
    network = gaters.built()
    start, choose = started(network), ab.choose("striatum", gates=GATES) * 2
    told: dict[str, Any] = {"leak": leak, "stuck": stuck, "throw": False}
    trace = ab.run(network, choose, start, key=gaters.keys(TRIALS), record="states", **told)
    for name, conductance in (stuck or {}).items():
        assert (trace.gates[..., network.wiring.gate_index[name]] == conductance).all()
    if stuck and "word->first" in stuck and not leak:
        assert set(trace.decode()["first"]) == {"green", None}
    assert_repeated(trace, start, leak)


def test_what_only_some_trials_open_is_computed_for_them():
    """A buffer that is written by a gate of some trials only, and read by another gate in the next choice."""
    network = gaters.built(conjunction=21)
    turn = ab.choose("striatum", gates=["word->second"]) + ab.copy("second", "first") + ab.clear("second")
    turn += ab.choose("striatum", one_of=["word->first", "word->second"]) + ab.copy("first", "word")
    start = started(network)
    trace = ab.run(network, ab.repeat(3, turn), start, key=gaters.keys(TRIALS), record="states", throw=False)
    assert len({tuple(row) for row in trace.choices["striatum"].chosen[-1].tolist()}) > 1
    assert_repeated(trace, start)
    last = ab.run(network, ab.repeat(3, turn), start, key=gaters.keys(TRIALS), throw=False)
    gaters.assert_same_states(last.state, trace.state)


@pytest.mark.parametrize(("weights", "opened"), [(-(2**22), False), (2**22, True)])
def test_a_policy_that_always_or_never_opens_is_no_trouble(weights, opened):
    network = gaters.built(explore=0.0, conjunction=0)
    start = gaters.with_policy(started(network), weights)
    program = ab.choose("striatum", gates=GATES) + ab.reward(0.5)
    trace = ab.run(network, program, start, key=gaters.keys(TRIALS))
    striatum = trace.state["striatum"]
    assert (np.asarray(striatum.chosen)[:, :2] == opened).all()
    assert (np.asarray(striatum.probability)[:, :2] == opened).all()
    # What was certain teaches nothing.
    assert not np.asarray(striatum.traces).any()
    np.testing.assert_array_equal(gaters.policy_of(trace.state).weights, gaters.policy_of(start).weights)
    assert set(trace.decode()["first"]) == {"red" if opened else "green"}
    # Chance alone makes it learn that the opposite pays.
    exploring = gaters.built(explore=1.0, rate=8.0, critic=0.0, forget=0.0, conjunction=0)
    other = ab.chosen("striatum", "word->first")
    again = ab.choose("striatum", gates=GATES) + ab.reward(when=~other if opened else other)
    began = gaters.with_policy(started(exploring), weights // 2**7)
    after = ab.run(exploring, ab.repeat(40, again), began, key=gaters.keys(TRIALS)).state["striatum"]
    before = ab.run(exploring, again, began, key=gaters.keys(TRIALS)).state
    moved = np.asarray(after.policy.weights)[:, 0].sum(axis=1) - np.asarray(gaters.policy_of(before).weights)[:, 0].sum(
        1
    )
    assert ((moved < 0) if opened else (moved > 0)).mean() > 0.9


@pytest.mark.parametrize("count", [2, 3, 5])
def test_trials_stay_in_step_whichever_program_is_chosen(count):
    channels = tuple("abcde"[:count])
    network = gaters.built(channels=channels, conjunction=0)
    bodies = {channel: ab.load("first", gaters.SYMBOLS[number % 3]) for number, channel in enumerate(channels)}
    program = ab.load("word", "red") + ab.choose("striatum", one_of=bodies) + ab.hold(2)
    trace = ab.run(network, program, key=gaters.keys(24))
    chosen = np.asarray(trace.state["striatum"].chosen)
    assert chosen.any(axis=0).all()
    assert (chosen.sum(axis=1) == 1).all()
    assert len(set(trace.ticks.tolist())) == 1
    assert trace.decode()["first"] == [gaters.SYMBOLS[number % 3] for number in chosen.argmax(axis=1)]


def test_credit_is_for_slots_that_were_read_out():
    """Channels that write on a buffer learn only where it was read out, by the other basal ganglia's choice."""
    area = ab.gating.BasalGanglia("in", reads=["word"], gates=GATES, critic=ab.gating.Critic(rate=0.0), shared=False)
    out = ab.gating.BasalGanglia("out", reads=["word"], gates=["first->word", "second->word"], shared=False)
    network = ab.build(ab.Vocabulary(gaters.SYMBOLS), buffers=dict.fromkeys(gaters.BUFFERS, gaters.UNITS),
        relays=[("word", "first"), ("word", "second"), ("first", "word"), ("second", "word")], areas=[area, out],
        activity=0.125, rule=ab.PseudoInverse(), key=jax.random.key(0))  # fmt: skip
    program = ab.load("word", "red") + ab.choose("in", gates=GATES)
    program += ab.choose("out", gates=["first->word", "second->word"])
    states = {
        through: ab.run(network, program + ab.reward(through=through), key=gaters.keys(TRIALS)).state
        for through in ("out", None)
    }
    read_out = np.asarray(states["out"]["out"].chosen)
    weights = {through: np.asarray(state["in"].policy.weights) for through, state in states.items()}
    assert 0 < read_out.sum() < read_out.size
    assert weights[None].any(axis=2).all()
    for trial in range(TRIALS):
        for channel in range(2):
            expected = weights[None][trial, channel] * read_out[trial, channel]
            np.testing.assert_array_equal(weights["out"][trial, channel], expected)
    gaters.assert_same(states["out"]["out"].policy, states[None]["out"].policy)


def test_a_slot_is_credited_through_whichever_channel_reads_it_out():
    out = ["first->word", "first->second"]
    areas = [ab.gating.BasalGanglia(name, reads=["word"], gates=gates) for name, gates in (("in", GATES), ("out", out))]
    relays = [("word", "first"), ("word", "second"), ("first", "word"), ("first", "second")]
    network = ab.build(ab.Vocabulary(gaters.SYMBOLS), buffers=dict.fromkeys(gaters.BUFFERS, gaters.UNITS),
        relays=relays, areas=areas, activity=0.125, rule=ab.PseudoInverse(), key=jax.random.key(0))  # fmt: skip
    left_to = ab.reward(through="out").compile(network).rows.left_to[0]
    wiring, both = network.wiring, [network.wiring.channel("out", channel) for channel in out]
    assert np.flatnonzero(left_to[wiring.gate_index["in:word->first"]]).tolist() == both
    assert not left_to[wiring.gate_index["in:word->second"]].any()
