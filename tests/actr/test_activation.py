"""Retrieval by activation: base levels, spreading, mismatch, latency and threshold, against a plain interpreter."""

import functools
import importlib
from pathlib import Path

import jax
import numpy as np
import pytest
from symbolic import interpreted

import attractorbind as ab
from attractorbind import actr

DEMOS = Path(__file__).parent.parent.parent / "demos"
FACTS = "(add-dm (f1 a 1 b 2) (f2 a 1 b 3) (f3 a 3 b 1) (f4 a 3 b 2) (f5 a 2 b 4)) (define-chunks 1 2 3 4 5 6 7)"
# A chunk is asked for again and again; other rules fire while it is looked for; what is not active enough is not found.
REHEARSAL = (
    "(define-chunks (g step ask x 3 y 1)) (goal-focus g)"
    "(p ask =goal> step ask x =x ==> =goal> step wait +retrieval> a =x)"
    "(p wait =goal> step wait y 1 ?retrieval> state busy ==> =goal> y 2)"
    "(p wait-on =goal> step wait y 2 ?retrieval> state busy ==> =goal> y 3)"
    "(p wait-more =goal> step wait y 3 ==> =goal> y 4)"
    "(p got =goal> step wait =retrieval> b =b ==> =goal> step ask x =b y 3)"
    "(p lost =goal> step wait x =x ?retrieval> state error ==> =goal> step ask x 1 y =x)"
)
MODELS = {
    "uses": ("(sgp :esc t :bll .5 :ol nil :lf .2 :rt -1)" + FACTS + REHEARSAL, [{}, {"x": "1"}, {"x": "5"}]),
    # From 2 it goes back to 3, so that chunks are found again.
    "life": (
        "(sgp :esc t :bll .4 :lf .3 :rt -.6 :blc -.1) (add-dm (f6 a 2 b 3))" + FACTS.replace("(f5 a 2 b 4)", "")
        + REHEARSAL,
        [{}, {"x": "1", "y": "4"}],
    ),
    "sources": (
        "(sgp :esc t :mas 2 :ga 1 :imaginal-activation 1 :lf .4 :le .8 :mp 1.5 :rt -2)"
        + FACTS
        + "(define-chunks (g step ask x 3 y 2 z 1)) (goal-focus g)"
        "(p ask =goal> step ask x =x y =y ==> =goal> step imagine +imaginal> a =x z 5)"
        "(p look =goal> step imagine =imaginal> a =a z 5 ==> =goal> step wait =imaginal> z nil +retrieval> a =a)"
        "(p wait =goal> step wait z 1 ==> =goal> z 2)"
        "(p got =goal> step wait =retrieval> a =a b =b ==> =goal> step nil x =a y =b !output! (=a =b))",
        [{}, {"x": "1"}, {"x": "1", "y": "3"}, {"x": "4", "y": "1"}, {"x": "5", "y": "4", "z": None}],
    ),
}  # fmt: skip


@functools.cache
def ran(name: str) -> actr.Run:
    text, goals = MODELS[name]
    model = actr.parse(text)
    return actr.run(model, model.network(key=jax.random.key(0), units=192), goals, limit=12, throw=False)


@pytest.mark.parametrize(
    "name", ["life", *(pytest.param(name, marks=pytest.mark.slow) for name in ("uses", "sources"))]
)
def test_firings_and_times_are_those_of_the_equations(name):
    run = ran(name)
    for trial, goal in enumerate(MODELS[name][1]):
        expected = interpreted(run.model, goal, limit=12)
        fired = [(firing.production, firing.time) for firing in run.firings(trial)]
        assert [rule for rule, _ in fired] == [rule for rule, _ in expected.firings], goal
        np.testing.assert_allclose([t for _, t in fired], [t for _, t in expected.firings], atol=2e-3)
        assert run.lines(trial) == expected.lines


@pytest.mark.slow
def test_the_fan_experiment_agrees_with_what_was_measured(monkeypatch):
    monkeypatch.syspath_prepend(str(DEMOS))
    fan = importlib.import_module("actr_fan")
    model = actr.read(fan.FILE)
    asked = fan.probes(model)
    run = actr.run(model, model.network(key=jax.random.key(0)), [goal for *_, goal in asked], limit=10)
    assert [run.lines(trial) for trial in range(len(asked))] == [[answer] for answer, *_ in asked]
    times = [run.firings(trial)[-1].time for trial in range(len(asked))]
    for (answer, of_place, of_person, goal), time in zip(asked, times, strict=True):
        # A half of S - ln(1 + fan) from each source that stands in the fact.
        gives = {"place": (1.6 - np.log(1 + of_place)) / 2, "person": (1.6 - np.log(1 + of_person)) / 2}
        level = sum(gives.values()) if answer == "yes" else gives[goal["by"]]
        assert abs(time - (0.1 + 0.63 * np.exp(-level))) < 1e-4
    found = fan.means(asked, [time + fan.PERCEPTION_AND_RESPONSE for time in times])
    correlation, deviation = fan.agreement(found)
    assert correlation >= 0.86
    assert deviation <= 0.06


@pytest.mark.slow
def test_noise_of_activation_is_logistic_and_each_trial_has_its_own():
    model = actr.parse(
        "(sgp :esc t :ans .4 :rt -10 :lf .1) (add-dm (f1 a 1 b 2)) (define-chunks (g x 1)) (goal-focus g)"
        "(p ask =goal> x 1 ==> =goal> x 2 +retrieval> a 1) (p got =goal> x 2 =retrieval> b =b ==> =goal> x =b !stop!)"
    )
    network = model.network(key=jax.random.key(0), units=128)
    run = actr.run(model, network, [{}] * 256, key=jax.random.key(1))
    levels = -np.log(np.asarray(run.trace.state["memory"].activation.latencies[:, 0]) / 0.1)
    assert abs(levels.mean()) < 0.15
    assert abs(levels.std() - 0.4 * np.pi / np.sqrt(3)) < 0.1
    with pytest.raises(ab.ArgumentError, match="key"):
        actr.run(model, network)
