"""Storkey's rule."""

from typing import ClassVar

import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._namespace import Numbers, at_hand, compiled, fold, namespace, on_device
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.patterns import standardised
from attractorbind._rule.scaling import threshold_midway
from attractorbind._synapses.base import Synapses, without_diagonal

# With more numbers in the codes than this JAX is faster, many projections taken with what there is to compile.
_AT_HAND = 2**13


class Storkey(AbstractStorageRule):
    r"""Storkey's rule: local and incremental like the Hebbian one, with a higher capacity.

    Symbol by symbol, $\Delta W_{ji} = \frac{1}{N} (x_j y_i - x_j h_{ij} - k_{ji} y_i)$, where $h_{ij}$ is the field
    that target unit i already gets from all sources but j, and $k_{ji}$ the field that source unit j already gets from
    the source population's own recurrent connections, without unit i if that is one of them. On a latch this is
    Storkey's rule; on a relay it is our extension of it: what the source already predicts of itself is not learned
    again, so that a new symbol does not disturb the old ones.

    **Reference:** Storkey 1997, ICANN, LNCS 1327:451.
    """

    in_batches: ClassVar[bool] = True

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> Synapses:
        """See `AbstractStorageRule.learn`."""
        return on_device(_storkey(*at_hand((source, target), _AT_HAND), recurrent=recurrent))


@compiled("recurrent")
def _storkey(
    source: Bool[Numbers, "symbols source"], target: Bool[Numbers, "symbols target"], recurrent: bool
) -> Synapses:
    xp, units = namespace(source, target), source.shape[1]

    def forward(
        weights: Float[Numbers, "source target"], x: Float[Numbers, " source"]
    ) -> Float[Numbers, "source target"]:
        return (x @ weights)[None, :] - x[:, None] * weights

    def store(
        carry: tuple[Float[Numbers, "source source"], Float[Numbers, "source target"]],
        codes: tuple[Float[Numbers, " source"], Float[Numbers, " target"]],
    ) -> tuple[Float[Numbers, "source source"], Float[Numbers, "source target"]]:
        latch, weights = carry
        x, y = codes
        change = (x[:, None] - (x @ latch)[:, None]) * y[None, :] - x[:, None] * forward(weights, x)
        latch_forward = forward(latch, x)
        latch_change = x[:, None] * x[None, :] - x[:, None] * latch_forward - latch_forward.T * x[None, :]
        return without_diagonal(latch + latch_change / units, True), weights + change / units

    start = xp.zeros((units, units), np.float32), xp.zeros((units, target.shape[1]), np.float32)
    latch, weights = fold(store, start, (standardised(source), standardised(target)))
    return threshold_midway(latch if recurrent else weights, source, target, recurrent)
