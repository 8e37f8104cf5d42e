"""Chunks that rules make while a model runs, with symbols of their own."""

import functools

import jax
import pytest

import attractorbind as ab
from attractorbind import actr

# Who is imagined in the park becomes a memory, is recalled by the place, and stands in a slot of the goal.
TRIPS = """(sgp :esc t :lf .05 :imaginal-delay 0)
    (define-chunks ann bob)
    (add-dm (g step one who ann))
    (goal-focus g)
    (p imagine =goal> step one who =w ==> =goal> step two +imaginal> who =w in park)
    (p keep =goal> step two =imaginal> who =w ==> =goal> step three first =imaginal)
    (p recall =goal> step three =retrieval> who =w ==> =goal> step four second =retrieval)
    (p ask =goal> step three ?retrieval> state free buffer empty ==> +retrieval> in park)
    (p again =goal> step four who bob first =x second =x ==> =goal> step one first nil)"""


@functools.cache
def trips() -> actr.Run:
    """Ann makes one trip, and Bob as many as there are symbols for."""
    model = actr.parse(TRIPS, new=2)
    network = model.network(key=jax.random.key(0), units=128)
    return actr.run(model, network, [{}, {"who": "bob"}], throw=False)


def test_a_chunk_that_is_made_is_a_symbol_that_is_recalled_from_a_part_and_stands_as_a_value():
    run = trips()
    assert run.firings().names == ["imagine", "keep", "ask", "recall"]
    held = run.held("goal")[0]
    assert held == {"step": "four", "who": "ann", "first": "new0", "second": "new0"}
    assert run.trace.snapshots("ensembles", trial=0) == [{"imaginal": "new0"}]
    assert "RETRIEVED-CHUNK new0" in run.text()


def test_each_chunk_has_a_symbol_of_its_own_and_without_one_the_trial_ends():
    run = trips()
    assert run.result.tolist() == [ab.Result.OK, ab.Result.LIMIT]
    assert run.firings(1).names == [*["imagine", "keep", "ask", "recall", "again"] * 2, "imagine"]
    made = run.trace.snapshots("memory", trial=1)
    assert [name for chunk in made if (name := chunk["declarative"]) in run.model.vocabulary.spare] == ["new0", "new1"]


def test_names_that_are_taken_are_passed_over():
    model = actr.parse(TRIPS.replace("ann", "new0"), new=2)
    assert model.vocabulary.spare == ("new1", "new2")
    assert actr.parse(TRIPS).vocabulary.spare == ()
    with pytest.raises(ab.AttractorBindError, match="new is -1"):
        actr.Model(model.rules, new=-1)
