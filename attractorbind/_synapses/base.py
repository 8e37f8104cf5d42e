"""Weights and biases of one projection, and the products that make fields of them."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from attractorbind._namespace import Held, Numbers, namespace


class AbstractSynapses(eqx.Module):
    """Weights and biases from one population to another: the field is h = x W + b.

    A class of one's own subclasses this and keeps its form in a network, in runs and in files. Its numbers are made
    float32 and otherwise left as they are; on a grid, where fields are exact sums, are `AbstractExactSynapses` alone.

    **Attributes:**

    - `weights`: W written out, shape (source units, target units), for reports and lesions; a field or a
        property.
    - `bias`: b, shape (target units,).
    """

    weights: eqx.AbstractVar[Float[Held, "source target"]]
    bias: eqx.AbstractVar[Float[Held, " target"]]

    @property
    @abc.abstractmethod
    def shape(self) -> tuple[int, int]:
        """The numbers of source and target units, the shape of W."""

    @abc.abstractmethod
    def weighted(self, activity: Float[Numbers, "batch source"]) -> Float[Numbers, "batch target"]:
        """What each target unit receives from these source states, x W, without its bias."""

    @abc.abstractmethod
    def largest_sum(self) -> Float[Numbers, ""]:
        """A bound on the size of every field, and of every sum on the way to it, from any source state.

        The drive of a presented symbol is made larger than this.
        """

    def fields(self, activity: Float[Numbers, "batch source"]) -> Float[Numbers, "batch target"]:
        """The field x W + b that each target unit receives from these source states."""
        return self.weighted(activity) + self.bias[None, :]

    def dense(self) -> "Synapses | PlasticSynapses":
        """The same with the matrix written out; exact if they are."""
        kind = Synapses if isinstance(self, AbstractExactSynapses) else PlasticSynapses
        return kind(self.weights, self.bias)


class AbstractExactSynapses(AbstractSynapses):
    """Synapses that `build` may round to the network's grid, on which every field is an exact sum.

    `build` also changes their biases, so that a silent source leaves its target silent.
    """

    @abc.abstractmethod
    def scaled(self, scale: Float[Numbers, " target"]) -> "AbstractExactSynapses":
        """All weights and the bias of each target unit times a factor."""

    @abc.abstractmethod
    def raised(
        self, by: Float[Numbers, " target"], bias: Float[Numbers, " target"], *, recurrent: bool
    ) -> "AbstractExactSynapses":
        """All weights of each target unit raised by an amount, and another bias.

        When recurrent, a unit's weight from itself stays zero.
        """

    @abc.abstractmethod
    def rounded(self, quantum: Float[Numbers, ""]) -> "AbstractExactSynapses":
        """All numbers rounded to whole multiples of a quantum."""


class Synapses(AbstractExactSynapses):
    """Weights and biases from one population to another, the matrix written out: the field is h = x W + b.

    **Arguments:**

    - `weights`: W, shape (source units, target units).
    - `bias`: b, shape (target units,).
    """

    weights: Float[Held, "source target"]
    bias: Float[Held, " target"]

    @property
    def shape(self) -> tuple[int, int]:
        """See `AbstractSynapses.shape`."""
        return _shape(self.weights)

    def weighted(self, activity: Float[Numbers, "batch source"]) -> Float[Numbers, "batch target"]:
        """See `AbstractSynapses.weighted`."""
        return product(activity, self.weights)

    def largest_sum(self) -> Float[Numbers, ""]:
        """See `AbstractSynapses.largest_sum`."""
        return _sum_of_sizes(self.weights, self.bias)

    def scaled(self, scale: Float[Numbers, " target"]) -> "Synapses":
        """See `AbstractExactSynapses.scaled`."""
        return Synapses(self.weights * scale[None, :], self.bias * scale)

    def raised(self, by: Float[Numbers, " target"], bias: Float[Numbers, " target"], *, recurrent: bool) -> "Synapses":
        """See `AbstractExactSynapses.raised`."""
        weights = self.weights + by[None, :]
        return Synapses(without_diagonal(weights, recurrent), bias)

    def rounded(self, quantum: Float[Numbers, ""]) -> "Synapses":
        """See `AbstractExactSynapses.rounded`."""
        return Synapses(nearest(self.weights, quantum), nearest(self.bias, quantum))


class PlasticSynapses(AbstractSynapses):
    """Weights and biases as `Synapses` have them, but left as they are, in float32: for synapses that keep changing.

    They may stand beside exact synapses in one network. A unit that receives from them gets the same field only up to
    the rounding of float32 sums, whose order another machine may choose otherwise.

    **Arguments:**

    - `weights`: W, shape (source units, target units).
    - `bias`: b, shape (target units,).

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> relay = network.synapses_between("focus", "agent")
        >>> plastic = ab.PlasticSynapses(1.1 * relay.weights, relay.bias)
        >>> changed = network.replace("focus", "agent", plastic)
        >>> bool((changed.synapses_between("focus", "agent").weights == plastic.weights).all())
        True
    """

    weights: Float[Held, "source target"]
    bias: Float[Held, " target"]

    @property
    def shape(self) -> tuple[int, int]:
        """See `AbstractSynapses.shape`."""
        return _shape(self.weights)

    def weighted(self, activity: Float[Numbers, "batch source"]) -> Float[Numbers, "batch target"]:
        """See `AbstractSynapses.weighted`."""
        return product(activity, self.weights)

    def largest_sum(self) -> Float[Numbers, ""]:
        """See `AbstractSynapses.largest_sum`."""
        return _sum_of_sizes(self.weights, self.bias)


def product(left: Float[Numbers, "batch inner"], right: Float[Numbers, "inner outer"]) -> Float[Numbers, "batch outer"]:
    """The matrix product, to float32's precision."""
    if namespace(left, right) is np:
        return left @ right
    # On accelerators the default would round to fewer bits.
    return jnp.dot(left, right, precision=jax.lax.Precision.HIGHEST)


def nearest(values: Float[Numbers, "*shape"], quantum: Float[Numbers, ""]) -> Float[Numbers, "*shape"]:
    """The nearest whole multiples of a quantum."""
    return namespace(values).round(values / quantum) * quantum


def without_diagonal(weights: Float[Numbers, "source target"], recurrent: bool) -> Float[Numbers, "source target"]:
    """The weights, with no unit connected to itself when the projection is recurrent."""
    xp = namespace(weights)
    return xp.where(xp.eye(*weights.shape, dtype=bool), xp.float32(0), weights) if recurrent else weights


def _shape(weights: Float[Numbers, "source target"]) -> tuple[int, int]:
    source, target = np.shape(weights)
    return source, target


def _sum_of_sizes(weights: Float[Numbers, "source target"], bias: Float[Numbers, " target"]) -> Float[Numbers, ""]:
    return (abs(weights).sum(axis=0) + abs(bias)).max()
