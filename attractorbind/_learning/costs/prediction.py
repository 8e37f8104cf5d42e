"""The cost of what is seen next: that units tell it beforehand."""

from typing import ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_positive
from attractorbind._errors import ArgumentError
from attractorbind._learning.costs.base import AbstractCost, Told
from attractorbind._learning.layers import Layer, Units


class Prediction(AbstractCost):
    r"""What units do should tell what is seen next: $\frac{1}{2 m} |x_{t+1} - (r_t P + p)|^2$, of m inputs.

    r are the rates of the units at the view before. The readout P is the area's own, learns by the normalised delta
    rule, and sends the error down through its transposed synapses.

    **Arguments:**

    - `rate`: of the readout, above 0 and below 2; its gate and the share of examples scale it.

    **Reference:** J. L. Elman 1990, Cogn. Sci. 14:179; R. P. N. Rao & D. H. Ballard 1999, Nat. Neurosci. 2:79.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Prediction(rate=0.2).label
        'prediction'
    """

    rate: float = 0.1
    needs_before: ClassVar[bool] = True
    ahead: ClassVar[bool] = True

    def __check_init__(self) -> None:
        if check_positive("rate", self.rate) >= 2:
            raise ArgumentError(f"rate is {self.rate}; it must be below 2, or every step goes further than its error")

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> Layer:
        """See `AbstractCost.init`: the readout, drawn at random, so that errors reach the units from the first."""
        drawn = jax.random.normal(key, (units, inputs), jnp.float32) / jnp.sqrt(jnp.float32(units))
        return Layer(drawn, jnp.zeros(inputs, jnp.float32))

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: Layer) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        foreseen = self._rates(fields, told) @ kept.weights + kept.bias[None, :]
        return 0.5 * jnp.mean(jnp.square(told.inputs - foreseen), axis=1)

    def after(self, told: Told, kept: Layer) -> Layer:
        """See `AbstractCost.after`: the readout after the delta rule."""
        rates = self._rates(told.fields, told)
        errors = told.inputs - (rates @ kept.weights + kept.bias[None, :])
        size = 2 + jnp.sum(jnp.square(rates), axis=1)
        moves = (self.rate * told.share / size)[:, None] * errors
        return Layer(kept.weights + rates.T @ moves, kept.bias + jnp.sum(moves, axis=0))

    def _rates(self, fields: Units, told: Told) -> Float[Array, "examples units"]:
        return told.layers.output_of(told.number, fields)
