"""What is worked out from a frozen object once, and kept with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Owner = TypeVar("Owner")
Result = TypeVar("Result")


def kept(make: Callable[[Owner], Result]) -> Callable[[Owner], Result]:
    """A function of a frozen object that works out its result at the first call, and then gives it again.

    The result stands beside the object's fields, so it goes when the object goes, and a changed copy has its own.
    `functools.cache` would ask for a hash, which arrays do not have, and keep the object for ever.
    """
    name = f"_kept_{make.__module__}.{make.__qualname__}"

    @wraps(make)
    def get(owner: Owner) -> Result:
        beside: dict[str, Any] = vars(owner)
        if name not in beside:
            beside[name] = make(owner)
        return beside[name]

    return get
