"""Bandits: arms that pay with probabilities of their own."""

import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from attractorbind._checks import check_count, check_fraction, entries
from attractorbind._errors import ArgumentError
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import Episodes
from attractorbind._tasks.names import check_apart, item_names

_SHOWN = "choose"


@dataclass(frozen=True, eq=False, kw_only=True)
class _Bandit(AbstractTask):
    probabilities: tuple[float, ...]
    reversal: int | float | None
    steps: int

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        arms = len(self.answers)
        # By how many arms the probabilities have been moved on.
        moved = generator.integers(arms, size=(number, 1)) + self._reversals(number, generator)
        order = (np.arange(arms) - moved[..., None]) % arms
        pays = generator.random((number, self.steps, arms)) < np.array(self.probabilities)[order]
        best = (int(np.argmax(self.probabilities)) + moved) % arms
        return self.as_episodes(np.zeros((number, self.steps, 1)), 1 + best, rewards=pays)

    def _reversals(self, number: int, generator: np.random.Generator) -> np.ndarray:
        """How many reversals there have been by each step."""
        if isinstance(self.reversal, float):
            drawn = generator.random((number, self.steps)) < self.reversal
            drawn[:, 0] = False
            return drawn.cumsum(axis=1)
        each = self.steps if self.reversal is None else self.reversal
        return np.broadcast_to(np.arange(self.steps) // each, (number, self.steps))


def bandit(
    arms: int | Sequence[str] = 2,
    probabilities: Sequence[float] = (0.8, 0.2),
    reversal: int | float | None = None,
    *,
    steps: int = 100,
) -> AbstractTask:
    """A bandit with as many arms as wished, of which each pays 1 or 0, with a probability of its own.

    Every step shows "choose" and asks for an arm, and `rewards` has what each arm would pay. The right answer is the
    arm that pays most often. Which arm has which probability is drawn for each episode, by moving them on along the
    arms; a reversal moves them on by one arm, which exchanges those of two arms. It counts as learned after two epochs
    of 10 episodes in a row in which 3 of 4 answers were the best arm, which is this library's measure.

    **Arguments:**

    - `arms`: the arms' names, or how many there are.
    - `probabilities`: how often each arm pays, as many as there are arms, from 0 to 1; the highest only once.
    - `reversal`: a whole number for a reversal after every so many steps; a probability below 1 for one before each
      step but the first; None for none.
    - `steps`: how many choices an episode has.

    **Returns:** the task, with the one channel "cue"; its answers are the arms.

    **Raises:** `ArgumentError` for numbers out of range, or names that the task uses itself.

    **Reference:** Cools, Clark, Owen & Robbins 2002, Journal of Neuroscience 22, 4563-4567.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> episodes = tasks.bandit(["left", "right"], (1.0, 0.0), 2, steps=6).episodes(1, key=jax.random.key(0))
        >>> episodes.rewards[0].T.astype(int)
        array([[0, 0, 1, 1, 0, 0],
               [1, 1, 0, 0, 1, 1]])
    """
    names = check_apart("arms", item_names("arms", arms, "arm", 2), (_SHOWN,))
    return _Bandit(
        symbols=(_SHOWN, *names),
        channels=("cue",),
        answers=names,
        criterion=Criterion(episodes=10, accuracy=0.75, in_a_row=2),
        probabilities=_check_probabilities(probabilities, len(names)),
        reversal=_check_reversal(reversal),
        steps=check_count("steps", steps),
    )


def _check_probabilities(given: Any, arms: int) -> tuple[float, ...]:
    numbers_given = entries(given)
    if numbers_given is None:
        raise ArgumentError(f"probabilities is {given!r}; give a number from 0 to 1 for each arm")
    found = tuple(check_fraction(f"probability {number}", value) for number, value in enumerate(numbers_given, 1))
    if len(found) != arms:
        raise ArgumentError(f"there are {len(found)} probabilities for {arms} arms; give one for each arm")
    if found.count(max(found)) > 1:
        raise ArgumentError(f"the highest of the probabilities {found} is there twice; let one arm be the best")
    return found


def _check_reversal(given: Any) -> int | float | None:
    if given is None:
        return None
    value: Any = given
    fraction = isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral)
    if fraction and 0 < given < 1:
        return float(given)
    if fraction or not hasattr(given, "__index__"):
        raise ArgumentError(
            f"reversal is {given!r}; give a whole number of steps, a probability above 0 and below 1, or None"
        )
    return check_count("reversal", given)
