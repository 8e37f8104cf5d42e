"""A closed relay passes nothing: what the source holds leaves no trace in the target, not in one bit at any tick."""

import itertools
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import BUFFERS

import attractorbind as ab

# Four symbols, a silent source, and three states of no meaning, one of them with every unit on.
CONTENTS = 8
SYMBOLS = ("s0", "s1", "s2", "s3")


@cache
def network(relay: str) -> ab.Network:
    return ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers=dict.fromkeys(BUFFERS, 48),
        relay=relay,
        activity=0.15,
        rule=ab.PseudoInverse(),
        key=jax.random.key(11),
    )


def state_with(relay: str, source: str, others: dict[str, str]) -> ab.State:
    """One trial for everything that the source may hold, the other buffers the same in all."""
    built = network(relay)
    codes = np.array(built.codes(source))
    random = np.random.default_rng(5).random((2, 48)) < 0.3
    contents = np.concatenate([codes, np.zeros((1, 48)), random, np.ones((1, 48))])
    state = built.silent(trials=CONTENTS).replace(source, jnp.asarray(contents, jnp.float32))
    for buffer, symbol in others.items():
        code = built.codes(buffer)[built.vocabulary[symbol]]
        state = state.replace(buffer, jnp.broadcast_to(code, (CONTENTS, 48)).astype(float))
    return state


def same_noise_in_all_trials() -> jax.Array:
    return jnp.broadcast_to(jax.random.key(2), (CONTENTS,))


def trajectory(relay: str, program: ab.Program, start: ab.State, buffer: str, noise: float) -> np.ndarray:
    keys = same_noise_in_all_trials()
    trace = ab.run(network(relay), program, start, noise=noise, key=keys, record="states", throw=False)
    return np.asarray(trace.states[buffer])


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("relay", ["direct", "nucleus"])
@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(BUFFERS, 2)))
def test_closed_relay_passes_nothing(source, target, relay, noise):
    (third,) = set(BUFFERS) - {source, target}
    # The target holds, is written to from elsewhere, hands on what it has, also to the source, and is cleared.
    program = (
        ab.hold(3)
        + ab.copy(third, target)
        + ab.copy(target, source)
        + ab.gates(open={f"{third}->{target}": 0.5}, ticks=2)
        + ab.load(target, "s3")
        + ab.clear(target)
        + ab.hold(2)
    )
    start = state_with(relay, source, {target: "s0", third: "s1"})
    seen = trajectory(relay, program, start, target, noise)
    assert seen.any(axis=2).sum() > 0
    np.testing.assert_array_equal(seen, np.broadcast_to(seen[:, :1], seen.shape))


@pytest.mark.parametrize("relay", ["direct", "nucleus"])
@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(BUFFERS, 2)))
def test_open_relay_passes_each_symbol_on(source, target, relay):
    start = state_with(relay, source, {target: "s0"})
    seen = trajectory(relay, ab.copy(source, target), start, target, 0.0)[-1]
    assert len({state.tobytes() for state in seen[: len(SYMBOLS)]}) == len(SYMBOLS)
    np.testing.assert_array_equal(seen[: len(SYMBOLS)], network(relay).codes(target))


@pytest.mark.parametrize("relay", ["direct", "nucleus"])
def test_weights_under_a_closed_gate_are_not_even_read(relay):
    built = network(relay)
    closed = built.gates.index("a->b")
    spoiled = eqx.tree_at(
        lambda network: [
            network.synapses[place].weights
            for place, projection in enumerate(network.wiring.projections)
            if projection.gate == closed
        ],
        built,
        replace_fn=lambda weights: jnp.full_like(weights, jnp.nan),
    )
    program = ab.load("a", "s0") + ab.load("c", "s1") + ab.copy("c", "b") + ab.swap("a", "c")
    expected = ab.run(built, program)
    trace = ab.run(spoiled, program)
    assert trace.ok
    for name in trace.state.names:
        np.testing.assert_array_equal(trace.state[name], expected.state[name])
    assert not ab.run(spoiled, program + ab.copy("a", "b"), throw=False).ok


def test_a_leak_is_not_isolation():
    # So that the tests above would notice a gate that does not quite close.
    start = state_with("direct", "a", {"b": "s0"})
    trace = ab.run(network("direct"), ab.hold(4), start, leak=0.9, record="states", throw=False)
    seen = np.asarray(trace.states["b"])
    assert (seen != seen[:, :1]).any()
