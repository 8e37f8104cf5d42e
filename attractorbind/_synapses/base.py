"""Weights and biases of one projection, and the products that make fields of them."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float


class AbstractSynapses(eqx.Module):
    """Weights and biases from one population to another: the field is h = x W + b.

    `Synapses` keep the matrix W, `FactoredSynapses` what it is a product of.

    **Attributes:**

    - `weights`: W, shape (source units, target units).
    - `bias`: b, shape (target units,).
    """

    weights: eqx.AbstractVar[Float[Array, "source target"]]
    bias: eqx.AbstractVar[Float[Array, " target"]]

    @property
    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """The numbers of source and target units, the shape of W."""

    @abc.abstractmethod
    def weighted(self, activity: Float[Array, "batch source"]) -> Float[Array, "batch target"]:
        """What each target unit receives from these source states, x W, without its bias."""

    def fields(self, activity: Float[Array, "batch source"]) -> Float[Array, "batch target"]:
        """The field x W + b that each target unit receives from these source states."""
        return self.weighted(activity) + self.bias[None, :]

    @abc.abstractmethod
    def scaled(self, scale: Float[Array, " target"]) -> "AbstractSynapses":
        """All weights and the bias of each target unit times a factor."""

    @abc.abstractmethod
    def raised(
        self, by: Float[Array, " target"], bias: Float[Array, " target"], *, recurrent: bool
    ) -> "AbstractSynapses":
        """So much more for all weights of each target unit, but from itself when recurrent, and another bias."""

    @abc.abstractmethod
    def largest_sum(self) -> Float[Array, ""]:
        """What no sum that makes a field can exceed, nor any part of it, in whatever order, from whatever state."""

    @abc.abstractmethod
    def rounded(self, quantum: Float[Array, ""]) -> "AbstractSynapses":
        """All numbers rounded to whole multiples of a quantum."""

    def dense(self) -> "Synapses":
        """The same with the matrix written out."""
        return Synapses(self.weights, self.bias)


class Synapses(AbstractSynapses):
    """Weights and biases from one population to another, the matrix written out: the field is h = x W + b.

    **Arguments:**

    - `weights`: W, shape (source units, target units).
    - `bias`: b, shape (target units,).
    """

    weights: Float[Array, "source target"]
    bias: Float[Array, " target"]

    @property
    def shape(self) -> tuple[int, int]:
        """See `AbstractSynapses.shape`."""
        source, target = np.shape(self.weights)
        return source, target

    def weighted(self, activity: Float[Array, "batch source"]) -> Float[Array, "batch target"]:
        """See `AbstractSynapses.weighted`."""
        return product(activity, self.weights)

    def scaled(self, scale: Float[Array, " target"]) -> "Synapses":
        """See `AbstractSynapses.scaled`."""
        return Synapses(self.weights * scale[None, :], self.bias * scale)

    def raised(self, by: Float[Array, " target"], bias: Float[Array, " target"], *, recurrent: bool) -> "Synapses":
        """See `AbstractSynapses.raised`."""
        weights = self.weights + by[None, :]
        return Synapses(jnp.fill_diagonal(weights, 0.0, inplace=False) if recurrent else weights, bias)

    def largest_sum(self) -> Float[Array, ""]:
        """See `AbstractSynapses.largest_sum`."""
        return jnp.max(jnp.sum(jnp.abs(self.weights), axis=0) + jnp.abs(self.bias))

    def rounded(self, quantum: Float[Array, ""]) -> "Synapses":
        """See `AbstractSynapses.rounded`."""
        return Synapses(nearest(self.weights, quantum), nearest(self.bias, quantum))


def product(left: Float[Array, "batch inner"], right: Float[Array, "inner outer"]) -> Float[Array, "batch outer"]:
    """The matrix product, to float32's precision."""
    # On accelerators the default would round to fewer bits.
    return jnp.dot(left, right, precision=jax.lax.Precision.HIGHEST)


def nearest(values: Float[Array, "*shape"], quantum: Float[Array, ""]) -> Float[Array, "*shape"]:
    """The nearest whole multiples of a quantum."""
    return jnp.round(values / quantum) * quantum


def alike(one: AbstractSynapses, other: AbstractSynapses) -> bool:
    """Whether both hold finite numbers, and of the same shapes."""
    pairs = (one.weights, other.weights), (one.bias, other.bias)
    return all(
        np.shape(a) == np.shape(b) and np.asarray(a).dtype.kind in "fiub" and bool(np.isfinite(a).all())
        for a, b in pairs
    )
