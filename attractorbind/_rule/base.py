"""What a storage rule is: from pairs of codes to the synapses of one projection."""

import abc

import equinox as eqx
from jaxtyping import Array, Bool

from attractorbind._synapses.base import AbstractSynapses


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
