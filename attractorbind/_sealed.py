"""Files with a seal: arrays and a description, laid out as safetensors lays them out, with a checksum over all.

    length of the header (8 bytes, little-endian) | header, a JSON object | the arrays' numbers, one after another

The header begins with what the file is, its length and the SHA-256 of all bytes but those of the checksum, which are
seen to be right before anything else is read:

    {"__metadata__":{"attractorbind":"network 4","bytes":"0000000000012345","sha256":"...","description":"..."},
     "drive":{"dtype":"F32","shape":[],"data_offsets":[0,4]}, ...}

A checksum can be made anew by whoever alters a file. So nothing is believed that the header says: lengths have to be
those of the bytes that are there, and arrays have to stand one after another without a gap.
"""

import contextlib
import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np

from attractorbind._errors import FileError, shortened
from attractorbind._on_disk import opened, told, write_whole

_TYPES = {
    "BOOL": np.dtype(bool),
    **{f"I{8 * size}": np.dtype(f"<i{size}") for size in (1, 2, 4, 8)},
    **{f"U{8 * size}": np.dtype(f"<u{size}") for size in (1, 2, 4, 8)},
    **{f"F{8 * size}": np.dtype(f"<f{size}") for size in (2, 4, 8)},
    "BF16": np.dtype(jnp.bfloat16),
    "C64": np.dtype("<c8"),
}
_NAMES = {dtype: name for name, dtype in _TYPES.items()}
# Room for about a million names; what JSON makes of it in memory is a small multiple.
_LONGEST_HEADER = 2**24
_MOST_AXES, _MOST_NUMBERS = 32, 2**48
_NUMBER = 8
_OPENING = '{{"__metadata__":{{"attractorbind":"{kind} {version}","bytes":"{total:016d}","sha256":"'
_OPENED = re.compile(rb'\{"__metadata__":\{"attractorbind":"([a-z]+) (\d{1,9})","bytes":"(\d{16})","sha256":"')
_DIGITS = 64
# At least as long as everything up to the checksum's end.
_HEAD = 256
# What may be told of another error, for a text of 300 characters.
_LONGEST_REASON, _LONGEST_CURE = 110, 168


class Format(NamedTuple):
    """A kind of files.

    - `kind`: what is in them.
    - `version`: of the description and the arrays.
    - `writer`: what writes them.
    - `anew`: what to do about a file of an older version.
    - `before`: what files began with before they were laid out in this way.
    """

    kind: str
    version: int
    writer: str
    anew: str
    before: bytes


def array_can_be_kept(array: np.ndarray) -> bool:
    """Whether a file can hold an array of this type."""
    return array.dtype.newbyteorder("<") in _NAMES and array.ndim <= _MOST_AXES


def write_sealed(path: Path, form: Format, description: Any, arrays: Mapping[str, np.ndarray]) -> None:
    """Write a description, of what JSON can hold, and arrays by their names; see `write_whole`."""
    # The widest first, so that each begins at a multiple of its numbers' size.
    ordered = sorted(arrays.items(), key=lambda item: -item[1].itemsize)
    entries, stored, end = [], [], 0
    for name, array in ordered:
        plain = np.asarray(array, array.dtype.newbyteorder("<"), order="C")
        offsets, end = [end, end + plain.nbytes], end + plain.nbytes
        entry = {"dtype": _NAMES[plain.dtype], "shape": plain.shape, "data_offsets": offsets}
        entries.append(f",{_json(name)}:{_json(entry)}")
        stored.append(plain.reshape(-1).view(np.uint8).data)
    try:
        rest = f'","description":{_json(_json(description))}}}{"".join(entries)}}}'.encode()
    except ValueError as error:
        raise FileError(f"the {form.kind} has a number of too many digits for a file; give a smaller one") from error
    opening = len(_OPENING.format(kind=form.kind, version=form.version, total=0)) + _DIGITS
    rest += b" " * (-(_NUMBER + opening + len(rest)) % _NUMBER)
    length = opening + len(rest)
    if length > _LONGEST_HEADER:
        raise FileError(
            f"the {form.kind} has names and settings of {length} bytes, and a file can hold {_LONGEST_HEADER}; take "
            "fewer symbols, or shorter names"
        )
    total = _NUMBER + length + end
    head = length.to_bytes(_NUMBER, "little")
    head += _OPENING.format(kind=form.kind, version=form.version, total=total).encode()
    checksum = hashlib.sha256(head + rest)
    for numbers in stored:
        checksum.update(numbers)
    write_whole(path, (head, checksum.hexdigest().encode(), rest, *stored))


def read_sealed(path: Path, form: Format) -> tuple[Any, dict[str, np.ndarray]]:
    """The description and the arrays in a file, once its checksum has been seen to be right; not to be changed."""
    with opened(path) as (file, size):
        head = file.read(_HEAD)
        found = _OPENED.match(head, _NUMBER)
        if head.startswith(form.before):
            raise FileError(
                f"{told(path)} is of an older version, and this attractorbind reads version {form.version}; {form.anew}"
            )
        if not found or found[1].decode() != form.kind:
            raise FileError(
                f"{told(path)} is no {form.kind} of attractorbind's; such files are written by {form.writer}"
            )
        if (version := int(found[2])) != form.version:
            cure = "update attractorbind" if version > form.version else form.anew
            raise FileError(
                f"{told(path)} is of version {version}, and this attractorbind reads version {form.version}; {cure}"
            )
        if size < (expected := int(found[3])):
            raise FileError(f"{told(path)} is truncated: it has {size} bytes of {expected}; copy or save it again")
        try:
            file.seek(0)
            # Of a file that is growing only so much.
            whole = file.read(size)
        except MemoryError as error:
            raise FileError(
                f"{told(path)} has {size} bytes, for which there is no memory; load it elsewhere"
            ) from error
    begin, end = found.end(), found.end() + _DIGITS
    view = memoryview(whole)
    checksum = hashlib.sha256(view[:begin])
    checksum.update(view[end:])
    if len(whole) != expected or checksum.hexdigest().encode() != whole[begin:end]:
        raise FileError(f"{told(path)} was altered: its checksum is not right; copy or save it again")
    with sensible(path, form.kind):
        return _parsed(view)


@contextlib.contextmanager
def sensible(path: Path, kind: str) -> Iterator[None]:
    """Make errors that name the file of all that goes wrong while what it says is put together."""
    try:
        yield
    except FileError as error:
        raise FileError(f"cannot load the {kind} in {told(path)}: {shortened(str(error), _LONGEST_CURE)}") from error
    except ImportError:
        # An extra that is missing; it says how to get it.
        raise
    except Exception as error:
        # Whatever a class does, or JAX, that is given what it was not made for.
        reason = shortened(str(error) or type(error).__name__, _LONGEST_REASON)
        raise FileError(f"{told(path)} holds no {kind} that makes sense ({reason}); save it again") from error


def _parsed(whole: memoryview) -> tuple[Any, dict[str, np.ndarray]]:
    length = int.from_bytes(whole[:_NUMBER], "little")
    if length > min(_LONGEST_HEADER, len(whole) - _NUMBER):
        raise ValueError("its header is longer than may be")
    header = _without_doubles(whole[_NUMBER : _NUMBER + length])
    numbers, end, arrays = whole[_NUMBER + length :], 0, {}
    metadata = header.pop("__metadata__")
    for name, entry in header.items():
        dtype, shape = _TYPES[entry["dtype"]], entry["shape"]
        if type(shape) is not list or len(shape) > _MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
            raise ValueError(f"the array {name!r} has no shape")
        if math.prod(axis or 1 for axis in shape) > _MOST_NUMBERS:
            raise ValueError(f"the array {name!r} is too large")
        begin, end = end, end + math.prod(shape) * dtype.itemsize
        if entry["data_offsets"] != [begin, end] or end > len(numbers):
            raise ValueError(f"the array {name!r} is not where it should be")
        if entry["dtype"] == "BOOL" and np.frombuffer(numbers[begin:end], np.uint8).max(initial=0) > 1:
            raise ValueError(f"the array {name!r} holds what is neither true nor false")
        arrays[name] = np.frombuffer(numbers[begin:end], dtype).reshape(shape)
    if end != len(numbers):
        raise ValueError("it has numbers that belong to no array")
    return _without_doubles(metadata["description"].encode()), arrays


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _without_doubles(text: bytes | memoryview) -> Any:
    """What JSON says, in which no name stands twice: readers would differ about which of the two counts."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            raise ValueError("a name stands twice in it")
        return made

    return json.loads(bytes(text).decode(), object_pairs_hook=unique)
