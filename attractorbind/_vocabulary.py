"""The symbols' names."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attractorbind._checks import check_names
from attractorbind._errors import VocabularyError, listed, unknown_name


class Vocabulary(Mapping[str, int]):
    """The names of the symbols, in order: an immutable mapping from name to index.

    **Arguments:**

    - `names`: the symbols' names, non-empty strings, each once.

    **Raises:**

    - `VocabularyError`: no names, or a name that is empty, repeated or not a string.
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

    __slots__ = ("_hash", "_index", "names")

    names: tuple[str, ...]

    def __init__(self, names: Iterable[Any]) -> None:
        names = tuple(check_names("a vocabulary", names, "names", VocabularyError))
        if not names:
            raise VocabularyError("a vocabulary needs at least one symbol; give it a list of names")
        for position, name in enumerate(names):
            if not isinstance(name, str):
                raise VocabularyError(f"symbol {position} is {name!r}, a {type(name).__name__}; names are strings")
            if not name.strip():
                raise VocabularyError(f"symbol {position} is {name!r}; a name needs at least one visible character")
        index = {name: position for position, name in enumerate(names)}
        if len(index) < len(names):
            repeated = sorted({name for position, name in enumerate(names) if index[name] != position})
            raise VocabularyError(f"repeated symbols: {listed(repeated)}; give each name once")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "_hash", hash(names))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a vocabulary is immutable; make a new one instead of setting {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a vocabulary is immutable; make a new one instead of deleting {name!r}")

    def __reduce__(self) -> tuple[type["Vocabulary"], tuple[tuple[str, ...]]]:
        return Vocabulary, (self.names,)

    def __getitem__(self, name: str) -> int:
        try:
            return self._index[name]
        except (KeyError, TypeError):
            raise unknown_name("symbol", "symbols", name, self.names) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.names == other.names

    def __repr__(self) -> str:
        return f"Vocabulary([{listed(self.names)}])"
