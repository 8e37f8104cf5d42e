"""Loops inside a compiled run that do only what some trial asks for."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int


def for_each(mask: Bool[Array, " places"], body: Callable[[Int[Array, ""], Any], Any], start: Any) -> Any:
    """Apply `body(place, carry)` for every place that is marked, in order; the others cost nothing."""
    order = jnp.argsort(~mask, stable=True)
    return jax.lax.fori_loop(0, mask.sum(), lambda index, carry: body(order[index], carry), start)


def any_at(places: Int[Array, " trials"], count: int) -> Bool[Array, " count"]:
    """Which of so many places some trial is at; negative ones are none."""
    return jnp.any(places[:, None] == jnp.arange(count)[None, :], axis=0)
