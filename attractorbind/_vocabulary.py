"""The symbols' names."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from attractorbind._checks import check_count, check_memory, check_names
from attractorbind._errors import ArgumentError, VocabularyError, listed, unknown_name
from attractorbind._visible import is_visible, same_looking

# About what a name takes, with its place in the mapping.
_BYTES_OF_A_NAME = 200


class Vocabulary(Mapping[str, int]):
    """The names of the symbols, in order: an immutable mapping from name to index.

    Behind the symbols stand spare ones. A network gives them codes as it does to all others, but stores none of them:
    it holds one only once it is imprinted while the network runs, see `imprint_now`. Length, iteration and lookup are
    of all names, those of spare symbols last.

    **Arguments:**

    - `names`: the symbols' names in order, strings that show something when they are printed, each once.
    - `spare`: the names of spare symbols; or how many, which are then called "new0", "new1" and so on.

    **Attributes:**

    - `names`: of the symbols that a network stores.
    - `spare`: of the spare symbols.

    **Raises:**

    - `VocabularyError`: no names, names in no order (a set), or a name that is invisible, repeated or not a string,
        or looks as another one does.
    - `ArgumentError`: a count of spare symbols that is negative.
    - `UnknownNameError`: on looking up a name that is not there; nothing is ever created by a lookup.

    **Example:**

        >>> import attractorbind as ab
        >>> vocabulary = ab.Vocabulary(["dog", "cat", "chased"])
        >>> vocabulary["cat"], vocabulary.names[2], len(vocabulary)
        (1, 'chased', 3)
        >>> try:
        ...     vocabulary["dgo"]
        ... except ab.UnknownNameError as error:
        ...     print(error)
        unknown symbol 'dgo'; symbols are 'dog', 'cat', 'chased'; did you mean 'dog'?
    """

    __slots__ = ("_all", "_hash", "_index", "names", "spare")

    names: tuple[str, ...]
    spare: tuple[str, ...]

    def __init__(self, names: Iterable[Any], spare: Iterable[Any] | int = ()) -> None:
        names = list(names) if isinstance(names, Vocabulary) else names
        names = tuple(check_names("a vocabulary", names, "names", VocabularyError))
        if not names:
            raise VocabularyError("a vocabulary needs at least one symbol; give it a list of names")
        _check_each("symbol", names)
        spare = _spare_names(spare)
        _check_each("spare symbol", spare)
        both = [name for name in spare if name in set(names)]
        if both:
            raise VocabularyError(
                f"spare symbols {listed(both)} are ordinary symbols, too; give them names that no other symbol has"
            )
        everything = names + spare
        alike = same_looking(everything)
        if alike is not None:
            raise VocabularyError(
                f"symbols {alike[0]!a} and {alike[1]!a} look the same, for Unicode composes their characters in "
                "two ways; write all names in one form, with unicodedata.normalize('NFC', name)"
            )
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "spare", spare)
        object.__setattr__(self, "_all", everything)
        object.__setattr__(self, "_index", {name: position for position, name in enumerate(everything)})
        object.__setattr__(self, "_hash", hash((names, spare)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a vocabulary is immutable; make a new one instead of setting {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a vocabulary is immutable; make a new one instead of deleting {name!r}")

    def __reduce__(self) -> tuple[type["Vocabulary"], tuple[tuple[str, ...], tuple[str, ...]]]:
        return Vocabulary, (self.names, self.spare)

    def __getitem__(self, name: str) -> int:
        try:
            return self._index[name]
        # Some things have no hash, and a span of time refuses it in its own way.
        except (KeyError, TypeError, ValueError):
            raise unknown_name("symbol", "symbols", name, self._all) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and (self.names, self.spare) == (other.names, other.spare)

    def __repr__(self) -> str:
        spare = f", spare=[{listed(self.spare)}]" if self.spare else ""
        return f"Vocabulary([{listed(self.names)}]{spare})"


def _spare_names(spare: Any) -> tuple[Any, ...]:
    """The names of spare symbols, made up where only their number is given."""
    if isinstance(spare, int | np.integer):
        count = check_count("spare", spare, least=0)
        check_memory(f"{count} spare symbols", count * _BYTES_OF_A_NAME, "name fewer", ArgumentError)
        return tuple(f"new{number}" for number in range(count))
    return tuple(check_names("spare", spare, "names", VocabularyError))


def _check_each(kind: str, names: tuple[Any, ...]) -> None:
    """Raise unless each is a name, and stands there once."""
    for position, name in enumerate(names):
        if not isinstance(name, str):
            raise VocabularyError(f"{kind} {position} is {name!r}, a {type(name).__name__}; names are strings")
        if not is_visible(name):
            raise VocabularyError(f"{kind} {position} is {name!a}; a name needs at least one visible character")
    if len(set(names)) < len(names):
        repeated = sorted(name for name, count in Counter(names).items() if count > 1)
        raise VocabularyError(f"repeated {kind}s: {listed(repeated)}; give each name once")
