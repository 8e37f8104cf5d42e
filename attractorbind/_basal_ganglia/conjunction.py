"""Conjunctive units: what a policy reads of several buffers together."""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int8, Key

from attractorbind._checks import check_count, check_names
from attractorbind._errors import NetworkError

# The weights of dendrites are whole numbers of about this size, so that their sums are exact.
_SCALE = 32
# A dendrite whose sum is less than this many standard deviations is silent: noise would turn its sign too easily.
_DEAD = 0.3


class Conjunction(eqx.Module):
    r"""Units that read several buffers together: $c_j = \prod_b \mathrm{sign}(\sum_i D^b_{ij} x^b_i)$, -1, 0 or 1.

    A linear policy cannot tell "the A after a 1" from "an A, and a 1 somewhere". A conjunctive unit has a dendrite for
    each buffer, with fixed random weights, and multiplies what they say. If any of the buffers holds another symbol the
    units are as good as independent; if one is silent, all units are 0. A dendrite whose sum is below 0.3 standard
    deviations says nothing, for noise would turn its sign. The values are deviations from a tonic rate.

    **Arguments:**

    - `buffers`: two buffers or more.
    - `units`: how many conjunctive units. Two conjunctions correlate by chance by about 1 / sqrt(units).

    **Raises:** `NetworkError` for fewer than two buffers or one named twice, `ArgumentError` for `units`.

    **Reference:** M. Rigotti, O. Barak, M. R. Warden et al. 2013, Nature 497:585, for mixed selectivity.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.gating.Conjunction("stimulus", "digit", units=256).buffers
        ('stimulus', 'digit')
    """

    buffers: tuple[str, ...] = eqx.field(static=True)
    units: int = eqx.field(static=True)

    def __init__(self, *buffers: str, units: int = 256) -> None:
        self.buffers = tuple(check_names("a conjunction", buffers, "buffers", NetworkError))
        if not all(isinstance(buffer, str) for buffer in self.buffers):
            raise NetworkError(f"a conjunction is of {self.buffers!r}; name buffers, Conjunction('word', 'slot'), say")
        if len(self.buffers) < 2 or len(set(self.buffers)) < len(self.buffers):
            raise NetworkError(
                f"a conjunction of {self.buffers!r} joins nothing; name two different buffers or more, or give a "
                "single buffer to reads= by its name alone"
            )
        self.units = check_count("units of a conjunction", units)


def dendrites(units: int, conjunctive: int, *, key: Key[Array, ""]) -> Int8[Array, "units conjunctive"]:
    """The weights from the units of a buffer to those of a conjunction."""
    drawn = jnp.round(_SCALE * jax.random.normal(key, (units, conjunctive), jnp.float32))
    return jnp.clip(drawn, -127, 127).astype(jnp.int8)


def conjoined(
    weights: Sequence[Int8[Array, "_units conjunctive"]], activity: Sequence[Float[Array, "trials _units"]]
) -> Int8[Array, "trials conjunctive"]:
    """What conjunctive units do, given their dendrites' weights and the states of their buffers."""
    product = None
    for synapses, states in zip(weights, activity, strict=True):
        # Whole numbers below 2^24, so the sums are exact in any order.
        sums, active = states @ synapses.astype(jnp.float32), jnp.sum(states, axis=1, keepdims=True)
        clear = sums * sums > jnp.float32((_DEAD * _SCALE) ** 2) * active
        sign = jnp.where(clear, jnp.sign(sums), jnp.float32(0))
        product = sign if product is None else product * sign
    assert product is not None
    return product.astype(jnp.int8)
