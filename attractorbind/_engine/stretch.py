"""The ticks of one stretch, in which what must be computed is worked out once for all of them."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from attractorbind._engine.advance import Standing, advance
from attractorbind._engine.controller import Stretch
from attractorbind._engine.noise import Draws, noise_of_tick
from attractorbind._engine.readers import Readers
from attractorbind._engine.settle import Phase
from attractorbind._network import Network

Recorded = TypeVar("Recorded")


class Setup(NamedTuple):
    """What stays the same in a whole run.

    - `network`: without names.
    - `readers`: of its projections.
    - `draws`: what is random.
    - `lean`: whether populations that rest are left out; otherwise all are computed at every tick.
    """

    network: Network
    readers: Readers
    draws: Draws
    lean: bool


def take(
    setup: Setup,
    stretch: Stretch,
    phase: Phase,
    first: Int[Array, ""],
    at_start: Bool[Array, ""],
    record: Callable[[Int[Array, ""], Standing, Recorded], Recorded],
    carry: tuple[Standing, Recorded],
) -> tuple[Standing, Recorded]:
    """All ticks of a stretch.

    **Arguments:**

    - `first`: the number of its first tick in the whole run.
    - `at_start`: whether nothing is known of what was computed before.
    - `record`: (number of a tick, how the network stands after it, recorded before) -> recorded then.
    - `carry`: how the network stands at first, and what has been recorded.
    """
    # Noise may move any unit at any tick. There is none in the quiet phase.
    lean = setup.draws.noise is None and setup.lean
    standing, _ = carry
    plan = stretch.plan.computing(everything=not lean, at_first=at_start & jnp.any(standing.moved, axis=1))
    # What areas give may be another field at every tick.
    later = plan.needed if standing.areas else jnp.zeros_like(plan.needed)

    last = first + stretch.ticks

    def tick(
        state: tuple[Int[Array, ""], Standing, Recorded],
    ) -> tuple[Int[Array, ""], Standing, Recorded]:
        number, standing, recorded = state
        draws = setup.draws
        level = None if draws.noise is None else jnp.where(phase.quiet, jnp.float32(0), draws.noise)
        noise = noise_of_tick(draws, level, number)
        needed = jnp.where(number == first, plan.entering, later) if lean else None
        standing = advance(setup.network, setup.readers, plan, needed, stretch.incoming, noise, standing)
        recorded = record(number, standing, recorded)
        following = number + 1
        if lean and not standing.areas and recorded is None:
            # Where nothing has moved, all other ticks of the stretch change nothing.
            following = jnp.where(jnp.any(standing.moved), following, last)
        return following, standing, recorded

    if not lean:
        # The number of rounds must not depend on states, for `jax.vmap`.
        return jax.lax.fori_loop(first, last, lambda number, carry: tick((number, *carry))[1:], carry)
    return jax.lax.while_loop(lambda state: state[0] < last, tick, (first, *carry))[1:]
