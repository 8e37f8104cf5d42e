"""A linear map that is learned from one example after the other, by recursive least squares."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._each import for_each


class Fitted(NamedTuple):
    r"""A linear map, and how much each direction of what it reads is still to be learned.

    - `weights`: from each input to each output, W.
    - `unknown`: P, the inverse of $\lambda I + \sum x x^T$ over the examples so far.
    """

    weights: Float[Array, "inputs outputs"]
    unknown: Float[Array, "inputs inputs"]


def unfitted(inputs: int, outputs: int, ridge: Float[Array, ""]) -> Fitted:
    """The map before any example: it gives 0."""
    return Fitted(jnp.zeros((inputs, outputs), jnp.float32), jnp.eye(inputs, dtype=jnp.float32) / ridge)


def refitted(
    fitted: Fitted,
    read: Float[Array, "examples inputs"],
    targets: Float[Array, "examples outputs"],
    counting: Bool[Array, " examples"],
) -> Fitted:
    r"""The map after those of the examples that count, one after the other.

    A delta rule with a rate of its own for every direction, $\Delta W = k (y - x W)^T$ with
    $k = P x / (1 + x^T P x)$, and $\Delta P = -k (P x)^T$. After all examples W is what ridge regression of them all
    gives, in whichever order they came.
    """

    def learn(number: Int[Array, ""], before: Fitted) -> Fitted:
        inputs = read[number]
        spread = before.unknown @ inputs
        size = 1 + inputs @ spread
        error = targets[number] - inputs @ before.weights
        return Fitted(
            before.weights + (spread / size)[:, None] * error[None, :],
            before.unknown - spread[:, None] * spread[None, :] / size,
        )

    return for_each(counting, learn, fitted)[0]
