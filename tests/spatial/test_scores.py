"""Rate maps and autocorrelograms against plain loops; scores of maps that are known to be hexagonal, or not."""

import jax
import numpy as np
import pytest

from attractorbind import spatial

KEY = jax.random.key(0)
GENERATOR = np.random.default_rng(0)


def waves(*directions: float, period: float = 0.6, bins: int = 32) -> np.ndarray:
    """The sum of plane waves, with a period in metres, in a box of 2.2 m."""
    x, y = (np.mgrid[:bins, :bins] + 0.5) / bins * 2.2
    angles = np.radians(directions)
    return sum(np.cos(2 * np.pi / period * (np.cos(a) * x + np.sin(a) * y)) for a in angles)


def correlated(one: np.ndarray, shift: tuple[int, int]) -> float:
    """Pearson's correlation of the bins that a map and the same map, shifted, have in common, by a loop over them."""
    bins = len(one)
    pairs = [
        (one[row, column], one[row - shift[0], column - shift[1]])
        for row in range(bins)
        for column in range(bins)
        if 0 <= row - shift[0] < bins and 0 <= column - shift[1] < bins
    ]
    first, second = np.array(pairs).T
    if len(pairs) < 20 or first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def test_an_autocorrelogram_is_that_of_a_loop_over_bins():
    maps = np.maximum(GENERATOR.normal(0.3, 1.0, (2, 9, 9)), 0)
    # A part that does not vary at all.
    maps[1, :5] = 0.0
    grams = spatial.autocorrelogram(maps)
    for unit in range(2):
        for row in range(17):
            for column in range(17):
                assert grams[unit, row, column] == pytest.approx(
                    correlated(maps[unit], (row - 8, column - 8)), abs=1e-6
                )


def test_rate_maps_are_means_over_visits_in_a_loop():
    walks = spatial.trajectories(20, 200, key=KEY)
    places = np.asarray(walks.positions).reshape(-1, 2)
    activity = GENERATOR.random((len(places), 3))
    maps = spatial.rate_maps(activity, places, bins=5)
    for row in range(5):
        for column in range(5):
            within = [
                fired
                for fired, (x, y) in zip(activity, places, strict=True)
                if min(int(x / 2.2 * 5), 4) == row and min(int(y / 2.2 * 5), 4) == column
            ]
            np.testing.assert_allclose(maps[:, row, column], np.mean(within, axis=0), atol=1e-6)
    smooth = spatial.rate_maps(activity, places, bins=5, smoothing=1.0)
    assert np.ptp(smooth) < np.ptp(maps)
    np.testing.assert_allclose(spatial.rate_maps(np.ones((len(places), 1)), places, bins=5, smoothing=2.0), 1.0)


@pytest.mark.parametrize("turned", [0, 7, 15, 22, 30])
@pytest.mark.parametrize("period", [0.45, 0.6, 0.8])
def test_hexagons_score_high_and_squares_and_stripes_low_however_they_lie(turned, period):
    hexagons = waves(turned, turned + 60, turned + 120, period=period)
    squares, stripes = waves(turned, turned + 90, period=period), waves(turned, period=period)
    scores = spatial.grid_score([hexagons, np.maximum(hexagons, 0), squares, stripes])
    assert (scores[:2] > 1.3).all()
    assert scores[2] < -0.8
    assert scores[3] < 0.2
    # Neither the rate nor its unit counts.
    np.testing.assert_allclose(spatial.grid_score(50 + 1e-3 * hexagons), scores[0], atol=1e-3)


def test_noise_scores_about_nothing_and_what_does_not_vary_nothing():
    scores = spatial.grid_score(GENERATOR.random((200, 20, 20)))
    assert abs(np.median(scores)) < 0.1
    assert scores.max() < 0.5
    assert (spatial.grid_score([np.zeros((20, 20)), np.full((20, 20), 3.7)]) == 0).all()


def test_shuffled_maps_have_the_same_tiles_elsewhere():
    maps = GENERATOR.random((3, 12, 12))
    shuffled = spatial.shuffled_maps(maps, tile=4, key=KEY)
    for before, after in zip(maps, shuffled, strict=True):
        tiles = [[each[r : r + 4, c : c + 4] for r in (0, 4, 8) for c in (0, 4, 8)] for each in (before, after)]
        # Each of the tiles is one of those that were there, turned perhaps.
        found = [
            [np.isclose(np.rot90(tile, quarters), other).all() for quarters in range(4) for other in tiles[0]]
            for tile in tiles[1]
        ]
        assert np.sum(found, axis=1).tolist() == [1] * 9
        assert not np.isclose(before, after).all()
    assert not np.isclose(shuffled, spatial.shuffled_maps(maps, tile=4, key=jax.random.key(1))).all()


def test_hexagons_are_above_their_shuffled_maps_and_of_noise_one_in_twenty():
    hexagons = [np.maximum(waves(angle, angle + 60, angle + 120, bins=16), 0) for angle in (3, 20)]
    test = spatial.shuffle_test(hexagons, shuffles=20, tile=2, key=KEY)
    assert test.above.all()
    noise = spatial.shuffle_test(GENERATOR.random((300, 12, 12)), shuffles=60, tile=1, key=KEY)
    # Of 300 units, 15 are expected, and more than 30 or fewer than 4 come about less than once in a thousand times.
    assert 4 <= noise.above.sum() <= 30
    assert noise.share == noise.above.mean()
    silent = spatial.shuffle_test(np.zeros((1, 12, 12)), shuffles=20, key=KEY)
    assert silent.share == 0
