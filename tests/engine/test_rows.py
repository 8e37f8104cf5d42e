"""Only the rows of units that are on are read, where that is quicker: with the same result, bit for bit."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import assert_same_states

import attractorbind as ab
import attractorbind._engine.driver as running
from attractorbind._engine import readers, rows

SYMBOLS = ["dog", "cat", "cow", "hen"]
SIZES = {"a": 76, "b": 92, "c": 28}


@pytest.fixture
def read(monkeypatch) -> Iterator[list[tuple[int, ...]]]:
    """Has rows read in small populations too, and tells for how many trials sums of rows were compiled."""
    shapes: list[tuple[int, ...]] = []

    def noted(weights, first, on):
        shapes.append(on.numbers.shape)
        return rows.sum_of_rows(weights, first, on)

    # What other tests have had compiled does not read rows.
    running._drive.clear_cache()
    monkeypatch.setattr(rows, "_FEWEST_UNITS", 40)
    monkeypatch.setattr(readers, "sum_of_rows", noted)
    yield shapes
    running._drive.clear_cache()


@pytest.mark.parametrize("trials", [1, 3])
@pytest.mark.parametrize("activity", [0.1, 0.7])
def test_runs_are_the_same_whether_rows_are_read_or_all(activity, trials, read):
    rule, key = ab.PseudoInverse(), jax.random.key(trials)
    network = ab.build(ab.Vocabulary(SYMBOLS), buffers=SIZES, activity=activity, rule=rule, key=key)
    relay = network.synapses_between("a", "b")
    network = network.replace("a", "b", ab.PlasticSynapses(relay.weights, relay.bias))
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "c") + ab.copy("c", "b")
    program += ab.when(ab.equal("a", "b"), ab.load("b", "hen") + ab.copy("b", "a"))
    words = SYMBOLS[:trials]
    own = ab.run(network, program, args={"x": words}, record="states", noise=0.01, key=jax.random.key(0), throw=False)
    # Within a function that JAX traces all weights are read.
    compiled, counted = program.compile(network), len(read)
    symbols = np.array(
        [
            [network.vocabulary[word] for word in words]
            if not isinstance(symbol, str)
            else [network.vocabulary[symbol]] * trials
            for _, symbol in compiled.slots
        ],
        np.int32,
    )
    keys = jax.vmap(lambda trial: jax.random.fold_in(jax.random.key(0), trial))(jnp.arange(trials))
    traced = jax.jit(lambda state: ab.simulate(network, compiled, state, symbols=symbols, noise=0.01, keys=keys))
    whole = traced(network.silent(trials))
    assert counted > 0
    assert len(read) == counted
    assert_same_states(own.state, whole.state)
    assert (own.ticks == whole.ticks).all()


@pytest.mark.parametrize("units", [32, 64, 75])
@pytest.mark.parametrize("trials", [1, 4])
def test_units_that_are_on_are_counted_and_numbered(units, trials):
    generator = np.random.default_rng(units)
    states = (generator.random((trials, units)) < 0.3).astype(np.float32)
    states[0] = 0
    states[-1, [0, units - 1]] = 1
    on = rows.units_on(jnp.asarray(states), most=48)
    weights = generator.integers(-9, 9, (2 * units, 20)).astype(np.float32)
    for trial in range(trials):
        expected = np.flatnonzero(states[trial])
        assert on.counts[trial] == len(expected)
        assert on.numbers[trial, : len(expected)].tolist() == expected.tolist()
    summed = rows.sum_of_rows(jnp.asarray(weights), jnp.int32(units), on)
    assert (np.asarray(summed) == states @ weights[units:]).all()


def test_where_more_units_are_on_than_there_is_room_for_their_number_is_right():
    on = rows.units_on(jnp.ones((2, 64)), most=8)
    assert on.counts.tolist() == [64, 64]


def test_no_rows_are_read_where_the_whole_product_is_quicker():
    assert rows.most_rows(1, 256) == 0
    assert rows.most_rows(1, 512) == 256
    assert rows.most_rows(4, 2048) == 256
    assert rows.most_rows(300, 512) == 0
