"""The perceptron rule with a margin."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._checks import check_count, check_positive
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.patterns import signs, standardised_with_silence, with_silence
from attractorbind._rule.scaling import scaled_to_margin_one, without_diagonal
from attractorbind._synapses.base import AbstractSynapses, Synapses
from attractorbind._synapses.quality import moments


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
    root_units = jnp.sqrt(jnp.float32(units))
    inputs = standardised_with_silence(source) / root_units
    desired = signs(with_silence(target))

    def correct(carry: tuple[Array, Array, Array, Array], pair: tuple[Array, Array]) -> tuple[tuple, None]:
        weights, bias, square, changes = carry
        x, y = pair
        fields = x @ weights + bias
        unstable = y * fields * root_units < margin * jnp.sqrt(square)
        # At the start all is zero: nothing is below its margin, and nothing is right.
        unstable |= y * fields <= 0
        step = jnp.where(unstable, y, 0.0)
        weights = without_diagonal(weights + x[:, None] * step[None, :], recurrent)
        self_input = jnp.square(x) if recurrent else jnp.zeros_like(y)
        square += jnp.where(unstable, 2 * y * (fields - bias) + jnp.sum(jnp.square(x)) - self_input, 0.0)
        return (weights, bias + step, square, changes + unstable.sum(dtype=jnp.int32)), None

    def epoch(carry: tuple) -> tuple:
        weights, bias, square, _, count = carry
        state, _ = jax.lax.scan(correct, (weights, bias, square, jnp.int32(0)), (inputs, desired))
        return (*state, count + 1)

    zeros = jnp.zeros(target.shape[1], jnp.float32)
    start = (jnp.zeros((units, target.shape[1]), jnp.float32), zeros, zeros, jnp.int32(1), jnp.int32(0))
    weights, bias, *_ = jax.lax.while_loop(lambda c: (c[3] > 0) & (c[4] < epochs), epoch, start)
    weights = weights / (deviation * root_units)
    return scaled_to_margin_one(Synapses(weights, bias - mean * weights.sum(axis=0)), source, target)
