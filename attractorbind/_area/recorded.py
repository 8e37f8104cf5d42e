"""What was recorded of the areas that choose gates, and of those that predict, by their names."""

from collections.abc import Iterable, Mapping
from typing import Any

import jax

from attractorbind._checks import check_known
from attractorbind._errors import ArgumentError


class RecordedChoices(dict[str, Any]):
    """A dictionary whose errors tell which areas choose, or predict, and how to record what they do.

    **Arguments:**

    - `recorded`: area to choices; empty if nothing was recorded.
    - `known`: the areas of the network that do so.
    - `kind`: what such areas are called.
    """

    def __init__(self, recorded: Mapping[str, Any], known: Iterable[str], kind: str = "basal ganglia") -> None:
        super().__init__(recorded)
        self.known = tuple(known)
        self.kind = kind

    def __missing__(self, name: object) -> Any:
        check_known(self.kind, f"{self.kind} here", name, self.known)
        what = "choices" if self.kind == "basal ganglia" else "forecasts"
        raise ArgumentError(f'the {what} of {name!r} were not recorded; run with record="decoded" or "states"')


# To JAX it is the dictionary that it looks like.
jax.tree_util.register_pytree_node(
    RecordedChoices,
    lambda own: (tuple(own.values()), (tuple(own), own.known, own.kind)),
    lambda names, parts: RecordedChoices(dict(zip(names[0], parts, strict=True)), *names[1:]),
)
