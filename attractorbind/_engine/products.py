"""Products of states and weights that are kept as long as the states stay as they are.

A symbol is passed on over several ticks in which its source does not move: its product need be made once.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._engine.activity import Activity, Units, at
from attractorbind._engine.readers import Readers
from attractorbind._wiring import Wiring

# More bytes than these are not kept.
_MOST_BYTES = 2**26
_FLOAT_BYTES = 4


class Products(NamedTuple):
    """What each projection's source gave when it was last multiplied, x W.

    - `kept`: the products.
    - `fresh`: whether the source has not moved since.
    """

    kept: Float[Array, "projections trials widest"]
    fresh: Bool[Array, " projections"]


def no_products(wiring: Wiring, activity: Activity) -> Products | None:
    """Products before anything is multiplied: those of silent sources, which are 0. None if they would be too many."""
    _, trials, widest = activity.halves.shape
    count = len(wiring.projections)
    if _FLOAT_BYTES * count * trials * widest > _MOST_BYTES:
        return None
    return Products(jnp.zeros((count, trials, widest), jnp.float32), activity.silent()[wiring.sources])


def product_of(
    products: Products | None, readers: Readers, projection: Int[Array, ""], states: Units
) -> tuple[Units, Products | None]:
    """A projection's product, as it is kept or made anew; and the products with it."""
    if products is None:
        return readers.product(projection, states), None
    kept, fresh = products
    # Taken out before the branch: all products going into it would be copied before they are written.
    before = at(kept, projection)
    product = jax.lax.cond(at(fresh, projection), lambda: before, lambda: readers.product(projection, states))
    return product, Products(
        jax.lax.dynamic_update_index_in_dim(kept, product, projection, 0),
        jax.lax.dynamic_update_index_in_dim(fresh, True, projection, 0),
    )


def outdated(products: Products | None, moved: Bool[Array, " projections"]) -> Products | None:
    """The products after a tick in which the sources of these projections moved."""
    return None if products is None else products._replace(fresh=products.fresh & ~moved)
