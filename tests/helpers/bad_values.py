"""Values that are wrong wherever a rate, a count or a random key is asked for, and how they become rows of a table."""

import jax
import jax.numpy as jnp
import numpy as np

NOT_A_NUMBER = float("nan")

WRONG_RATES = {
    "negative": -0.1,
    "above one": 1.5,
    "not a number": NOT_A_NUMBER,
    "infinite": float("inf"),
    "a string": "0.1",
    "a bool": True,
    "None": None,
    "a list": [0.1],
    "complex": 1j,
}
WRONG_COUNTS = {
    "zero": 0,
    "negative": -1,
    "a fraction": 1.5,
    "a whole float": 2.0,
    "not a number": NOT_A_NUMBER,
    "a string": "2",
    "a bool": True,
    "None": None,
    "a list": [2],
    "an array": np.array([2, 2]),
    "a scalar of floats": jnp.float32(2),
}
WRONG_KEYS = {
    "an int": 0,
    "a legacy key": jax.random.PRNGKey(0),
    "a string": "key",
    "an array of floats": np.zeros(2),
    "of two axes": jax.random.split(jax.random.key(0), (2, 2)),
    "none at all": jax.random.split(jax.random.key(0), 0),
}


def spread(name: str, call, values: dict, error: str, *fragments: str) -> dict[str, tuple]:
    """One row for each value."""
    return {f"{name}: {kind}": (lambda w, v=value: call(w, v), error, fragments) for kind, value in values.items()}
