"""Runs: batches, keys, continuation, and what may be given."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import PROGRAM, XS, YS, assert_same_states, pair, program, states
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._keys import unused_key


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_each_trial_of_a_batch_equals_its_own_run(noise):
    key = jax.random.key(4)
    run = partial(ab.run, pair(), PROGRAM, noise=noise, record="states", throw=False)
    batch = run(args={"x": XS, "y": YS}, key=key)
    for trial, (x, y) in enumerate(zip(XS, YS, strict=True)):
        own = run(args={"x": x, "y": y}, key=jax.random.fold_in(key, trial)[None])
        for name, recorded in states(own).items():
            np.testing.assert_array_equal(recorded[:, 0], states(batch)[name][:, trial])
        assert own.result[0] == batch.result[trial]


def test_trials_with_one_key_have_noise_of_their_own():
    trace = ab.run(
        pair(),
        PROGRAM,
        args={"x": ["s0"] * 4, "y": "s1"},
        noise=0.05,
        key=jax.random.key(4),
        record="states",
        throw=False,
    )
    assert all((recorded[:, 0] != recorded[:, 1]).any() for recorded in states(trace).values())


@pytest.mark.parametrize("branches", [False, True])
def test_two_programs_one_after_the_other_are_their_sum(branches):
    run, asked = partial(ab.run, pair(), noise=0.05, key=jax.random.key(4), throw=False), ab.holds("focus", "s0")
    # Those that branch take more ticks in some trials than in others.
    first = PROGRAM + (ab.when(asked, ab.hold(3)) if branches else ab.hold(3))
    second = (ab.when(asked, ab.hold(2)) if branches else ab.hold(2)) + ab.copy("focus", "agent") + ab.hold(4)
    args = {"x": XS, "y": YS}
    together, before = run(first + second, args=args), run(first, args=args)
    assert not branches or len(set(before.ticks.tolist())) > 1
    assert_same_states(run(second, before.state, after=before.ticks).state, together.state)
    keys, compiled = jax.vmap(jax.random.fold_in, (None, 0))(jax.random.key(4), jnp.arange(4)), second.compile(pair())
    outcome = ab.simulate(pair(), compiled, before.state, noise=0.05, keys=keys, after=jnp.asarray(before.ticks))
    assert_same_states(outcome.state, together.state)
    # Otherwise the second program has the noise of the first.
    assert any((run(second, before.state).state[name] != together.state[name]).any() for name in pair().buffers)


def test_one_number_of_ticks_serves_all_trials():
    run = partial(ab.run, pair(), ab.hold(4), pair().silent(3), noise=0.05, key=jax.random.key(4), throw=False)
    assert_same_states(run(after=7).state, run(after=[7, 7, 7]).state)
    assert_same_states(run(after=0).state, run().state)


def test_a_key_per_trial_sets_the_number_of_trials():
    keys = jax.random.split(jax.random.key(0), 4)
    trace = ab.run(pair(), ab.load("focus", "s0"), noise=0.01, key=keys, throw=False)
    assert trace.state.trials == 4


def test_one_symbol_and_one_state_serve_all_trials():
    start = pair().silent().replace("agent", pair().codes("agent")[3:4].astype(float))
    trace = ab.run(pair(), ab.load("focus", ab.arg("x")), start, args={"x": XS})
    assert trace.decode() == {"focus": XS, "agent": ["s3"] * 4}
    trace = ab.run(pair(), PROGRAM, args={"x": "s0", "y": YS})
    assert trace.state.trials == 4


def test_a_tuple_of_symbols_is_a_batch_too():
    assert ab.run(pair(), ab.load("focus", ab.arg("x")), args={"x": tuple(XS)}).decode()["focus"] == XS


def test_a_schedule_runs_as_its_program():
    args = {"x": XS, "y": YS}
    assert_same_states(
        ab.run(pair(), PROGRAM.compile(pair()), args=args).state, ab.run(pair(), PROGRAM, args=args).state
    )


INSTRUCTIONS = st.lists(
    st.sampled_from(
        [
            ("load", "focus", "s1"),
            ("load", "agent", "s2"),
            ("copy", "focus", "agent"),
            ("move", "agent", "focus"),
            ("swap", "focus", "agent"),
            ("clear", "focus"),
            ("gates", {"agent->focus": 0.5}, ["agent"], 1),
        ]
    ),
    min_size=1,
    max_size=4,
)


@given(first=INSTRUCTIONS, second=INSTRUCTIONS, leak=st.sampled_from([0.0, 0.125]))
@settings(max_examples=30)
def test_a_run_goes_on_from_the_state_of_another(first, second, leak):
    run = partial(ab.run, pair(), leak=leak, record="states", throw=False)
    whole, head = run(program(first + second)), run(program(first))
    tail = run(program(second), head.state)
    assert_same_states(tail.state, whole.state)
    for name, recorded in states(whole).items():
        np.testing.assert_array_equal(recorded, np.concatenate([states(head)[name], states(tail)[name]]))
    assert tail.result.tolist() == whole.result.tolist()


@pytest.mark.parametrize("wrap", [np.asarray, jnp.asarray])
def test_state_takes_codes_as_they_are(wrap):
    codes = pair().codes("focus")
    state = pair().silent(trials=4).replace("focus", wrap(codes)[:4])
    np.testing.assert_array_equal(state["focus"], np.asarray(codes, np.float32)[:4])
    assert ab.run(pair(), ab.hold(), state).decode()["focus"] == ["s0", "s1", "s2", "s3"]


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, jnp.float32])
def test_rates_may_be_scalars_of_any_kind(kind):
    trace = ab.run(pair(), ab.load("focus", "s0"), noise=kind(0), leak=kind(0))
    assert trace.ok


def test_a_run_that_fails_while_jax_traces_leaves_later_runs_alone():
    unused_key.cache_clear()
    built = pair()

    def traced(x):
        return ab.run(built, ab.hold()).state["focus"].sum() + x

    with pytest.raises(ab.NetworkError, match="traced"):
        jax.jit(traced)(1.0)
    # Nor does asking for the key itself, in the middle of a trace.
    jax.jit(lambda: jax.random.key_data(unused_key()))()
    assert ab.run(built, ab.hold()).ok
