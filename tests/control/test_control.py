"""Control as a user sees it: conditions, loops, inputs and outputs, and trials that go ways of their own."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import network, pair

import attractorbind as ab

YES, NO = ab.load("agent", "s0"), ab.load("agent", "s1")


def answers(condition: ab.Condition, args: dict, before: ab.Program) -> list[str | None]:
    """Whether the condition held in each trial, "s0" for yes."""
    return ab.run(pair(), before + ab.when(condition, YES, NO), args=args).decode()["agent"]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_truth_tables(first, second):
    left = ab.holds("focus", "s2" if first else "s3")
    right = ab.holds("focus", "s2") if second else ab.empty("focus")
    for condition, expected in (
        (left & right, first and second),
        (left | right, first or second),
        (~left, not first),
        (~(left & ~right) | (right & left), not (first and not second) or (first and second)),
        (~~left & ~(~left | ~right), first and second),
    ):
        assert answers(condition, {}, ab.load("focus", "s2")) == ["s0" if expected else "s1"]


def test_equal_is_read_whichever_way_the_relay_leads():
    one_way = ab.build(
        ab.Vocabulary(["s0", "s1", "s2"]),
        buffers={"focus": 64, "agent": 64, "out": 64},
        relays=[("agent", "focus")],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    load = ab.load("focus", ab.arg("x")) + ab.load("agent", ab.arg("y"))
    args = {"x": ["s0", "s1", "s2"], "y": ["s0", "s2", "s2"]}
    for condition in (ab.equal("focus", "agent"), ab.equal("agent", "focus")):
        program = load + ab.when(condition, ab.load("out", "s0"), ab.load("out", "s1"))
        assert ab.run(one_way, program, args=args).decode()["out"] == ["s0", "s1", "s0"]


def test_empty_buffers_are_equal_to_nothing():
    for before in (ab.hold(), ab.load("focus", "s3")):
        assert answers(ab.equal("focus", "agent"), {}, before) == ["s1"]


@pytest.mark.parametrize("condition", [ab.equal("focus", "agent"), ab.holds("agent", "s0")])
def test_what_agrees_by_more_than_a_half_is_the_same(condition):
    """Parts of a code, in a buffer with a latch that holds whatever it is given."""
    built = pair()
    place = next(i for i, p in enumerate(built.wiring.projections) if built.gates[p.gate] == "agent")
    synapses = list(built.synapses)
    synapses[place] = ab.Synapses(jnp.eye(64), jnp.full(64, -0.5))
    built = dataclasses.replace(built, synapses=tuple(synapses))
    code = np.asarray(built.codes("agent")[0])
    parts = np.array([code & (np.cumsum(code) <= units) for units in range(1, code.sum() + 1)], float)
    whole = jnp.repeat(built.codes("focus")[:1], len(parts), axis=0)
    state = built.silent(len(parts)).replace("agent", parts).replace("focus", whole)
    agree = [np.corrcoef(part, code)[0, 1] for part in parts]
    assert any(0.5 < each < 0.6 for each in agree)
    trace = ab.run(built, ab.when(condition, ab.emit("focus")) + ab.emit("agent"), state)
    assert trace.outputs == [["s0", "s0"] if each > 0.5 else [None] for each in agree]


def test_each_trial_is_asked_for_its_own_symbol():
    condition = ab.holds("focus", ab.arg("y"))
    args = {"x": ["s2", "s3", "s4", "s2"], "y": ["s3", "s3", "s4", "s5"]}
    assert answers(condition, args, ab.load("focus", ab.arg("x"))) == ["s1", "s0", "s0", "s1"]


def test_blocks_inside_blocks_do_all_that_is_in_them():
    program = ab.Program()
    for _ in range(4):
        program = ab.emit("focus") + program + ab.emit("focus")
        program = ab.when(ab.holds("focus", "s3"), ab.emit("agent") * 2, program)
    within = ab.Program()
    for _ in range(4):
        within = ab.emit("focus") + within + ab.emit("focus")
        within = ab.when(ab.holds("focus", "s3"), within, ab.emit("agent") * 2)
    trace = ab.run(pair(), ab.load("focus", ab.arg("x")) + program + within, args={"x": ["s1", "s3"]})
    assert trace.outputs == [["s1"] * 8 + [None] * 2, [None] * 2 + ["s3"] * 8]


def test_each_trial_goes_its_own_way():
    program = ab.load("focus", ab.arg("x")) + ab.when(
        ab.holds("focus", "s2"), ab.copy("focus", "agent"), ab.when(ab.holds("focus", ab.arg("y")), ab.clear("focus"))
    )
    trace = ab.run(pair(), program, args={"x": ["s2", "s3", "s4"], "y": ["s3", "s3", "s3"]})
    assert trace.decode() == {"focus": ["s2", None, "s4"], "agent": ["s2", None, None]}
    assert len(set(trace.ticks.tolist())) > 1


def test_loops_inside_loops_count_for_themselves():
    inner = ab.repeat(3, ab.emit("focus"))
    program = ab.load("focus", "s1") + ab.repeat(2, ab.emit("agent") + inner)
    assert ab.run(pair(), program).outputs == [[None, "s1", "s1", "s1"] * 2]
    # A loop that is left early begins anew the next time.
    early = ab.read("focus") + ab.until(ab.empty("focus"), ab.emit("focus") + ab.read("focus"), limit=3)
    trace = ab.run(pair(), ab.repeat(3, early), inputs=["s1", "s2", "s3"], throw=False)
    assert trace.outputs == [["s1", "s2", "s3"]]
    assert trace.ok


@pytest.mark.parametrize(("limit", "result"), [(2, ab.Result.LIMIT), (3, ab.Result.OK)])
def test_a_limit_reached_ends_the_trial_with_a_code(limit, result):
    program = ab.read("focus") + ab.until(ab.empty("focus"), ab.emit("focus") + ab.read("focus"), limit=limit)
    program += ab.load("agent", "s5")
    trace = ab.run(pair(), program, inputs=[["s0", "s1", "s2"], ["s3"]], throw=False)
    assert trace.result.tolist() == [result, ab.Result.OK]
    assert trace.outputs == [["s0", "s1", "s2"][:limit], ["s3"]]
    # The trial ends there: what comes after is not done.
    assert trace.decode()["agent"] == ["s5" if result == ab.Result.OK else None, "s5"]
    if result == ab.Result.LIMIT:
        with pytest.raises(ab.RunError, match=r"1 of 2 trials ended at a limit.*raise the limit.*first is trial 0"):
            ab.run(pair(), program, inputs=[["s0", "s1", "s2"], ["s3"]])


def test_more_outputs_than_there_was_room_for_at_first():
    program = ab.load("focus", "s4") + ab.repeat(150, ab.emit("focus")) + ab.clear("focus") + ab.emit("focus")
    assert ab.run(pair(), program).outputs == [["s4"] * 150 + [None]]


def test_past_the_end_of_the_inputs_the_buffer_is_left_empty():
    for latch in ("recurrence", "loop"):
        built = ab.build(
            ab.Vocabulary(["s0", "s1", "s2"]),
            buffers={"word": 64},
            activity=0.1,
            rule=ab.PseudoInverse(),
            key=jax.random.key(0),
            latch=latch,
        )
        trace = ab.run(built, (ab.read("word") + ab.emit("word")) * 3, inputs=[[], ["s2"], ["s1", "s0", "s1", "s2"]])
        assert trace.outputs == [[None] * 3, ["s2", None, None], ["s1", "s0", "s1"]]


@pytest.mark.parametrize("length", [7, 8])
def test_there_is_nothing_past_the_end_of_about_as_many_inputs_as_there_is_room_for(length):
    most = [f"s{number}" for number in (0, 1, 2, 3, 4, 5, 0, 1)][:length]
    trace = ab.run(pair(), ab.repeat(10, ab.read("focus") + ab.emit("focus")), inputs=[most, most[:5]])
    assert trace.outputs == [most + [None] * (10 - length), most[:5] + [None] * 5]


def test_one_input_sequence_serves_all_trials():
    program = ab.read("focus") + ab.load("agent", ab.arg("x")) + ab.emit("focus") + ab.emit("agent")
    trace = ab.run(pair(), program, args={"x": ["s1", "s2"]}, inputs=["s5"])
    assert trace.outputs == [["s5", "s1"], ["s5", "s2"]]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_reading_a_condition_changes_no_buffer(noise):
    condition = ab.equal("focus", "agent") | (ab.holds("focus", "s1") & ~ab.empty("agent"))
    state = pair().silent(trials=4)
    state = state.replace("focus", pair().codes("focus")[jnp.array([0, 1, 2, 3])])
    state = state.replace("agent", pair().codes("agent")[jnp.array([0, 4, 4, 4])])
    keys = jax.random.split(jax.random.key(1), 4)
    asked = ab.run(pair(), ab.when(condition, ab.Program()), state, noise=noise, key=keys, record="states")
    for trial, ticks in enumerate(asked.ticks):
        # The same as waiting as long, bit for bit; without noise, the same as nothing at all.
        alone = jax.tree.map(lambda a, trial=trial: a[trial : trial + 1], state)
        waited = ab.run(pair(), ab.hold(int(ticks)), alone, noise=noise, key=keys[trial : trial + 1], record="states")
        for buffer in ("focus", "agent"):
            np.testing.assert_array_equal(asked.states[buffer][:ticks, trial], waited.states[buffer][:, 0])
            if noise == 0:
                np.testing.assert_array_equal(asked.state[buffer], state[buffer])


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("configuration", ["all, direct", "hub, nucleus", "ring, loop"])
def test_a_trial_of_a_batch_is_its_own_single_run(configuration, noise):
    built = network(configuration)
    program = ab.read("a") + ab.copy("a", "b")
    program += ab.until(
        ab.empty("a"),
        ab.emit("b") + ab.when(ab.equal("a", "b"), ab.copy("b", "c"), ab.copy("a", "b")) + ab.read("a"),
        limit=4,
    )
    inputs = [["s0", "s1", "s1"], [], ["s2"], ["s3", "s0", "s2", "s1", "s4"], ["s4", "s4"]]
    keys = jax.random.split(jax.random.key(5), len(inputs))
    batch = ab.run(built, program, inputs=inputs, noise=noise, key=keys, throw=False)
    for trial, sequence in enumerate(inputs):
        single = ab.run(built, program, inputs=[sequence], noise=noise, key=keys[trial : trial + 1], throw=False)
        assert batch.ticks[trial] == single.ticks[0]
        assert batch.result[trial] == single.result[0]
        assert batch.outputs[trial] == single.outputs[0]
        for name in batch.state.names:
            np.testing.assert_array_equal(batch.state[name][trial], single.state[name][0], err_msg=name)


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("configuration", ["all, direct", "hub, nucleus", "ring, loop"])
def test_a_straight_line_is_the_same_on_both_drivers(configuration, noise):
    first, second = ("b", "a") if configuration == "hub, nucleus" else ("a", "b")
    program = ab.load(first, ab.arg("x")) + ab.copy(first, second) + ab.gates({f"{first}->{second}": 0.5}, [second])
    program += ab.present("c", "s2")

    def run(whole: ab.Program) -> ab.Trace:
        options: dict[str, Any] = {"args": {"x": ["s0", "s3"]}, "record": "states", "throw": False}
        return ab.run(network(configuration), whole, noise=noise, leak=0.25, key=jax.random.key(2), **options)

    straight, behind = run(program), run(program + ab.repeat(0, ab.hold()))
    ticks = straight.program.ticks
    for buffer in ("a", "b", "c"):
        np.testing.assert_array_equal(straight.states[buffer], behind.states[buffer][:ticks])
    np.testing.assert_array_equal(straight.gates, behind.gates[:ticks, 0])
    if noise == 0:
        # A reading before it takes three ticks, in which nothing happens without noise; then both end alike.
        before = run(ab.when(ab.empty("c"), ab.Program()) + program)
        assert before.ticks.tolist() == [3 + ticks] * 2
        for buffer in ("a", "b", "c"):
            np.testing.assert_array_equal(straight.states[buffer], before.states[buffer][3:])
        np.testing.assert_array_equal(straight.result, before.result)


def test_a_relay_that_one_trial_opens_does_not_reach_another():
    built = pair()
    place = next(i for i, p in enumerate(built.wiring.projections) if built.gates[p.gate] == "focus->agent")
    broken = list(built.synapses)
    broken[place] = ab.Synapses(jnp.full_like(broken[place].weights, jnp.nan), broken[place].bias)
    built = dataclasses.replace(built, synapses=tuple(broken))
    program = ab.load("focus", ab.arg("x")) + ab.when(ab.holds("focus", "s1"), ab.copy("focus", "agent"))
    trace = ab.run(built, program, args={"x": ["s1", "s2"]}, throw=False)
    assert trace.result.tolist() == [ab.Result.NON_FINITE, ab.Result.OK]
