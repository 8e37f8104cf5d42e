"""Checks of the numbers and names that users give. An error names what is wrong, and the cure."""

import contextlib
import math
import operator
from collections.abc import Collection, Iterable
from typing import Any

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
    number = None
    if not _is_bool(value):
        with contextlib.suppress(TypeError):
            number = operator.index(value)  # pyright: ignore[reportArgumentType]
    if number is None or number < least:
        raise ArgumentError(f"{name} is {value!r}; it must be a whole number of at least {least}")
    if number > _MOST:
        raise ArgumentError(f"{name} is {number}; it can be {_MOST} at the most")
    return number


def _number(value: Any) -> float:
    """The value as a float; NaN for what is no number, such as a string, even one of digits."""
    try:
        return math.nan if isinstance(value, str | bytes) else float(value)
    # A whole number may be too large for a float.
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _is_bool(value: object) -> bool:
    return isinstance(value, bool | np.bool) or getattr(value, "dtype", None) == np.bool


def check_names(argument: str, value: Any, kind: str, error: type[AttractorBindError]) -> Iterable[Any]:
    """The names, or an error if they are no list: the letters of a single name are not meant."""
    if isinstance(value, str):
        raise error(f"{argument} takes a list of {kind}, not the one string {value!r}; write [{value!r}]")
    # An array without axes has the method, and yields nothing.
    if not isinstance(value, Iterable) or getattr(value, "shape", None) == ():
        raise error(f"{argument} is {value!r}; give a list of {kind}")
    return value


def buffer_names(argument: str, buffers: Any, error: type[AttractorBindError]) -> tuple[str, ...]:
    """Names of one buffer or more, each given once."""
    names = tuple(check_names(argument, buffers, "buffer names", error))
    for name in names:
        if not isinstance(name, str):
            raise error(f"{argument} holds {name!r}; give a list of buffer names")
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
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
    "what is given is checked, and then run compiled: call it from outside of jax.jit, vmap, grad and scan, once for "
    "all trials of a batch, and once for each noise, leak or setting of gates; inside of them use "
    "attractorbind.simulate, or attractorbind.step for single ticks"
)


def check_computed(name: str, tree: object, error: type[AttractorBindError]) -> None:
    """Raise if the values of some of its arrays are not known yet, as is the case while JAX traces a function."""
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(tree)):
        raise error(f"{name} is traced; {_FROM_OUTSIDE}")


def check_outside(error: type[AttractorBindError]) -> None:
    """Raise if JAX is tracing the caller: then even an array made here has no value yet."""
    if isinstance(jnp.zeros(()), Tracer):
        raise error(f"the call is traced, since it stands inside of a function that JAX transforms; {_FROM_OUTSIDE}")


def check_bool(name: str, value: object) -> bool:
    """The value, or an error unless it is True or False."""
    if not isinstance(value, bool):
        raise ArgumentError(f"{name} is {value!r}; give True or False")
    return value


def as_numbers(told: str, given: Any, shape: str) -> Float[np.ndarray, "..."]:
    """What is given as an array of 32-bit numbers, or an error that names the shape to give."""
    try:
        array = np.asarray(given)
        if array.dtype.kind in "UScmM":
            raise ValueError(f"they are of the type {array.dtype}")
        # What is too large becomes infinite.
        with np.errstate(over="ignore"):
            return array.astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise ArgumentError(f"{told} are no array of numbers ({error}); give one of shape {shape}") from error
