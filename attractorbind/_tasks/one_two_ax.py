"""1-2-AX, the task of two nested loops."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from attractorbind._checks import check_count, check_fraction
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes

_SHOWN = ("1", "2", "A", "B", "C", "X", "Y", "Z")
_ANSWERS = ("L", "R")
_FIRST, _SECOND = 2, 5  # where A and X stand among the symbols
_LEFT, _RIGHT = 8, 9


@dataclass(frozen=True, eq=False, kw_only=True)
class _OneTwoAX(AbstractTask):
    loops: int
    pairs: int
    targets: float

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        outer = generator.integers(2, size=(number, self.loops, 1))
        pairs = generator.integers(1, self.pairs + 1, size=(number, self.loops, 1))
        drawn = generator.integers(3, size=(2, number, self.loops, self.pairs))
        # AX and BY have the same index twice, in A, B, C and X, Y, Z; and so has the digit that asks for them in 1, 2.
        likely = generator.integers(2, size=drawn.shape[1:])
        first, second = np.where(generator.random(drawn.shape[1:]) < self.targets, likely, drawn)
        right = (first == outer) & (second == outer)
        # A row for each outer loop: its digit, and then pairs, of which the last may be left out.
        inner = np.stack([_FIRST + first, _SECOND + second], axis=-1).reshape(number, self.loops, -1)
        shown = np.concatenate([outer, inner], axis=-1)
        target = np.full(shown.shape, _LEFT)
        target[..., 2::2] = np.where(right, _RIGHT, _LEFT)
        there = np.arange(shown.shape[-1]) < 1 + 2 * pairs
        lengths = there.reshape(number, -1).sum(axis=1)
        return self.as_episodes(_closed_up(shown, there)[..., None], _closed_up(target, there), lengths=lengths)


def _closed_up(
    rows: Int[np.ndarray, "episodes loops row"], there: Bool[np.ndarray, "episodes loops row"]
) -> Int[np.ndarray, "episodes steps"]:
    """What is there of each episode's rows, one after the other, and then nothing."""
    there = there.reshape(len(there), -1)
    order = np.argsort(~there, axis=1, kind="stable")[:, : there.sum(axis=1).max()]
    values = np.where(there, rows.reshape(there.shape), NOTHING)
    return np.take_along_axis(values, order, axis=1)


def one_two_ax(loops: int = 25, *, pairs: int = 4, targets: float = 0.5) -> AbstractTask:
    """The task 1-2-AX: answer R to X after A if the last digit was 1, to Y after B if it was 2, and L to all else.

    An episode is a sequence of outer loops. Each begins with 1 or 2, as likely, and goes on with 1 to `pairs` pairs, as
    likely. A pair is AX or BY, as likely, with the probability `targets`, whichever the digit is;
    otherwise one of A, B, C and one of X, Y, Z, all as likely, which may be AX or BY, too. Every symbol asks for an
    answer. It counts as learned after two epochs of 25 outer loops in a row without an error.

    **Arguments:**

    - `loops`: how many outer loops an episode has.
    - `pairs`: how many pairs an outer loop has at the most.
    - `targets`: the probability that a pair is chosen to be AX or BY.

    **Returns:** the task, with the one channel "stimulus" and the answers L and R.

    **Raises:** `ArgumentError` for numbers out of range.

    **Reference:** O'Reilly & Frank 2006, Neural Computation 18, 283-328; Frank, Loughry & O'Reilly 2001, Cognitive,
    Affective & Behavioral Neuroscience 1, 137-160.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.one_two_ax(loops=3, pairs=2)
        >>> task.episodes(1, key=jax.random.key(2)).inputs()
        [['2', 'C', 'Z', '1', 'A', 'X', '1', 'A', 'X', 'B', 'Y']]
    """
    # NumPy's small whole numbers would overflow in what is reckoned with them.
    loops, pairs = check_count("loops", loops), check_count("pairs", pairs)
    return _OneTwoAX(
        symbols=(*_SHOWN, *_ANSWERS),
        channels=("stimulus",),
        answers=_ANSWERS,
        criterion=Criterion(episodes=max(1, round(25 / loops)), accuracy=1.0, in_a_row=2),
        loops=loops,
        pairs=pairs,
        targets=check_fraction("targets", targets),
    )
