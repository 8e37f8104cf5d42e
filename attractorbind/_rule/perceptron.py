"""The perceptron rule with a margin."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Bool, Int

from attractorbind._checks import check_count, check_positive
from attractorbind._keys import Rate
from attractorbind._namespace import Numbers, at_hand, compiled, fold, namespace, on_device, while_loop
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.patterns import signs, standardised_with_silence, with_silence
from attractorbind._rule.scaling import scaled_to_margin_one
from attractorbind._synapses.base import AbstractSynapses, Synapses, without_diagonal
from attractorbind._synapses.quality import moments

# With more numbers in the codes than this JAX is faster, many projections taken with what there is to compile.
_AT_HAND = 2**13


class Perceptron(AbstractStorageRule):
    r"""Perceptron learning with a margin, every target unit on its own, symbol by symbol, until all are stable.

    Whenever a unit's stability for a symbol is below $\kappa$, that is $y h \sqrt{N} < \kappa |w|$, its weights move by
    $y \phi$, with $\phi$ the standardised source over $\sqrt N$. It ends if a solution of that stability exists.

    **Arguments:**

    - `margin`: the stability $\kappa$ to reach, in Gardner's units (see `network.report()`).
    - `epochs`: passes over the vocabulary at the most.

    **Reference:** Gardner 1988, J. Phys. A 21:257; Rosenblatt 1958.
    """

    in_batches: ClassVar[bool] = True
    margin: float = 0.5
    epochs: int = 500

    def __check_init__(self) -> None:
        check_positive("margin", self.margin)
        check_count("epochs", self.epochs)

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """See `AbstractStorageRule.learn`."""
        settings = self.margin, self.epochs
        return on_device(_perceptron(*at_hand((source, target, *settings), _AT_HAND), recurrent=recurrent))


@compiled("recurrent")
def _perceptron(
    source: Bool[Numbers, "symbols source"],
    target: Bool[Numbers, "symbols target"],
    margin: Rate,
    epochs: int | Int[Numbers, ""],
    recurrent: bool,
) -> AbstractSynapses:
    xp, units = namespace(source, target), source.shape[1]
    mean, deviation = moments(source)
    root_units = np.sqrt(np.float32(units))
    inputs = standardised_with_silence(source) / root_units
    desired = signs(with_silence(target))

    def correct(carry: tuple, pair: tuple[Numbers, Numbers]) -> tuple:
        weights, bias, square, changes = carry
        x, y = pair
        fields = x @ weights + bias
        # At the start all is zero: nothing is below its margin, and nothing is right.
        unstable = (y * fields * root_units < margin * xp.sqrt(square)) | (y * fields <= 0)
        step = xp.where(unstable, y, np.float32(0))
        weights = without_diagonal(weights + x[:, None] * step[None, :], recurrent)
        self_input = xp.square(x) if recurrent else xp.zeros_like(y)
        longer = 2 * y * (fields - bias) + xp.square(x).sum() - self_input
        square = square + xp.where(unstable, longer, np.float32(0))
        return weights, bias + step, square, changes + unstable.sum(dtype=np.int32)

    def epoch(carry: tuple) -> tuple:
        weights, bias, square, _, count = carry
        return *fold(correct, (weights, bias, square, xp.int32(0)), (inputs, desired)), count + np.int32(1)

    zeros = xp.zeros(target.shape[1], np.float32)
    start = (xp.zeros((units, target.shape[1]), np.float32), zeros, zeros, xp.int32(1), xp.int32(0))
    weights, bias, *_ = while_loop(lambda c: (c[3] > 0) & (c[4] < epochs), epoch, start)
    weights = weights / (deviation * root_units)
    return scaled_to_margin_one(Synapses(weights, bias - mean * weights.sum(axis=0)), source, target)
