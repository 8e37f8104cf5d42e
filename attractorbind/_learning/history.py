"""How training went: losses, accuracies and cosines, of the trials that learned."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._learning.angle import cosines
from attractorbind._learning.base import AbstractCreditRule, Teaching
from attractorbind._learning.hierarchy import Seeing, shares
from attractorbind._overlap import overlaps


class History(NamedTuple):
    """How training went.

    - `loss`: of each batch, the mean loss of the trials that learned, before the last update that each had a part in.
    - `accuracy`: of each batch, the fraction of these trials whose output was then nearest to the code of the symbol
        that they were taught.
    - `cosine`: after each epoch, the cosines of the changes that its last batch asks for with the gradient, for the
        weights of each layer; their arc cosine is the angle.

    NaN stands where no trial of a batch learned anything.
    """

    loss: Float[np.ndarray, " batches"]
    accuracy: Float[np.ndarray, " batches"]
    cosine: Float[np.ndarray, "epochs layers"]


@eqx.filter_jit
def marks(
    seeing: Seeing, codes: Bool[Array, "symbols units"]
) -> tuple[Float[Array, ""], Float[Array, ""], Bool[Array, ""]]:
    """Loss and accuracy of the trials that have learned, before they did, and whether any has."""
    learned = jnp.any(seeing.taught > 0, axis=1)
    share, taught = shares(learned), seeing.taught
    output = jnp.clip(seeing.output, 1e-7, 1 - 1e-7)
    match seeing.learned.value.layers.readout:
        case "softmax":
            loss = -jnp.sum(taught * jnp.log(output), axis=1)
        case "linear":
            loss = 0.5 * jnp.sum(jnp.square(seeing.output - taught), axis=1)
        case _:
            loss = -jnp.sum(taught * jnp.log(output) + (1 - taught) * jnp.log1p(-output), axis=1)
    own, wanted = (jnp.argmax(overlaps(pattern, codes), axis=1) for pattern in (seeing.output, taught))
    return share @ loss, share @ (own == wanted).astype(jnp.float32), jnp.any(learned)


@eqx.filter_jit
def last_cosines(rule: AbstractCreditRule, seeing: Seeing) -> Float[Array, " layers"]:
    """The cosines at the examples that were learned last."""
    share = shares(jnp.any(seeing.taught > 0, axis=1))
    return cosines(rule, seeing.learned.value, seeing.lesson, Teaching(seeing.taught, share))
