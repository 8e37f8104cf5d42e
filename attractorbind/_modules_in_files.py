"""Frozen objects as plain data, and back: for files that hold rules, synapses and areas of a user's own classes.

An object is described by the name of its class and by its fields; arrays stand apart, by the names by which a user
would reach them, and the description, which is JSON, says which of them goes where. Classes are never looked up by
what a file says: whoever reads it gives the classes that it may hold. Of these nothing is called here but
`__check_init__`.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from attractorbind._checks import check_names
from attractorbind._errors import FileError, listed, shortened
from attractorbind._sealed import array_can_be_kept

_LIBRARY = __name__.partition(".")[0]
_PLAIN = (type(None), bool, int, float, str)
# What may be told of names that a file holds, or that a user gave, for a text of 300 characters.
_LONGEST_NAME = 60


def described(value: Any, name: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """A description that JSON can hold, and the arrays that it refers to by name.

    **Arguments:**

    - `value`: an Equinox module or a frozen dataclass; or a tuple, list or dict of such, of arrays and plain values.
    - `name`: what the user knows it by, for errors.

    **Raises:** `FileError` for anything else, and for two classes of one name; it names the field.
    """
    writer = _Writer({}, {})
    try:
        return writer.describe(value, name), writer.arrays
    except RecursionError as error:
        raise FileError(f"{name} holds what goes too deep, or round in a circle; a file cannot hold it") from error


def revived(description: Mapping[str, Any], arrays: Mapping[str, np.ndarray], classes: Mapping[str, type]) -> Any:
    """What was described, from its description and arrays.

    **Arguments:**

    - `classes`: from a class's name in files to the class, as `known_classes` gives it.

    **Raises:** `FileError` that names a class that is missing, or has other fields by now. A description that makes no
    sense raises whatever Python does.
    """
    match description:
        case {"plain": value} if type(value) in _PLAIN:
            return value
        case {"array": str(name), "kind": "jax"}:
            return on_device(arrays[name], name)
        case {"array": str(name), "kind": "numpy"}:
            return arrays[name].copy()
        case {"array": str(name), "kind": "scalar"} if not arrays[name].shape:
            return arrays[name][()]
        case {"array": str(name), "kind": "key", "impl": str(impl)}:
            return jax.random.wrap_key_data(jnp.asarray(arrays[name]), impl=impl)
        case {"list": list(parts)}:
            return [revived(part, arrays, classes) for part in parts]
        case {"tuple": list(parts)}:
            return tuple(revived(part, arrays, classes) for part in parts)
        case {"dict": dict(parts)}:
            return {key: revived(part, arrays, classes) for key, part in parts.items()}
        case {"class": str(name), "fields": dict(fields)}:
            return _object(name, {key: revived(part, arrays, classes) for key, part in fields.items()}, classes)
    raise ValueError(f"{str(description)[:50]!r} describes nothing")


def on_device(array: np.ndarray, name: str) -> jax.Array:
    """The array as JAX's own, of the same type, or an error if JAX is not set to have such numbers."""
    if jax.dtypes.canonicalize_dtype(array.dtype) != array.dtype:
        raise FileError(
            f"its {shortened(name, _LONGEST_NAME)} is of {array.dtype}, which JAX would shorten; set "
            "jax.config.update('jax_enable_x64', True) before"
        )
    return jnp.array(array)


def known_classes(library: Iterable[type], given: Any) -> dict[str, type]:
    """The classes that a file may hold, by their names in files: the library's, and those that the user gives.

    **Raises:** `FileError` if what the user gives is no list of classes, or holds two of one name.
    """
    classes = {_name(kind): kind for kind in library}
    for kind in check_names("classes", given, "classes", FileError):
        if not isinstance(kind, type) or not dataclasses.is_dataclass(kind):
            told = shortened(repr(kind), _LONGEST_NAME)
            raise FileError(f"classes holds {told}; give classes themselves, of rules and synapses of your own, say")
        if classes.setdefault(_name(kind), kind) is not kind:
            raise FileError(f"classes holds two that are called {kind.__name__!r}; rename one of them")
    return classes


def _name(kind: type) -> str:
    """A class's name in files. That of a user's own is the same whichever module it has moved to."""
    return f"{_LIBRARY}.{kind.__name__}" if kind.__module__.partition(".")[0] == _LIBRARY else kind.__name__


@dataclasses.dataclass(frozen=True)
class _Writer:
    """The arrays and the classes that have been described so far."""

    arrays: dict[str, np.ndarray]
    classes: dict[str, type]

    def describe(self, value: Any, name: str) -> dict[str, Any]:
        if type(value) in _PLAIN:
            return {"plain": value}
        if isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.prng_key):
            data = self.array(jax.random.key_data(value), name)
            return {"array": data, "kind": "key", "impl": str(jax.random.key_impl(value))}
        if isinstance(value, jax.Array | np.generic) or type(value) is np.ndarray:
            kind = "jax" if isinstance(value, jax.Array) else "scalar" if isinstance(value, np.generic) else "numpy"
            return {"array": self.array(value, name), "kind": kind}
        if type(value) in (list, tuple):
            parts = [self.describe(part, f"{name}[{number}]") for number, part in enumerate(value)]
            return {type(value).__name__: parts}
        if type(value) is dict and all(isinstance(key, str) for key in value):
            return {"dict": {key: self.describe(part, _entry(name, key)) for key, part in value.items()}}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self.object(value, name)
        told = "mapping with keys that are no strings" if isinstance(value, dict) else type(value).__name__
        raise FileError(
            f"{shortened(name, _LONGEST_NAME)} is a {told}, which a file cannot hold; it holds arrays, numbers, "
            "strings, None, and lists, tuples, dicts and Equinox modules of such"
        )

    def array(self, value: Any, name: str) -> str:
        array = np.asarray(value)
        if not array_can_be_kept(array):
            told = shortened(name, _LONGEST_NAME)
            raise FileError(f"{told} is an array of {array.dtype}, which a file cannot hold; make it float32, say")
        self.arrays[name] = array
        return name

    def object(self, value: Any, name: str) -> dict[str, Any]:
        kind = type(value)
        known = self.classes.setdefault(_name(kind), kind)
        if known is not kind:
            told = shortened(name, _LONGEST_NAME)
            raise FileError(f"{told} is a {kind.__name__}, and so is another class of that name; rename one of them")
        names = [field.name for field in dataclasses.fields(value)]
        fields = {field: self.describe(getattr(value, field), f"{name}.{field}") for field in names}
        return {"class": _name(kind), "fields": fields}


def _entry(name: str, key: str) -> str:
    return f"{name}.{key}" if key.isidentifier() else f"{name}[{key!r}]"


def _object(name: str, values: dict[str, Any], classes: Mapping[str, type]) -> Any:
    if name not in classes:
        told = shortened(name, _LONGEST_NAME // 2)
        raise FileError(
            f"it holds an object of the class {told!r}, which is not known; give the class, classes=[{told}], or "
            "update attractorbind"
        )
    kind = classes[name]
    fields = {field.name: field.default for field in dataclasses.fields(kind)}
    if fields.keys() != values.keys():
        there, given = (shortened(listed(names), _LONGEST_NAME // 2) for names in (values, fields))
        raise FileError(
            f"its {shortened(name, _LONGEST_NAME // 2)} has the fields {there}, and the class that was given {given}; "
            "give the class as it was"
        )
    # As JAX makes anew the modules that it has taken apart: __init__ has been run before they were written.
    made = object.__new__(kind)
    for field, value in values.items():
        # Equinox shows a setting that equals its default, but is not the same object.
        usual = type(value) in _PLAIN and type(value) is type(fields[field]) and value == fields[field]
        object.__setattr__(made, field, fields[field] if usual else value)
    for parent in kind.__mro__ if issubclass(kind, eqx.Module) else ():
        if check := parent.__dict__.get("__check_init__"):
            check(made)
    return made
