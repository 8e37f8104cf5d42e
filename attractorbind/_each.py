"""Loops inside a compiled run that do only what some trial asks for."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Shaped

# What an array of indices holds where there is no index: a row that asks no question, a trial that presents nothing.
NONE = -1

Carry = TypeVar("Carry")


def for_each(
    marked: Bool[Array, " cases"], body: Callable[[Int[Array, ""], Carry], Carry], start: Carry
) -> tuple[Carry, Bool[Array, " cases"]]:
    """Apply `body(case, carry) -> carry` to the number of each marked case in order; the others cost nothing.

    **Returns:** the last carry, and the marks that are left when the loop has ended. All of them are False, but the
    compiler cannot know that: whatever is computed from them has to wait for the loop. That matters where the loop
    changes an array that is read elsewhere, since XLA changes an array in place, rather than a copy of it, only if it
    can see in which order reads and writes come.
    """
    cases = np.arange(len(marked), dtype=np.int32)

    def do_next(state: tuple[Bool[Array, " cases"], Carry]) -> tuple[Bool[Array, " cases"], Carry]:
        left, carry = state
        case = jnp.argmax(left).astype(jnp.int32)
        return left & (cases != case), body(case, carry)

    left, carry = jax.lax.while_loop(lambda state: jnp.any(state[0]), do_next, (marked, start))
    return carry, left


def any_at(cases: Int[Array, " trials"], count: int) -> Bool[Array, " count"]:
    """Which of the cases 0 to `count` - 1 at least one trial is at; a trial at a negative number is at none."""
    return jnp.any(cases[:, None] == jnp.arange(count, dtype=cases.dtype)[None, :], axis=0)


def of_each(
    array: Shaped[Array, "trials columns *rest"], column: Int[Array, " trials"]
) -> Shaped[Array, "trials *rest"]:
    """`array[trial, column[trial]]` of each trial, so that no device need know what another has of other trials."""
    numbers = column.reshape(-1, *[1] * (array.ndim - 1))
    return jnp.take_along_axis(array, numbers, axis=1)[:, 0]


def turns(wanted: Bool[Array, ""], body: Any, start: Any, *given: Any) -> Any:
    """`body(start, *given)` where it is wanted; otherwise nothing is computed or copied.

    A loop of one turn or none: XLA changes in place what a loop carries, and would copy what a branch gives back. What
    does not change in the loop XLA computes before it, wanted or not; the barrier makes all of it depend on the turn.
    """

    def turn(number: Int[Array, ""], own: Any) -> Any:
        own, within, _ = jax.lax.optimization_barrier((own, given, number))
        return body(own, *within)

    return jax.lax.fori_loop(0, wanted.astype(jnp.int32), turn, start)
