"""Role and filler: which word came in which place of a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Array, Bool, Int, Key

from attractorbind._checks import check_count, check_known
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_one_key
from attractorbind._tasks.base import AbstractTask
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes
from attractorbind._tasks.names import check_apart, item_names

_OPERATIONS = ("store", "query")
_ROLES = ("agent", "verb", "patient")
_KINDS = ("standard", "anticorrelation", "full_combinatorial", "novel_fillers")
_MOST = 100  # fillers: there are as many sentences as their third power, and all are looked at


@dataclass(frozen=True, eq=False, kw_only=True)
class _RoleFiller(AbstractTask):
    # For each split its sentences, and which of their roles are asked for.
    sentences: dict[str, Int[np.ndarray, "_sentences roles"]]
    asked: dict[str, Bool[np.ndarray, "_sentences roles"]]

    @property
    def splits(self) -> tuple[str, ...]:
        """See `AbstractTask.splits`."""
        return ("train", "test")

    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """See `AbstractTask.draw`."""
        roles, rows = len(_ROLES), np.arange(number)
        chosen = generator.integers(len(self.sentences[split]), size=number)
        sentence = self.sentences[split][chosen]
        order = generator.permuted(np.broadcast_to(np.arange(roles), (number, roles)), axis=1)
        asked = np.where(self.asked[split][chosen], generator.random((number, roles)), -1).argmax(axis=1)
        first_role, first_word = len(_OPERATIONS), len(_OPERATIONS) + roles
        shown = np.full((number, roles + 1, 3), NOTHING)
        target = np.full((number, roles + 1), NOTHING)
        shown[:, :roles, 0], shown[:, roles, 0] = 0, 1
        shown[:, :roles, 1], shown[:, roles, 1] = first_role + order, first_role + asked
        shown[:, :roles, 2] = first_word + np.take_along_axis(sentence, order, axis=1)
        target[:, roles] = first_word + sentence[rows, asked]
        return self.as_episodes(shown, target)


def role_filler(
    kind: str = "standard",
    *,
    fillers: int | Sequence[str] = 10,
    sentences: int = 200,
    withheld: int = 2,
    key: Key[Array, ""],
) -> AbstractTask:
    """Role and filler: three words come with their roles in any order, and one role is asked for.

    Three steps show "store", one of the roles agent, verb and patient, and a word; the fourth shows "query" and a role,
    and asks for the word that came with it. A sentence may have a word twice. The split "train" has so many sentences;
    what "test" holds out is told by the kind:

    - "standard": all other sentences, any role of which is asked for.
    - "anticorrelation": sentences with two words that never come together in the split "train", where the words of so
      many pairs as there can be are kept apart. One of the two is asked for.
    - "full_combinatorial": sentences with a word in a role that it never has in the split "train", although it has
      others there. That role is asked for.
    - "novel_fillers": sentences with a word that is never there in the split "train". That word is asked for.

    It counts as learned after an epoch of 200 sentences of which 95 % are answered right, which is this library's
    measure.

    **Arguments:**

    - `kind`: what is held out.
    - `fillers`: the words, or how many there are, from 2 to 100.
    - `sentences`: how many there are in the split "train".
    - `withheld`: how many words each role does without if the kind is "full_combinatorial", or all roles do without if
      it is "novel_fillers".
    - `key`: the random key that the splits are drawn with.

    **Returns:** the task, with the channels "operation", "role" and "word"; its answers are the words.

    **Raises:** `ArgumentError` for numbers out of range, more sentences than there are, or names that the task uses
    itself; `UnknownNameError` for another kind.

    **Reference:** Kriete, Noelle, Cohen & O'Reilly 2013, PNAS 110, 16390-16395.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> task = tasks.role_filler(fillers=["dog", "cat", "saw"], sentences=20, key=jax.random.key(0))
        >>> task.episodes(1, key=jax.random.key(1), split="test").inputs(targets=True)
        [['store', 'verb', 'dog', 'store', 'agent', 'cat', 'store', 'patient', 'dog', 'query', 'verb', 'dog']]
    """
    check_known("kind", "kinds", kind, _KINDS)
    words = check_apart("fillers", item_names("fillers", fillers, "word", 2), (*_OPERATIONS, *_ROLES))
    if len(words) > _MOST:
        raise ArgumentError(f"fillers has {len(words)}; there can be {_MOST} at the most")
    sentences, withheld = check_count("sentences", sentences), check_count("withheld", withheld)
    parts = len(_ROLES) if kind == "full_combinatorial" else 1
    if withheld * parts >= len(words) and kind in _KINDS[2:]:
        raise ArgumentError(
            f"withheld is {withheld}, too many of {len(words)} fillers; give more fillers, or withhold less"
        )
    generator = np.random.default_rng(np.asarray(jax.random.key_data(check_one_key(key))))
    triples = np.stack(np.meshgrid(*[np.arange(len(words))] * len(_ROLES), indexing="ij"), -1).reshape(-1, len(_ROLES))
    triples = generator.permutation(triples)
    special = _special(kind, triples, generator.permutation(len(words)), withheld)
    pool, held_out = triples[~special.any(axis=1)], triples[special.any(axis=1)]
    if sentences > len(pool) - (kind == "standard"):
        raise ArgumentError(
            f"sentences is {sentences}, and there are {len(pool)} to choose from; give fewer sentences, or more fillers"
        )
    if kind == "standard":
        held_out = pool[sentences:]
    if kind == "full_combinatorial":
        # Few sentences may not have all words: what is not there in any role is another kind's to hold out.
        special &= np.isin(triples, pool[:sentences])
        held_out = triples[special.any(axis=1)]
        if not len(held_out):
            raise ArgumentError(f"sentences is {sentences}, too few to have a withheld word; give more sentences")
    asked = np.ones(held_out.shape, bool) if kind == "standard" else special[special.any(axis=1)]
    return _RoleFiller(
        symbols=(*_OPERATIONS, *_ROLES, *words),
        channels=("operation", "role", "word"),
        answers=words,
        criterion=Criterion(episodes=200, accuracy=0.95, in_a_row=1),
        sentences={"train": pool[:sentences], "test": held_out},
        asked={"train": np.ones((sentences, len(_ROLES)), bool), "test": asked},
    )


def _special(
    kind: str,
    sentences: Int[np.ndarray, "sentences roles"],
    order: Int[np.ndarray, " fillers"],
    withheld: int,
) -> Bool[np.ndarray, "sentences roles"]:
    """Which words of which sentences are not to be in the split "train", there or together with another of them.

    **Arguments:**

    - `order`: the words in the order in which they are taken for pairs, or withheld.
    """
    if kind == "anticorrelation":
        partner = np.full(len(order), NOTHING)
        paired = order[: len(order) // 2 * 2]
        partner[paired[::2]], partner[paired[1::2]] = paired[1::2], paired[::2]
        return (partner[sentences][:, :, None] == sentences[:, None, :]).any(axis=2)
    if kind == "full_combinatorial":
        apart = order[: len(_ROLES) * withheld].reshape(len(_ROLES), 1, withheld)
        return (sentences.T[..., None] == apart).any(axis=2).T
    if kind == "novel_fillers":
        return np.isin(sentences, order[:withheld])
    return np.zeros(sentences.shape, bool)
