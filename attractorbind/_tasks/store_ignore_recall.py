"""SIR-2: two stores of items, and items to be ignored."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attractorbind._checks import check_bool, check_count
from attractorbind._errors import ArgumentError
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes
from attractorbind._tasks.names import check_apart, item_names

_STORES = 2
_OPERATIONS = ("S1", "S2", "R1", "R2", "I")
_IGNORE = 4


@dataclass(frozen=True, eq=False, kw_only=True)
class _StoreIgnoreRecall(AbstractTask):
    trials: int
    shared: bool

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        items = len(self.answers)
        preference = generator.random((self.trials, number, len(_OPERATIONS)))
        item = generator.integers(items, size=(self.trials, number))
        kept = np.full((number, _STORES), NOTHING)
        shown = np.full((number, self.trials, 2), NOTHING)
        target = np.empty((number, self.trials), int)
        for trial in range(self.trials):
            # One of the operations that can be, all as likely: nothing is recalled before something was stored.
            preference[trial][:, _STORES : 2 * _STORES][kept == NOTHING] = -1
            operation = preference[trial].argmax(axis=1)
            new = item[trial]
            if not self.shared:
                own = new % (items // _STORES) + operation * (items // _STORES)
                new = np.where(operation < _STORES, own, new)
            for store in range(_STORES):
                kept[:, store] = np.where(operation == store, new, kept[:, store])
            recalled = (operation >= _STORES) & (operation < _IGNORE)
            answer = np.where(recalled, kept[np.arange(number), operation % _STORES], new)
            target[:, trial] = len(_OPERATIONS) + answer
            shown[:, trial, 0] = operation
            shown[:, trial, 1] = np.where(recalled, NOTHING, len(_OPERATIONS) + new)
        return self.as_episodes(shown, target)


def store_ignore_recall(items: int | Sequence[str] = 4, *, shared: bool = True, trials: int = 100) -> AbstractTask:
    """The task SIR-2: keep two items, each until another takes its place, and tell which they are.

    At each trial one of five operations is shown, all as likely. S1 and S2 store the item that is shown with them, I
    says that it is to be ignored; the answer is that item. R1 and R2 are shown with no item, and the answer is the item
    that was last stored with S1 or S2; they are not shown before one was. It counts as learned after four epochs of 100
    trials in a row without an error.

    **Arguments:**

    - `items`: the items' names, or how many there are.
    - `shared`: whether S1 and S2 store the same items; otherwise S1 stores the first half of them, S2 the other half.
    - `trials`: how many trials, each a step, an episode has.

    **Returns:** the task, with the channels "operation" and "item"; its answers are the items.

    **Raises:** `ArgumentError` for numbers out of range, names that the task uses itself, or items that have no halves.

    **Reference:** O'Reilly & Frank 2006, Neural Computation 18, 283-328.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.store_ignore_recall(["dog", "cat"], trials=5)
        >>> task.episodes(1, key=jax.random.key(0)).inputs(targets=True)
        [['I', 'cat', 'cat', 'I', 'dog', 'dog', 'S1', 'dog', 'dog', 'S2', 'cat', 'cat', 'R1', 'dog']]
    """
    names = check_apart("items", item_names("items", items, "item", 2), _OPERATIONS)
    if not check_bool("shared", shared) and len(names) % _STORES:
        raise ArgumentError(f"items has {len(names)}, which have no halves; give an even number, or shared=True")
    trials = check_count("trials", trials)
    return _StoreIgnoreRecall(
        symbols=(*_OPERATIONS, *names),
        channels=("operation", "item"),
        answers=names,
        criterion=Criterion(episodes=max(1, round(100 / trials)), accuracy=1.0, in_a_row=4),
        trials=trials,
        shared=shared,
    )
