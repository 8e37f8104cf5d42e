"""Faults of what is spatial, each with the tests that are to find it."""

from fault import Fault

CELLS = "tests/spatial/test_cells_and_networks.py"
SCORES = "tests/spatial/test_scores.py"
WALKS = "tests/spatial/test_walks.py"
CODES = "tests/spatial/test_place_codes.py"

SPATIAL_FAULTS = [
    Fault(
        "rats turn towards walls",
        "attractorbind._spatial.walk",
        "jnp.where(from_wall < 0, -1.0, 1.0)",
        "jnp.where(from_wall < 0, 1.0, -1.0)",
        (f"{WALKS}::test_who_walks_straight_at_a_wall_turns_along_it",),
    ),
    Fault(
        "rats do not slow down at walls",
        "attractorbind._spatial.walk",
        "walk.slowing * speed",
        "speed",
        (f"{WALKS}::test_they_stay_in_the_box_and_slow_down_at_walls",),
    ),
    Fault(
        "the surround of place cells is as wide as their centre",
        "attractorbind._spatial.place_cells",
        "(2 * self.surround * self.width**2)",
        "(2 * self.width**2)",
        (f"{CELLS}::test_place_cells_compete_as_in_a_loop",),
    ),
    Fault(
        "the path integrator hears velocities a step late",
        "attractorbind._spatial.integrator",
        "bend(now @ self.recurrent.T + driven)",
        "bend((now + driven) @ self.recurrent.T)",
        (f"{CELLS}::test_a_path_integrator_does_what_its_equations_say_in_a_loop",),
    ),
    Fault(
        "maps may be negative all the same",
        "attractorbind._spatial.fitted_maps",
        "values if signed else jax.nn.relu(values)",
        "values",
        (f"{CELLS}::test_fitted_maps_are_not_negative_unless_they_may_be_and_grow_better",),
    ),
    Fault(
        "autocorrelograms take the mean of all bins for that of those in common",
        "attractorbind._spatial.rate_maps",
        "/ common - mean * mean[:, ::-1, ::-1]",
        "/ common",
        (f"{SCORES}::test_an_autocorrelogram_is_that_of_a_loop_over_bins",),
    ),
    Fault(
        "grid scores are those of squares",
        "attractorbind._spatial.scores",
        "np.minimum(fit[60], fit[120]) - np.max([fit[30], fit[90], fit[150]], axis=0)",
        "fit[90] - np.max([fit[30], fit[60], fit[120], fit[150]], axis=0)",
        (f"{SCORES}::test_hexagons_score_high_and_squares_and_stripes_low_however_they_lie",),
    ),
    Fault(
        "tiles are turned, and stay where they are",
        "attractorbind._spatial.scores",
        "np.take_along_axis(tiles, order[..., None, None], axis=1)",
        "tiles.copy()",
        (f"{SCORES}::test_hexagons_are_above_their_shuffled_maps_and_of_noise_one_in_twenty",),
    ),
    Fault(
        "the units that fire least are on",
        "attractorbind._spatial.codes",
        "np.argsort(-rates,",
        "np.argsort(rates,",
        (f"{CODES}::test_the_units_that_fire_most_are_on",),
    ),
]
