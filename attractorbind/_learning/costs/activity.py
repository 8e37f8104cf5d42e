"""Costs of what units do: that it changes slowly, that it varies, that no two do the same."""

from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_fraction, check_not_negative
from attractorbind._errors import ArgumentError
from attractorbind._learning.costs.base import AbstractCost, Told

# What is added to a variance before its root is taken, which otherwise has no derivative at 0.
_LEAST = 1e-4


class Slowness(AbstractCost):
    r"""What units do should change slowly: $\frac{1}{2 n} |z_t - z_{t-1}|^2$, of the fields of n units at two views.

    What they did at the view before is held, and not moved. Alone it is smallest where nothing changes at all: give
    `Decorrelation` beside it.

    **Reference:** P. Földiák 1991, Neural Comput. 3:194; L. Wiskott & T. J. Sejnowski 2002, Neural Comput. 14:715.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Slowness(weight=25.0).label
        'slowness'
    """

    needs_before: ClassVar[bool] = True

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`."""
        return 0.5 * jnp.mean(jnp.square(fields - told.before), axis=1)


class Statistics(NamedTuple):
    """Running means and covariances of units, and how many batches they come from."""

    mean: Float[Array, " units"]
    covariance: Float[Array, "units units"]
    batches: Float[Array, ""]


class Decorrelation(AbstractCost):
    r"""Units should vary, and each by itself: a hinge on deviations, and the squares of covariances.

    $\frac{v}{n} \sum_j \max(0, 1 - \sqrt{C_{jj} + \epsilon}) + \frac{c}{n} \sum_{j \ne k} C_{jk}^2$, of the
    covariances C of the fields of n units over the batch. With `forgetting` the covariances are running ones, which a
    single trial can learn by.

    **Arguments:**

    - `variance`: v.
    - `covariance`: c.
    - `forgetting`: by how much running statistics move to those of the batch; None for those of the batch alone.

    **Reference:** Bardes, Ponce & LeCun 2022, ICLR; P. Földiák 1990, Biol. Cybern. 64:165.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.costs.Decorrelation(variance=25.0, layer=2).label
        'decorrelation2'
    """

    variance: float = 1.0
    covariance: float = 1.0
    forgetting: float | None = None

    def __check_init__(self) -> None:
        check_not_negative("variance", self.variance)
        check_not_negative("covariance", self.covariance)
        if self.forgetting is not None and check_fraction("forgetting", self.forgetting) == 0:
            raise ArgumentError("forgetting is 0; it must be above 0, or nothing is ever known of the units")

    def init(self, units: int, inputs: int, *, key: Key[Array, ""]) -> PyTree:
        """See `AbstractCost.init`: running statistics, if there are to be any."""
        if self.forgetting is None:
            return ()
        nothing = jnp.zeros((units, units), jnp.float32)
        return Statistics(nothing[0], nothing, jnp.float32(0))

    def loss(self, fields: Float[Array, "examples units"], told: Told, kept: PyTree) -> Float[Array, " examples"]:
        """See `AbstractCost.loss`: with the statistics held, a form whose derivative is that of the cost above."""
        mean, covariance, _ = jax.lax.stop_gradient(self._statistics(told, kept))
        units, own = len(mean), jnp.diag(covariance)
        deviation = jnp.sqrt(own + _LEAST)
        apart = fields - mean[None, :]
        narrow = jnp.where(deviation < 1, 1 / deviation, 0.0)
        mixed = jnp.fill_diagonal(covariance, 0.0, inplace=False)
        spread = -0.5 * self.variance * jnp.square(apart) @ narrow
        alike = 2 * self.covariance * jnp.sum(apart * (apart @ mixed), axis=1)
        return (spread + alike) / units

    def after(self, told: Told, kept: PyTree) -> PyTree:
        """See `AbstractCost.after`: the running statistics."""
        return () if self.forgetting is None else self._statistics(told, kept)

    def _statistics(self, told: Told, kept: PyTree) -> Statistics:
        mean = told.share @ told.fields
        if self.forgetting is None:
            apart = told.fields - mean[None, :]
            return Statistics(mean, apart.T @ (told.share[:, None] * apart), jnp.float32(1))
        # At first, of the batches that there have been, each counts alike.
        moves = jnp.maximum(self.forgetting, 1 / (kept.batches + 1))
        mean = kept.mean + moves * (mean - kept.mean)
        apart = told.fields - mean[None, :]
        now = apart.T @ (told.share[:, None] * apart)
        return Statistics(mean, kept.covariance + moves * (now - kept.covariance), kept.batches + 1)
