"""Many things of a kind kept together: arrays of one shape in one array, so that few are handed to compiled functions.

A network of thousands of buffers has thousands of codes, states and weight matrices. Handed to JAX one by one, each
would be compiled for by itself. Those of one form are stacked here, and a compiled loop takes the row that it wants.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, overload

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int

Item = TypeVar("Item")
Result = TypeVar("Result")

# Up to so many items stand by themselves: to choose among them then costs less than to take a row out of a stack, which
# is a copy (benchmarks/many_buffers.py).
SEPARATE = 32
# Items of one bundle, so that to change them one bundle after the other takes little more memory than they have.
_LARGEST = 512


class _Layout:
    """Which bundle each item is in, and at which row; made once for each, so that objects are compared by identity."""

    def __init__(self, bundle_of: tuple[int, ...], axis: int) -> None:
        self.axis = axis
        self.bundle_of = np.array(bundle_of, np.int32)
        count = max(bundle_of) + 1
        self.members = [np.flatnonzero(self.bundle_of == bundle).astype(np.int32) for bundle in range(count)]
        self.row_of = np.zeros_like(self.bundle_of)
        for members in self.members:
            self.row_of[members] = np.arange(len(members))

    def __reduce__(self) -> tuple[Any, ...]:
        return _layout, (tuple(self.bundle_of.tolist()), self.axis)


_layout = cache(_Layout)


@partial(jax.tree_util.register_dataclass, data_fields=["bundles"], meta_fields=["layout"])
@dataclass(frozen=True, eq=False)
class Bundled(Sequence[Item]):
    """A sequence of pytrees of arrays, those of one form stacked; see `bundled`.

    **Attributes:**

    - `bundles`: pytrees, whose arrays have one axis more than those of an item.
    - `layout`: which item is where.
    """

    bundles: tuple[Any, ...]
    layout: _Layout

    def __len__(self) -> int:
        return len(self.layout.bundle_of)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Item, ...]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return tuple(self)[index]
        number = range(len(self))[index]
        bundle, row = self.bundles[self.layout.bundle_of[number]], int(self.layout.row_of[number])
        return jax.tree.map(lambda leaf: leaf[self._at(leaf, row)], bundle)

    def __iter__(self) -> Iterator[Item]:
        """The items; arrays that are known are given as NumPy's, since to take them out of JAX's takes long."""
        known = jax.tree.map(lambda leaf: leaf if isinstance(leaf, jax.core.Tracer) else np.asarray(leaf), self.bundles)
        for bundle, row in zip(self.layout.bundle_of, self.layout.row_of, strict=True):
            yield jax.tree.map(lambda leaf, row=row: leaf[self._at(leaf, row)], known[bundle])

    def _at(self, leaf: Any, row: int) -> tuple[Any, ...]:
        return (slice(None),) * (self.layout.axis % leaf.ndim) + (row,)


def bundled(items: Iterable[Item], axis: int = 0) -> Sequence[Item]:
    """A tuple of few items; of many, a `Bundled` with those of one form in bundles.

    **Arguments:**

    - `axis`: where the arrays of a bundle have the axis that goes through its items.
    """
    if isinstance(items, Bundled):
        return items
    items = tuple(items)
    if len(items) <= SEPARATE:
        return items
    forms: dict[Any, list[int]] = {}
    for number, item in enumerate(items):
        leaves, structure = jax.tree.flatten(item)
        if not all(isinstance(leaf, jax.Array | np.ndarray) for leaf in leaves):
            # Put together by hand; those who take it find what is wrong with it.
            return items
        form = structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)
        forms.setdefault(form, []).append(number)
    parts = [own[first : first + _LARGEST] for own in forms.values() for first in range(0, len(own), _LARGEST)]
    return gathered([(part, _stacked([items[number] for number in part], axis)) for part in parts], axis)


def gathered(parts: Iterable[tuple[Sequence[int], Any]], axis: int = 0) -> "Bundled[Any]":
    """What is bundled already: for each bundle the numbers of its items, and their arrays."""
    parts = list(parts)
    bundle_of = np.zeros(sum(len(numbers) for numbers, _ in parts), np.int32)
    order = [np.asarray(numbers, np.int32) for numbers, _ in parts]
    for bundle, numbers in enumerate(order):
        bundle_of[numbers] = bundle
    return Bundled(tuple(items for _, items in parts), _layout(tuple(bundle_of.tolist()), axis))


def _stacked(items: Sequence[Any], axis: int) -> Any:
    def stack(*leaves: Any) -> Any:
        at = axis % (leaves[0].ndim + 1)
        if any(isinstance(leaf, jax.core.Tracer) for leaf in leaves):
            return jnp.stack(leaves, at)
        stacked = np.stack([np.asarray(leaf) for leaf in leaves], at)
        return jax.device_put(stacked) if any(isinstance(leaf, jax.Array) for leaf in leaves) else stacked

    return jax.tree.map(stack, *items)


class Member(NamedTuple):
    """One item among those of a bundle, whose row is known only when a compiled loop runs, or a single one.

    - `stacked`: all items of the bundle; or the single item, and `row` is None.
    """

    stacked: Any
    row: Int[Array, ""] | None

    @property
    def item(self) -> Any:
        """The item, taken out."""
        if self.row is None:
            return self.stacked
        row = self.row
        return jax.tree.map(lambda leaf: jax.lax.dynamic_index_in_dim(leaf, row, keepdims=False), self.stacked)


def chosen(
    items: Sequence[Any],
    number: Int[Array, ""],
    use: Callable[[Member, int | Int[Array, ""]], Result],
) -> Result:
    """`use(items[number], number)` for a number that is known only when a compiled loop runs."""
    if not isinstance(items, Bundled):
        return jax.lax.switch(number, [partial(use, Member(item, None), index) for index, item in enumerate(items)])
    layout = items.layout
    row = jax.lax.dynamic_index_in_dim(jnp.asarray(layout.row_of), number, keepdims=False)

    def in_bundle(bundle: Any, members: np.ndarray) -> Callable[[], Result]:
        if len(members) == 1:
            return partial(use, Member(jax.tree.map(lambda leaf: leaf[0], bundle), None), int(members[0]))
        return partial(use, Member(bundle, row), number)

    branches = [in_bundle(*pair) for pair in zip(items.bundles, layout.members, strict=True)]
    bundle = jax.lax.dynamic_index_in_dim(jnp.asarray(layout.bundle_of), number, keepdims=False)
    return jax.lax.switch(bundle, branches)
