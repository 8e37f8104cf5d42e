"""Learning rules: from pairs of codes to the weights and biases of one projection."""

import abc

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._checks import check_count, check_positive
from attractorbind._synapses.base import AbstractSynapses, Synapses, margins, moments


class AbstractStorageRule(eqx.Module):
    """How one projection learns to drive its target into the symbol that its source holds.

    A rule of one's own subclasses this and defines `learn`. It may store silence, with which a buffer says that it is
    empty, as one more pattern: `PseudoInverse`, `Perceptron` and `MaximalStability` do, with a symbol's margin.
    """

    @abc.abstractmethod
    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """Learn weights and biases with h = x W + b > 0 just for the target units that are on.

        **Arguments:**

        - `source`, `target`: one code per row; row s of both stands for the same symbol.
        - `recurrent`: the projection joins a population to itself; its weights' diagonal must then be zero, or the
            loop would hold anything and correct nothing.

        **Returns:** `Synapses`, or `FactoredSynapses`; the field's scale is free, 1 being usual for a unit that is just
        stable.
        """


class AbstractOneShotRule(AbstractStorageRule):
    """A rule that can also learn one more symbol in one shot, from the new codes alone; see `imprint`."""

    @abc.abstractmethod
    def add(
        self,
        synapses: AbstractSynapses,
        source: Bool[Array, " source"],
        target: Bool[Array, " target"],
        *,
        recurrent: bool,
    ) -> AbstractSynapses:
        """What `learn` would have come to with one more symbol, from its codes and the synapses before.

        **Arguments:**

        - `synapses`: those that store the symbols before, as they are in a network.
        - `source`, `target`: the new symbol's codes.
        - `recurrent`: as for `learn`.
        """


def without_diagonal(weights: Float[Array, "source target"], recurrent: bool) -> Float[Array, "source target"]:
    """The weights, with no unit connected to itself when the projection is recurrent."""
    return jnp.fill_diagonal(weights, 0.0, inplace=False) if recurrent else weights


def standardised(codes: Bool[Array, "symbols units"]) -> Float[Array, "symbols units"]:
    """Codes shifted and scaled to mean 0 and variance 1."""
    mean, deviation = moments(codes)
    return (codes - mean) / deviation


def with_silence(codes: Bool[Array, "symbols units"]) -> Bool[Array, "patterns units"]:
    """The codes, and silence as one more pattern: an empty source leaves its target empty, noise or not."""
    return jnp.concatenate([codes, jnp.zeros_like(codes[:1])])


def standardised_with_silence(codes: Bool[Array, "symbols units"]) -> Float[Array, "patterns units"]:
    """Codes shifted and scaled to mean 0 and variance 1, and silence by the same shift and scale."""
    mean, deviation = moments(codes)
    return (with_silence(codes) - mean) / deviation


def signs(codes: Bool[Array, "symbols units"]) -> Float[Array, "symbols units"]:
    """Codes as +1 for on and -1 for off."""
    return jnp.where(codes, 1.0, -1.0)


def threshold_midway(
    weights: Float[Array, "source target"],
    source: Bool[Array, "symbols source"],
    target: Bool[Array, "symbols target"],
    recurrent: bool,
) -> Synapses:
    """Synapses for 0/1 units from weights between standardised units, the threshold midway between on and off.

    A clean signal then gives the field +1 to units that should be on and -1 to the others.
    """
    source_mean, source_deviation = moments(source)
    target_mean, target_deviation = moments(target)
    weights = without_diagonal(2 * target_deviation / source_deviation * weights, recurrent)
    return Synapses(weights, 2 * target_mean - 1 - source_mean * weights.sum(axis=0))


def scaled_to_margin_one(
    synapses: AbstractSynapses, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"]
) -> AbstractSynapses:
    """Each unit's weights scaled so that its least stable pattern gets the field 1, where all signs are right."""
    smallest = margins(synapses, with_silence(source), with_silence(target)).min(axis=0)
    scale = jnp.where(smallest > 0, 1 / jnp.where(smallest > 0, smallest, 1.0), 1.0)
    return synapses.scaled(scale)


class Hebbian(AbstractOneShotRule):
    r"""Hebbian covariance rule: local, one-shot, incremental; stores few symbols.

    $W_{ji} = \frac{1}{N} \sum_s \tilde x_j^s \tilde y_i^s$ between units standardised to mean 0 and variance 1, with
    the threshold midway between the field of an on unit and that of an off unit.

    **Reference:** Tsodyks & Feigel'man 1988, Europhys. Lett. 6:101; Amit, Gutfreund & Sompolinsky 1985 for the load
    0.138 N at activity 0.5.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> vocabulary = ab.Vocabulary(["dog", "cat", "chased"])
        >>> network = ab.build(vocabulary, buffers={"focus": 128}, activity=0.1, rule=ab.Hebbian(),
        ...     key=jax.random.key(0))
        >>> network.report().wrong_bits
        0
    """

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> Synapses:
        """See `AbstractStorageRule.learn`."""
        return _hebbian(source, target, recurrent)

    def add(
        self,
        synapses: AbstractSynapses,
        source: Bool[Array, " source"],
        target: Bool[Array, " target"],
        *,
        recurrent: bool,
    ) -> Synapses:
        """See `AbstractOneShotRule.add`: the new symbol's outer product."""
        return _hebbian_addition(synapses, source, target, recurrent)


@eqx.filter_jit
def _hebbian(source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], recurrent: bool) -> Synapses:
    weights = standardised(source).T @ standardised(target) / source.shape[1]
    return threshold_midway(weights, source, target, recurrent)


@eqx.filter_jit
def _hebbian_addition(
    synapses: AbstractSynapses, source: Bool[Array, " source"], target: Bool[Array, " target"], recurrent: bool
) -> Synapses:
    one = _hebbian(source[None, :], target[None, :], recurrent)
    # The threshold is there already, whatever the number of symbols.
    threshold = 2 * target.mean(dtype=jnp.float32) - 1
    return Synapses(synapses.weights + one.weights, synapses.bias + one.bias - threshold)


class Storkey(AbstractStorageRule):
    r"""Storkey's rule: local and incremental like the Hebbian one, with a higher capacity.

    Symbol by symbol, $\Delta W_{ji} = \frac{1}{N} (x_j y_i - x_j h_{ij} - k_{ji} y_i)$, where $h_{ij}$ is the field
    that target unit i already gets from all sources but j, and $k_{ji}$ the field that source unit j already gets from
    the source population's own recurrent connections, without unit i if that is one of them. On a latch this is
    Storkey's rule; on a relay it is our extension of it: what the source already predicts of itself is not learned
    again, so that a new symbol does not disturb the old ones.

    **Reference:** Storkey 1997, ICANN, LNCS 1327:451.
    """

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> Synapses:
        """See `AbstractStorageRule.learn`."""
        return _storkey(source, target, recurrent)


@eqx.filter_jit
def _storkey(source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], recurrent: bool) -> Synapses:
    units = source.shape[1]

    def forward(weights: Float[Array, "source target"], x: Float[Array, " source"]) -> Float[Array, "source target"]:
        return (x @ weights)[None, :] - x[:, None] * weights

    def store(
        carry: tuple[Float[Array, "source source"], Float[Array, "source target"]],
        codes: tuple[Float[Array, " source"], Float[Array, " target"]],
    ) -> tuple[tuple[Float[Array, "source source"], Float[Array, "source target"]], None]:
        latch, weights = carry
        x, y = codes
        change = (x[:, None] - (x @ latch)[:, None]) * y[None, :] - x[:, None] * forward(weights, x)
        latch_forward = forward(latch, x)
        latch_change = x[:, None] * x[None, :] - x[:, None] * latch_forward - latch_forward.T * x[None, :]
        return (without_diagonal(latch + latch_change / units, True), weights + change / units), None

    start = (jnp.zeros((units, units)), jnp.zeros((units, target.shape[1])))
    latch, weights = jax.lax.scan(store, start, (standardised(source), standardised(target)))[0]
    return threshold_midway(latch if recurrent else weights, source, target, recurrent)


class Perceptron(AbstractStorageRule):
    r"""Perceptron learning with a margin, every target unit on its own, symbol by symbol, until all are stable.

    Whenever a unit's stability for a symbol is below $\kappa$, that is $y h \sqrt{N} < \kappa |w|$, its weights move by
    $y \phi$, with $\phi$ the standardised source over $\sqrt N$. It ends if a solution of that stability exists.

    **Arguments:**

    - `margin`: the stability $\kappa$ to reach, in Gardner's units (see `network.report()`).
    - `epochs`: passes over the vocabulary at the most.

    **Reference:** Gardner 1988, J. Phys. A 21:257; Rosenblatt 1958.
    """

    margin: float = 0.5
    epochs: int = 500

    def __check_init__(self) -> None:
        check_positive("margin", self.margin)
        check_count("epochs", self.epochs)

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """See `AbstractStorageRule.learn`."""
        return _perceptron(source, target, recurrent, jnp.float32(self.margin), self.epochs)


@eqx.filter_jit
def _perceptron(
    source: Bool[Array, "symbols source"],
    target: Bool[Array, "symbols target"],
    recurrent: bool,
    margin: Float[Array, ""],
    epochs: int,
) -> AbstractSynapses:
    units = source.shape[1]
    mean, deviation = moments(source)
    inputs = standardised_with_silence(source) / jnp.sqrt(units)
    desired = signs(with_silence(target))

    def correct(carry: tuple[Array, Array, Array, Array], pair: tuple[Array, Array]) -> tuple[tuple, None]:
        weights, bias, square, changes = carry
        x, y = pair
        fields = x @ weights + bias
        unstable = y * fields * jnp.sqrt(units) < margin * jnp.sqrt(square)
        # At the start all is zero: nothing is below its margin, and nothing is right.
        unstable |= y * fields <= 0
        step = jnp.where(unstable, y, 0.0)
        weights = without_diagonal(weights + x[:, None] * step[None, :], recurrent)
        self_input = jnp.square(x) if recurrent else jnp.zeros_like(y)
        square += jnp.where(unstable, 2 * y * (fields - bias) + jnp.sum(jnp.square(x)) - self_input, 0.0)
        return (weights, bias + step, square, changes + unstable.sum()), None

    def epoch(carry: tuple) -> tuple:
        weights, bias, square, _, count = carry
        state, _ = jax.lax.scan(correct, (weights, bias, square, jnp.int32(0)), (inputs, desired))
        return (*state, count + 1)

    zeros = jnp.zeros(target.shape[1])
    start = (jnp.zeros((units, target.shape[1])), zeros, zeros, jnp.int32(1), jnp.int32(0))
    weights, bias, *_ = jax.lax.while_loop(lambda c: (c[3] > 0) & (c[4] < epochs), epoch, start)
    weights = weights / (deviation * jnp.sqrt(units))
    return scaled_to_margin_one(Synapses(weights, bias - mean * weights.sum(axis=0)), source, target)
