"""A stretch: ticks one after the other in which no trial's gates change, nor what is presented to it.

What must be computed is worked out once for all of them.
"""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._advance import Conductance, External, Noise, Standing, advance
from attractorbind._network import Network
from attractorbind._plan import Plan
from attractorbind._readers import Readers

Recorded = TypeVar("Recorded")


def stretch(
    network: Network,
    readers: Readers,
    plan: Plan,
    ticks: Int[Array, ""],
    conductance: Conductance,
    switches: Float[Array, "switches *trials"],
    external: External,
    noise: Callable[[Int[Array, ""]], Noise | None],
    record: Callable[[Int[Array, ""], Standing, Recorded], Recorded],
    carry: tuple[Standing, Recorded],
    running: Bool[Array, " trials"] | None = None,
) -> tuple[Standing, Recorded]:
    """So many ticks under one plan; arguments that are not named here are those of `advance`.

    **Arguments:**

    - `noise`: from the number of a tick within the stretch, counted from 0, to its noise.
    - `record`: from that number, how the network stands after the tick, and what was recorded before, to what is then.
    - `carry`: how the network stands at first, and what has been recorded.
    """

    def one(number: Int[Array, ""], carry: tuple[Standing, Recorded]) -> tuple[Standing, Recorded]:
        standing, recorded = carry
        needed = jnp.where(number == 0, plan.entering, plan.needed)
        standing = advance(
            network, readers, plan, needed, conductance, switches, external, noise(number), standing, running
        )
        return standing, record(number, standing, recorded)

    return jax.lax.fori_loop(0, ticks, one, carry)


def drawn(level: Float[Array, ""], keys: Key[Array, " trials"], tick: Int[Array, ""]) -> Noise:
    """The noise of a tick of a run, from the trials' keys for all of it."""
    return Noise(level, jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, tick))
