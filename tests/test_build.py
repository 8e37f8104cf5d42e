"""Building: codes, the grid that makes fields exact sums, silence."""

import io
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, TRIALS, network
from hypothesis import given, settings, strategies as st

import attractorbind as ab

every_configuration = pytest.mark.parametrize("configuration", list(CONFIGURATIONS))
# Of the shapes of a configuration that is built anyway.
build = partial(ab.build, ab.Vocabulary([f"s{number}" for number in range(5)]), activity=0.15, rule=ab.PseudoInverse())


@every_configuration
def test_every_code_has_round_of_activity_times_units_on(configuration):
    activity = CONFIGURATIONS[configuration].get("activity", 0.15)
    built = network(configuration)
    for population in built.wiring.populations:
        codes = np.array(built.codes(population.name))
        assert codes.dtype == bool
        assert codes.shape == (len(built.vocabulary), population.units)
        assert (codes.sum(axis=1) == round(activity * population.units)).all()


@every_configuration
def test_codes_differ_between_symbols_and_between_populations(configuration):
    built = network(configuration)
    rows = [code.tobytes() for codes in built.all_codes for code in np.array(codes)]
    assert len(set(rows)) == len(rows)


def test_codes_of_two_populations_are_independent():
    symbols, units, active = 150, 300, 30
    built = ab.build(
        ab.Vocabulary([f"s{number}" for number in range(symbols)]),
        buffers={"a": units, "b": units},
        relays=[],
        activity=active / units,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    first, second = (np.array(built.codes(name), float) for name in "ab")
    overlaps = (first @ second.T).ravel()
    # Hypergeometric, of symbols with each other as of a symbol with itself in the other population.
    expected = active**2 / units
    variance = expected * (1 - active / units) * (units - active) / (units - 1)
    assert abs(overlaps.mean() - expected) < 5 * np.sqrt(variance / len(overlaps))
    assert abs((first * second).sum(axis=1).mean() - expected) < 5 * np.sqrt(variance / symbols)
    # No unit is favoured.
    counts = first.sum(axis=0)
    assert abs(counts - symbols * active / units).max() < 5 * np.sqrt(symbols * 0.09)


def leaves(built: ab.Network) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(built)]


def test_the_same_key_builds_the_same_network():
    make = partial(build, buffers={"a": 40, "b": 48})
    once, again, other = (leaves(make(key=jax.random.key(seed))) for seed in (0, 0, 1))
    for one, same in zip(once, again, strict=True):
        np.testing.assert_array_equal(one, same)
    assert any((one != different).any() for one, different in zip(once, other, strict=True))


def test_the_key_is_used_up_neither_by_names_nor_by_rule():
    one = build(buffers={"a": 40, "b": 48}, key=jax.random.key(0))
    other = build(buffers={"x": 40, "y": 48}, key=jax.random.key(0), rule=ab.Hebbian())
    for name, renamed in zip("ab", "xy", strict=True):
        np.testing.assert_array_equal(one.codes(name), other.codes(renamed))


@every_configuration
def test_weights_are_whole_multiples_of_one_quantum(configuration):
    built = network(configuration)
    quantum = 2 * float(built.drive) / 2**24
    assert np.log2(float(built.drive)) % 1 == 0
    for synapses in built.synapses:
        for array in (np.array(synapses.weights, float), np.array(synapses.bias, float)):
            np.testing.assert_array_equal(array / quantum, np.round(array / quantum))


@every_configuration
def test_drive_is_above_any_field_that_the_network_can_give(configuration):
    built = network(configuration)
    reach = np.zeros((len(built.wiring.populations), 64))
    for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True):
        weights, bias = np.array(synapses.weights, float), np.array(synapses.bias, float)
        reach[projection.target, : len(bias)] += np.abs(weights).sum(axis=0) + np.abs(bias)
    assert reach.max() < float(built.drive)


@given(
    configuration=st.sampled_from(list(CONFIGURATIONS)), seed=st.integers(0, 999), density=st.sampled_from([0.1, 0.5])
)
@settings(max_examples=25)
def test_fields_are_exact_in_any_order_of_summation(configuration, seed, density):
    built = network(configuration)
    generator = np.random.default_rng(seed)
    state = built.silent()
    for name in state.names:
        state = state.replace(name, jnp.asarray(generator.random(state[name].shape) < density, jnp.float32))
    gates = np.ones(len(built.gates), np.float32)
    fields = ab.fields(built, state, gates)
    names = [population.name for population in built.wiring.populations]
    for place, name in enumerate(names):
        terms = []
        for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True):
            if projection.target == place:
                active = np.array(state[names[projection.source]][0]) > 0
                terms += [*np.array(synapses.weights)[active], np.array(synapses.bias)]
        terms = np.array(terms)
        np.testing.assert_array_equal(np.asarray(fields[name])[0].astype(float), terms.astype(float).sum(axis=0))
        one_after_another = np.zeros(terms.shape[1], np.float32)
        for term in generator.permutation(terms):
            one_after_another += term
        np.testing.assert_array_equal(one_after_another, np.asarray(fields[name])[0])


@every_configuration
def test_a_silent_network_stays_silent_whatever_is_open(configuration):
    built = network(configuration)
    names = [gate for gate in built.gates if "->" in gate]
    trace = ab.run(built, ab.gates(open=names, ticks=4), built.silent(TRIALS), record="states")
    assert not any(np.asarray(states).any() for states in trace.states.values())


@pytest.mark.parametrize("configuration", ["all, direct", "line, nucleus and loop"])
def test_codes_are_fixed_points_with_any_agreeing_gates_open(configuration):
    built = network(configuration)
    state = built.silent(TRIALS)
    for name in state.names:
        state = state.replace(name, built.codes(name)[:TRIALS].astype(float))
    relays = [gate for gate in built.gates if "->" in gate]
    for opened in ([], relays[:1], relays[:2], relays):
        following = ab.tick(built, state, opened)
        for buffer in built.buffers:
            np.testing.assert_array_equal(following[buffer], state[buffer])


def test_build_does_not_touch_its_arguments():
    buffers = {"a": 40, "b": 48}
    pairs = [("a", "b")]
    build(buffers=buffers, relays=pairs, key=jax.random.key(0))
    assert buffers == {"a": 40, "b": 48}
    assert pairs == [("a", "b")]


def test_a_network_is_a_pytree_of_codes_and_weights():
    built = network("all, direct")
    leaves = jax.tree.leaves(built)
    # Codes, weights and biases, the drive, the key; the rest are the rule's settings.
    assert len([leaf for leaf in leaves if isinstance(leaf, jax.Array)]) == 3 + 2 * 9 + 1 + 1
    assert jax.tree.unflatten(jax.tree.structure(built), leaves).wiring == built.wiring
    file = io.BytesIO()
    eqx.tree_serialise_leaves(file, built)
    file.seek(0)
    again = eqx.tree_deserialise_leaves(file, built)
    assert eqx.tree_equal(again, built)
