"""Two phases of one compiled loop: the program, and then a few quiet ticks that show what comes to rest."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int

from attractorbind._result import Result

# Ticks in which a state must come to rest. One more is taken before them, and does not count: a nucleus that has just
# passed something on falls silent in it.
SETTLING = 10


class Phase(NamedTuple):
    """What kind of ticks these are.

    - `quiet`: whether the program has ended, and ticks only show what comes to rest.
    """

    quiet: Bool[Array, ""]


Carry = TypeVar("Carry")
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Loop(Generic[Carry, Kept]):
    """What `run_and_settle` asks of a program, each a function of what the loop carries.

    - `going_on`: whether the program goes on.
    - `paused`: whether it stops before its end, for want of room, to be gone on with by another call.
    - `go_on`: a stretch of the program; in a quiet phase a tick without noise and presented symbols, under the
        program's last gates.
    - `at_rest`: the trials in which the last tick changed nothing.
    - `keep`: what is wanted of the program's end.
    """

    going_on: Callable[[Carry], Bool[Array, ""]]
    paused: Callable[[Carry], Bool[Array, ""]]
    go_on: Callable[[Phase, Carry], Carry]
    at_rest: Callable[[Carry], Bool[Array, " trials"]]
    keep: Callable[[Carry], Kept]


def run_and_settle(
    loop: Loop[Carry, Kept], carry: Carry, *, to_the_last: bool
) -> tuple[Carry, Kept, Bool[Array, " trials"]]:
    """Tick as long as the program goes on, keep how things stand then, and see whether they come to rest.

    One loop serves both phases, so that ticks are compiled once.

    **Arguments:**

    - `to_the_last`: whether all quiet ticks are taken. They are where something besides activities can move them
        again, since what became of a trial would otherwise depend on how long other trials take; and where the number
        of ticks must not depend on what is computed, for `jax.vmap`.

    **Returns:** the last carry, what was kept, and which trials came to rest.
    """

    def phase(state: tuple[Int[Array, ""], Carry, Kept]) -> tuple[Int[Array, ""], Carry, Kept]:
        number, carry, kept = state
        quiet = number == 1

        def more(inner: tuple[Carry, Int[Array, ""]]) -> Bool[Array, ""]:
            carry, count = inner

            def restless() -> Bool[Array, ""]:
                # What the program's last tick moved may be at rest after it: that only the next tick shows.
                at_rest = jnp.bool_(False) if to_the_last else jnp.all(loop.at_rest(carry))
                return (count == 0) | ((count <= SETTLING) & ~at_rest)

            return jax.lax.cond(quiet, restless, lambda: loop.going_on(carry) & ~loop.paused(carry))

        def go_on(inner: tuple[Carry, Int[Array, ""]]) -> tuple[Carry, Int[Array, ""]]:
            carry, count = inner
            return loop.go_on(Phase(quiet), carry), count + 1

        carry, _ = jax.lax.while_loop(more, go_on, (carry, jnp.int32(0)))
        # Kept at the end of the first phase, and only there: kept at every stretch, it would be copied each time.
        return number + 1, carry, jax.lax.cond(quiet, lambda: kept, lambda: loop.keep(carry))

    def another(state: tuple[Int[Array, ""], Carry, Kept]) -> Bool[Array, ""]:
        number, carry, _ = state
        # A program that was paused is not at its end: there is nothing to settle yet.
        return (number == 0) | ((number == 1) & ~loop.going_on(carry))

    state = jnp.int32(0), carry, loop.keep(carry)
    _, carry, kept = jax.lax.while_loop(another, phase, state)
    return carry, kept, loop.at_rest(carry)


def judged(finite: Bool[Array, " trials"], settled: Bool[Array, " trials"]) -> Int[Array, " trials"]:
    """The trials' results."""
    return jnp.where(
        finite, jnp.where(settled, jnp.int32(Result.OK), jnp.int32(Result.UNSETTLED)), jnp.int32(Result.NON_FINITE)
    )
