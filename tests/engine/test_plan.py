"""What a tick must compute: nothing for what is closed, and nothing for a latch that has come to rest."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import CONFIGURATIONS, network

from attractorbind._engine.plan import Plan, Reach, conducting, distinct, joint, packed, reach, settings
from attractorbind._layout import parse_relays, wire
from attractorbind._wiring import Wiring

WIRINGS = list(CONFIGURATIONS)


def wiring_of(configuration: str) -> Wiring:
    if configuration != "wide":
        return network(configuration).wiring
    # More projections and populations than bits in a word.
    buffers = {f"b{place}": 8 for place in range(30)}
    return wire(buffers, parse_relays(buffers, "hub:b7"), "nucleus", "recurrence")


def reached(wiring: Wiring, gatings: list[dict], presented: list[int] | None = None) -> Reach:
    gates = np.stack([wiring.gating(**gating) for gating in gatings])
    places = np.array(presented or [-1] * len(gatings))
    conductances, switches = conducting(wiring, gates, 0.0)
    return reach(wiring, conductances, switches, places[:, None] == np.arange(len(wiring.populations)))


def plan(wiring: Wiring, here: Reach, row: int, before: int) -> Plan:
    return settings(wiring, here).plan(jnp.int32(row), jnp.int32(before))


def test_a_latch_that_nothing_else_writes_on_need_not_be_computed():
    wiring = network("all, direct").wiring
    a, b, c = (wiring.buffers[name] for name in "abc")
    rest, copying, cleared = 0, 1, 2
    here = reached(wiring, [{}, {"open": ["a->b"]}, {"closed": ["c"]}])
    after = {pair: plan(wiring, here, *pair) for pair in np.ndindex(3, 3)}
    assert all(not one.entering[a] and not one.needed[a] for one in after.values())
    # While the relay is open, and once more after it has closed.
    assert (after[copying, rest].entering[b], after[copying, rest].needed[b]) == (True, True)
    assert (after[rest, copying].entering[b], after[rest, copying].needed[b]) == (True, False)
    # Once after its latch has closed, since it falls silent then, and once after it has opened again.
    assert (after[cleared, rest].entering[c], after[cleared, rest].needed[c]) == (True, False)
    assert (after[rest, cleared].entering[c], after[rest, cleared].needed[c]) == (True, False)
    assert not after[rest, rest].entering.any()


def test_what_is_presented_is_computed_and_once_more_after_it():
    wiring = network("all, direct").wiring
    here = reached(wiring, [{}, {}], [0, -1])
    presented, after_it = plan(wiring, here, 0, 1), plan(wiring, here, 1, 0)
    assert (presented.entering[0], presented.needed[0]) == (True, True)
    assert (after_it.entering[0], after_it.needed[0]) == (True, False)


def test_everything_is_computed_at_every_tick_or_at_the_first_where_that_is_wanted():
    wiring = network("all, direct").wiring
    rest = plan(wiring, reached(wiring, [{}]), 0, 0)
    assert (rest.entering.any(), rest.needed.any()) == (False, False)
    everything = rest.computing(everything=True)
    assert (everything.entering.all(), everything.needed.all()) == (True, True)
    at_first = rest.computing(everything=False, at_first=True)
    assert (at_first.entering.all(), at_first.needed.any()) == (True, False)


@pytest.mark.parametrize("configuration", WIRINGS)
def test_a_latch_that_is_not_fully_open_is_computed(configuration):
    wiring = network(configuration).wiring
    half = reached(wiring, [{"open": {"a": 0.5}}])
    assert not half.resting[0, wiring.buffers["a"]]


@pytest.mark.parametrize("configuration", [*WIRINGS, "wide"])
def test_of_a_single_trial_it_is_the_same_within_a_run(configuration):
    wiring = wiring_of(configuration)
    names = [gate.name for gate in wiring.gates]
    generator = np.random.default_rng(0)
    gatings = [{"open": list(generator.choice(names, 2)), "closed": list(generator.choice(names, 1))} for _ in range(9)]
    every = reached(wiring, gatings, [int(place) for place in generator.integers(-1, 3, 9)])
    words = jnp.asarray(packed(every))
    for row in range(1, 9):
        alone, together = plan(wiring, every, row, row - 1), joint(wiring, words[row][None], words[row - 1][None])
        np.testing.assert_array_equal(together.start[0], alone.start[row])
        count = int(together.start[0, -1])
        np.testing.assert_array_equal(together.open[0, :count], alone.open[row, :count])
        for part in ("entering", "needed"):
            np.testing.assert_array_equal(getattr(together, part), getattr(alone, part))


@pytest.mark.parametrize("configuration", [*WIRINGS, "wide"])
def test_what_moves_reaches_where_an_open_projection_leads(configuration):
    wiring = wiring_of(configuration)
    relays = [gate.name for gate in wiring.gates if gate.kind == "relay"]
    here = reached(wiring, [{"open": relays[:2]}, {"open": relays[1:], "closed": ["b7" if "b7" in relays[0] else "b"]}])
    generator = np.random.default_rng(0)
    for row in (0, 1):
        moved = generator.random(len(wiring.populations)) < 0.3
        expected = np.zeros_like(moved)
        for number, projection in enumerate(wiring.projections):
            expected[projection.target] |= here.open[row, number] & moved[projection.source]
        found = plan(wiring, here, row, row).reached_from(wiring, jnp.asarray(moved))
        np.testing.assert_array_equal(found, expected)


def test_trials_together_need_what_any_of_them_needs():
    wiring = network("all, direct").wiring
    here = reached(wiring, [{"open": ["a->b"]}, {"open": ["b->c"]}, {}])
    words = jnp.asarray(packed(here))
    silent = jnp.zeros_like(words[:1])
    both = joint(wiring, words[:2], words[:2])
    assert both.entering.tolist() == both.needed.tolist() == [False, True, True]
    assert jax.device_get(both.start[0])[-1] == len(wiring.buffers) + 2
    # A trial that stays as it is asks for nothing.
    one = joint(wiring, jnp.concatenate([words[2:], silent]), jnp.concatenate([words[2:], silent]))
    assert (one.entering.any(), one.needed.any()) == (False, False)


def test_rows_that_come_again_are_met_once():
    rows = np.array([[1, 0], [1, 0], [0, 2], [1, 0], [3, 3]], np.float32)
    first, numbers = distinct(rows)
    assert first.tolist() == [0, 2, 4]
    assert numbers.tolist() == [0, 0, 1, 0, 2]


def test_a_conductance_that_processors_take_for_none_opens_nothing():
    wiring = network("all, direct").wiring
    conductances, switches = conducting(wiring, np.full((1, len(wiring.gates)), 1e-40, np.float32), 1e-39)
    assert not conductances.any()
    assert not switches.any()
