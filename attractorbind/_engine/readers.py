"""How the projections of a network read their sources, inside a compiled run."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._bundled import Bundled, Member, chosen
from attractorbind._engine.activity import Units, padded_units
from attractorbind._engine.coding import Coding
from attractorbind._network import Network
from attractorbind._synapses.base import AbstractSynapses


class Readers(NamedTuple):
    """What a target receives over each projection.

    - `synapses`: of the projections.
    - `biases`: b of each. They stand in one array, so that the bias is added in the pass that adds the product.
    """

    synapses: Sequence[AbstractSynapses]
    biases: Float[Array, "projections widest"]

    def field(self, coding: Coding, projection: Int[Array, ""], states: Units) -> Units:
        """The field x W + b of a projection whose source is in these states, with what has been imprinted."""

        def weighted(member: Member, number: int | Int[Array, ""]) -> Units:
            synapses: AbstractSynapses = member.item
            return padded_units(synapses.weighted(states[:, : synapses.shape[0]]), states.shape[1])

        bias = jax.lax.dynamic_slice_in_dim(self.biases, projection, 1)
        return coding.carried_by(projection, states, chosen(self.synapses, projection, weighted) + bias)


def readers(network: Network, widest: int) -> Readers:
    """The readers of all projections; to be made once a run, outside its loops."""
    synapses = network.synapses
    if isinstance(synapses, Bundled):
        stacked = [padded_units(bundle.bias, widest) for bundle in synapses.bundles]
        biases = jnp.concatenate(stacked)[np.argsort(np.concatenate(synapses.layout.members))]
    else:
        biases = jnp.concatenate([padded_units(own.bias[None], widest) for own in synapses])
    return Readers(synapses, biases)


def calm(network: Network, readers: Readers) -> Bool[Array, " populations"]:
    """The populations whose latches excite no unit while none is on: those that are silent, and left to it, stay so."""
    projections, populations = network.wiring.projections, network.wiring.populations
    numbers = [number for number, projection in enumerate(projections) if projection.recurrent]
    targets = np.array([projections[number].target for number in numbers], np.int32)
    silencing = jnp.all(readers.biases[np.array(numbers, np.int32)] <= 0, axis=1)
    return jnp.zeros(len(populations), bool).at[targets].set(silencing)
