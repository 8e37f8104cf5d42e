"""Storkey's rule."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.patterns import standardised
from attractorbind._rule.scaling import threshold_midway, without_diagonal
from attractorbind._synapses.base import Synapses


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

    start = (jnp.zeros((units, units), jnp.float32), jnp.zeros((units, target.shape[1]), jnp.float32))
    latch, weights = jax.lax.scan(store, start, (standardised(source), standardised(target)))[0]
    return threshold_midway(latch if recurrent else weights, source, target, recurrent)
