"""Two phases of one compiled loop: the program, and then a few quiet ticks that show what comes to rest."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from attractorbind._engine.activity import Activity
from attractorbind._result import Result

# Ticks in which a state must come to rest.
SETTLING = 10


class Phase(NamedTuple):
    """Whether ticks are those that show what comes to rest, and whether everything is to be computed in them."""

    quiet: Bool[Array, ""]
    everything: Bool[Array, ""]


Carry = TypeVar("Carry")
Kept = TypeVar("Kept")


def run_and_settle(
    going_on: Callable[[Carry], Bool[Array, ""]],
    go_on: Callable[[Phase, Carry], Carry],
    activity: Callable[[Carry], Activity],
    keep: Callable[[Carry], Kept],
    carry: Carry,
    *,
    to_the_last: bool,
) -> tuple[Carry, Kept, Bool[Array, " trials"]]:
    """Tick as long as the program goes on, keep how things stand then, and see whether they come to rest.

    One loop serves both phases, so that ticks are compiled once.

    **Arguments:**

    - `going_on`: whether the program has another tick.
    - `go_on`: a stretch of the program, or, if the phase is quiet, one tick without noise and presented symbols under
        the program's last gates.
    - `activity`: what comes to rest.
    - `keep`: what is wanted of the program's end.
    - `to_the_last`: whether all quiet ticks are taken, because something besides activities can move them again; what
        became of a trial would otherwise depend on how long others take.

    **Returns:** the last carry, what was kept, and which trials came to rest.
    """

    def phase(number: Int[Array, ""], state: tuple[Carry, Kept]) -> tuple[Carry, Kept]:
        quiet = number == 1

        def more(inner: tuple[Carry, Int[Array, ""]]) -> Bool[Array, ""]:
            carry, count = inner

            def restless() -> Bool[Array, ""]:
                # Two ticks in which everything is computed show what is at rest. And the first does not count: a
                # nucleus that has just passed something on falls silent in it.
                at_rest = jnp.bool_(False) if to_the_last else jnp.all(activity(carry).at_rest())
                return (count <= 1) | ((count <= SETTLING) & ~at_rest)

            return jax.lax.cond(quiet, restless, lambda: going_on(carry))

        def one(inner: tuple[Carry, Int[Array, ""]]) -> tuple[Carry, Int[Array, ""]]:
            carry, count = inner
            return go_on(Phase(quiet, quiet & (count <= 1)), carry), count + 1

        carry, kept = state
        carry, _ = jax.lax.while_loop(more, one, (carry, jnp.int32(0)))
        return carry, jax.lax.cond(quiet, lambda: kept, lambda: keep(carry))

    carry, kept = jax.lax.fori_loop(0, 2, phase, (carry, keep(carry)))
    return carry, kept, activity(carry).at_rest()


def judged(finite: Bool[Array, " trials"], settled: Bool[Array, " trials"]) -> Int[Array, " trials"]:
    """The trials' results."""
    return jnp.where(finite, jnp.where(settled, Result.OK, Result.UNSETTLED), Result.NON_FINITE)
