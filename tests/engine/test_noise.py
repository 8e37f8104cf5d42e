"""Noise flips units at the stated rate, and leaks are the least conductance of all gates."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import BUFFERS, PROGRAM, TRIALS, XS, YS, assert_same_states, network, pair, states

import attractorbind as ab


def test_noise_differs_from_tick_to_tick_and_from_buffer_to_buffer():
    closed = ab.gates(closed=["focus", "agent"], ticks=8)
    trace = ab.run(pair(), closed, pair().silent(4), noise=0.3, key=jax.random.key(0), record="states", throw=False)
    rows = [row.tobytes() for recorded in states(trace).values() for row in recorded[:, 0]]
    assert len(set(rows)) == 16


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
