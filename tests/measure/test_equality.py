"""`equal` tells all pairs of 300 symbols apart: clean, with corrupted states, and under noise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab

SYMBOLS, UNITS = 300, 512


@pytest.fixture(scope="module")
def network() -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(SYMBOLS)]),
        buffers={"a": UNITS, "b": UNITS},
        relays=[("a", "b")],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(1),
        strict=True,
    )


def check_pairs(network: ab.Network, first: np.ndarray, second: np.ndarray, corruption: float, noise: float) -> None:
    """`equal` says yes of the pairs whose symbols are the same, and of no other."""
    # What equal holds for is told apart by how long a trial takes: the longer way is the yes.
    program = ab.when(ab.equal("a", "b"), ab.hold(4), ab.Program())
    generator = np.random.default_rng(0)
    state = network.silent(len(first))
    for name, symbols in (("a", first), ("b", second)):
        codes = np.array(network.codes(name))[symbols]
        flips = generator.random(codes.shape, np.float32) < corruption
        state = state.replace(name, jnp.asarray(codes ^ flips))
    trace = ab.run(network, program, state, noise=noise, key=jax.random.key(0), throw=False)
    np.testing.assert_array_equal(trace.ticks > 3, first == second)


CONDITIONS = pytest.mark.parametrize(
    ("corruption", "noise"), [(0.0, 0.0), (0.05, 0.0), (0.0, 0.01)], ids=["clean", "corrupted", "noisy"]
)


def all_pairs() -> tuple[np.ndarray, np.ndarray]:
    first, second = np.meshgrid(*[np.arange(SYMBOLS)] * 2, indexing="ij")
    return first.ravel(), second.ravel()


@CONDITIONS
def test_no_error_over_many_pairs(network, corruption, noise):
    # All equal pairs, and a twentieth of the others.
    first, second = all_pairs()
    some = (first == second) | (np.random.default_rng(1).random(len(first)) < 0.05)
    check_pairs(network, first[some], second[some], corruption, noise)


@pytest.mark.slow
@CONDITIONS
def test_no_error_over_all_pairs(network, corruption, noise):
    first, second = all_pairs()
    for start in range(0, len(first), 30_000):
        pairs = slice(start, start + 30_000)
        check_pairs(network, first[pairs], second[pairs], corruption, noise)
