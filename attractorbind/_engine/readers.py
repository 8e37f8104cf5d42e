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
from attractorbind._engine.rows import On, most_rows, sum_of_rows, units_on
from attractorbind._network import Network
from attractorbind._synapses.base import AbstractSynapses, Synapses


class Readers(NamedTuple):
    """What a target receives over each projection.

    - `synapses`: of the projections.
    - `biases`: b of each. They stand in one array, so that the bias is added in the pass that adds the product.
    - `by_rows`: whether only the rows of units that are on are read where that is quicker.
    """

    synapses: Sequence[AbstractSynapses]
    biases: Float[Array, "projections widest"]
    by_rows: bool

    def field(self, coding: Coding, projection: Int[Array, ""], states: Units) -> Units:
        """The field x W + b of a projection whose source is in these states, with what has been imprinted."""
        return self.with_bias(coding, projection, states, self.product(projection, states))

    def with_bias(self, coding: Coding, projection: Int[Array, ""], states: Units, product: Units) -> Units:
        """The field whose product x W is known."""
        bias = jax.lax.dynamic_slice_in_dim(self.biases, projection, 1)
        return coding.carried_by(projection, states, product + bias)

    def product(self, projection: Int[Array, ""], states: Units) -> Units:
        """The product x W of a projection whose source is in these states."""
        trials, widest = states.shape
        most = most_rows(trials, widest) if self.by_rows else 0

        def weighted(member: Member, number: int | Int[Array, ""]) -> Units:
            synapses: AbstractSynapses = member.item
            return padded_units(synapses.weighted(states[:, : synapses.shape[0]]), widest)

        def by_rows(on: On) -> Units:
            def received(member: Member, number: int | Int[Array, ""]) -> Units:
                synapses: AbstractSynapses = member.item
                source, _ = synapses.shape
                if not isinstance(synapses, Synapses) or not most_rows(trials, source):
                    return weighted(member, number)
                # Out of a bundle only these rows are taken.
                rows = member.stacked.weights.reshape(-1, member.stacked.weights.shape[-1])
                first = jnp.int32(0) if member.row is None else member.row * source
                return padded_units(sum_of_rows(rows, first, on), widest)

            return chosen(self.synapses, projection, received)

        def whole() -> Units:
            return chosen(self.synapses, projection, weighted)

        def by_rows_if_few() -> Units:
            on = units_on(states, most)
            return jax.lax.cond(jnp.max(on.counts) <= most, lambda: by_rows(on), whole)

        # An accelerator is kept waiting by each turn of a loop.
        return jax.lax.platform_dependent(cpu=by_rows_if_few, default=whole) if most else whole()


def readers(network: Network, widest: int, *, by_rows: bool = False) -> Readers:
    """The readers of all projections; to be made once a run, outside its loops.

    **Arguments:**

    - `by_rows`: whether only the rows of units that are on may be read, which `jax.vmap` would make slow.
    """
    synapses = network.synapses
    if isinstance(synapses, Bundled):
        stacked = [padded_units(bundle.bias, widest) for bundle in synapses.bundles]
        biases = jnp.concatenate(stacked)[synapses.layout.position_of]
    else:
        biases = jnp.concatenate([padded_units(own.bias[None], widest) for own in synapses])
    return Readers(synapses, biases, by_rows)


def calm(network: Network, readers: Readers) -> Bool[Array, " populations"]:
    """The populations whose latches excite no unit while none is on: those that are silent, and left to it, stay so."""
    projections, populations = network.wiring.projections, network.wiring.populations
    numbers = [number for number, projection in enumerate(projections) if projection.recurrent]
    targets = np.array([projections[number].target for number in numbers], np.int32)
    silencing = jnp.all(readers.biases[np.array(numbers, np.int32)] <= 0, axis=1)
    return jnp.zeros(len(populations), bool).at[targets].set(silencing)
