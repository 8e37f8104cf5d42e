"""The Hebbian covariance rule."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Bool

from attractorbind._namespace import Numbers, at_hand, compiled, on_device
from attractorbind._rule.base import AbstractOneShotRule
from attractorbind._rule.patterns import standardised
from attractorbind._rule.scaling import threshold_midway
from attractorbind._synapses.base import AbstractSynapses, Synapses

# With more numbers in the codes than this JAX is faster, many projections taken with what there is to compile.
_AT_HAND = 2**18


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

    in_batches: ClassVar[bool] = True

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> Synapses:
        """See `AbstractStorageRule.learn`."""
        return on_device(_hebbian(*at_hand((source, target), _AT_HAND), recurrent=recurrent))

    def add(
        self,
        synapses: AbstractSynapses,
        source: Bool[Array, " source"],
        target: Bool[Array, " target"],
        *,
        recurrent: bool,
    ) -> Synapses:
        """See `AbstractOneShotRule.add`: the outer product of the new codes, standardised by their own activity."""
        return on_device(_hebbian_addition(*at_hand((synapses, source, target), 4 * _AT_HAND), recurrent=recurrent))


@compiled("recurrent")
def _hebbian(
    source: Bool[Numbers, "symbols source"], target: Bool[Numbers, "symbols target"], recurrent: bool
) -> Synapses:
    weights = standardised(source).T @ standardised(target) / source.shape[1]
    return threshold_midway(weights, source, target, recurrent)


@compiled("recurrent")
def _hebbian_addition(
    synapses: AbstractSynapses, source: Bool[Numbers, " source"], target: Bool[Numbers, " target"], recurrent: bool
) -> Synapses:
    alone = _hebbian(source[None, :], target[None, :], recurrent)
    # The threshold is there already, whatever the number of symbols.
    threshold = 2 * target.mean(dtype=np.float32) - 1
    return Synapses(synapses.weights + alone.weights, synapses.bias + alone.bias - threshold)
