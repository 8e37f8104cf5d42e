"""What was recorded of the areas that choose gates, by their names."""

from collections.abc import Iterable, Mapping
from typing import Any

import jax

from attractorbind._area.base import Choices
from attractorbind._checks import check_known
from attractorbind._errors import ArgumentError


class RecordedChoices(dict[str, Choices]):
    """A dictionary whose errors tell which areas choose, and how to record what they do.

    **Arguments:**

    - `recorded`: area to choices; empty if nothing was recorded.
    - `known`: the areas of the network that choose gates.
    """

    def __init__(self, recorded: Mapping[str, Any], known: Iterable[str]) -> None:
        super().__init__(recorded)
        self.known = tuple(known)

    def __missing__(self, name: object) -> Choices:
        check_known("basal ganglia", "basal ganglia here", name, self.known)
        raise ArgumentError(f'the choices of {name!r} were not recorded; run with record="decoded" or "states"')


# To JAX it is the dictionary that it looks like.
jax.tree_util.register_pytree_node(
    RecordedChoices,
    lambda own: (tuple(own.values()), (tuple(own), own.known)),
    lambda names, parts: RecordedChoices(dict(zip(names[0], parts, strict=True)), names[1]),
)
