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


# Of each model every so many problems are run when time is short, with what noise; all of them in the endurance tests.
QUICK = {"count": (0, 1), "addition": (0.01, 13), "semantic": (0, 3), "columns": (0, 25)}
NAMES = [pytest.param(name, marks=[pytest.mark.slow] * (name != "count")) for name in QUICK]


@functools.cache
def ran(name: str, noise: float, step: int) -> actr.Run:
    """A run of every so many of a model's problems."""
    model, network = built(name)
    goals = PROBLEMS[name][::step]
    return actr.run(model, network, goals, noise=noise, key=jax.random.key(1), limit=60)


def quickly(name: str) -> tuple[actr.Run, list[dict[str, str]]]:
    """A run of some of a model's problems, and these problems."""
    return ran(name, *QUICK[name]), PROBLEMS[name][:: QUICK[name][1]]


@functools.cache
def by_pyactr(name: str) -> list[list[tuple[str, float]]]:
    """What fired in pyactr 0.3.2, recorded by `python demos/actr_models.py --record`."""
    recorded = json.loads((Path(__file__).parent / "pyactr_firings.json").read_text())[name]
    fired = [[each.split("@") for each in problem.split()] for problem in recorded["firings"]]
    return [[(recorded["rules"][int(rule)], int(time) / 1000) for rule, time in problem] for problem in fired]


def timed(run: actr.Run, trial: int) -> list[tuple[str, float]]:
    return [(firing.production, round(firing.time, 3)) for firing in run.firings(trial)]


def fired_as_in_pyactr(name: str, noise: float, step: int) -> None:
    run, expected = ran(name, noise, step), by_pyactr(name)[::step]
    assert [timed(run, trial) for trial in range(len(expected))] == expected


@pytest.mark.parametrize("name", NAMES)
def test_firings_and_times_are_those_of_pyactr(name):
    fired_as_in_pyactr(name, *QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0, 0.01])
@pytest.mark.parametrize("name", PROBLEMS)
def test_firings_of_all_problems_are_those_of_pyactr_with_noise_and_without(name, noise):
    fired_as_in_pyactr(name, noise, 1)


@pytest.mark.parametrize("name", NAMES)
def test_all_that_happens_is_as_by_a_plain_interpreter(name):
    run, goals = quickly(name)
    model, _ = built(name)
    held = {buffer: run.held(buffer) for buffer in ("goal", "retrieval")}
    for trial, goal in enumerate(goals):
        expected = interpreted(model, goal)
        assert timed(run, trial) == expected.firings
        assert run.lines(trial) == expected.lines
        assert {buffer: found[trial] for buffer, found in held.items()} == {b: expected.buffers[b] for b in held}


def answer(name: str, goal: dict[str, str]) -> str:
    """The last line that a model is to put out."""
    match name:
        case "count":
            return goal["to"]
        case "addition":
            return str(int(goal["first"]) + int(goal["second"]))
        case "columns":
            return " ".join(f"{int(goal['ten1'] + goal['one1']) + int(goal['ten2'] + goal['one2']):03d}")
    above = {"canary": "bird", "ostrich": "bird", "shark": "fish", "salmon": "fish", "bird": "animal", "fish": "animal"}
    above["animal"] = "thing"
    kinds = []
    while (thing := above.get(kinds[-1] if kinds else goal["thing"])) is not None:
        kinds.append(thing)
    return "yes" if goal["category"] in kinds else "no"


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_right(name):
    run, goals = quickly(name)
    assert [run.lines(trial)[-1] for trial in range(len(goals))] == [answer(name, goal) for goal in goals]


def test_count_has_the_published_times():
    run, _ = quickly("count")
    trial = PROBLEMS["count"].index({"from": "2", "to": "4"})
    assert [firing.time for firing in run.firings(trial)] == [0.05, 0.15, 0.25, 0.3]
    assert str(run).splitlines()[0] == "     0.050   PROCEDURAL             PRODUCTION-FIRED start"


@pytest.mark.parametrize("name", NAMES)
def test_a_firing_costs_twenty_ticks_at_the_most(name):
    run, goals = quickly(name)
    rules = {rule.name for rule in run.model.rules}
    alone, with_retrieval = [], []
    for trial in range(len(goals)):
        events = [event for event in run.trace.firings(trial) if event.production != "put out"]
        fired = [number for number, event in enumerate(events) if event.production in rules]
        alone += [after.tick - before.tick for before, after in itertools.pairwise(events)]
        with_retrieval += [events[after].tick - events[before].tick for before, after in itertools.pairwise(fired)]
    assert max(alone) <= 20
    # Two steps of ACT-R's clock: a firing, and a retrieval that all else waits for.
    assert max(with_retrieval) <= {"count": 20, "addition": 21, "semantic": 23, "columns": 22}[name]


@pytest.mark.slow
def test_a_batch_of_256_problems_runs_as_one():
    model, network = built("count")
    goals = list(itertools.islice(itertools.cycle(PROBLEMS["count"]), 256))
    run, number = actr.run(model, network, goals), len(PROBLEMS["count"])
    assert len(run.result) == len(goals)
    assert all(run.firings(trial) == run.firings(trial % number) for trial in range(len(goals)))


def test_ties_are_told():
    ties = {name: actr.read(FILES / f"{name}.lisp").ties for name in PROBLEMS}
    assert ties["count"] == ties["columns"] == ()
    assert ("terminate", "increment-count") in ties["addition"]
    assert ("found", "give-up") not in ties["semantic"]
