"""Sparse random codes: what a symbol looks like in one population."""

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Key


def active_units(units: int, activity: float) -> int:
    """How many units of a population are on in every code: round(activity * units)."""
    return round(activity * units)


@partial(jax.jit, static_argnames=("symbols", "units", "active"))
def random_codes(symbols: int, units: int, active: int, *, key: Key[Array, ""]) -> Bool[Array, "symbols units"]:
    """One code per symbol: exactly `active` units on, drawn uniformly without replacement."""
    order = jnp.argsort(jax.random.uniform(key, (symbols, units)), axis=1)
    return jnp.zeros((symbols, units), bool).at[jnp.arange(symbols)[:, None], order[:, :active]].set(True)
