"""Grid-like tuning from optimisation: walks, place cells, path integration, grid scores, and places as codes.

What is trained needs the extra `learn`: optax. Walks of RatInABox need the extra `spatial`.
"""

from attractorbind._spatial.box import Box as Box
from attractorbind._spatial.codes import (
    CodeOverlaps as CodeOverlaps,
    code_overlaps as code_overlaps,
    lattice as lattice,
    place_codes as place_codes,
)
from attractorbind._spatial.fitted_maps import FittedMaps as FittedMaps, fit_maps as fit_maps
from attractorbind._spatial.integrator import PathIntegrator as PathIntegrator, path_integrator as path_integrator
from attractorbind._spatial.place_cells import PlaceCells as PlaceCells, place_cells as place_cells
from attractorbind._spatial.rat_in_a_box import rat_in_a_box as rat_in_a_box
from attractorbind._spatial.rate_maps import autocorrelogram as autocorrelogram, rate_maps as rate_maps
from attractorbind._spatial.scores import (
    ShuffleTest as ShuffleTest,
    grid_score as grid_score,
    shuffle_test as shuffle_test,
    shuffled_maps as shuffled_maps,
)
from attractorbind._spatial.training import (
    Lessons as Lessons,
    Trained as Trained,
    position_errors as position_errors,
    train_integrator as train_integrator,
)
from attractorbind._spatial.walk import Trajectories as Trajectories, Walk as Walk, trajectories as trajectories
