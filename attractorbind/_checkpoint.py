"""How far training has come, in a file: enough to go on from there, bit for bit."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PyTree

from attractorbind._errors import FileError
from attractorbind._sealed import read_sealed, write_sealed

_MAGIC = b"attractorbind training\n"


@dataclass(frozen=True)
class Checkpoint:
    """A file for how far training has come, and a digest of what is trained on what."""

    path: Path
    digest: bytes

    def write(self, reached: PyTree, records: Iterable[tuple[np.ndarray, ...]]) -> None:
        """Write what has been learned, and a record for each epoch, instead of what is in the file."""
        payload = io.BytesIO()
        payload.write(self.digest)
        epochs = list(records)
        np.save(payload, np.array([len(epochs), len(epochs[0])]), allow_pickle=False)
        for array in (*jax.tree.leaves(reached), *(column for record in epochs for column in record)):
            np.save(payload, np.asarray(array), allow_pickle=False)
        write_sealed(self.path, _MAGIC, payload.getvalue())

    def read(self, start: PyTree) -> tuple[PyTree, list[tuple[np.ndarray, ...]]]:
        """What was learned by then, put together as `start` is, and the records; `start` where there is no file."""
        if not self.path.exists():
            return start, []
        payload = io.BytesIO(read_sealed(self.path, _MAGIC, "checkpoint", "train(checkpoint=...)"))
        if payload.read(len(self.digest)) != self.digest:
            raise FileError(
                f"{str(self.path)!r} is a checkpoint of other training: of another network, program, start, data set, "
                "augmentation, batch or key; give another file, or delete this one to begin anew"
            )
        epochs, columns = np.load(payload, allow_pickle=False)
        leaves = [jnp.asarray(np.load(payload, allow_pickle=False)) for _ in jax.tree.leaves(start)]
        records = [tuple(np.load(payload, allow_pickle=False) for _ in range(columns)) for _ in range(epochs)]
        return jax.tree.unflatten(jax.tree.structure(start), leaves), records


def digest(words: Iterable[str], arrays: PyTree) -> bytes:
    """A digest of words and arrays, which others do not have."""
    found = hashlib.sha256()
    for word in words:
        found.update(len(word).to_bytes(8, "little") + word.encode())
    for leaf in jax.tree.leaves(arrays):
        array = np.asarray(leaf)
        found.update(f"{array.dtype} {array.shape}".encode() + array.tobytes())
    return found.digest()
