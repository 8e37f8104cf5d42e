"""How the projections of a network read their sources, inside a compiled run."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from attractorbind._engine.activity import Activity, Units, padded_units
from attractorbind._network import Network


class Readers(NamedTuple):
    """What a target receives over each projection.

    - `weighted`: for each projection, the function from what all populations do to x W.
    - `biases`: b of each. They stand in one array, so that the bias is added in the pass that adds the product.
    """

    weighted: list[Callable[[Activity], Units]]
    biases: Float[Array, "projections widest"]

    def field(self, projection: Int[Array, ""], activity: Activity) -> Units:
        """The field x W + b."""
        bias = jax.lax.dynamic_slice_in_dim(self.biases, projection, 1)
        return jax.lax.switch(projection, self.weighted, activity) + bias


def readers(network: Network, widest: int) -> Readers:
    """The readers of all projections; to be made once a run, outside its loops."""

    def reader(projection: int) -> Callable[[Activity], Units]:
        synapses, source = network.synapses[projection], network.wiring.projections[projection].source
        units = network.wiring.populations[source].units
        return lambda activity: padded_units(synapses.weighted(activity.of(source)[:, :units]), widest)

    biases = [padded_units(synapses.bias[None], widest) for synapses in network.synapses]
    return Readers([reader(projection) for projection in range(len(biases))], jnp.concatenate(biases))
