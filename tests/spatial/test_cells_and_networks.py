"""Place cells, path integrators and fitted maps against loops over single cells, and gradients against differences."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import spatial
from attractorbind._spatial.fitted_maps import missed
from attractorbind._spatial.training import cost

KEYS = jax.random.split(jax.random.key(0), 6)


def fired(centres: np.ndarray, place: np.ndarray, variance: float, side: float | None) -> list[float]:
    """Competing Gaussians in a loop; with a side, the way round a periodic box counts where it is shorter."""
    parts = []
    for centre in centres:
        square = 0.0
        for one, other in zip(place, centre, strict=True):
            apart = abs(one - other)
            square += (apart if side is None else min(apart, side - apart)) ** 2
        parts.append(np.exp(-square / (2 * variance)))
    return [part / sum(parts) for part in parts]


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("surround", [None, 2.0])
def test_place_cells_compete_as_in_a_loop(periodic, surround):
    box = spatial.Box(1.2, periodic=periodic)
    cells = spatial.place_cells(20, width=0.2, surround=surround, box=box, key=KEYS[0])
    places = np.asarray(jax.random.uniform(KEYS[1], (2, 3, 2), maxval=1.2))
    activity = cells.activity(jnp.asarray(places))
    centres = np.asarray(cells.centres, float)
    for index in np.ndindex(2, 3):
        side = 1.2 if periodic else None
        wanted = np.array(fired(centres, places[index], 0.04, side))
        if surround is not None:
            wanted = wanted - fired(centres, places[index], 0.08, side)
        np.testing.assert_allclose(activity[index], wanted, atol=1e-6)
        np.testing.assert_allclose(
            cells.code(jnp.asarray(places))[index], wanted / np.sqrt((wanted**2).sum()), atol=1e-5
        )


@pytest.mark.parametrize("signed", [False, True])
def test_a_path_integrator_does_what_its_equations_say_in_a_loop(signed):
    cells = spatial.place_cells(12, key=KEYS[0])
    network = spatial.path_integrator(cells, 5, signed=signed, key=KEYS[1])
    # Before training they are the identity, which would hide the order of a product.
    network = eqx.tree_at(lambda own: own.recurrent, network, jax.random.normal(KEYS[3], (5, 5)) / 2)
    walks = spatial.trajectories(2, 4, key=KEYS[2])
    activity = network.activity(walks, cells)
    start, recurrent, velocity = (
        np.asarray(each, float) for each in (network.start, network.recurrent, network.velocity)
    )
    first = np.asarray(cells.code(walks.positions[:, 0]), float)
    for number in range(2):
        now = start @ first[number]
        for step in range(4):
            driven = recurrent @ now + velocity @ np.asarray(walks.velocities[number, step], float)
            now = np.tanh(driven) if signed else np.maximum(driven, 0)
            np.testing.assert_allclose(activity[number, step], now, atol=1e-5)
            most = np.argsort(-(np.asarray(network.readout, float) @ now))[:3]
            np.testing.assert_allclose(
                network.positions(walks, cells)[number, step], np.asarray(cells.centres)[most].mean(0), atol=1e-5
            )


def test_gradients_of_the_path_integrator_are_finite_differences():
    with jax.enable_x64(True):
        cells = spatial.place_cells(6, width=0.5, key=KEYS[0])
        drawn = spatial.path_integrator(cells, 4, signed=True, key=KEYS[1])
        walks = spatial.trajectories(3, 3, key=KEYS[2])

        @eqx.filter_jit
        def loss(network: spatial.PathIntegrator):
            return cost(network, cells, walks, 0.01)[0]

        gradient = jax.grad(loss)(drawn)
        for name in ("start", "recurrent", "velocity", "readout"):
            weights = getattr(drawn, name)
            for index in ((0, 0), (3, 1), (1, 1)):
                moved = [
                    loss(eqx.tree_at(lambda n, own=name: getattr(n, own), drawn, weights.at[index].add(by)))
                    for by in (1e-4, -1e-4)
                ]
                difference = (moved[0] - moved[1]) / 2e-4
                assert float(getattr(gradient, name)[index]) == pytest.approx(float(difference), rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("signed", [False, True])
def test_what_fitted_maps_miss_is_the_residual_of_least_squares_and_so_is_its_gradient(signed):
    with jax.enable_x64(True):
        values = jax.random.normal(KEYS[3], (30, 4), dtype=jnp.float64)
        targets = jax.random.normal(KEYS[4], (30, 7), dtype=jnp.float64)
        targets = targets / jnp.linalg.norm(targets)
        maps = np.array(values if signed else np.maximum(values, 0))
        maps = maps / np.linalg.norm(maps, axis=0)
        # Ridge regression is least squares with rows of its own for the ridge.
        rows = np.vstack([maps, np.sqrt(0.3) * np.eye(4)])
        readout = np.linalg.lstsq(rows, np.vstack([targets, np.zeros((4, 7))]), rcond=None)[0]
        wanted = ((np.asarray(targets) - maps @ readout) ** 2).sum() + 0.3 * (readout**2).sum()
        assert float(missed(values, targets, signed, 0.3)) == pytest.approx(wanted, rel=1e-6)
        gradient = jax.grad(missed)(values, targets, signed, 0.3)
        of = jax.jit(missed, static_argnums=2)
        for index in ((0, 0), (7, 3), (29, 1)):
            moved = [of(values.at[index].add(by), targets, signed, 0.3) for by in (1e-5, -1e-5)]
            assert float(gradient[index]) == pytest.approx(float((moved[0] - moved[1]) / 2e-5), rel=1e-4, abs=1e-9)


def test_a_path_integrator_learns_to_tell_where_it_is():
    cells = spatial.place_cells(32, width=0.3, surround=None, key=KEYS[0])
    untrained = spatial.path_integrator(cells, 32, key=KEYS[1])
    lessons = spatial.Lessons(batch=30, steps=10, walk=spatial.Walk(interval=0.1))
    optimiser = ab.learning.Adam(1e-2)
    trained, losses = spatial.train_integrator(
        untrained, cells, updates=200, lessons=lessons, optimiser=optimiser, key=KEYS[2]
    )
    walks = spatial.trajectories(100, 10, walk=lessons.walk, key=KEYS[3])
    before, after = (spatial.position_errors(network, cells, walks)[:, -1].mean() for network in (untrained, trained))
    assert losses.shape == (200,)
    assert after < before / 3
    # Velocities count: without them it knows less of where it is.
    still = spatial.Trajectories(jnp.repeat(walks.positions[:, :1], 11, axis=1), walks.interval)
    blind = np.linalg.norm(trained.positions(still, cells) - walks.positions[:, 1:], axis=-1)[:, -1].mean()
    assert after < 0.8 * blind
    assert float(trained.activity(walks, cells).min()) >= 0


def test_fitted_maps_are_not_negative_unless_they_may_be_and_grow_better():
    cells = spatial.place_cells(64, width=0.25, key=KEYS[0])
    plain, signed = (
        spatial.fit_maps(cells, 8, bins=10, signed=own, updates=100, ridge=1e-3, key=KEYS[1]) for own in (False, True)
    )
    assert float(plain.maps.min()) == 0
    assert float(signed.maps.min()) < -0.05
    assert float(plain.losses[-1]) < 0.8 * float(plain.losses[0])
    # The constraint costs something.
    assert float(signed.losses[-1]) < float(plain.losses[-1])
    np.testing.assert_allclose(np.linalg.norm(plain.maps.reshape(8, -1), axis=1), 1.0, atol=1e-5)
    # No eight maps whatever miss less than what is beyond the eight largest principal components.
    targets = np.asarray(cells.activity(cells.box.centres(10)), float)
    squares = np.linalg.svd(targets - targets.mean(0), compute_uv=False) ** 2
    least = squares[8:].sum() / squares.sum()
    assert least - 1e-3 < float(signed.losses[-1]) < least + 0.1
    untrained = spatial.fit_maps(cells, 8, bins=10, updates=0, key=KEYS[1])
    assert untrained.losses.shape == (0,)
