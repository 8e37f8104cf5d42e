"""Model files on the network: the same rules fire at the same times as by a plain interpreter."""

import functools
import itertools
import json
from pathlib import Path

import jax
import pytest
from symbolic import interpreted

import attractorbind as ab
from attractorbind import actr

FILES = Path(__file__).parent.parent.parent / "demos" / "actr"
THINGS = ["canary", "ostrich", "shark", "salmon", "bird", "fish", "animal", "thing"]
PROBLEMS = {
    "count": [{"from": str(a), "to": str(b)} for a in range(10) for b in range(a, 10)],
    "addition": [{"first": str(a), "second": str(b)} for a in range(11) for b in range(11 - a)],
    "semantic": [{"thing": a, "category": b} for a, b in itertools.product(THINGS, THINGS)],
    "columns": [
        dict(zip(("ten1", "one1", "ten2", "one2"), f"{a:02d}{b:02d}", strict=True))
        for a, b in [((37 * n) % 100, (61 * n + 7) % 100) for n in range(200)]
    ],
}


@functools.cache
def built(name: str) -> tuple[actr.Model, ab.Network]:
    model = actr.read(FILES / f"{name}.lisp")
    return model, model.network(key=jax.random.key(0))


@functools.cache
def ran(name: str, noise: float = 0) -> actr.Run:
    model, network = built(name)
    return actr.run(model, network, PROBLEMS[name], noise=noise, key=jax.random.key(1), limit=60)


@functools.cache
def by_pyactr(name: str) -> list[list[tuple[str, float]]]:
    """What fired in pyactr 0.3.2, recorded by `python demos/actr_models.py --record`."""
    recorded = json.loads((Path(__file__).parent / "pyactr_firings.json").read_text())[name]
    fired = [[each.split("@") for each in problem.split()] for problem in recorded["firings"]]
    return [[(recorded["rules"][int(rule)], int(time) / 1000) for rule, time in problem] for problem in fired]


def timed(run: actr.Run, trial: int) -> list[tuple[str, float]]:
    return [(firing.production, round(firing.time, 3)) for firing in run.firings(trial)]


@pytest.mark.parametrize("name", PROBLEMS)
def test_firings_and_times_are_those_of_pyactr(name):
    assert [timed(ran(name), trial) for trial in range(len(PROBLEMS[name]))] == by_pyactr(name)


@pytest.mark.parametrize("name", ["count", "addition"])
def test_noise_changes_no_firing(name):
    noisy = ran(name, 0.01)
    assert [timed(noisy, trial) for trial in range(len(PROBLEMS[name]))] == by_pyactr(name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["semantic", "columns"])
def test_noise_changes_no_firing_of_larger_models(name):
    noisy = ran(name, 0.01)
    assert [timed(noisy, trial) for trial in range(len(PROBLEMS[name]))] == by_pyactr(name)


@pytest.mark.parametrize("name", PROBLEMS)
def test_all_that_happens_is_as_by_a_plain_interpreter(name):
    run = ran(name)
    model, _ = built(name)
    held = {buffer: run.held(buffer) for buffer in ("goal", "retrieval")}
    for trial, goal in enumerate(PROBLEMS[name]):
        expected = interpreted(model, goal)
        assert timed(run, trial) == expected.firings
        assert run.lines(trial) == expected.lines
        assert {buffer: found[trial] for buffer, found in held.items()} == {b: expected.buffers[b] for b in held}


def test_the_answers_are_right():
    assert [ran("count").lines(t)[-1] for t in range(55)] == [goal["to"] for goal in PROBLEMS["count"]]
    sums = [str(int(goal["first"]) + int(goal["second"])) for goal in PROBLEMS["addition"]]
    assert [ran("addition").lines(t) for t in range(66)] == [[answer] for answer in sums]
    above = {"canary": "bird", "ostrich": "bird", "shark": "fish", "salmon": "fish", "bird": "animal", "fish": "animal"}
    above["animal"] = "thing"
    for trial, goal in enumerate(PROBLEMS["semantic"]):
        kinds = []
        while (thing := above.get(kinds[-1] if kinds else goal["thing"])) is not None:
            kinds.append(thing)
        assert ran("semantic").lines(trial) == ["yes" if goal["category"] in kinds else "no"]
    for trial, goal in enumerate(PROBLEMS["columns"]):
        total = int(goal["ten1"] + goal["one1"]) + int(goal["ten2"] + goal["one2"])
        assert ran("columns").lines(trial) == [" ".join(f"{total:03d}")]


def test_count_has_the_published_times_and_a_firing_costs_twenty_ticks_at_the_most():
    run = ran("count")
    trial = PROBLEMS["count"].index({"from": "2", "to": "4"})
    assert [firing.time for firing in run.firings(trial)] == [0.05, 0.15, 0.25, 0.3]
    ticks = [[firing.tick for firing in run.firings(trial)] for trial in range(55)]
    assert max(after - before for trial in ticks for before, after in itertools.pairwise(trial)) <= 20
    assert str(run).splitlines()[0] == "     0.050   PROCEDURAL             PRODUCTION-FIRED start"


def test_a_batch_of_256_problems_runs_as_one():
    model, network = built("count")
    goals = (PROBLEMS["count"] * 5)[:256]
    run = actr.run(model, network, goals)
    alone = ran("count")
    assert all(run.firings(trial) == alone.firings(trial % 55) for trial in range(256))


def test_ties_are_told():
    assert built("count")[0].ties == ()
    assert built("columns")[0].ties == ()
    assert ("terminate", "increment-count") in built("addition")[0].ties
    assert ("found", "give-up") not in built("semantic")[0].ties
