"""Runs: batches, continuation, records, result codes, noise, leak, decoding."""

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import BUFFERS, TRIALS, network, pair, program
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._keys import unused_key

PROGRAM = (
    ab.load("focus", ab.arg("x"))
    + ab.copy("focus", "agent")
    + ab.load("focus", ab.arg("y"))
    + ab.swap("focus", "agent")
    + ab.gates(open={"focus->agent": 0.5}, ticks=2)
    + ab.hold(3)
)
XS, YS = ["s0", "s3", "s5", "s0"], ["s2", "s2", "s4", "s1"]


def assert_same_states(one: ab.State, other: ab.State) -> None:
    assert one.names == other.names
    for name in one.names:
        np.testing.assert_array_equal(one[name], other[name])


def states(trace: ab.Trace) -> dict[str, np.ndarray]:
    return {name: np.asarray(recorded) for name, recorded in trace.states.items()}


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


def test_noise_differs_from_tick_to_tick_and_from_buffer_to_buffer():
    closed = ab.gates(closed=["focus", "agent"], ticks=8)
    trace = ab.run(pair(), closed, pair().silent(4), noise=0.3, key=jax.random.key(0), record="states", throw=False)
    rows = [row.tobytes() for recorded in states(trace).values() for row in recorded[:, 0]]
    assert len(set(rows)) == 16


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


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_modes_of_recording_agree(noise):
    run = partial(ab.run, pair(), PROGRAM, args={"x": XS, "y": YS}, noise=noise, key=jax.random.key(1), throw=False)
    final, decoded, every = (run(record=record) for record in ("final", "decoded", "states"))
    assert_same_states(final.state, decoded.state)
    assert_same_states(final.state, every.state)
    assert final.result.tolist() == decoded.result.tolist() == every.result.tolist()
    ticks = every.program.ticks
    for name, recorded in states(every).items():
        assert recorded.shape == (ticks, 4, 64)
        np.testing.assert_array_equal(recorded[-1], np.asarray(final.state[name]) > 0)
    for tick in range(-ticks, ticks):
        assert decoded.decode(tick) == every.decode(tick)
    assert decoded.decode(-1) == decoded.decode() == final.decode()
    for buffer in every.network.buffers:
        best = np.asarray(every.overlaps(buffer, 3)).max(axis=1)
        np.testing.assert_array_equal(decoded.best_overlap[buffer][3], best)
    assert final.states == final.best_symbol == decoded.states == every.best_symbol == {}


def test_gates_of_the_trace_are_those_of_the_schedule():
    trace = ab.run(pair(), PROGRAM, args={"x": "s0", "y": "s1"})
    np.testing.assert_array_equal(trace.gates, PROGRAM.compile(pair()).gates)
    assert trace.gates.shape == (trace.program.ticks, len(pair().gates))


def test_a_settled_run_is_ok():
    trace = ab.run(pair(), PROGRAM, args={"x": XS, "y": YS})
    assert trace.result.tolist() == [ab.Result.OK] * 4
    assert trace.ok
    assert repr(trace) == f"Trace(4 trials, {trace.program.ticks} ticks: 4 ok)"


def unsettled() -> tuple[ab.Program, ab.State]:
    """The relays both ways stay open and the latches closed: two symbols change places at every tick."""
    built = pair()
    exchange = ab.gates(open=["focus->agent", "agent->focus"], closed=["focus", "agent"], ticks=5)
    start = built.silent(trials=4).replace("focus", built.codes("focus")[jnp.array([0, 1, 1, 1])].astype(float))
    return exchange, start.replace("agent", built.codes("agent")[jnp.array([1, 1, 1, 1])].astype(float))


def test_a_run_that_would_go_on_changing_is_unsettled():
    exchange, start = unsettled()
    trace = ab.run(pair(), exchange, start, throw=False)
    assert trace.result.tolist() == [ab.Result.UNSETTLED] + [ab.Result.OK] * 3
    assert not trace.ok
    assert "1 unsettled" in repr(trace)
    assert trace.decode() == {"focus": ["s1"] * 4, "agent": ["s0"] + ["s1"] * 3}
    with pytest.raises(ab.RunError, match=r"1 of 4 trials unsettled.*hold\(\).*first is trial 0.*throw=False"):
        ab.run(pair(), exchange, start)
    with pytest.raises(ab.RunError):
        trace.check()


def test_noise_alone_does_not_make_a_run_unsettled():
    trace = ab.run(pair(), ab.load("focus", "s0"), noise=0.02, key=jax.random.key(0), throw=False)
    assert trace.ok


@pytest.mark.parametrize("value", [jnp.inf, jnp.nan])
def test_weights_that_are_no_numbers_are_non_finite(value):
    place = pair().wiring.projections.index(
        next(p for p in pair().wiring.projections if pair().gates[p.gate] == "focus->agent")
    )
    spoiled = eqx.tree_at(
        lambda network: network.synapses[place].weights, pair(), replace_fn=lambda w: w.at[0, 0].set(value)
    )
    crossing = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent")
    trace = ab.run(spoiled, crossing, args={"x": XS}, throw=False)
    assert trace.result.tolist() == [ab.Result.NON_FINITE] * 4
    with pytest.raises(ab.RunError, match=r"4 of 4 trials non-finite.*network\.synapses"):
        ab.run(spoiled, crossing, args={"x": XS})
    # What is not read does no harm.
    assert ab.run(spoiled, ab.load("focus", ab.arg("x")), args={"x": XS}).ok


def test_a_rule_without_finite_weights_is_refused():
    class Broken(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            return ab.Synapses(jnp.full((source.shape[1], target.shape[1]), jnp.nan), jnp.zeros(target.shape[1]))

    with pytest.raises(ab.NetworkError, match="Broken returned weights or biases that are not finite"):
        ab.build(ab.Vocabulary(["s0", "s1"]), buffers={"a": 16}, activity=0.2, rule=Broken(), key=jax.random.key(0))


def test_a_network_whose_weights_are_not_finite_says_so_when_it_runs():
    sound = pair()
    # `build` and `replace` refuse such weights; whoever works on the pytree itself can still make them.
    broken = eqx.tree_at(lambda network: network.synapses[0].bias, sound, jnp.full(64, jnp.nan))
    with pytest.raises(ab.RunError, match="non-finite"):
        ab.run(broken, ab.load("focus", "s0"))
    assert ab.run(broken, ab.load("focus", "s0"), throw=False).result.tolist() == [ab.Result.NON_FINITE]


@pytest.mark.parametrize("noise", [0.02, 0.3])
def test_units_flip_at_the_stated_rate_in_every_population(noise):
    built = network("hub, nucleus")
    trials, ticks = 200, 5
    everything_closed = ab.gates(closed=list(BUFFERS), ticks=ticks)
    trace = ab.run(
        built, everything_closed, built.silent(trials), noise=noise, key=jax.random.key(9), record="states", throw=False
    )
    samples = [np.asarray(recorded) for recorded in trace.states.values()]
    samples += [np.asarray(trace.state[name]) for name in trace.state.names if "->" in name]
    for sample in samples:
        assert abs(sample.mean() - noise) < 5 * np.sqrt(noise * (1 - noise) / sample.size)
        # No unit of its own mind.
        per_unit = sample.reshape(-1, sample.shape[-1]).mean(axis=0)
        assert abs(per_unit - noise).max() < 5.5 * np.sqrt(noise * (1 - noise) / (sample.size / sample.shape[-1]))


def test_noise_flips_units_off_as_often_as_on():
    built = network("hub, nucleus")
    start = built.silent(trials=200)
    once = ab.present("a", "s0")
    trace = ab.run(built, once, start, noise=0.1, key=jax.random.key(9), record="states", throw=False)
    code = np.asarray(built.codes("a"))[0]
    state = np.asarray(trace.state["a"])
    for flipped in (1 - state[:, code], state[:, ~code]):
        assert abs(flipped.mean() - 0.1) < 5 * np.sqrt(0.09 / flipped.size)


def test_noise_of_one_inverts_everything():
    trace = ab.run(pair(), ab.present("focus", "s0"), noise=1.0, key=jax.random.key(0), throw=False)
    np.testing.assert_array_equal(trace.state["focus"][0], ~pair().codes("focus")[0])
    np.testing.assert_array_equal(trace.state["agent"][0], np.ones(64))


def test_the_key_does_not_matter_without_noise():
    run = partial(ab.run, pair(), PROGRAM, args={"x": XS, "y": YS})
    assert_same_states(run().state, run(key=jax.random.key(123)).state)


def corrupted(built: ab.Network) -> ab.State:
    generator = np.random.default_rng(0)
    start = built.silent(TRIALS)
    for name in start.names:
        start = start.replace(name, jnp.asarray(generator.random(start[name].shape) < 0.2, jnp.float32))
    return start


@pytest.mark.parametrize("configuration", ["all, direct", "hub, nucleus"])
def test_no_leak_contributes_nothing_and_full_leak_is_an_open_gate(configuration):
    built = network(configuration)
    run = partial(ab.run, built, record="states", throw=False)
    start = corrupted(built)
    mixed = ab.gates(closed=["a"], ticks=2) + ab.hold(2) + ab.gates(open=["a->b"], ticks=2)
    assert_same_states(run(mixed, start, leak=0.0).state, run(mixed, start).state)
    opened = ab.gates(open=[gate for gate in built.gates if "->" in gate], ticks=6)
    leaking, open_all = run(mixed, start, leak=1.0), run(opened, start)
    for buffer in built.buffers:
        np.testing.assert_array_equal(leaking.states[buffer], open_all.states[buffer])
    assert_same_states(leaking.state, open_all.state)


def test_a_leak_is_the_least_conductance():
    built = network("all, direct")
    start = corrupted(built)
    leaky = ab.gates(open={"a->b": 0.5, "a->c": 0.125}, closed=["a"])
    relays = {gate: 0.25 for gate in built.gates if "->" in gate}
    by_hand = ab.gates(open={**relays, "a->b": 0.5, "a": 0.25})
    leaking = ab.run(built, leaky, start, leak=0.25, record="states", throw=False)
    assert_same_states(leaking.state, ab.run(built, by_hand, start, record="states", throw=False).state)


def test_nothing_stands_where_no_code_is_overlapped_enough():
    built = pair()
    code = np.asarray(built.codes("focus"))[2]
    half = code & (np.cumsum(code) <= 4)
    state = built.silent(trials=4).replace(
        "focus", jnp.asarray(np.stack([code, half, np.zeros(64), np.zeros(64)]), jnp.float32)
    )
    trace = ab.run(built, ab.gates(closed=["agent"]), state, record="states", throw=False)
    trace = eqx.tree_at(lambda trace: trace.state, trace, state)
    overlap = float(trace.overlaps("focus")[1, 2])
    assert 0.75 < overlap < 0.85
    assert trace.decode()["focus"] == ["s2", "s2", None, None]
    assert trace.decode(threshold=overlap + 0.01)["focus"] == ["s2", None, None, None]
    assert trace.decode(threshold=0)["focus"][:2] == ["s2", "s2"]
    assert trace.decode(threshold=1)["agent"] == [None] * 4


@given(seed=st.integers(0, 999), density=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
@settings(max_examples=25)
def test_overlaps_are_correlations(seed, density):
    codes = np.asarray(pair().codes("focus"))
    states = np.random.default_rng(seed).random((3, 64)) < density
    measured = np.asarray(ab.overlaps(jnp.asarray(states), jnp.asarray(codes)))
    assert measured.shape == (3, 6)
    for state, row in zip(states, measured, strict=True):
        for code, overlap in zip(codes, row, strict=True):
            varies = 0 < state.sum() < 64
            expected = np.corrcoef(state, code)[0, 1] if varies else 0.0
            assert overlap == pytest.approx(expected, abs=1e-5)


def test_overlaps_of_nuclei_are_those_of_the_final_state():
    built = network("hub, nucleus")
    trace = ab.run(
        built, ab.load("a", "s1") + ab.gates(open=["a->b"]), built.silent(TRIALS), record="states", throw=False
    )
    assert trace.overlaps("a->b").shape == (TRIALS, 5)
    assert float(trace.overlaps("a->b")[0, 1]) == pytest.approx(1.0, abs=1e-5)


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
