"""Names that users give for items, or a number of them."""

from collections import Counter
from typing import Any

from attractorbind._checks import check_count, check_memory, check_names
from attractorbind._errors import ArgumentError, listed
from attractorbind._visible import is_visible

# About what a name takes.
_BYTES_OF_A_NAME = 100


def check_distinct(argument: str, names: Any) -> tuple[str, ...]:
    """The names, or an error unless they are strings with something in them, one at least and each once."""
    names = tuple(check_names(argument, names, "names", ArgumentError))
    for name in names:
        if not is_visible(name):
            raise ArgumentError(f"{argument} has {name!a}; a name is a string with at least one visible character")
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ArgumentError(f"{argument} has {listed(repeated)} more than once; give each name once")
    if not names:
        raise ArgumentError(f"{argument} is empty; give at least one name")
    return names


def item_names(argument: str, items: Any, stem: str, least: int) -> tuple[str, ...]:
    """The names as they are given, or as many as asked for: the stem with a number from 1.

    **Arguments:**

    - `argument`: what the user knows them by.
    - `items`: names, or how many.
    - `stem`: how the names begin where only their number is given.
    - `least`: how many are needed.
    """
    # Whatever is neither a number nor names is told to be no names, as these may be given, too.
    if isinstance(items, str) or (hasattr(items, "__iter__") and getattr(items, "shape", None) != ()):
        names = check_distinct(argument, items)
    else:
        count = check_count(argument, items, least)
        check_memory(f"{count:,} names of {argument}", count * _BYTES_OF_A_NAME, "ask for fewer", ArgumentError)
        names = tuple(f"{stem}{number}" for number in range(1, count + 1))
    if len(names) < least:
        raise ArgumentError(f"{argument} has {listed(names)}; the task needs {least} at least")
    return names


def check_apart(argument: str, names: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    """The names, or an error if one is a name that the task itself uses."""
    for name in names:
        if name in taken:
            raise ArgumentError(
                f"{argument} has {name!r}, which the task itself uses, as it does {listed(taken)}; choose another name"
            )
    return names
