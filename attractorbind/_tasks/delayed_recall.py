"""Lists of more items than a network has slots for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attractorbind._checks import check_count, check_known
from attractorbind._errors import ArgumentError
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes
from attractorbind._tasks.names import check_apart, item_names

_OPERATIONS = ("store", "recall")
_CUES = {"positions": "position", "names": "cue"}


@dataclass(frozen=True, eq=False, kw_only=True)
class _DelayedRecall(AbstractTask):
    length: int
    shuffled: bool

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        length = self.length
        cues = np.broadcast_to(np.arange(length), (number, length))
        if self.shuffled:
            cues = generator.permuted(cues, axis=1)
        items = generator.integers(len(self.answers), size=(number, length))
        order = generator.permuted(np.broadcast_to(np.arange(length), (number, length)), axis=1)
        first_cue, first_item = len(_OPERATIONS), len(_OPERATIONS) + length
        shown = np.full((number, 2 * length, 3), NOTHING)
        target = np.full((number, 2 * length), NOTHING)
        shown[:, :length, 0], shown[:, length:, 0] = 0, 1
        shown[:, :length, 1] = first_cue + cues
        shown[:, length:, 1] = first_cue + np.take_along_axis(cues, order, axis=1)
        shown[:, :length, 2] = first_item + items
        target[:, length:] = first_item + np.take_along_axis(items, order, axis=1)
        return self.as_episodes(shown, target)


def delayed_recall(
    items: int | Sequence[str] = 10, *, slots: int = 4, length: int | None = None, cues: str = "positions"
) -> AbstractTask:
    """Recall of a list that is longer than working memory has slots: it needs a store for longer.

    Each step of the first half of an episode shows "store", a cue and an item; an item may come twice. Each step of the
    second half shows "recall" and one of the cues, each once in random order, and asks for the item that it came with.
    It counts as learned after two epochs of 25 episodes in a row without an error, which is this library's measure.

    **Arguments:**

    - `items`: the items' names, or how many there are.
    - `slots`: how many items the network can hold, which the list must exceed.
    - `length`: how many items the list has; twice as many as there are slots if none is given.
    - `cues`: "positions" for cues that come in order, position1 first, or "names" for cues in an order that is drawn.

    **Returns:** the task, with the channels "operation", "cue" and "item"; its answers are the items.

    **Raises:** `ArgumentError` for numbers out of range, names that the task uses itself, or a list that fits into the
    slots; `UnknownNameError` for other cues.

    **Reference:** paired associates, Calkins 1894, Psychological Review 1, 476-483.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.delayed_recall(["dog", "cat", "cow"], slots=1, cues="names")
        >>> task.episodes(1, key=jax.random.key(5)).inputs(targets=True)
        [['store', 'cue2', 'cat', 'store', 'cue1', 'cow', 'recall', 'cue2', 'cat', 'recall', 'cue1', 'cow']]
    """
    slots = check_count("slots", slots)
    length = 2 * slots if length is None else check_count("length", length)
    if length <= slots:
        raise ArgumentError(f"length is {length}, and slots is {slots}; let the list be longer than the slots are many")
    stem = _CUES[check_known("kind of cues", "kinds of cues", cues, _CUES)]
    own = (*_OPERATIONS, *(f"{stem}{number}" for number in range(1, length + 1)))
    names = check_apart("items", item_names("items", items, "item", 2), own)
    return _DelayedRecall(
        symbols=(*own, *names),
        channels=("operation", "cue", "item"),
        answers=names,
        criterion=Criterion(episodes=25, accuracy=1.0, in_a_row=2),
        length=length,
        shuffled=cues == "names",
    )
