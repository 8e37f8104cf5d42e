"""Walks stay in the box, have the speeds and turns that were asked for, and turn away from walls."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from attractorbind import spatial

KEY = jax.random.key(0)


@pytest.fixture(scope="module")
def walks() -> spatial.Trajectories:
    return spatial.trajectories(50, 400, key=KEY)


def walked_in_loops(positions: np.ndarray, walk: spatial.Walk, side: float) -> None:
    """Each step is as long as the one before, in one direction, or slower near a wall: checked one by one."""
    for place, after in itertools.pairwise(positions):
        near = min(*place, *(side - place)) < walk.border
        if near:
            ahead = after - place
            wall = int(np.argmin([side - place[0], side - place[1], place[0], place[1]]))
            towards = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])[wall]
            # One that goes on towards the wall was slowed down to a quarter: no speed drawn is above 6 scales.
            if ahead @ towards > 1e-6:
                assert np.hypot(*ahead) <= walk.slowing * 6 * walk.speed * walk.interval


def test_they_stay_in_the_box_and_slow_down_at_walls(walks):
    positions = np.asarray(walks.positions)
    assert positions.min() >= 0
    assert positions.max() <= np.float32(2.2)
    # They come everywhere, walls included.
    assert np.histogram2d(*positions.reshape(-1, 2).T, bins=5, range=[[0, 2.2]] * 2)[0].min() > 200
    for own in positions[:10]:
        walked_in_loops(own, spatial.Walk(), 2.2)


def test_without_walls_speeds_and_turns_are_those_of_their_distributions():
    walk = spatial.Walk(speed=0.3, turning=2.0, interval=0.05)
    walks = spatial.trajectories(100, 300, box=spatial.Box(1.5, periodic=True), walk=walk, key=KEY)
    velocities = np.asarray(walks.velocities, float)
    speeds = np.hypot(*np.moveaxis(velocities, -1, 0))
    # Of a Rayleigh distribution: mean, standard deviation and median.
    assert speeds.mean() == pytest.approx(0.3 * np.sqrt(np.pi / 2), rel=0.01)
    assert speeds.std() == pytest.approx(0.3 * np.sqrt(2 - np.pi / 2), rel=0.02)
    assert np.median(speeds) == pytest.approx(0.3 * np.sqrt(2 * np.log(2)), rel=0.01)
    fast = (speeds[:, :-1] > 0.1) & (speeds[:, 1:] > 0.1)
    heading = np.arctan2(velocities[..., 1], velocities[..., 0])
    turns = (np.diff(heading, axis=1) + np.pi) % (2 * np.pi) - np.pi
    assert turns[fast].std() == pytest.approx(2.0 * 0.05, rel=0.02)
    assert abs(turns[fast].mean()) < 0.003
    # One after the other they are drawn anew.
    assert abs(np.corrcoef(speeds[:, :-1].ravel(), speeds[:, 1:].ravel())[0, 1]) < 0.02


def test_who_walks_straight_at_a_wall_turns_along_it():
    walk = spatial.Walk(speed=0.2, turning=0.0)
    turned = 0
    for own in np.asarray(spatial.trajectories(40, 800, walk=walk, key=KEY).positions, float):
        for place, after, later in zip(own, own[1:], own[2:], strict=False):
            to_walls = [2.2 - place[0], 2.2 - place[1], place[0], place[1]]
            towards = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])[int(np.argmin(to_walls))]
            if min(to_walls) < 0.0299 and (after - place) @ towards > 1e-5:
                # Its next step is neither towards the wall nor away from it.
                assert abs((later - after) @ towards) < 2e-6
                turned += 1
    assert turned > 40


def test_a_walk_is_a_function_of_its_key_within_jit_and_vmap(walks):
    again = jax.jit(lambda key: spatial.trajectories(50, 400, key=key).positions)(KEY)
    np.testing.assert_array_equal(again, walks.positions)
    keys = jax.random.split(KEY, 2)
    of_both = jax.vmap(lambda key: spatial.trajectories(3, 5, key=key).positions)(keys)
    np.testing.assert_allclose(of_both[1], spatial.trajectories(3, 5, key=keys[1]).positions, atol=1e-6)
    assert (np.asarray(of_both[0]) != np.asarray(of_both[1])).any()
    # Numbers may be swept.
    speeds = jnp.array([0.1, 0.2])
    swept = eqx.filter_vmap(
        lambda speed: jnp.abs(spatial.trajectories(20, 20, walk=spatial.Walk(speed=speed), key=KEY).velocities).mean()
    )(speeds)
    assert float(swept[1] / swept[0]) == pytest.approx(2.0, rel=0.1)


def test_velocities_lead_from_place_to_place_around_a_periodic_box():
    line = spatial.Trajectories([[[0.9, 0.5], [0.1, 0.5]]], 0.1, spatial.Box(1.0, periodic=True))
    np.testing.assert_allclose(line.velocities, [[[2.0, 0.0]]], atol=1e-5)


def test_walks_of_rat_in_a_box_leave_the_global_generator_as_it_was():
    pytest.importorskip("ratinabox")
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    walks = spatial.rat_in_a_box(2, 30, interval=0.05, key=KEY)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.testing.assert_array_equal(walks.positions, spatial.rat_in_a_box(2, 30, interval=0.05, key=KEY).positions)
    assert walks.positions.shape == (2, 31, 2)
    # Smooth in time: the speed of a step tells that of the next.
    speeds = np.linalg.norm(spatial.rat_in_a_box(1, 300, interval=0.05, key=KEY).velocities[0], axis=-1)
    assert np.corrcoef(speeds[:-1], speeds[1:])[0, 1] > 0.7


def test_without_ratinabox_the_error_tells_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ratinabox", None)
    with pytest.raises(ImportError, match=r"pip install 'attractorbind\[spatial\]'"):
        spatial.rat_in_a_box(1, 1, key=KEY)
