"""Many things of a kind kept together: arrays of one shape in one array, so that few are handed to compiled functions.

A network of thousands of buffers has thousands of codes, states and weight matrices. Handed to JAX one by one, each
would be compiled for by itself. Those of one form are stacked here, and a compiled loop takes the row that it wants.
"""

import copyreg
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, overload

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Int

from attractorbind._errors import NetworkError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Up to so many items stand by themselves: to choose among them then costs less than to take a row out of a stack, which
# is a copy (benchmarks/many_buffers.py).
SEPARATE = 32
# And where bundles would be many, of a few items each, they gain nothing.
GAIN = 4
# Items and bytes of one bundle: to make them one after the other takes little more memory than they have in the end.
# But not more bundles than `_MOST`, since each is compiled for.
_LARGEST, _BYTES, _MOST = 512, 2**26, 16


class _Layout:
    """Which bundle each item is in, and at which row; made once for each, so that objects are compared by identity."""

    def __init__(self, bundle_of: tuple[int, ...], axis: int) -> None:
        self.axis = axis
        self.bundle_of = np.array(bundle_of, np.int32)
        count = max(bundle_of) + 1
        self.members: list[list[int]] = [np.flatnonzero(self.bundle_of == bundle).tolist() for bundle in range(count)]
        self.row_of = np.zeros_like(self.bundle_of)
        for members in self.members:
            self.row_of[members] = np.arange(len(members))
        # Where each item is if bundles are put one after the other.
        self.position_of = np.argsort(np.concatenate(self.members)).astype(np.int32)


@cache
def _layout(bundle_of: tuple[int, ...], axis: int) -> _Layout:
    return _Layout(bundle_of, axis)


# In another process, too, there is to be one for each.
copyreg.pickle(_Layout, lambda layout: (_layout, (tuple(layout.bundle_of.tolist()), layout.axis)))


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
        known = jax.tree.map(lambda leaf: leaf if isinstance(leaf, Tracer) else np.asarray(leaf), self.bundles)
        for bundle, row in zip(self.layout.bundle_of.tolist(), self.layout.row_of.tolist(), strict=True):
            yield jax.tree.map(lambda leaf, row=row: leaf[self._at(leaf, row)], known[bundle])

    def _at(self, leaf: Any, row: int) -> tuple[Any, ...]:
        if not hasattr(leaf, "ndim"):
            raise NetworkError(
                f"one of {len(self)} items that are kept together in few arrays cannot be taken out to be replaced; "
                "take network.replace(source, target, synapses), or dataclasses.replace(network, synapses=[...])"
            )
        return (slice(None),) * (self.layout.axis % leaf.ndim) + (row,)


def bundled(
    items: Iterable[Item], axis: int = 0, *, kinds: Sequence[Any] | None = None, sizes: Sequence[int] | None = None
) -> Sequence[Item]:
    """A tuple of few items, or of many with little in common; of others a `Bundled` with those of one form in bundles.

    **Arguments:**

    - `axis`: where the arrays of a bundle have the axis that goes through its items.
    - `kinds`: what items of one bundle have in common beside their form.
    - `sizes`: bytes of an item of each bundle, of the first if they differ; by default of its arrays.
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
        kind = None if kinds is None else kinds[number]
        form = kind, structure, tuple((leaf.shape, leaf.dtype) for leaf in leaves)
        forms.setdefault(form, []).append(number)
    if len(forms) * GAIN > len(items):
        return items
    parts = []
    for own in forms.values():
        size = sum(leaf.nbytes for leaf in jax.tree.leaves(items[own[0]])) if sizes is None else sizes[own[0]]
        parts += in_parts(own, size)
    return gathered([(part, stacked([items[number] for number in part], axis)) for part in parts], axis)


def in_parts(numbers: Sequence[int], size: int) -> list[Sequence[int]]:
    """The numbers of items of one form, each of so many bytes, in the parts that are to be bundles."""
    length = max(min(_LARGEST, _BYTES // max(size, 1)), -(-len(numbers) // _MOST))
    return [numbers[first : first + length] for first in range(0, len(numbers), length)]


def gathered(parts: Iterable[tuple[Sequence[int], Any]], axis: int = 0) -> "Bundled[Any]":
    """What is bundled already: for each bundle the numbers of its items, and their arrays."""
    parts = list(parts)
    bundle_of = np.zeros(sum(len(numbers) for numbers, _ in parts), np.int32)
    for bundle, (numbers, _) in enumerate(parts):
        bundle_of[np.array(numbers)] = bundle
    return Bundled(tuple(items for _, items in parts), _layout(tuple(bundle_of.tolist()), axis))


def stacked(items: Sequence[Any], axis: int) -> Any:
    """Items of one form in one bundle."""

    def stack(*leaves: Any) -> Any:
        at = axis % (leaves[0].ndim + 1)
        if any(isinstance(leaf, Tracer) for leaf in leaves):
            return jnp.stack(leaves, at)
        return jax.device_put(np.stack([np.asarray(leaf) for leaf in leaves], at))

    return jax.tree.map(stack, *items)


def mapped(function: Callable[..., Any], items: Sequence[Any], *columns: Sequence[Any]) -> Any:
    """`function(item, *values)` of every item and its value in each column, as a sequence of the same kind.

    Bundles are mapped by `jax.vmap`. What is compiled is kept for the function, which should be one of a module.
    """
    if not isinstance(items, Bundled):
        return tuple(function(item, *values) for item, *values in zip(items, *columns, strict=True))
    parts = []
    for bundle, numbers in zip(items.bundles, items.layout.members, strict=True):
        values = [np.stack([np.asarray(column[number]) for number in numbers]) for column in columns]
        if len(numbers) < GAIN:
            # So few are worth no compilation of their own.
            known = jax.tree.map(np.asarray, bundle)
            rows = [jax.tree.map(lambda leaf, row=row: leaf[row], (known, *values)) for row in range(len(numbers))]
            parts.append((numbers, stacked([function(*row) for row in rows], 0)))
        else:
            parts.append((numbers, _at_once(function)(bundle, *values)))
    return gathered(parts)


@cache
def _at_once(function: Callable[..., Any]) -> Callable[..., Any]:
    return jax.jit(jax.vmap(function))


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

    def in_bundle(bundle: Any, members: list[int]) -> Callable[[], Result]:
        if len(members) == 1:
            return partial(use, Member(jax.tree.map(lambda leaf: leaf[0], bundle), None), members[0])
        return partial(use, Member(bundle, row), number)

    branches = [in_bundle(*pair) for pair in zip(items.bundles, layout.members, strict=True)]
    bundle = jax.lax.dynamic_index_in_dim(jnp.asarray(layout.bundle_of), number, keepdims=False)
    return jax.lax.switch(bundle, branches)
