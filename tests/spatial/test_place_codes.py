"""Places as symbols: codes made of grid units' maps, stored in a buffer, copied, remembered and decoded."""

import warnings
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import spatial

SIDE = 2.2
PLACES = spatial.lattice(5)
MIDDLES = np.array(list(PLACES.values()))
WINNERS = 20


@cache
def grids() -> np.ndarray:
    """Ideal grid cells of three periods and all orientations and phases: 240 units."""
    generator = np.random.default_rng(0)
    x, y = (np.mgrid[:32, :32] + 0.5) / 32 * SIDE
    maps = []
    for period in np.repeat([0.5, 0.7, 1.0], 80):
        angles = np.radians([0, 60, 120]) + generator.uniform(0, np.pi / 3)
        phases = generator.uniform(0, 2 * np.pi, 2)
        # The phases of three waves whose crests meet.
        phases = [phases[0], phases[0] + phases[1], phases[1]]
        along = [2 * np.pi / period * (np.cos(a) * x + np.sin(a) * y) for a in angles]
        maps.append(np.maximum(sum(np.cos(a + p) for a, p in zip(along, phases, strict=True)), 0))
    return np.array(maps)


@cache
def network() -> ab.Network:
    codes = spatial.place_codes(grids(), MIDDLES, winners=WINNERS)
    return ab.build(
        ab.Vocabulary(list(PLACES)),
        buffers={"place": 240, "goal": 240, "item": 128},
        codes={"place": codes},
        areas=[ab.SnapshotMemory("memory", units=512, capacity=4)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def test_the_units_that_fire_most_are_on():
    # In the middle of a bin nothing is between.
    places = np.asarray(spatial.Box().centres(32))[[5, 700]]
    codes = spatial.place_codes(grids(), places, winners=WINNERS)
    for code, index in zip(codes, (5, 700), strict=True):
        rates = grids().reshape(240, -1)[:, index]
        assert code.sum() == WINNERS
        assert rates[code].min() >= rates[~code].max()


def test_codes_of_places_are_less_alike_the_farther_they_are_apart():
    near = [spatial.lattice(12), 0.22]
    codes = spatial.place_codes(grids(), list(near[0].values()), winners=WINNERS)
    alike = spatial.code_overlaps(codes, list(near[0].values()))
    assert alike.distances[0] == pytest.approx(SIDE / 12, rel=1e-4)
    far = alike.overlaps[alike.distances > 0.9].mean()
    assert alike.neighbours.mean() > far + 0.1
    # By a loop over pairs, from how many units both have on.
    first, second = codes[0].astype(float), codes[1].astype(float)
    pair = float(np.corrcoef(first, second)[0, 1])
    assert np.isclose(alike.neighbours, pair, atol=1e-5).any()


def test_a_place_is_a_symbol_that_buffers_copy_remember_and_decode():
    names = list(PLACES)
    program = ab.load("place", ab.arg("here")) + ab.copy("place", "goal") + ab.clear("place") + ab.copy("goal", "place")
    trace = ab.run(network(), program + ab.store("memory", ["place", "goal"]), args={"here": names})
    assert trace.decode()["place"] == names
    assert trace.decode()["goal"] == names


@pytest.mark.parametrize("metres", [0.02, 0.05])
def test_where_an_animal_is_cleans_up_to_the_nearest_place(metres):
    generator = np.random.default_rng(1)
    angles = generator.uniform(0, 2 * np.pi, len(MIDDLES))
    off = MIDDLES + metres * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    codes = spatial.place_codes(grids(), off, winners=WINNERS)
    assert (codes != network().codes("place")).any()
    state = network().silent(len(off)).replace("place", jnp.asarray(codes, jnp.float32))
    right = ab.run(network(), ab.hold(ticks=5) + ab.copy("place", "goal"), state).decode()["goal"]
    assert np.mean([name == wanted for name, wanted in zip(right, PLACES, strict=True)]) == 1.0


def test_places_are_imprinted_into_a_network_that_is_there():
    more = spatial.lattice(3)
    new = {f"corner {name}": place for name, place in more.items() if name in ("place 0 0", "place 2 2")}
    codes = spatial.place_codes(grids(), list(new.values()), winners=WINNERS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ab.CodeWarning)
        larger = ab.imprint(network(), list(new), codes={"place": codes})
    assert ab.run(larger, ab.load("place", list(new)[1]) + ab.copy("place", "goal")).decode()["goal"] == [list(new)[1]]
