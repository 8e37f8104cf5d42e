"""What a storage rule is: from pairs of codes to the synapses of one projection."""

import abc
from typing import ClassVar

import equinox as eqx
from jaxtyping import Array, Bool

from attractorbind._synapses.base import AbstractSynapses


class AbstractStorageRule(eqx.Module):
    """How the codes of two populations become synapses that drive the target into the symbol that the source holds.

    A rule of a user's own subclasses this and defines `learn`. It may store silence, with which a buffer says that it
    is empty, as one more pattern: `PseudoInverse`, `Perceptron` and `MaximalStability` do, with the margin of a symbol.

    **Attributes:**

    - `in_batches`: whether `jax.vmap` may map `learn` over projections, as it does in networks of many.
    """

    in_batches: ClassVar[bool] = False

    @abc.abstractmethod
    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """Synapses whose field h = x W + b is above zero just for the target units that are on.

        **Arguments:**

        - `source`, `target`: one code per row; row s of both stands for the same symbol.
        - `recurrent`: the projection joins a population to itself; its weights' diagonal must then be zero, or the
            loop would hold anything and correct nothing.

        **Returns:** `Synapses`, or any other `AbstractSynapses`; the field's scale is free, 1 being usual for a unit
        that is just stable.
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
