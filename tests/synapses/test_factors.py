"""Weights kept as factors: the same network, to the last bit, as with the matrices written out."""

import dataclasses
import warnings
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from files import NETWORK, unsealed

import attractorbind as ab
from attractorbind._sealed import write_sealed

UNITS = 256


@cache
def network(**options) -> ab.Network:
    usual = {
        "vocabulary": ab.Vocabulary([f"s{number}" for number in range(20)]),
        "buffers": tuple({"a": UNITS, "b": UNITS, "c": 300}.items()),
        "activity": 0.1,
        "rule": ab.MaximalStability(),
        "key": jax.random.key(0),
    }
    arguments = usual | options
    return ab.build(**arguments | {"buffers": dict(arguments["buffers"])})


def written_out(built: ab.Network) -> ab.Network:
    return dataclasses.replace(built, synapses=tuple(one.dense() for one in built.synapses))


def kinds(built: ab.Network) -> set[type]:
    return {type(one) for one in built.synapses}


@pytest.mark.parametrize("rule", [ab.MaximalStability(), ab.PseudoInverse()])
@pytest.mark.parametrize("recurrent", [True, False])
def test_fields_are_those_of_the_matrix_bit_for_bit_from_any_state(rule, recurrent):
    built = network(rule=rule)
    assert kinds(built) == {ab.FactoredSynapses}
    synapses = built.synapses_between("a", "a" if recurrent else "c")
    generator = np.random.default_rng(0)
    for density in (0.0, 0.1, 0.5, 1.0):
        states = jnp.asarray(generator.random((8, UNITS)) < density, jnp.float32)
        fields = np.asarray(synapses.fields(states))
        np.testing.assert_array_equal(fields, synapses.dense().fields(states))
        # In whatever order they are summed.
        order = generator.permutation(UNITS)
        weights = np.asarray(synapses.weights)[order]
        np.testing.assert_array_equal(fields, np.asarray(states)[:, order] @ weights + np.asarray(synapses.bias))
    if recurrent:
        np.testing.assert_array_equal(np.diag(synapses.weights), 0.0)


def test_runs_are_the_same_bit_for_bit():
    built = network()
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c") + ab.hold(5)
    program += ab.when(ab.equal("a", "c"), ab.clear("b"))
    options = {"args": {"x": ["s1", "s19"]}, "noise": 0.05, "key": jax.random.key(1), "record": "states"}
    one, other = ab.run(built, program, **options), ab.run(written_out(built), program, **options)
    for buffer, states in one.states.items():
        np.testing.assert_array_equal(states, other.states[buffer])
    assert one.ticks.tolist() == other.ticks.tolist()


def test_they_are_kept_where_they_are_cheaper_and_only_there():
    assert kinds(network()) == {ab.FactoredSynapses}
    few_units = tuple(dict.fromkeys("ab", 128).items())
    assert kinds(network(buffers=few_units)) == {ab.Synapses}
    many_symbols = ab.Vocabulary([f"s{number}" for number in range(120)])
    assert kinds(network(vocabulary=many_symbols)) == {ab.Synapses}
    # A free slot has a row, too.
    assert kinds(network(free=80)) == {ab.Synapses}
    assert kinds(network(rule=ab.Hebbian(), vocabulary=ab.Vocabulary(["dog", "cat"]))) == {ab.Synapses}


def test_they_are_not_kept_where_their_grid_would_cost_a_margin():
    few = tuple(dict.fromkeys("ab", UNITS).items())
    many = tuple({f"b{number}": UNITS for number in range(12)}.items())
    options = {"activity": 0.5, "rule": ab.PseudoInverse(), "vocabulary": ab.Vocabulary(["dog", "cat", "yak"])}
    assert kinds(network(buffers=few, **options)) == {ab.FactoredSynapses}
    # The larger the sums that a unit may receive, the coarser the grid.
    options["vocabulary"] = ab.Vocabulary([f"s{number}" for number in range(70)])
    built = network(buffers=many, relays="hub:b0", **options)
    assert kinds(built) == {ab.Synapses}
    assert built.report().wrong_bits == 0


def test_margins_are_nearly_those_that_were_learned():
    built = network()
    for row in built.report().projections:
        learned = ab.MaximalStability().solve(
            built.codes(row.source), built.codes(row.target), recurrent=row.source == row.target
        )
        assert row.stability > 0.93 * float(learned.stability.min())


def test_new_symbols_into_free_slots_change_no_shape():
    built = network(free=5)
    larger = ab.imprint(built, ["yak"])
    assert kinds(built) == kinds(larger) == {ab.FactoredSynapses}
    shapes = [jax.tree.map(jnp.shape, each.synapses) for each in (built, larger)]
    assert shapes[0] == shapes[1]
    trace = ab.run(larger, ab.load("a", "yak") + ab.copy("a", "c") + ab.hold(5))
    assert trace.decode() == {"a": ["yak"], "b": [None], "c": ["yak"]}


def test_they_come_back_from_a_file_bit_for_bit(tmp_path):
    built = network(free=2)
    built.save(tmp_path / "it")
    again = ab.Network.load(tmp_path / "it")
    assert kinds(again) == {ab.FactoredSynapses}
    for one, other in zip(jax.tree.leaves(built.synapses), jax.tree.leaves(again.synapses), strict=True):
        np.testing.assert_array_equal(one, other)


def test_lesions_and_synapses_of_ones_own(tmp_path):
    built = network()
    whole, hurt = written_out(built), ab.lesion(built, synapses=0.2, units=0.1, key=jax.random.key(2))
    expected = ab.lesion(whole, synapses=0.2, units=0.1, key=jax.random.key(2))
    for one, other in zip(hurt.synapses, expected.synapses, strict=True):
        np.testing.assert_array_equal(one.weights, other.weights)
    # What is put in for another projection has other codes than its source, and is written out.
    crossed = built.replace("a", "b", built.synapses_between("b", "a"))
    np.testing.assert_array_equal(crossed.synapses_between("a", "b").weights, built.synapses_between("b", "a").weights)
    crossed.save(tmp_path / "it")
    again = ab.Network.load(tmp_path / "it")
    for one, other in zip(crossed.synapses, again.synapses, strict=True):
        assert type(one) is type(other)
        np.testing.assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize("change", ["fewer rows", "more rows", "shifted codes", "no latch"])
def test_factors_of_other_codes_from_a_rule_of_ones_own_are_written_out(change):
    class Own(ab.AbstractStorageRule):
        def learn(self, source, target, *, recurrent):
            learned = ab.PseudoInverse().learn(source, target, recurrent=recurrent)
            codes, coefficients = learned.codes, learned.coefficients
            if change == "fewer rows":
                codes, coefficients = codes[:-1], coefficients[:-1]
            if change == "more rows":
                codes, coefficients = (jnp.concatenate([each, each[:1]]) for each in (codes, coefficients / 2))
            if change == "shifted codes":
                codes, coefficients = codes[::-1] * 0.3, coefficients[::-1] / 0.3
            latch = recurrent and change != "no latch"
            return ab.FactoredSynapses(codes, coefficients, learned.shift, learned.bias, latch)

    options = {"rule": Own(), "buffers": tuple(dict.fromkeys("ab", UNITS).items())}
    if change == "no latch":
        with pytest.raises(ab.NetworkError, match="themselves"):
            network(**options)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ab.CapacityWarning)
            assert kinds(network(**options)) == {ab.Synapses}


def test_a_file_with_factors_that_do_not_fit_is_refused(tmp_path):
    built = network()
    short = [
        ab.FactoredSynapses(one.codes[:5], one.coefficients[:5], one.shift, one.bias, one.recurrent)
        for one in built.synapses
    ]
    with pytest.raises(ab.FileError, match="a file cannot hold this network"):
        dataclasses.replace(built, synapses=tuple(short)).save(tmp_path / "it")
    built.save(tmp_path / "it")
    description, arrays = unsealed(tmp_path / "it")
    short = {name: array[:5] if name.endswith("coefficients") else array for name, array in arrays.items()}
    write_sealed(tmp_path / "it", NETWORK, description, short)
    with pytest.raises(ab.FileError, match="no network that makes sense"):
        ab.Network.load(tmp_path / "it")


def test_one_unit_at_a_time_goes_the_same_way():
    built = network()
    start = built.silent(2).replace("a", np.random.default_rng(0).random((2, UNITS)) < 0.2)
    one, other = (
        ab.descend(each, start, ["a->b"], sweeps=1, key=jax.random.key(3)) for each in (built, written_out(built))
    )
    np.testing.assert_array_equal(one.state["b"], other.state["b"])
