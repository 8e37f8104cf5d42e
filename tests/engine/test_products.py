"""A product is made once as long as its source stays as it is, and only where something new comes."""

from collections.abc import Iterator

import jax
import pytest
from examples import pair

import attractorbind as ab
import attractorbind._engine.driver as running
from attractorbind._engine import products
from attractorbind._engine.readers import Readers

# The projections of `pair`, sorted by target.
OF_FOCUS, BACK, OF_AGENT, THERE = range(4)


@pytest.fixture
def made(monkeypatch) -> Iterator[list[int]]:
    """The projections whose products are made, one after the other."""
    found: list[int] = []
    product = Readers.product

    def noted(self, projection, states):
        jax.debug.callback(lambda number: found.append(int(number)), projection, ordered=True)
        return product(self, projection, states)

    # What is compiled already tells nobody.
    running._drive.clear_cache()
    monkeypatch.setattr(Readers, "product", noted)
    yield found
    running._drive.clear_cache()


def test_the_wiring_is_as_this_module_says():
    ends = [(projection.source, projection.target) for projection in pair().wiring.projections]
    assert [ends[number] for number in range(4)] == [(0, 0), (1, 0), (1, 1), (0, 1)]


def products_of(made: list[int], program: ab.Program, state: ab.State | None = None, **options) -> list[int]:
    made.clear()
    jax.block_until_ready(ab.run(pair(), program, state, **options).state)
    jax.effects_barrier()
    return list(made)


def test_a_load_and_a_copy_make_three_products(made):
    program = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent")
    # Of the source's latch, once it holds; of the relay; and of the target's latch.
    assert products_of(made, program, args={"x": ["s0", "s1"]}) == [OF_FOCUS, THERE, OF_AGENT]
    by_condition = ab.load("focus", "s0") + ab.repeat(1, ab.copy("focus", "agent"))
    assert products_of(made, by_condition) == [OF_FOCUS, THERE, OF_AGENT]


def test_what_holds_and_what_is_silent_makes_none(made):
    assert products_of(made, ab.hold(20)) == []
    assert products_of(made, ab.gates(open=["focus->agent"], ticks=9)) == []
    held = ab.run(pair(), ab.load("focus", "s0")).state
    # A call of the compiled loop knows nothing of what was computed before it.
    assert products_of(made, ab.hold(20), held) == [OF_FOCUS]


def test_while_a_relay_stays_open_its_product_is_made_once(made):
    held = ab.run(pair(), ab.load("focus", "s0")).state
    program = ab.gates(open=["focus->agent"], closed=["agent"], ticks=20)
    assert sorted(products_of(made, program, held)) == [OF_FOCUS, THERE]


def test_with_noise_all_open_ones_are_made_at_every_tick(made):
    noisy = {"noise": 0.01, "key": jax.random.key(0), "throw": False}
    assert products_of(made, ab.hold(5), **noisy)[:10] == [OF_FOCUS, OF_AGENT] * 5


def test_where_they_would_take_too_much_memory_none_are_kept(made, monkeypatch):
    monkeypatch.setattr(products, "_MOST_BYTES", 0)
    state = ab.run(pair(), ab.load("focus", "s0") + ab.copy("focus", "agent"))
    assert state.decode() == {"focus": ["s0"], "agent": ["s0"]}
    program = ab.load("focus", "s0") + ab.copy("focus", "agent")
    assert len(products_of(made, program)) > 3
