"""How much a population's state looks like each symbol's code, and which symbol it stands for."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Shaped

from attractorbind._checks import as_numbers, is_real
from attractorbind._errors import ArgumentError
from attractorbind._transfers import sending

# Midway from an unrelated state to the code itself. Under noise, a state that still stands for its symbol overlaps the
# code by 0.9 (2 % of all units flipped, activity 0.1) or 0.8 (5 %); an unrelated state overlaps the nearest code of
# 2,000 symbols, at 512 units, by 0.2.
THRESHOLD = 0.5


def correlation(
    shared: Float[Array, "*some"],
    first: Float[Array, "*some"],
    second: Float[Array, "*#some"],
    units: int | Int[Array, ""],
) -> Float[Array, "*some"]:
    """The correlation of two binary states, from how many of so many units are on in both, in the first, in the second.

    It is 0 where one of the two is silent or has every unit on, and so has no variance.
    """
    size = jnp.asarray(units, jnp.float32)
    variances = first * (size - first) * second * (size - second)
    return jnp.where(variances > 0, (size * shared - first * second) / jnp.sqrt(jnp.maximum(variances, 1.0)), 0.0)


@sending
def overlaps(
    activity: Float[Array, "*trials units"] | Bool[Array, "*trials units"], codes: Bool[Array, "symbols units"]
) -> Float[Array, "*trials symbols"]:
    r"""The correlation of states with each symbol's code: 1 for the code itself, about 0 for any other symbol's.

    $m_s = \frac{\sum_i (x_i - \bar x)(c_i^s - \bar c^s)}{N \sigma_x \sigma_{c^s}}$, and 0 where no unit or every
    unit is on.

    **Arguments:**

    - `activity`: states, shape (..., units).
    - `codes`: one code per symbol, `network.codes(population)`.

    **Returns:** overlaps, shape (..., symbols).

    **Raises:** `ArgumentError` for what is no array of numbers, or for states and codes of different numbers of units.

    **Example:**

        >>> import attractorbind as ab, jax.numpy as jnp
        >>> codes = jnp.array([[True, False, False, False], [False, False, True, True]])
        >>> ab.overlaps(codes[0], codes).round(2).tolist()
        [1.0, -0.5799999833106995]
    """
    states, own = _numbers("activity", activity, "(..., units)"), _numbers("codes", codes, "(symbols, units)")
    if own.ndim != 2 or not own.shape[1] or not states.ndim or states.shape[-1] != own.shape[1]:
        raise ArgumentError(
            f"activity has the shape {states.shape} and codes have {own.shape}; give (..., units) and (symbols, "
            "units), of the same units: a population's state and its network.codes(population)"
        )
    return _overlaps(states, own)


def _numbers(name: str, given: Any, shape: str) -> Array | np.ndarray:
    """An array of numbers as it is, also while JAX traces; lists become one, and everything else is an error."""
    if isinstance(given, jax.Array) and is_real(given.dtype):
        return given
    return as_numbers(name, given, shape)


@jax.jit
def _overlaps(
    activity: Shaped[Array | np.ndarray, "*trials units"], codes: Shaped[Array | np.ndarray, "symbols units"]
) -> Float[Array, "*trials symbols"]:
    """See `overlaps`."""
    units = codes.shape[1]
    shared = jnp.dot(activity.astype(jnp.float32), codes.T.astype(jnp.float32), precision=jax.lax.Precision.HIGHEST)
    mean = activity.mean(axis=-1, keepdims=True, dtype=jnp.float32)
    code_mean = jnp.broadcast_to(codes.mean(axis=-1, dtype=jnp.float32), shared.shape)
    variance = mean * (1 - mean) * code_mean * (1 - code_mean)
    return jnp.where(variance > 0, (shared / units - mean * code_mean) / jnp.sqrt(jnp.maximum(variance, 1e-12)), 0.0)
