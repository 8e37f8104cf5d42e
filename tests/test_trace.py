"""Traces: what the modes of recording keep, and how codes are read off it."""

import dataclasses
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import PROGRAM, TRIALS, XS, YS, assert_same_states, network, pair, states
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._lexicon import exact_symbols


def test_of_symbols_that_share_a_code_the_first_is_named():
    built = pair()
    codes = np.asarray(built.all_codes[0]).copy()
    codes[3] = codes[1]
    alike = dataclasses.replace(built, all_codes=(jnp.asarray(codes), *built.all_codes[1:]))
    assert exact_symbols(alike, 0, codes[[3, 1, 0]]).tolist() == [1, 1, 0]


@pytest.mark.parametrize("corrupted", [0, 1, 12])
def test_a_state_is_named_as_its_overlaps_say(corrupted):
    built = pair()
    codes = np.asarray(built.codes("focus"))
    states = np.concatenate([codes, np.zeros_like(codes[:1]), np.ones_like(codes[:1])])
    states[:4, :corrupted] ^= True
    start = built.silent(len(states)).replace("focus", states.astype(np.float32))
    trace = dataclasses.replace(ab.run(built, ab.hold(), start, throw=False), state=start)
    match = np.asarray(trace.overlaps("focus"))
    names = [
        built.vocabulary.names[best] if most >= 0.5 else None
        for best, most in zip(match.argmax(1), match.max(1), strict=True)
    ]
    assert trace.decode()["focus"] == names


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
