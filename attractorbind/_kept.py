"""What is worked out from a frozen object once, and kept as long as the object is there."""

import weakref
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Generic, TypeVar

Owner = TypeVar("Owner")
Key = TypeVar("Key")
Result = TypeVar("Result")


class Few(Generic[Key, Result]):
    """What was worked out for a few keys. Threads may ask at the same time.

    **Arguments:**

    - `most`: for how many keys; one more, and all that was there goes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Key, Result] = {}

    def get(self, key: Key) -> Result | None:
        """What is kept for a key, None for nothing."""
        return self._made.get(key)

    def keep(self, key: Key, result: Result) -> Result:
        """Keep a result, and return what is kept for the key, which another thread may have worked out before."""
        if len(self._made) >= self._most:
            self._made.clear()
        return self._made.setdefault(key, result)


# From the number of an object to what tells when it has gone, and to what is kept for it. Beside the object's own
# attributes it would change how Equinox takes the object apart, and with it what JAX compiles.
_KEPT: dict[int, tuple[weakref.ref[Any], dict[Any, Any]]] = {}


def kept(make: Callable[[Owner], Result]) -> Callable[[Owner], Result]:
    """A function of a frozen object that works out its result at the first call, and then gives it again.

    The result goes when the object goes, and a changed copy has its own; so it must not hold the object itself.
    Threads may call it at the same time. `functools.cache` would ask for a hash, which arrays do not have, and keep the
    object for ever.
    """

    @wraps(make)
    def get(owner: Owner) -> Result:
        number = id(owner)
        if number not in _KEPT:
            # Named here, since the module's own names may be gone before the last object is.
            gone = partial(_KEPT.pop, number, None)
            _KEPT.setdefault(number, (weakref.ref(owner, lambda _: gone()), {}))
        _, results = _KEPT[number]
        # Two threads may both work it out; then both are given what was there first.
        return results[make] if make in results else results.setdefault(make, make(owner))

    return get
