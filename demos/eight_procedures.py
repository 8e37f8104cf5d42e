"""Basal ganglia learn by reward which procedure answers which task, for architecture.py."""

import time

import equinox as eqx
import jax
import numpy as np
from eight_images import images_of
from eight_network import EYES, PROCEDURES, learned_program
from eight_scores import Whole

import attractorbind as ab
from attractorbind.tasks import SPAUN, spaun

# Symbols in a trial: bandits are cut short, to so many choices.
LONGEST_SEEN, CHOICES = 24, 5
# What is earned by a wrong answer; by a right one it is 1.
PENALTY = -1.0
# Trials in which the choices that are right are counted.
WINDOW = 50


def questions_for(learners: int, dice: np.random.Generator) -> tuple[list[list[str]], list[list[str] | None]]:
    """A trial for each learner, of any task, and what is to be said; of bandits None, where any arm will do."""
    shown, answers = [], []
    for task in dice.choice(list(SPAUN), size=learners):
        questions = spaun(str(task), 1, key=jax.random.key(int(dice.integers(2**31))))
        symbols, answer = list(questions.shown[0]), list(questions.answers[0])
        shown.append(symbols[: 1 + 4 * CHOICES] if task == "A2" else symbols)
        answers.append(None if task == "A2" else answer)
    return shown, answers


def earned(shown: list[str], answer: list[str] | None, said: list[str | None]) -> float:
    """1 for what is right, otherwise 0; a bandit is right that chose an arm, whichever, each time it was asked."""
    if answer is None:
        return float(len(said) == shown.count("?") and set(said) <= {"1", "2", "3"})
    return float(said == answer)


def kept(start: ab.State, state: ab.State) -> ab.State:
    """A state in which nothing is left of a trial but what basal ganglia have learned from it."""
    index = start.area_names.index(PROCEDURES)
    return eqx.tree_at(lambda own: own.areas[index], start, state.areas[index])


def learn_procedures(whole: Whole, learners: int, rounds: int, seed: int) -> dict[str, object]:
    """Print how learners, each with synapses of its own, come to choose what is right; all of these are 0 at first."""
    network, dice, started = whole.network, np.random.default_rng(seed), time.perf_counter()
    begin, told = ab.begin_episode(PROCEDURES), {PROCEDURES: np.zeros(learners)}
    start = ab.run(network, begin, whole.state, stimuli=told).state
    state, program, right = start, learned_program(), np.zeros((rounds, learners))
    for number in range(rounds):
        shown, answers = questions_for(learners, dice)
        seen = images_of(shown, whole.images.test, LONGEST_SEEN, seed=int(dice.integers(2**31)))
        key = jax.random.key(int(dice.integers(2**31)))
        trace = ab.run(network, program, state, stimuli={EYES: seen.images}, key=key, throw=False)
        pairs = zip(shown, answers, trace.outputs, strict=True)
        right[number] = [earned(symbols, answer, said) for symbols, answer, said in pairs]
        rewards = {PROCEDURES: np.where(right[number] > 0, 1.0, PENALTY)}
        rewarded = ab.run(network, ab.next_reward(to=[PROCEDURES]), trace.state, stimuli=rewards)
        state = kept(start, rewarded.state)
        if number % 20 == 19:
            last = 100 * right[number - 19 : number + 1].mean()
            print(f"trials {number - 18:4} to {number + 1:4}: {last:5.1f} % right", flush=True)
    reached = [first_at(own, WINDOW, 0.95) for own in right.T]
    met = sorted(trial for trial in reached if trial is not None)
    print(f"\nlearned policy: {len(met)} of {learners} learners come to 95 % of {WINDOW} trials in a row", end="")
    print(f", after {np.median(met):.0f} [{met[0]}, {met[-1]}] (median, fewest, most)" if met else "")
    print(f"{time.perf_counter() - started:.0f} s")
    return {"learners": learners, "trials": rounds, "reached": reached, "right": right.mean(axis=1).tolist()}


def first_at(right: np.ndarray, window: int, share: float) -> int | None:
    """After how many trials so large a share of the last ones was right for the first time; None if it never was."""
    sums = np.convolve(right, np.ones(window), mode="valid")
    met = np.flatnonzero(sums >= share * window)
    return int(met[0]) + window if len(met) else None
