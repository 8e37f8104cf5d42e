"""What is worked out from a frozen object once, and kept as long as the object is there."""

import weakref
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Owner = TypeVar("Owner")
Result = TypeVar("Result")

# From the number of an object to what tells when it has gone, and to what is kept for it. Beside the object's own
# attributes it would change how Equinox takes the object apart, and with it what JAX compiles.
_KEPT: dict[int, tuple[weakref.ref[Any], dict[Any, Any]]] = {}


def kept(make: Callable[[Owner], Result]) -> Callable[[Owner], Result]:
    """A function of a frozen object that works out its result at the first call, and then gives it again.

    The result goes when the object goes, and a changed copy has its own; so it must not hold the object itself.
    `functools.cache` would ask for a hash, which arrays do not have, and keep the object for ever.
    """

    @wraps(make)
    def get(owner: Owner) -> Result:
        number = id(owner)
        if number not in _KEPT:
            _KEPT[number] = weakref.ref(owner, lambda _: _KEPT.pop(number, None)), {}
        _, results = _KEPT[number]
        if make not in results:
            results[make] = make(owner)
        return results[make]

    return get
