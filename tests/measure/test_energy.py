"""The energy, and what the dynamics do to it. Only symmetric connections give a guarantee; others are not tested."""

from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, network
from hypothesis import given, settings, strategies as st

import attractorbind as ab

UNITS = 40
RELAYS = ("a->b", "b->a")


@cache
def symmetric(rule: ab.AbstractStorageRule) -> ab.Network:
    """Two buffers whose connections are made symmetric to the last bit; more symbols than they can store."""
    with pytest.warns(ab.CapacityWarning):
        built = ab.build(
            ab.Vocabulary([f"s{number}" for number in range(12)]),
            buffers={"a": UNITS, "b": UNITS},
            activity=0.2,
            rule=rule,
            key=jax.random.key(1),
        )
    weights = {(p.source, p.target): s.weights for p, s in zip(built.wiring.projections, built.synapses, strict=True)}
    symmetrised = [(weights[p.source, p.target] + weights[p.target, p.source].T) / 2 for p in built.wiring.projections]
    return eqx.tree_at(lambda network: [synapses.weights for synapses in network.synapses], built, symmetrised)


def random_state(built: ab.Network, seed: int, density: float, trials: int = 1) -> ab.State:
    generator = np.random.default_rng(seed)
    state = built.silent(trials)
    for name in state.names:
        state = state.replace(name, jnp.asarray(generator.random(state[name].shape) < density, jnp.float32))
    return state


def naive_energy(built: ab.Network, state: ab.State, conductances: np.ndarray, trial: int) -> float:
    total = 0.0
    for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True):
        weights, bias = np.array(synapses.weights, float), np.array(synapses.bias, float)
        x = np.array(state[state.names[projection.source]][trial], float)
        y = np.array(state[state.names[projection.target]][trial], float)
        pairs = sum(weights[j, i] for j in np.flatnonzero(x) for i in np.flatnonzero(y))
        total -= float(conductances[projection.gate]) * (pairs / 2 + sum(bias[i] for i in np.flatnonzero(y)))
    return total


@given(
    configuration=st.sampled_from(list(CONFIGURATIONS)),
    seed=st.integers(0, 99),
    opening=st.sampled_from([0.0, 0.25, 1.0]),
)
@settings(max_examples=15)
def test_energy_is_its_sum(configuration, seed, opening):
    built = network(configuration)
    state = random_state(built, seed, 0.3, trials=2)
    gates = built.gating(open=dict.fromkeys([gate for gate in built.gates if "->" in gate], opening))
    measured = ab.energy(built, state, gates)
    assert measured.shape == (2,)
    for trial in range(2):
        assert float(measured[trial]) == pytest.approx(naive_energy(built, state, gates, trial), rel=1e-5, abs=1e-3)


def test_energy_of_silence_is_zero():
    built = network("all, direct")
    assert ab.energy(built, built.silent(trials=2), ["a->b"]).tolist() == [0, 0]


@given(
    rule=st.sampled_from([ab.Hebbian(), ab.Storkey()]),
    seed=st.integers(0, 999),
    density=st.sampled_from([0.1, 0.5, 0.9]),
    opening=st.sampled_from([0.0, 0.5, 1.0]),
)
@settings(max_examples=20)
def test_asynchronous_update_never_raises_the_energy(rule, seed, density, opening):
    built = symmetric(rule)
    gates = built.gating(open=dict.fromkeys(RELAYS, opening))
    state = random_state(built, seed, density)
    generator = np.random.default_rng(seed)
    before, flipped = float(ab.energy(built, state, gates)[0]), 0
    for _ in range(15):
        name = state.names[generator.integers(2)]
        # One that would change, if there is one: others leave the energy as it is for no interesting reason.
        on = np.asarray(ab.fields(built, state, gates)[name][0]) > 0
        restless = np.flatnonzero(on != (np.asarray(state[name][0]) > 0))
        if len(restless) == 0:
            continue
        unit = int(generator.choice(restless))
        state = state.replace(name, state[name].at[0, unit].set(float(on[unit])))
        after = float(ab.energy(built, state, gates)[0])
        assert after <= before
        before, flipped = after, flipped + 1
    assert flipped > 0


@given(
    rule=st.sampled_from([ab.Hebbian(), ab.Storkey()]),
    seed=st.integers(0, 999),
    opening=st.sampled_from([0.0, 0.5, 1.0]),
)
@settings(max_examples=20)
def test_synchronous_update_ends_in_a_period_of_at_most_two(rule, seed, opening):
    built = symmetric(rule)
    start = random_state(built, seed, 0.4, trials=8)
    program = ab.gates(open=dict.fromkeys(RELAYS, opening), ticks=60)
    trace = ab.run(built, program, start, record="states", throw=False)
    for recorded in trace.states.values():
        np.testing.assert_array_equal(recorded[-1], recorded[-3])
        np.testing.assert_array_equal(recorded[-2], recorded[-4])


def test_a_cycle_of_two_does_occur():
    # So that the test above is not one of fixed points only.
    built = symmetric(ab.Hebbian())
    start = random_state(built, 0, 0.3, trials=8).replace("a", built.codes("a")[:8].astype(float))
    program = ab.gates(open=list(RELAYS), closed=["a", "b"], ticks=60)
    recorded = ab.run(built, program, start, record="states", throw=False).states["a"]
    assert (np.asarray(recorded[-1]) != np.asarray(recorded[-2])).any()
    np.testing.assert_array_equal(recorded[-1], recorded[-3])


@pytest.mark.parametrize("rule", [ab.Hebbian(), ab.Storkey()], ids=lambda rule: type(rule).__name__)
def test_latches_of_local_rules_are_symmetric_as_built(rule):
    built = ab.build(
        ab.Vocabulary(["s0", "s1", "s2", "s3"]),
        buffers={"a": 80, "b": 80},
        activity=0.1,
        rule=rule,
        key=jax.random.key(0),
    )
    weights = {(p.source, p.target): s.weights for p, s in zip(built.wiring.projections, built.synapses, strict=True)}
    for latch in ((0, 0), (1, 1)):
        np.testing.assert_array_equal(weights[latch], weights[latch].T)
    if isinstance(rule, ab.Hebbian):
        np.testing.assert_array_equal(weights[0, 1], weights[1, 0].T)


def test_fields_are_the_sum_over_open_projections():
    built = network("hub, nucleus")
    state = random_state(built, 5, 0.3, trials=2)
    gates = built.gating(open={"a->b": 0.5, "b->c": 1.0}, closed=["c"])
    expected = {name: np.zeros(state[name].shape) for name in state.names}
    for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True):
        source, target = state.names[projection.source], state.names[projection.target]
        weights, bias = np.array(synapses.weights, float), np.array(synapses.bias, float)
        expected[target] += gates[projection.gate] * (np.array(state[source], float) @ weights + bias)
    for name, field in ab.fields(built, state, gates).items():
        np.testing.assert_array_equal(np.asarray(field, float), expected[name])
