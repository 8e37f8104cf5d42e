"""Costs of what others say: the target in the buffer, the reward, another area's error."""

from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from attractorbind._checks import check_count
from attractorbind._errors import NetworkError
from attractorbind._learning.costs.base import AbstractCost, Told
from attractorbind._wiring import Heard


class Target(AbstractCost):
    r"""The loss of the output against what stands in the buffer: $\ell(y, t)$, with the error $y - t$.

    Without `costs=` a hierarchy learns by this alone.

    **Reference:** Hayworth & Marblestone 2018.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Target().label
        'target'
    """

    needs_target: ClassVar[bool] = True

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return told.layers.loss(fields, told.held)


class Reward(AbstractCost):
    r"""Dopamine modulates the update towards what the buffer holds: $\delta \ell(y, a)$, its error $\delta (y - a)$.

    What stands in the buffer, a, was done; with more reward than expected it becomes likelier for what was seen, and
    with less rarer. Where a was drawn by the probabilities y this is REINFORCE.

    **Arguments:**

    - `area`: the name of basal ganglia, whose dopamine $\delta$ it is; or of another area that says one number.

    **Reference:** R. J. Williams 1992, Mach. Learn. 8:229; N. Frémaux & W. Gerstner 2016, Front. Neural Circuits 9:85,
    for three factors.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Reward("striatum").area
        'striatum'
    """

    area: str = eqx.field(static=True, default="")
    needs_target: ClassVar[bool] = True

    def __init__(self, area: str, *, weight: float = 1.0, name: str | None = None) -> None:
        self.area, self.weight, self.layer, self.name = _name_of_area(area), weight, None, name

    def hears(self, units: int) -> Heard | None:
        """See `AbstractCost.hears`: one number."""
        return Heard(self.area, 0, 1)

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return told.said[:, 0] * told.layers.loss(fields, told.held)


class Internal(AbstractCost):
    r"""Another area's output is the error: what it says, the units should do more of. $\ell = -s z / n$.

    s is what the other area says of each unit, z are the units' fields, n is their number. A predictor says by how much
    what came differs from what it foresaw.

    **Arguments:**

    - `area`: the name of the other area, which must say as many numbers as the layer has units.
    - `part`: which of the things that it says.

    **Reference:** A. H. Marblestone, G. Wayne & K. P. Kording 2016, Front. Comput. Neurosci. 10:94, on
    cost functions that are generated internally.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Internal("cerebellum", layer=1).label
        'internal1'
    """

    area: str = eqx.field(static=True, default="")
    part: int = eqx.field(static=True, default=0)

    def __init__(
        self, area: str, *, part: int = 0, weight: float = 1.0, layer: int | None = None, name: str | None = None
    ) -> None:
        self.area, self.part = _name_of_area(area), check_count("part", part, least=0)
        self.weight, self.layer, self.name = weight, layer, name

    def hears(self, units: int) -> Heard | None:
        """See `AbstractCost.hears`: a number for each unit."""
        return Heard(self.area, self.part, units)

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return -jnp.mean(told.said * fields, axis=1)


def _name_of_area(area: object) -> str:
    if not isinstance(area, str):
        raise NetworkError(f"area is {area!r}; give the name of the area that is heard")
    return area
