"""Rules that compete by utility: noise, learning from reward, and what is learned from run to run."""

import functools

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import actr

PARAMETERS = "(sgp :esc t :lf .13 :rt 0 :ul t :alpha .2 :iu 1 :egs {noise})"
CHOICES = """
(define-chunks 1 2 3 4 left right go (g step go n 1))
(add-dm (f1 a 1 b 2) (f2 a 2 b 3) (f3 a 3 b 4))
(goal-focus g)
(p left =goal> step go n =n - n 4 ==> =goal> step left +retrieval> a =n)
(p right =goal> step go n =n - n 4 ==> =goal> step right +retrieval> a =n)
(p won =goal> step left =retrieval> b =b ==> =goal> step go n =b)
(p lost =goal> step right =retrieval> b =b ==> =goal> step go n =b)
(p lost-for-good =goal> step right ?retrieval> state error ==> =goal> step go n 4)
(spp won :reward 4) (spp lost :reward -1 :u 0) (spp right :u 1.5) (spp lost-for-good :reward -2)
"""
MODELS = {
    "fixed": PARAMETERS.format(noise=0) + CHOICES,
    # One lever is never rewarded, so that the same rules may fire several times before a reward comes.
    "noisy": PARAMETERS.format(noise=0.8) + CHOICES.replace(":reward -1 ", ""),
}


GOALS: list[dict[str, str | None]] = [{}, {"n": "3"}, {"n": "1"}, {"n": "2"}, {}, {"n": "3"}, {"n": "1"}, {"n": "2"}]


@functools.cache
def built(name: str) -> tuple[actr.Model, ab.Network]:
    model = actr.parse(MODELS[name])
    return model, model.network(key=jax.random.key(0), units=128)


def learned(run: actr.Run, trial: int, before: dict[str, float]) -> dict[str, float]:
    """What ACT-R's equation makes of the firings of a trial."""
    rules = {rule.name: rule for rule in run.model.rules}
    worth, waiting = dict(before), []
    settings = run.model.settings.utility
    rate = 0.0 if settings is None or settings.rate is None else settings.rate
    for firing in run.firings(trial):
        waiting.append((firing.production, firing.time - 0.05))
        reward = rules[firing.production].reward
        if reward is not None:
            for name, selected in waiting:
                worth[name] += rate * (reward - (firing.time - selected) - worth[name])
            waiting = []
    return worth


@pytest.mark.parametrize("name", [pytest.param("fixed", marks=pytest.mark.slow), "noisy"])
def test_utilities_are_learned_by_the_equation(name):
    model, network = built(name)
    run = actr.run(model, network, GOALS, key=jax.random.key(2), limit=20)
    start = {rule.name: rule.utility for rule in model.rules}
    assert (start["left"], start["right"], start["lost"]) == (1.0, 1.5, 0.0)
    for trial in range(len(GOALS)):
        assert run.utilities(trial) == pytest.approx(learned(run, trial, start), abs=1e-5)
    if name == "fixed":
        assert run.firings().names == ["right", "lost", "left", "won", "left", "won"]
    else:
        # The same goals come twice, and chance decides differently.
        assert any(run.firings(trial).names != run.firings(trial + 4).names for trial in range(4))
        again = actr.run(model, network, GOALS, key=jax.random.key(2), limit=20)
        assert [again.firings(t) for t in range(8)] == [run.firings(t) for t in range(8)]


def test_what_was_learned_goes_on_in_the_next_run():
    model, network = built("noisy")
    first = actr.run(model, network, GOALS, key=jax.random.key(2), limit=20)
    second = actr.run(model, network, GOALS, key=jax.random.key(3), after=first, limit=20)
    # The others end before a reward, which the next run then goes on to wait for.
    ended = [trial for trial in range(len(GOALS)) if first.firings(trial).names[-1] in ("won", "lost-for-good")]
    assert ended
    for trial in ended:
        expected = learned(second, trial, first.utilities(trial))
        assert second.utilities(trial) == pytest.approx(expected, abs=1e-5)
    with pytest.raises(ab.ArgumentError, match="after="):
        actr.run(model, network, after=first, key=jax.random.key(2))
    with pytest.raises(ab.ArgumentError, match="after="):
        actr.run(*built("fixed"), after=first)


@pytest.mark.slow
def test_one_run_can_be_gone_on_from_by_many_trials():
    model, network = built("fixed")
    first = actr.run(model, network, limit=20)
    both = actr.run(model, network, [{}, {"n": "3"}], after=first, limit=20)
    assert (first.firings().names[0], both.firings().names[0]) == ("right", "left")
    assert both.utilities(1) == pytest.approx(learned(both, 1, first.utilities()), abs=1e-5)


@pytest.mark.slow
def test_noise_of_utility_is_logistic():
    model = actr.parse(
        "(sgp :egs .5) (define-chunks 1 2 3 (g x 1)) (goal-focus g)"
        "(p a =goal> x 1 ==> =goal> x 2) (p b =goal> x 1 ==> =goal> x 3) (spp a :u 1)"
    )
    run = actr.run(model, model.network(key=jax.random.key(0), units=64), [{}] * 512, key=jax.random.key(3))
    share = np.mean([run.firings(trial).names == ["a"] for trial in range(512)])
    draws = np.random.default_rng(0).logistic(0, 0.5, (2, 100_000))
    # Three standard errors.
    assert abs(share - np.mean(1 + draws[0] > draws[1])) < 0.06
    assert run.utilities() == {"a": 1.0, "b": 0.0}
    with pytest.raises(ab.ArgumentError, match="key"):
        actr.run(model, model.network(key=jax.random.key(0), units=64))


def test_without_noise_and_learning_the_program_is_the_one_it_was():
    text = MODELS["fixed"].replace(":ul t", ":ul nil").replace(":egs 0", ":egs nil")
    model = actr.parse(text)
    assert model.settings.utility is None
    assert "utilities" not in str(model.program(limit=9))
