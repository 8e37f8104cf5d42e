"""Random keys and rates: what users give for them, and whether it is right."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Key, Shaped

from attractorbind._checks import check_array, check_computed, check_fraction
from attractorbind._errors import ArgumentError

# A probability, a fraction or a conductance; a number of any kind. `check_fraction` sees to its range.
Rate = float | int | np.number | Shaped[Array, ""] | Shaped[np.ndarray, ""]


def is_noiseless(noise: Rate) -> bool:
    """Whether a noise is known to be none: the number 0, and not one that JAX traces or keeps on a device."""
    return isinstance(noise, int | float) and noise == 0


def check_rate(name: str, rate: Any) -> None:
    """Raise unless it is a number from 0 to 1; while JAX traces it, unless it is a single number."""
    if isinstance(rate, Tracer):
        check_array(name, rate, (), ArgumentError)
    else:
        check_fraction(name, rate)


def check_key_type(name: str, key: Any, shape: tuple[int, ...]) -> None:
    """Raise unless it is a random key, or keys, of this shape; also while JAX traces."""
    if not isinstance(key, jax.Array) or not jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        given = f"an array of {key.dtype}" if isinstance(key, jax.Array | np.ndarray) else repr(key)
        raise ArgumentError(f"{name} is {given}; make it with jax.random.key(0), say")
    if key.shape != shape:
        wanted = f"one random key for each of {shape[0]} trials" if shape else "one key, jax.random.key(0), say"
        raise ArgumentError(f"{name} has shape {key.shape}; give {wanted}")


def check_key(key: Any) -> Key[Array, "*shape"]:
    """The random key or keys, or an error if it is something else."""
    check_key_type("key", key, getattr(key, "shape", ()))
    check_computed("key", key, ArgumentError)
    return key


def check_one_key(key: Any) -> Key[Array, ""]:
    """The random key, or an error if it is something else or several."""
    if shape := check_key(key).shape:
        raise ArgumentError(f"key has shape {shape}; give one key, jax.random.key(0), say")
    return key


def trial_keys(
    key: Any, trials: int, noise: float, drawing: Sequence[str] = (), batch: int | None = None
) -> Key[Array, " batch"]:
    """One random key per trial, from one key or from one key per trial; noise without a key is an error.

    **Arguments:**

    - `drawing`: the gates that are opened at which areas draw random numbers; for them, too, a key is needed.
    - `batch`: how many keys there are to be where one is given: the last trial's for all beyond.
    """
    batch = trials if batch is None else batch
    if key is None:
        if noise > 0 or drawing:
            told = f"noise is {noise:g}" if noise > 0 else f"choices are made at random, by the gate {drawing[0]!r},"
            raise ArgumentError(f"{told} but no key is given; add key=jax.random.key(0), say")
        key = unused_key()
    key = check_key(key)
    if key.shape not in ((), (trials,)):
        raise ArgumentError(f"key has shape {key.shape}; give one key, or one for each of the {trials} trials")
    if key.shape:
        return key
    if noise == 0 and not drawing:
        # Nothing is drawn from them, and to derive a key for each trial would take as long as a short run.
        return unused_keys(batch)
    numbers = np.minimum(np.arange(batch, dtype=np.uint32), np.uint32(trials - 1))
    return jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, numbers)


@lru_cache(maxsize=64)
def unused_keys(trials: int) -> Key[Array, " trials"]:
    """As many keys, for runs that draw nothing; kept, for to make them takes as long as a short run."""
    with jax.ensure_compile_time_eval():
        return jnp.broadcast_to(unused_key(), (trials,))


@cache
def unused_key() -> Key[Array, ""]:
    """A key for runs that draw nothing."""
    # It is kept for all later runs, so it must be an array even if it is first asked for while JAX traces a function.
    with jax.ensure_compile_time_eval():
        return jax.random.key(0)
