"""Weights and biases of one projection, how well they store the codes, and the grid they lie on."""

import abc
from collections.abc import Sequence
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

# float32 counts whole multiples of a quantum exactly up to 2**24 of them.
_EXACT_BITS = 24


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


def moments(codes: Bool[Array, "symbols units"]) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean and standard deviation of a code's units, over all units and symbols."""
    mean = codes.mean(dtype=jnp.float32)
    return mean, jnp.sqrt(mean * (1 - mean))


def margins(
    synapses: AbstractSynapses, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"]
) -> Float[Array, "symbols target"]:
    """The field of every target unit for every symbol, positive where it has the right sign."""
    fields = synapses.fields(source.astype(jnp.float32))
    return jnp.where(target, fields, -fields)


def stabilities(
    synapses: AbstractSynapses,
    source: Bool[Array, "symbols source"],
    target: Bool[Array, "symbols target"],
    *,
    recurrent: bool,
) -> Float[Array, " target"]:
    """Each target unit's stability, min over symbols of (field toward the right sign) / |w|, in Gardner's units.

    Inputs count as standardised to mean 0 and variance 1. From one population to another, a weight component along
    (1, ..., 1) does not count, since codes with equally many units on cannot feel it. In a latch it does: a unit
    that is left out of its own inputs can tell its state from how many others are on.
    """
    _, deviation = moments(source)
    weights = synapses.weights if recurrent else synapses.weights - synapses.weights.mean(axis=0, keepdims=True)
    norm = deviation * jnp.linalg.norm(weights, axis=0)
    return margins(synapses, source, target).min(axis=0) / jnp.maximum(norm, jnp.finfo(jnp.float32).tiny)


@partial(jax.jit, static_argnames="recurrent")
def quality(
    synapses: AbstractSynapses,
    source: Bool[Array, "slots source"],
    target: Bool[Array, "slots target"],
    symbols: int | Int[Array, ""],
    *,
    recurrent: bool,
) -> tuple[Float[Array, ""], Int[Array, ""]]:
    """The smallest stability of any unit, and the number of wrong bits over all units and the first so many symbols."""
    known = (jnp.arange(len(source)) < symbols)[:, None]
    # A slot that is free counts as the first symbol does.
    source, target = jnp.where(known, source, source[:1]), jnp.where(known, target, target[:1])
    fields = synapses.fields(source.astype(jnp.float32))
    # What is not a number is wrong, too; no field at all leaves a unit off.
    wrong = ~jnp.where(target, fields > 0, fields <= 0) & known
    return stabilities(synapses, source, target, recurrent=recurrent).min(), jnp.sum(wrong)


# A nucleus is silent for a tick when its gate opens. What it gives its target then must not outdo a symbol's margin, 1,
# and yet hold down what noise stirs up: measured over 0 to 1, in rings of loops with noise, 0.2 to 0.4 do both.
_SILENT_NUCLEUS = -0.3


@partial(jax.jit, static_argnames=("recurrent", "from_nucleus"))
def calm_when_source_is_silent(
    synapses: AbstractSynapses, active: int | Int[Array, ""], *, recurrent: bool, from_nucleus: bool
) -> AbstractSynapses:
    """No excitation from a silent source, and from a silent nucleus a little inhibition.

    What the bias gains or loses is spread over the weights, so that the fields of codes of `active` units stay as they
    are. A unit of a latch that is on sees one unit less; half-way between is the best that one shift can do.
    """
    bias = jnp.full_like(synapses.bias, _SILENT_NUCLEUS) if from_nucleus else jnp.minimum(synapses.bias, 0.0)
    seen = active - 0.5 if recurrent else active
    return synapses.raised((synapses.bias - bias) / seen, bias, recurrent=recurrent)


def on_grid(
    synapses: Sequence[AbstractSynapses], targets: Sequence[int], further: float = 0.0
) -> tuple[tuple[AbstractSynapses, ...], float]:
    """Round all weights to whole multiples of one power of two, small enough that every field is an exact sum.

    A field is a sum over active units and open projections. When its terms are multiples of a quantum and it stays
    below 2**24 quanta, float32 adds it without rounding, in any order. So a state does not depend on batch size,
    thread count or machine: a trial run alone equals the same trial in a batch, bit for bit.

    **Arguments:**

    - `targets`: the target of each projection.
    - `further`: what else a unit may receive, in whole multiples of a gate's conductance.

    **Returns:** the rounded synapses, and the external drive: a power of two above any field that they can give.
    """
    reach: dict[int, float] = {}
    for one, target in zip(synapses, targets, strict=True):
        reach[target] = reach.get(target, 0.0) + float(_largest_sum(one))
    largest = max(reach.values(), default=0.0) + further
    if not np.isfinite(largest):
        # Nothing can be made exact here; the report names the projection.
        return tuple(synapses), 1.0
    # A quarter more than the largest field, for what rounding adds to it.
    drive = float(2.0 ** np.ceil(np.log2(1.25 * max(largest, 1.0))))
    quantum = 2.0 * drive / 2.0**_EXACT_BITS
    return tuple(_rounded(one, jnp.float32(quantum)) for one in synapses), drive


@jax.jit
def _largest_sum(synapses: AbstractSynapses) -> Float[Array, ""]:
    return synapses.largest_sum()


@jax.jit
def _rounded(synapses: AbstractSynapses, quantum: Float[Array, ""]) -> AbstractSynapses:
    return synapses.rounded(quantum)
