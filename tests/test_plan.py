"""What a tick must compute: nothing for what is closed, and nothing for a latch that has come to rest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, network

from attractorbind._plan import Reach, conducting, distinct, joint, packed, plans, reach
from attractorbind._wiring import Wiring

WIRINGS = list(CONFIGURATIONS)


def reached(wiring: Wiring, settings: list[dict], presented: list[int] | None = None) -> Reach:
    gates = np.stack([wiring.gating(**setting) for setting in settings])
    places = np.array(presented or [-1] * len(settings))
    conductances, switches = conducting(wiring, gates, 0.0)
    return reach(wiring, conductances, switches, places[:, None] == np.arange(len(wiring.populations)))


def test_a_latch_that_nothing_else_writes_on_need_not_be_computed():
    wiring = network("all, direct").wiring
    rest, copying, cleared = {}, {"open": ["a->b"]}, {"closed": ["c"]}
    here = reached(wiring, [rest, copying, rest, rest, cleared, cleared, rest])
    before = reached(wiring, [rest, rest, copying, rest, rest, cleared, cleared])
    found = plans(wiring, here, before)
    a, b, c = (wiring.buffers[name] for name in "abc")
    # While the relay is open, and once more after it has closed.
    assert found.needed[:, b].tolist() == [False, True, True, False, False, False, False]
    # Once after its latch has closed, since it falls silent then, and once after it has opened again.
    assert found.needed[:, c].tolist() == [False, False, False, False, True, False, True]
    assert not found.needed[:, a].any()
    assert found.holding[:, c].tolist() == [True, True, True, True, False, False, True]


def test_what_is_presented_is_computed_and_once_more_after_it():
    wiring = network("all, direct").wiring
    here = reached(wiring, [{}, {}, {}], [0, 0, -1])
    before = reached(wiring, [{}, {}, {}], [-1, 0, 0])
    assert plans(wiring, here, before).needed[:, 0].all()


@pytest.mark.parametrize("configuration", WIRINGS)
def test_a_latch_that_is_not_fully_open_is_computed(configuration):
    wiring = network(configuration).wiring
    half = reached(wiring, [{"open": {"a": 0.5}}])
    assert not half.resting[0, wiring.buffers["a"]]


@pytest.mark.parametrize("configuration", WIRINGS)
def test_of_a_single_trial_it_is_the_same_within_a_run(configuration):
    wiring = network(configuration).wiring
    names = [gate.name for gate in wiring.gates]
    generator = np.random.default_rng(0)
    settings = [
        {"open": list(generator.choice(names, 2)), "closed": list(generator.choice(names, 1))} for _ in range(9)
    ]
    every = reached(wiring, settings, [int(place) for place in generator.integers(-1, 3, 9)])
    words = jnp.asarray(packed(every))
    ahead = plans(wiring, Reach(*(part[1:] for part in every)), Reach(*(part[:-1] for part in every)))
    for tick in range(8):
        within = joint(wiring, words[tick + 1][None], words[tick][None])
        count = int(ahead.start[tick, -1])
        np.testing.assert_array_equal(within.open[0, :count], ahead.open[tick, :count])
        for part in ("start", "needed", "holding"):
            np.testing.assert_array_equal(getattr(within, part)[0], getattr(ahead, part)[tick])


def test_trials_together_need_what_any_of_them_needs():
    wiring = network("all, direct").wiring
    here = reached(wiring, [{"open": ["a->b"]}, {"open": ["b->c"]}, {}])
    words = jnp.asarray(packed(here))
    silent = jnp.zeros_like(words[:1])
    both = joint(wiring, words[:2], words[:2])
    assert both.needed[0].tolist() == [False, True, True]
    assert jax.device_get(both.start[0])[-1] == len(wiring.buffers) + 2
    # A trial that stays as it is asks for nothing.
    one = joint(wiring, jnp.concatenate([words[2:], silent]), jnp.concatenate([words[2:], silent]))
    assert not one.needed.any()


def test_rows_that_come_again_are_met_once():
    rows = np.array([[1, 0], [1, 0], [0, 2], [1, 0], [3, 3]], np.float32)
    first, numbers = distinct(rows)
    assert first.tolist() == [0, 2, 4]
    assert numbers.tolist() == [0, 0, 1, 0, 2]
