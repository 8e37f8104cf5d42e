"""Checks of the numbers and names that users give. An error names what is wrong, and the cure."""

import contextlib
import math
import operator
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, SupportsFloat, SupportsIndex

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Float

from attractorbind._errors import ArgumentError, AttractorBindError, listed, unknown_name


def check_fraction(name: str, value: object, *, booleans: bool = False) -> float:
    """The value as a float, or an error unless it is a number from 0 to 1."""
    check_computed(name, value, ArgumentError)
    number = _number(value) if booleans or not _is_bool(value) else math.nan
    if not 0.0 <= number <= 1.0:
        raise ArgumentError(f"{name} is {value!r}; it must be a number from 0 to 1")
    return number


def check_positive(name: str, value: object) -> float:
    """The value as a float, or an error unless it is a finite number above 0."""
    check_computed(name, value, ArgumentError)
    number = math.nan if _is_bool(value) else _number(value)
    if not 0.0 < number < math.inf:
        raise ArgumentError(f"{name} is {value!r}; it must be a finite number above 0")
    return number


def check_not_negative(name: str, value: object) -> float:
    """The value as a float, or an error unless it is a number of at least 0 that is finite as one of 32 bits."""
    check_computed(name, value, ArgumentError)
    number = math.nan if _is_bool(value) else _number(value)
    if not 0.0 <= number <= float(np.finfo(np.float32).max):
        raise ArgumentError(f"{name} is {value!r}; it must be a finite number of at least 0, of 32 bits")
    return number


def check_finite(name: str, value: object) -> float:
    """The value as a float, or an error unless it is a number that is finite as one of 32 bits."""
    check_computed(name, value, ArgumentError)
    number = math.nan if _is_bool(value) else _number(value)
    if not abs(number) <= float(np.finfo(np.float32).max):
        raise ArgumentError(f"{name} is {value!r}; it must be a finite number of 32 bits")
    return number


def check_signed_fraction(name: str, value: object, cure: str) -> float:
    """The value as a float, or an error unless it is a number from -1 to 1."""
    check_computed(name, value, ArgumentError)
    number = math.nan if _is_bool(value) else _number(value)
    if not -1.0 <= number <= 1.0:
        raise ArgumentError(f"{name} is {value!r}; it must be a number from -1 to 1: {cure}")
    return number


# Counts are 32-bit numbers where programs run.
_MOST = 2**31 - 1


def check_count(name: str, value: object, least: int = 1) -> int:
    """The value as an int, or an error unless it is a whole number of at least `least`, of 32 bits."""
    number = whole_number(value)
    if number is None or number < least:
        raise ArgumentError(f"{name} is {value!r}; it must be a whole number of at least {least}")
    if number > _MOST:
        raise ArgumentError(f"{name} is {number}; it can be {_MOST} at the most")
    return number


def whole_number(value: Any) -> int | None:
    """The value as an int; None for what is no whole number, such as a bool, a float or a span of time."""
    if _is_bool(value) or isinstance(value, np.timedelta64):
        return None
    with contextlib.suppress(TypeError):
        return operator.index(value)
    return None


def _number(value: Any) -> float:
    """The value as a float; NaN for what is no single real number, such as a string, even one of digits."""
    if isinstance(value, np.ndarray | np.generic | jax.Array) and (value.shape or not is_real(value.dtype)):
        return math.nan
    # What has no method for it may be read as the digits of a number: strings and bytes.
    if not isinstance(value, SupportsFloat | SupportsIndex):
        return math.nan
    try:
        return float(value)
    # A whole number may be too large for a float.
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _is_bool(value: object) -> bool:
    return isinstance(value, bool | np.bool) or getattr(value, "dtype", None) == np.bool


def is_real(dtype: Any) -> bool:
    """Whether arrays of this type hold real numbers or bools, rather than complex ones, dates, strings or objects."""
    # A span of time counts as a whole number.
    kinds = (np.floating, np.integer, np.bool_)
    return not jnp.issubdtype(dtype, np.timedelta64) and any(jnp.issubdtype(dtype, kind) for kind in kinds)


# Of an object of Python in a list.
_BYTES_OF_AN_ENTRY = 64
# Their entries are whole numbers, which nobody means.
_BYTES = bytes | bytearray | memoryview


def check_names(
    argument: str, value: Any, kind: str, error: type[AttractorBindError], *, ordered: bool = True
) -> list[Any]:
    """The names as a list, or an error if they are no list: the letters of a single name are not meant.

    **Arguments:**

    - `ordered`: whether their order counts; if not, those of a set are sorted.
    """
    if isinstance(value, str):
        raise error(f"{argument} takes a list of {kind}, not the one string {value!r}; write [{value!r}]")
    if isinstance(value, set | frozenset):
        if ordered:
            raise error(
                f"{argument} is a set, in another order in every process; give a list of {kind}, such as sorted()"
            )
        value = sorted(value, key=str)
    if isinstance(value, Mapping) and any(other is not None for other in value.values()):
        raise error(f"{argument} is {value!r}, of which only the names would be taken; give a list of {kind}")
    # An array without axes has the method, and yields nothing.
    if isinstance(value, _BYTES) or not isinstance(value, Iterable) or getattr(value, "shape", None) == ():
        raise error(f"{argument} is {value!r}; give a list of {kind}")
    return [_plain(name) for name in value]


def entries(value: object) -> list[Any] | None:
    """The entries of a list, a tuple or an array; None for anything else, such as a string, bytes or a set."""
    if isinstance(value, np.ndarray) and value.ndim:
        _check_entries(value.size)
        return value.tolist()
    if not isinstance(value, Sequence) or isinstance(value, str | _BYTES):
        return None
    _check_entries(len(value))
    return [_plain(entry) for entry in value]


def _check_entries(count: int) -> None:
    check_memory(f"a list of {count:,} entries", _BYTES_OF_AN_ENTRY * count, "give fewer", ArgumentError)


def _plain(name: Any) -> Any:
    """A name as NumPy keeps it as a plain string, which errors and tables show without its type."""
    return name.item() if isinstance(name, np.str_) else name


def buffer_names(argument: str, buffers: Any, error: type[AttractorBindError]) -> tuple[str, ...]:
    """Names of one buffer or more, each given once."""
    names = tuple(check_names(argument, buffers, "buffer names", error))
    for name in names:
        if not isinstance(name, str):
            raise error(f"{argument} holds {name!r}; give a list of buffer names")
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise error(f"{argument} names {listed(repeated)} more than once; name each buffer once")
    if not names:
        raise error(f"{argument} is empty; name one buffer at least")
    return names


def check_known(kind: str, plural: str, name: object, known: Collection[str]) -> str:
    """The name, or an error if it is not among those that are known."""
    if not isinstance(name, str) or name not in known:
        raise unknown_name(kind, plural, name, known)
    return name


# Arguments are checked before anything is computed. While JAX traces a function, their values are not there to check.
_FROM_OUTSIDE = (
    "call it from outside of jax.jit, vmap, grad and scan, once for all trials, and once for each noise, leak or "
    "setting of gates; inside of them use attractorbind.simulate, or attractorbind.step for single ticks"
)


def is_traced(tree: object) -> bool:
    """Whether the values of some of its arrays are not known yet, as is the case while JAX traces a function."""
    return any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(tree))


def is_inside_trace() -> bool:
    """Whether JAX is compiling the caller: then even an array that is made here has no value yet."""
    return isinstance(jax.lax.neg(_ZERO), Tracer)


_ZERO = np.float32(0)


def check_computed(name: str, tree: object, error: type[AttractorBindError]) -> None:
    """Raise if the values of some of its arrays are not known yet, as is the case while JAX traces a function."""
    if is_traced(tree):
        raise error(f"{name} is traced; {_FROM_OUTSIDE}")


def check_outside(error: type[AttractorBindError]) -> None:
    """Raise if JAX is compiling the caller."""
    if is_inside_trace():
        raise error(f"the call is traced, since it stands inside of a function that JAX transforms; {_FROM_OUTSIDE}")


def check_bool(name: str, value: object) -> bool:
    """The value, or an error unless it is True or False."""
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} is {value!r}; give True or False")
    return value


def as_numbers(told: str, given: Any, shape: str) -> Float[np.ndarray, "..."]:
    """What is given as an array of 32-bit numbers, or an error that names the shape to give."""
    try:
        # What is too large becomes infinite.
        with np.errstate(over="ignore"):
            return real_array(given).astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ArgumentError(f"{told} are no array of numbers ({error}); give one of shape {shape}") from error


def real_array(given: Any) -> np.ndarray:
    """What is given as an array of real numbers; `ValueError` or `TypeError` if it cannot be one."""
    if isinstance(given, _BYTES):
        raise ValueError(f"it is a {type(given).__name__}")
    array = np.asarray(given)
    if not is_real(array.dtype):
        raise ValueError(f"they are of the type {array.dtype}")
    return array


def check_array(name: str, value: object, shape: tuple[int | None, ...], error: type[AttractorBindError]) -> None:
    """Raise unless it is an array of numbers of this shape, None being any length; also while JAX traces."""
    found = repr(value)
    if isinstance(value, np.ndarray | jax.Array):
        pairs = zip(shape, value.shape, strict=False)
        fits = len(shape) == len(value.shape) and all(wanted in (None, size) for wanted, size in pairs)
        if fits and is_real(value.dtype):
            return
        found = f"an array of shape {value.shape} and type {value.dtype}"
    wanted = f"({', '.join('any' if size is None else str(size) for size in shape)})"
    raise error(f"{name} is {found}; give an array of numbers of shape {wanted}")


# Of one network, or of the states of its trials: 32 GiB, more than most machines have.
_MOST_BYTES = 2**35


def check_memory(told: str, needed: int, cure: str, error: type[AttractorBindError]) -> None:
    """Raise if so many bytes are too many to be asked for; to be called before anything is allocated."""
    if not fits_in_memory(needed):
        raise error(
            f"{told} would take {_in_words(needed)} of memory, and {_in_words(_MOST_BYTES)} is the most; {cure}"
        )


def fits_in_memory(needed: int) -> bool:
    """Whether so many bytes may be asked for."""
    return needed <= _MOST_BYTES


def _in_words(size: int) -> str:
    """A number of bytes, three digits of it."""
    power = min(int(math.log(size, 1024)), 8)
    return f"{size / 1024**power:.3g} {['B', 'kiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'][power]}"
