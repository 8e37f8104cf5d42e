"""How far training has come, in a file: enough to go on from there, bit for bit."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from attractorbind._errors import FileError
from attractorbind._on_disk import is_there, told
from attractorbind._parts import is_finite
from attractorbind._sealed import Format, read_sealed, sensible, write_sealed

_FORMAT = Format(
    "checkpoint", 2, "train(checkpoint=...)", "delete it to begin training anew", b"attractorbind training\n"
)
_REACHED, _COLUMN = "reached[{}]", "history[{}]"


@dataclass(frozen=True)
class Checkpoint:
    """A file for how far training has come, and a digest of what is trained on what."""

    path: Path
    digest: bytes

    def write(self, reached: PyTree, records: Iterable[tuple[np.ndarray, ...]]) -> None:
        """Write what has been learned, and a record for each epoch, instead of what is in the file."""
        columns = [np.stack(column) for column in zip(*records, strict=True)]
        arrays = {_REACHED.format(number): np.asarray(leaf) for number, leaf in enumerate(jax.tree.leaves(reached))}
        arrays |= {_COLUMN.format(number): column for number, column in enumerate(columns)}
        write_sealed(self.path, _FORMAT, {"training": self.digest.hex()}, arrays)

    def read(self, start: PyTree, columns: int) -> tuple[PyTree, list[tuple[np.ndarray, ...]]]:
        """What was learned by then, put together as `start` is, and the records, each of so many columns.

        Where there is no file it is `start`, and no records.
        """
        if not is_there(self.path):
            return start, []
        description, arrays = read_sealed(self.path, _FORMAT)
        with sensible(self.path, "checkpoint"):
            other = description["training"] != self.digest.hex()
        if other:
            raise FileError(
                f"{told(self.path)} is a checkpoint of other training: of another network, program, start, data set, "
                "augmentation, batch or key; give another file, or delete this one to begin anew"
            )
        with sensible(self.path, "checkpoint"):
            leaves, structure = jax.tree.flatten(start)
            reached = [_as_before(arrays[_REACHED.format(number)], leaf) for number, leaf in enumerate(leaves)]
            records = [arrays[_COLUMN.format(number)] for number in range(columns)]
            if not all(column.dtype == np.float32 and column.ndim > 1 for column in records):
                raise ValueError("its history is not of numbers for each epoch")
            return jax.tree.unflatten(structure, reached), list(zip(*records, strict=True))


def _as_before(reached: np.ndarray, start: Array) -> Array:
    """What was reached, or an error unless it is of the shape and type that training started with, and finite."""
    if (reached.shape, reached.dtype) != (start.shape, start.dtype):
        raise ValueError(f"{reached.dtype} of shape {reached.shape} where {start.dtype} of shape {start.shape} belongs")
    if not is_finite(reached) and is_finite(start):
        raise ValueError("what was learned is not finite")
    return jnp.array(reached)


def digest(words: Iterable[str], arrays: PyTree) -> bytes:
    """A digest of words and arrays, which others do not have."""
    found = hashlib.sha256()
    for word in words:
        found.update(len(word).to_bytes(8, "little") + word.encode())
    for leaf in jax.tree.leaves(arrays):
        array = np.asarray(leaf)
        found.update(f"{array.dtype} {array.shape}".encode() + array.tobytes())
    return found.digest()
