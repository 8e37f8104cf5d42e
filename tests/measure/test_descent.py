"""Asynchronous update against plain loops, and the landscape against the runs that it tells of."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, network

import attractorbind as ab


def random_state(built: ab.Network, trials: int) -> ab.State:
    generator = np.random.default_rng(0)
    state = built.silent(trials)
    for name in state.names:
        state = state.replace(name, jnp.asarray(generator.random(state[name].shape) < 0.3, jnp.float32))
    return state


@pytest.mark.parametrize(("configuration", "opened"), [("all, direct", {"a->b": 0.5}), ("hub, nucleus", {"a->b": 1.0})])
def test_every_update_is_that_of_one_unit_under_its_field(configuration, opened):
    built = network(configuration)
    start = random_state(built, trials=2)
    sweeps, key = 2, jax.random.key(5)
    found = ab.descend(built, start, opened, sweeps=sweeps, key=key)
    conductances = built.gating(open=opened)
    states = [np.array(start[name], float) for name in start.names]
    units = [(place, unit) for place, state in enumerate(states) for unit in range(state.shape[1])]
    energies = [np.asarray(ab.energy(built, start, opened))]
    for key_of_sweep in jax.random.split(key, sweeps):
        before = [state.copy() for state in states]
        for which in jax.random.permutation(key_of_sweep, len(units)).tolist():
            place, unit = units[which]
            field = np.zeros(2)
            for projection, synapses in zip(built.wiring.projections, built.synapses, strict=True):
                if projection.target == place:
                    weights, bias = np.array(synapses.weights, float), np.array(synapses.bias, float)
                    field += conductances[projection.gate] * (states[projection.source] @ weights[:, unit] + bias[unit])
            states[place][:, unit] = field > 0
        energies.append(np.asarray(ab.energy(built, state_of(start, states), opened)))
        same = [(one == other).all(axis=1) for one, other in zip(before, states, strict=True)]
    for name, state in zip(start.names, states, strict=True):
        np.testing.assert_array_equal(found.state[name], state)
    assert found.energy.shape == (1 + sweeps * len(units), 2)
    np.testing.assert_allclose(found.energy[:: len(units)], energies, rtol=1e-5)
    np.testing.assert_array_equal(found.settled, np.all(same, axis=0))
    assert found.units == len(units)


def state_of(like: ab.State, states: list[np.ndarray]) -> ab.State:
    for name, state in zip(like.names, states, strict=True):
        like = like.replace(name, jnp.asarray(state, jnp.float32))
    return like


@cache
def hopfield() -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat", "ball"]),
        buffers={"focus": 96},
        activity=0.5,
        rule=ab.Storkey(),
        key=jax.random.key(0),
    )


def test_half_of_a_symbol_goes_down_to_the_whole():
    built = hopfield()
    codes = np.asarray(built.codes("focus"))
    flipped = codes ^ (np.random.default_rng(0).random(codes.shape) < 0.15)
    start = built.silent(3).replace("focus", jnp.asarray(flipped, jnp.float32))
    found = ab.descend(built, start, sweeps=4, key=jax.random.key(1))
    np.testing.assert_array_equal(found.state["focus"], codes)
    assert found.settled.all()
    assert (np.diff(found.energy, axis=0) <= 1e-4).all()
    assert (found.energy[-1] < found.energy[0] - 1).all()


def test_a_landscape_is_the_energy_of_states_between_and_what_becomes_of_them():
    built, paths = hopfield(), 6
    found = ab.landscape(built, "focus", "dog", "ball", paths=paths, key=jax.random.key(2))
    dog, _, ball = np.asarray(built.codes("focus"))
    apart = int((dog != ball).sum())
    assert found.energy.shape == (apart + 1, paths)
    assert found.distance[[0, -1]].tolist() == [0, 1]
    for end, code in ((0, dog), (-1, ball)):
        state = built.silent().replace("focus", jnp.asarray(code[None], jnp.float32))
        np.testing.assert_allclose(found.energy[end], ab.energy(built, state)[0], rtol=1e-5)
    # One unit of difference lets the energy change by no more than twice that unit's field.
    assert 0 < np.abs(np.diff(found.energy, axis=0)).max() < 10
    assert found.rise > 1
    assert found.to_first.fraction[0] == found.to_second.fraction[-1] == 1
    assert found.to_first.fraction[-1] == found.to_second.fraction[0] == 0
    assert (found.to_first.fraction + found.to_second.fraction <= 1).all()
    # Near either end the latch leads back to it.
    assert found.to_first.fraction[apart // 10] == found.to_second.fraction[-apart // 10] == 1


def test_paths_change_one_unit_a_step_each_in_an_order_of_its_own():
    from attractorbind._measure.landscape import _paths

    first, second = np.random.default_rng(1).random((2, 30)) < 0.5
    states = _paths(first, second, np.random.default_rng(2).random((4, 30)).astype(np.float32))
    np.testing.assert_array_equal(states[0], np.tile(first, (4, 1)))
    np.testing.assert_array_equal(states[-1], np.tile(second, (4, 1)))
    assert (np.diff(states.astype(int), axis=0) != 0).sum(axis=2).tolist() == [[1] * 4] * int((first != second).sum())
    assert len({states[3, path].tobytes() for path in range(4)}) > 1


def test_a_latch_by_way_of_a_nucleus_has_no_landscape():
    assert CONFIGURATIONS["ring, loop"]["latch"] == "loop"
    with pytest.raises(ab.NetworkError, match="by way of a nucleus"):
        ab.landscape(network("ring, loop"), "a", "s0", "s1", key=jax.random.key(0))
