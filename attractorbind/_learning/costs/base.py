"""What a cost is: what it is told of examples, and what it says of the fields of a layer's units."""

import abc
from typing import ClassVar, NamedTuple

import equinox as eqx
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_count, check_not_negative
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._learning.layers import Layers
from attractorbind._visible import is_visible
from attractorbind._wiring import Heard


class Told(NamedTuple):
    """What an area knows when it learns, of each example.

    - `layers`: its synapses.
    - `number`: of the layer that a cost is of; the first above the inputs is 0.
    - `fields`: of that layer's units, at the view that the cost is of; for a cost that looks ahead the one before.
    - `before`: of the same units, at the view before.
    - `inputs`: what is seen now.
    - `held`: what the buffer holds.
    - `said`: what the area that the cost hears says.
    - `share`: the part that each example has in the cost, 0 for none; they sum to 1, or are all 0.
    """

    layers: Layers
    number: int
    fields: Float[Array, "examples units"]
    before: Float[Array, "examples units"]
    inputs: Float[Array, "examples inputs"]
    held: Float[Array, "examples outputs"]
    said: Float[Array, "examples _said"]
    share: Float[Array, " examples"]


class AbstractCost(eqx.Module):
    r"""What an area is to make small; a cost of a user's own subclasses this.

    It is given to `Hierarchy(costs=[...])`, any number of them. Each has a gate of its own, "eyes:slowness", which
    scales it: what an area learns is $\sum_c w_c g_c \ell_c$, $g_c$ being 0 where the gate is closed. Of a gate that is
    half open and less nothing gets through, from there up to 1; `learn(costs={"slowness": 0.3})` sets it.

    A cost of the output is made small by the credit rule, through all layers. One of a hidden layer is local to it:
    that layer's synapses alone learn by it, by the rates below them and the cost's own error.

    **Arguments:**

    - `weight`: $w$, 0 or more.
    - `layer`: the hidden layer, from 1; None for the output.
    - `name`: what its gate is called; by default its kind, and the number of a hidden layer.

    **Attributes:**

    - `needs_target`: whether only examples take part whose buffer holds something.
    - `needs_before`: whether only those do that have seen something before, since the episode began.
    - `ahead`: whether it is of what the units did at the view before, once it is known what came next.
    """

    weight: float = 1.0
    layer: int | None = eqx.field(static=True, default=None)
    name: str | None = eqx.field(static=True, default=None)
    needs_target: ClassVar[bool] = False
    needs_before: ClassVar[bool] = False
    ahead: ClassVar[bool] = False

    def __check_init__(self) -> None:
        kind = type(self).__name__
        check_not_negative(f"weight of {kind}", self.weight)
        if self.layer is not None:
            check_count(f"layer of {kind}", self.layer)
            if self.needs_target:
                raise ArgumentError(f"{kind} is of the output, which drives the buffer; leave out layer={self.layer}")
        label: object = self.label
        if not isinstance(label, str) or not is_visible(label) or ":" in label or "->" in label:
            raise NetworkError(f"name of {kind} is {self.name!r}; give a word without ':' and '->', which mark gates")

    @property
    def label(self) -> str:
        """What its gate is called."""
        if self.name is not None:
            return self.name
        return type(self).__name__.lower() + ("" if self.layer is None else str(self.layer))

    def hears(self, units: int) -> Heard | None:
        """What it must hear of another area, for a layer of so many units; None for nothing."""
        return None

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> PyTree:
        """What it keeps, before anything is learned.

        **Arguments:**

        - `units`: of the layer that it is of.
        - `inputs`: of the hierarchy.
        """
        return ()

    @abc.abstractmethod
    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """What each example costs if the units have these fields; its derivative by its own fields is its error."""

    def after(self, told: Told, kept: PyTree) -> PyTree:
        """What it keeps after these examples."""
        return kept
