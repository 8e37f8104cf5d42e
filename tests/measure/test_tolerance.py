"""What a network bears: how much leak, noise, flips and damage until a buffer no longer holds its symbol."""

import itertools
import math

import jax
import numpy as np
import pytest
from examples import network, pair

import attractorbind as ab


def test_leaks_noise_flips_and_lesions_are_borne_up_to_a_tolerance():
    built = pair(ab.MaximalStability(), units=128)
    key = jax.random.key(0)
    levels = [0.0, 0.5, 1.0]
    found = ab.isolation(built, leak=levels)
    assert found.held.right.shape == (3, 2)
    assert found.held.all_right is False
    assert found.tolerance == 0.5
    # Where nothing is random, every symbol meets each of five others once.
    assert found.held.trials == 6 * 4
    assert ab.isolation(built, trials=99).held.trials == 6 * 5
    assert found.leaked[1] == 0
    assert found.leaked[2] > 0.1
    np.testing.assert_allclose([np.diag(one) for one in found.information[:2]], math.log2(6), atol=1e-6)
    for name in ("noise", "flips", "synapses", "units"):
        told = ab.isolation(built, **{name: [0.0, 0.02, 0.95]}, key=key)
        assert told.swept == name
        assert told.fixed == {}
        assert told.tolerance == 0.02, name
        # Chance and damage inside a buffer tell nothing about another.
        assert (told.leaked == 0).all()
        assert told.held.fraction[-1].max() < 0.5
        assert str(told).splitlines()[0].split()[0] == name


def test_a_sweep_is_its_levels_one_by_one():
    built, key = pair(), jax.random.key(4)
    swept = ab.isolation(built, noise=np.array([0.05, 0.15]), leak=0.3, flips=0.1, key=key)
    for place, level in enumerate(swept.levels):
        one = ab.isolation(built, noise=level, leak=0.3, flips=0.1, key=key)
        assert one.held.right[0].tolist() == swept.held.right[place].tolist()
        assert one.intrusion[0].tolist() == swept.intrusion[place].tolist()
        assert one.information[0].tolist() == swept.information[place].tolist()
    assert swept.fixed == {"leak": 0.3, "flips": 0.1}
    assert "with leak 0.3, flips 0.1" in str(swept)
    # Levels need not be in order.
    backwards = ab.isolation(built, leak=[1.0, 0.1])
    assert backwards.tolerance == 0.1
    assert ab.isolation(built, leak=[1.0]).tolerance is None


def test_every_symbol_stands_against_every_content_by_hand():
    """The worst case, by single ticks: all other buffers hold the same other symbol, and leak."""
    built, leak = network("all, direct"), 0.45
    symbols = built.vocabulary.names
    found = ab.isolation(built, leak=leak, trials=4, ticks=5)
    for place, buffer in enumerate(built.buffers):
        right, largest = 0, -1.0
        for own, other in itertools.permutations(range(5), 2):
            state = built.silent()
            for name in built.buffers:
                code = built.codes(name)[own if name == buffer else other]
                state = state.replace(name, code[None].astype(float))
            for _ in range(5):
                state = ab.tick(built, state, leak=leak)
            every = np.asarray(ab.overlaps(state[buffer], built.codes(buffer)))[0]
            right += int(every.argmax() == own and every.max() >= 0.5)
            largest = max(largest, *(every[symbol] for symbol in range(5) if symbol != own))
        assert found.held.right[0, place] == right
        assert found.intrusion[0, place] == pytest.approx(largest, abs=1e-6)
        assert found.held.trials == 4 * len(symbols)
    assert 0 < found.held.fraction.mean() < 1
