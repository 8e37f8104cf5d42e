"""Loops inside a compiled run that do only what some trial asks for."""

from collections.abc import Callable
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

# What stands for a number in a list of numbers where there is none.
NONE = -1

Carry = TypeVar("Carry")


def for_each(
    mask: Bool[Array, " places"], body: Callable[[Int[Array, ""], Carry], Carry], start: Carry
) -> tuple[Carry, Bool[Array, " places"]]:
    """Apply `body(place, carry)` for every place that is marked, in order; the others cost nothing.

    **Returns:** the last carry, and what is left to do: nothing, but only the loop knows. What is made to depend on it
    happens after the loop. XLA writes an array in place only if it can see that all reading of it comes before.
    """
    numbers = np.arange(len(mask))

    def one(state: tuple[Bool[Array, " places"], Carry]) -> tuple[Bool[Array, " places"], Carry]:
        left, carry = state
        place = jnp.argmax(left).astype(jnp.int32)
        return left & (numbers != place), body(place, carry)

    left, carry = jax.lax.while_loop(lambda state: jnp.any(state[0]), one, (mask, start))
    return carry, left


def any_at(places: Int[Array, " trials"], count: int) -> Bool[Array, " count"]:
    """Which of so many places some trial is at; negative ones are none."""
    return jnp.any(places[:, None] == jnp.arange(count)[None, :], axis=0)
