"""A stretch: ticks one after the other in which no trial's gates change, nor what is presented to it.

What must be computed is worked out once for all of them.
"""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Key

from attractorbind._engine.advance import Incoming, Noise, Standing, advance
from attractorbind._engine.plan import Plan
from attractorbind._engine.readers import Readers
from attractorbind._engine.settle import Phase
from attractorbind._network import Network

Recorded = TypeVar("Recorded")


def stretch(
    network: Network,
    readers: Readers,
    phase: Phase,
    plan: Plan,
    first: Int[Array, ""],
    ticks: Int[Array, ""],
    incoming: Incoming,
    noise: Float[Array, ""] | None,
    keys: Key[Array, " trials"],
    record: Callable[[Int[Array, ""], Standing, Recorded], Recorded],
    carry: tuple[Standing, Recorded],
) -> tuple[Standing, Recorded]:
    """So many ticks under one plan; what is not named here is as in `advance`.

    **Arguments:**

    - `plan`: by what the gates let through alone.
    - `first`: the number of the first tick in the whole run.
    - `noise`: probability that a unit's output flips, None for never; there is none in a quiet phase.
    - `keys`: one a trial, for the whole run.
    - `record`: from the number of a tick, how the network stands after it, and what was recorded before, to what is
        then.
    - `carry`: how the network stands at first, and what has been recorded.
    """
    # What a run starts from is not known to the plan.
    plan = plan.computing(everything=noise is not None, at_first=phase.everything | (first == 0))

    def one(number: Int[Array, ""], carry: tuple[Standing, Recorded]) -> tuple[Standing, Recorded]:
        standing, recorded = carry
        drawn = None
        if noise is not None:
            level = jnp.where(phase.quiet, 0.0, noise)
            drawn = Noise(level, jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, number))
        needed = jnp.where(number == first, plan.entering, plan.needed)
        standing = advance(network, readers, plan, needed, incoming, drawn, standing)
        return standing, record(number, standing, recorded)

    return jax.lax.fori_loop(first, first + ticks, one, carry)
