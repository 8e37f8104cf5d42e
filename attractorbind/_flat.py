"""Trees of arrays taken apart once, for compiled functions that are called often.

JAX takes its arguments apart at every call, and compares how they are put together with what it has compiled; for a
network that takes longer than a short run. A `Flat` has one tuple of arrays, and a structure that is the same object
wherever it is equal.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
from jaxtyping import PyTree


class _Structure:
    """How a tree is put together; made once for each, so that objects are compared by identity."""

    def __init__(self, structure: Any) -> None:
        self.structure = structure


# JAX keeps what it has compiled for a structure, and so the structure, in any case. `functools.cache` would give two
# threads that ask at the same time an object each.
_STRUCTURES: dict[Any, _Structure] = {}


@partial(jax.tree_util.register_dataclass, data_fields=["leaves"], meta_fields=["structure"])
@dataclass(frozen=True, eq=False)
class Flat:
    """A tree of arrays, taken apart.

    **Attributes:**

    - `leaves`: its arrays.
    - `structure`: how they are put together.
    """

    leaves: tuple[Any, ...]
    structure: _Structure

    @property
    def tree(self) -> PyTree:
        """The tree, put together again."""
        return jax.tree.unflatten(self.structure.structure, self.leaves)


def flat(tree: PyTree) -> Flat:
    """A tree of arrays, taken apart."""
    leaves, structure = jax.tree.flatten(tree)
    known = _STRUCTURES.get(structure) or _STRUCTURES.setdefault(structure, _Structure(structure))
    return Flat(tuple(leaves), known)
