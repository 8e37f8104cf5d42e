"""Two phases of one compiled loop: the program, and then a few quiet ticks that show what comes to rest."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from attractorbind._observe import Result
from attractorbind._tick import Stacked

# Ticks in which a state must come to rest.
SETTLING = 10

Carry = TypeVar("Carry")
Kept = TypeVar("Kept")


def run_and_settle(
    going_on: Callable[[Carry], Bool[Array, ""]],
    tick: Callable[[Bool[Array, ""], Carry], Carry],
    activity: Callable[[Carry], Stacked],
    keep: Callable[[Carry], Kept],
    carry: Carry,
) -> tuple[Carry, Kept, Bool[Array, " trials"]]:
    """Tick as long as the program goes on, keep how things stand then, and see whether they come to rest.

    One loop serves both phases, so that a tick is compiled once.

    **Arguments:**

    - `going_on`: whether the program has another tick.
    - `tick`: one tick of the program, or, if the first argument is true, one without noise and presented symbols under
        the program's last gates.
    - `activity`: what comes to rest.
    - `keep`: what is wanted of the program's end.

    **Returns:** the last carry, what was kept, and which trials came to rest.
    """
    nothing = jnp.zeros(activity(carry).shape[1], bool)

    def phase(number: Int[Array, ""], state: tuple[Carry, Kept, Bool[Array, " trials"]]):
        carry, kept, _ = state
        quiet = number == 1

        def more(inner: tuple[Carry, Bool[Array, " trials"], Int[Array, ""]]) -> Bool[Array, ""]:
            carry, settled, count = inner
            return jnp.where(quiet, ~jnp.all(settled) & (count <= SETTLING), going_on(carry))

        def one(inner: tuple[Carry, Bool[Array, " trials"], Int[Array, ""]]):
            carry, _, count = inner
            following = tick(quiet, carry)
            # The first tick does not count: a nucleus that has just passed something on falls silent in it.
            settled = jax.lax.cond(
                quiet & (count > 0),
                lambda: jnp.all(activity(following) == activity(carry), axis=(0, 2)),
                lambda: nothing,
            )
            return following, settled, count + 1

        carry, settled, _ = jax.lax.while_loop(more, one, (carry, nothing, jnp.int32(0)))
        kept = jax.lax.cond(quiet, lambda: kept, lambda: keep(carry))
        return carry, kept, settled

    return jax.lax.fori_loop(0, 2, phase, (carry, keep(carry), nothing))


def judged(finite: Bool[Array, " trials"], settled: Bool[Array, " trials"]) -> Int[Array, " trials"]:
    """The trials' results."""
    return jnp.where(finite, jnp.where(settled, Result.OK, Result.UNSETTLED), Result.NON_FINITE)
