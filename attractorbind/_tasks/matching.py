"""Tasks of comparing what is shown with what was shown before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attractorbind._checks import check_count, check_fraction
from attractorbind._errors import ArgumentError
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes
from attractorbind._tasks.names import check_apart, item_names

_ANSWERS = ("match", "differs")
# Of a hundred answers, in epochs of a hundred episodes or of five.
_EPISODES, _SEQUENCES = 100, 5


@dataclass(frozen=True, eq=False, kw_only=True)
class _Comparison(AbstractTask):
    """What is shown is compared with what was shown so many steps before, and nothing is shown in pauses."""

    back: int
    steps: int
    matches: float
    pauses: tuple[int, ...]

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        items = len(self.symbols) - len(_ANSWERS)
        match = generator.random((number, self.steps)) < self.matches
        item = generator.integers(items, size=(number, self.steps))
        # Another than the one before: so many further in the circle of items.
        further = generator.integers(1, items, size=(number, self.steps))
        target = np.full((number, self.steps), NOTHING)
        for step in range(self.back, self.steps):
            before = item[:, step - self.back]
            item[:, step] = np.where(match[:, step], before, (before + further[:, step]) % items)
            target[:, step] = np.where(match[:, step], items, items + 1)
        item[:, list(self.pauses)] = NOTHING
        return self.as_episodes(item[..., None], target)


def delayed_match(items: int | Sequence[str] = 4, delay: int = 5, *, matches: float = 0.5) -> AbstractTask:
    """Delayed match to sample: an item, a delay, and an item that is the same or another.

    Nothing is shown in the delay, and an answer is asked for at the last step only. Other items are all as likely. It
    counts as learned after two epochs of 100 episodes in a row without an error, which is this library's measure.

    **Arguments:**

    - `items`: the items' names, or how many there are.
    - `delay`: how many steps lie between the two items; 0 for none.
    - `matches`: the probability that they are the same.

    **Returns:** the task, with the one channel "stimulus" and the answers "match" and "differs".

    **Raises:** `ArgumentError` for numbers out of range, or names that the task uses itself.

    **Reference:** Miller, Erickson & Desimone 1996, Journal of Neuroscience 16, 5154-5167.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.delayed_match(["dog", "cat"], delay=2)
        >>> task.episodes(2, key=jax.random.key(0)).inputs(targets=True, nothing="-")
        [['cat', '-', '-', '-', '-', '-', 'cat', 'match'], ['dog', '-', '-', '-', '-', '-', 'cat', 'differs']]
    """
    delay = check_count("delay", delay, 0)
    return _comparison(items, delay + 1, delay + 2, matches, _EPISODES, tuple(range(1, delay + 1)))


def n_back(n: int = 2, items: int | Sequence[str] = 8, *, steps: int = 24, matches: float = 1 / 3) -> AbstractTask:
    """The n-back task: whether each item is the one that was shown n steps before.

    An answer is asked for at all but the first n steps. Other items are all as likely. It counts as learned after two
    epochs of 5 episodes in a row without an error, which is this library's measure.

    **Arguments:**

    - `n`: how many steps before.
    - `items`: the items' names, or how many there are.
    - `steps`: how many items an episode shows.
    - `matches`: the probability that an item is the one of n steps before.

    **Returns:** the task, with the one channel "stimulus" and the answers "match" and "differs".

    **Raises:** `ArgumentError` for numbers out of range, or names that the task uses itself.

    **Reference:** Kirchner 1958, Journal of Experimental Psychology 55, 352-358.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.n_back(1, ["dog", "cat", "cow"], steps=4)
        >>> task.episodes(1, key=jax.random.key(3)).inputs(targets=True)
        [['cow', 'dog', 'differs', 'dog', 'match', 'dog', 'match']]
    """
    n, steps = check_count("n", n), check_count("steps", steps)
    if steps <= n:
        raise ArgumentError(
            f"steps is {steps}, and nothing is asked for in the first n = {n}; give more steps than that"
        )
    return _comparison(items, n, steps, matches, _SEQUENCES, ())


def _comparison(
    items: int | Sequence[str], back: int, steps: int, matches: float, episodes: int, pauses: tuple[int, ...]
) -> AbstractTask:
    names = check_apart("items", item_names("items", items, "item", 2), _ANSWERS)
    return _Comparison(
        symbols=(*names, *_ANSWERS),
        channels=("stimulus",),
        answers=_ANSWERS,
        criterion=Criterion(episodes=episodes, accuracy=1.0, in_a_row=2),
        back=back,
        steps=steps,
        matches=check_fraction("matches", matches),
        pauses=pauses,
    )
