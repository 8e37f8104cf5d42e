"""What a network of 512 units must store, copied and pasted through a relay."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab

UNITS = 512


@cache
def network(symbols: int, activity: float) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(symbols)]),
        buffers={"source": UNITS, "target": UNITS},
        relays=[("source", "target")],
        activity=activity,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def exact_after_copy(built: ab.Network, source: np.ndarray) -> float:
    """The source settles, is copied and forgotten; the share of symbols whose every unit the target still has right."""
    state = built.silent(len(source)).replace("source", jnp.asarray(source, jnp.float32))
    program = ab.hold(10) + ab.copy("source", "target") + ab.hold(20)
    final = np.asarray(ab.run(built, program, state, throw=False).state["target"]) > 0
    return (final == np.asarray(built.codes("target"))).all(axis=1).mean()


@pytest.mark.parametrize("activity", [0.1, pytest.param(0.5, marks=pytest.mark.slow)])
def test_every_one_of_768_symbols_is_copied_exactly(activity):
    built = network(768, activity)
    assert exact_after_copy(built, np.asarray(built.codes("source"))) == 1.0


def test_of_358_symbols_with_a_tenth_of_their_bits_wrong_nearly_all_are_copied_exactly():
    built = network(358, 0.1)
    codes = np.asarray(built.codes("source"))
    generator = np.random.default_rng(0)
    corrupted = codes.copy()
    for code, damaged in zip(codes, corrupted, strict=True):
        dropped = np.flatnonzero(code & (generator.random(UNITS) < 0.1))
        damaged[dropped] = False
        damaged[generator.choice(np.flatnonzero(~code), len(dropped), replace=False)] = True
    assert (corrupted != codes).any(axis=1).mean() > 0.9
    assert exact_after_copy(built, corrupted) >= 0.985
