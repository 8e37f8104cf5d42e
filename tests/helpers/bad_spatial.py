"""Wrong calls of what is spatial, and a main program that makes them all; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from bad_values import WRONG_COUNTS, WRONG_KEYS, spread
from wrong_calls import print_raised

import attractorbind as ab
from attractorbind import plotting, spatial

KEY = jax.random.key(0)
CELLS = spatial.place_cells(8, key=KEY)
NETWORK = spatial.path_integrator(CELLS, 4, key=KEY)
WALKS = spatial.trajectories(2, 3, key=KEY)
MAPS = np.random.default_rng(0).random((4, 8, 8))
NOT_POSITIVE = {
    "negative": -0.1,
    "not a number": float("nan"),
    "infinite": float("inf"),
    "a string": "1",
    "a bool": True,
    "None": None,
    "a list": [1.0],
}
OUTSIDE = {
    "outside": [[0.1, 2.3]],
    "below": [[-0.1, 0.5]],
    "not a number": [[np.nan, 0.5]],
    "infinite": [[np.inf, 0.5]],
    "names": [["dog", "cat"]],
    "None": None,
    "triples": [[0.1, 0.2, 0.3]],
    "none at all": np.zeros((0, 2)),
    "a single number": 0.5,
}
NOT_MAPS = {
    "oblong": np.ones((8, 9)),
    "too small": np.ones((2, 4, 4)),
    "not numbers": np.full((8, 8), np.nan),
    "infinite": np.full((8, 8), np.inf),
    "names": [["dog"]],
    "None": None,
    "a line": np.ones(8),
    "none at all": np.ones((0, 8, 8)),
}
NOT_OBJECTS = {"None": None, "a string": "cells", "a number": 2.2}


def _calling(call: Any) -> Any:
    """The call as `spread` takes it: with what all calls share, which is nothing here."""
    return lambda _, value: call(value)


def calls() -> dict[str, tuple]:
    """Each wrong call, the class of its error, and parts of its message."""
    argument = "ArgumentError"
    rows: dict[str, tuple] = {
        "trajectories: too many": (
            lambda _: spatial.trajectories(2**30, 2**20, key=KEY),
            argument,
            ("of memory", "draw fewer"),
        ),
        "trajectories of one's own: outside": (
            lambda _: spatial.Trajectories([[[0.1, 0.1], [0.1, 1.2]]], box=spatial.Box(1.0)),
            argument,
            ("outside of the box", "(0, 1)", "1 m"),
        ),
        "trajectories of one's own: no steps": (
            lambda _: spatial.Trajectories([[[0.1, 0.1]]]),
            argument,
            ("(1, 1, 2)", "one step"),
        ),
        "place cells: centres": (lambda _: spatial.PlaceCells(jnp.ones(3)), argument, ("centres", "(any, 2)")),
        "place cells: one": (lambda _: spatial.place_cells(1, key=KEY), argument, ("number is 1", "at least 2")),
        "place cells: surround": (
            lambda _: spatial.place_cells(surround=1.0, key=KEY),
            argument,
            ("surround is 1.0", "above 1", "None"),
        ),
        "path integrator: shapes": (
            lambda _: spatial.PathIntegrator(jnp.ones((3, 8)), jnp.ones((3, 4)), jnp.ones((3, 2)), jnp.ones((8, 3))),
            argument,
            ("recurrent", "(3, 3)"),
        ),
        "path integrator: other cells": (
            lambda _: NETWORK.activity(WALKS, spatial.place_cells(9, key=KEY)),
            argument,
            ("cells are 9", "8"),
        ),
        "path integrator: signed": (
            lambda _: spatial.path_integrator(CELLS, signed=1, key=KEY),
            argument,
            ("signed is 1", "True"),
        ),
        "train_integrator: other cells": (
            lambda _: spatial.train_integrator(NETWORK, spatial.place_cells(9, key=KEY), updates=1, key=KEY),
            argument,
            ("cells are 9", "8"),
        ),
        "train_integrator: lessons": (
            lambda _: spatial.train_integrator(NETWORK, CELLS, updates=1, lessons=3, key=KEY),
            argument,
            ("lessons is 3", "spatial.Lessons("),
        ),
        "train_integrator: optimiser": (
            lambda _: spatial.train_integrator(NETWORK, CELLS, updates=1, optimiser="adam", key=KEY),
            argument,
            ("'adam'", "ab.learning.Adam("),
        ),
        "train_integrator: a rate far too large": (
            lambda _: spatial.train_integrator(
                NETWORK, CELLS, updates=30, optimiser=ab.learning.Adam(1e30), lessons=spatial.Lessons(2, 3), key=KEY
            ),
            "RunError",
            ("not finite", "lower rate"),
        ),
        "rate_maps: never there": (
            lambda _: spatial.rate_maps([[1.0]], [[0.1, 0.1]], bins=2),
            argument,
            ("(0, 1)", "longer walks"),
        ),
        "rate_maps: shapes": (
            lambda _: spatial.rate_maps(np.ones((3, 2)), np.ones((4, 2))),
            argument,
            ("(3, 2)", "(4, 2)"),
        ),
        "rate_maps: not finite": (
            lambda _: spatial.rate_maps([[np.nan]], [[0.1, 0.1]], bins=1),
            argument,
            ("activity", "finite"),
        ),
        "shuffled_maps: tile": (
            lambda _: spatial.shuffled_maps(MAPS, tile=3, key=KEY),
            argument,
            ("tile is 3", "8 bins"),
        ),
        "shuffled_maps: one tile": (lambda _: spatial.shuffled_maps(MAPS, tile=8, key=KEY), argument, ("tile is 8",)),
        "shuffle_test: one map": (lambda _: spatial.shuffle_test(MAPS[0], key=KEY), argument, ("(8, 8)", "units")),
        "shuffle_test: few shuffles": (
            lambda _: spatial.shuffle_test(MAPS, shuffles=19, key=KEY),
            argument,
            ("shuffles is 19", "20"),
        ),
        "place_codes: too many winners": (
            lambda _: spatial.place_codes(MAPS, [[1.0, 1.0]], winners=4),
            argument,
            ("winners is 4", "4 units"),
        ),
        "place_codes: too few fire": (
            lambda _: spatial.place_codes(MAPS * [[[1]], [[0]], [[0]], [[0]]], [[1.0, 1.0]], winners=2),
            argument,
            ("only 1 units", "fewer winners"),
        ),
        "place_codes: one map": (
            lambda _: spatial.place_codes(MAPS[0], [[1.0, 1.0]], winners=1),
            argument,
            ("(8, 8)", "(units, bins, bins)"),
        ),
        "code_overlaps: other places": (
            lambda _: spatial.code_overlaps([[1, 0], [0, 1]], [[0.1, 0.1]]),
            argument,
            ("(2, 2)", "(1, 2)"),
        ),
        "code_overlaps: no codes": (
            lambda _: spatial.code_overlaps([[2, 0], [0, 1]], [[0.1, 0.1], [0.2, 0.2]]),
            argument,
            ("zeros and ones",),
        ),
        "plot_maps: scores": (lambda _: plotting.plot_maps(MAPS, scores=[1.0]), argument, ("(1,)", "4 units")),
        "plot_maps: one map": (lambda _: plotting.plot_maps(MAPS[0]), argument, ("(8, 8)",)),
        "plot_scores: a list": (lambda _: plotting.plot_scores([1.0]), argument, ("mapping",)),
        "plot_scores: not finite": (lambda _: plotting.plot_scores({"a": [np.nan]}), argument, ("'a'", "finite")),
        "plot_scores: other labels": (
            lambda _: plotting.plot_scores({"a": [1.0]}, thresholds={"b": [1.0]}),
            argument,
            ("labels",),
        ),
        "box: periodic": (lambda _: spatial.Box(1.0, periodic=1), argument, ("periodic is 1", "True")),
        "fit_maps: few bins": (lambda _: spatial.fit_maps(CELLS, bins=7, key=KEY), argument, ("bins is 7", "8")),
    }
    positive = {
        "box: side": lambda value: spatial.Box(value),
        "walk: speed": lambda value: spatial.Walk(speed=value),
        "walk: interval": lambda value: spatial.Walk(interval=value),
        "walk: border": lambda value: spatial.Walk(border=value),
        "place_cells: width": lambda value: spatial.place_cells(width=value, key=KEY),
        "fit_maps: ridge": lambda value: spatial.fit_maps(CELLS, ridge=value, key=KEY),
        "lessons: decay": lambda value: spatial.Lessons(decay=value),
        "rate_maps: smoothing": lambda value: spatial.rate_maps([[1.0]], [[0.1, 0.1]], bins=1, smoothing=value),
        "rat_in_a_box: interval": lambda value: spatial.rat_in_a_box(1, 1, interval=value, key=KEY),
    }
    for name, call in positive.items():
        rows |= spread(name, _calling(call), NOT_POSITIVE, argument)
    places = {
        "rate_maps: positions": lambda value: spatial.rate_maps(np.ones((1, 1)), value, bins=1),
        "place_codes: positions": lambda value: spatial.place_codes(MAPS, value, winners=1),
        "code_overlaps: positions": lambda value: spatial.code_overlaps([[1, 0]], value),
        "trajectories: positions": lambda value: spatial.Trajectories(value),
    }
    for name, call in places.items():
        rows |= spread(name, _calling(call), OUTSIDE, argument)
    maps = {
        "grid_score": spatial.grid_score,
        "autocorrelogram": spatial.autocorrelogram,
        "shuffle_test: maps": lambda value: spatial.shuffle_test(value, key=KEY),
        "plot_maps": plotting.plot_maps,
        "plot_autocorrelograms": plotting.plot_autocorrelograms,
    }
    for name, call in maps.items():
        rows |= spread(name, _calling(call), NOT_MAPS, argument)
    objects = {
        "fit_maps: cells": lambda value: spatial.fit_maps(value, key=KEY),
        "path_integrator: cells": lambda value: spatial.path_integrator(value, key=KEY),
        "train_integrator: network": lambda value: spatial.train_integrator(value, CELLS, updates=1, key=KEY),
        "position_errors: walks": lambda value: spatial.position_errors(NETWORK, CELLS, value),
        "place cells: box": lambda value: spatial.PlaceCells(jnp.ones((2, 2)), box=value),
        "lessons: walk": lambda value: spatial.Lessons(walk=value),
    }
    for name, call in objects.items():
        rows |= spread(name, _calling(call), NOT_OBJECTS, argument)
    counts = {
        "trajectories: number": lambda value: spatial.trajectories(value, 1, key=KEY),
        "trajectories: steps": lambda value: spatial.trajectories(1, value, key=KEY),
        "fit_maps: units": lambda value: spatial.fit_maps(CELLS, value, key=KEY),
        "path_integrator: units": lambda value: spatial.path_integrator(CELLS, value, key=KEY),
        "train_integrator: updates": lambda value: spatial.train_integrator(NETWORK, CELLS, updates=value, key=KEY),
        "rate_maps: bins": lambda value: spatial.rate_maps([[1.0]], [[0.1, 0.1]], bins=value),
        "lattice: places": spatial.lattice,
        "place_codes: winners": lambda value: spatial.place_codes(MAPS, [[1.0, 1.0]], winners=value),
        "plot_maps: columns": lambda value: plotting.plot_maps(MAPS, columns=value),
        "rat_in_a_box: steps": lambda value: spatial.rat_in_a_box(1, value, key=KEY),
        "lessons: batch": lambda value: spatial.Lessons(batch=value),
    }
    for name, call in counts.items():
        rows |= spread(name, _calling(call), WRONG_COUNTS, argument)
    keys = {
        "trajectories: key": lambda value: spatial.trajectories(1, 1, key=value),
        "place_cells: key": lambda value: spatial.place_cells(key=value),
        "fit_maps: key": lambda value: spatial.fit_maps(CELLS, key=value),
        "train_integrator: key": lambda value: spatial.train_integrator(NETWORK, CELLS, updates=1, key=value),
        "shuffled_maps: key": lambda value: spatial.shuffled_maps(MAPS, key=value),
        "rat_in_a_box: key": lambda value: spatial.rat_in_a_box(1, 1, key=value),
    }
    for name, call in keys.items():
        rows |= spread(name, _calling(call), WRONG_KEYS, argument)
    return rows


CALLS = calls()


if __name__ == "__main__":
    print_raised(CALLS, None)
