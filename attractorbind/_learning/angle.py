"""How much a credit rule's changes have to do with the gradient."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from attractorbind._learning.base import AbstractCreditRule, Teaching, check_examples
from attractorbind._learning.layers import Layer, Layers
from attractorbind._learning.learned import Learned, changes_at


def gradient(layers: Layers, inputs: Float[Array, "examples inputs"], teaching: Teaching) -> tuple[Layer, ...]:
    """The gradient of the mean loss by the synapses of each layer, found by automatic differentiation."""
    check_examples(layers, inputs, teaching)

    def loss(layers: Layers) -> Float[Array, ""]:
        return teaching.share @ layers.loss(layers.forward(inputs).fields, teaching.targets)

    return layers.existing(jax.grad(loss)(layers).layers)


def cosines(
    rule: AbstractCreditRule, learned: Learned, inputs: Float[Array, "examples inputs"], teaching: Teaching
) -> Float[Array, " layers"]:
    r"""The cosine between the changes that a rule asks for and the gradient of the loss, for the weights of each layer.

    $\cos \alpha_l = \langle \Delta W_l, \nabla_{W_l} \ell \rangle / |\Delta W_l| |\nabla_{W_l} \ell|$; where nothing
    changes, 0.

    **Arguments:**

    - `rule`: the credit rule.
    - `learned`: what the hierarchy has learned so far.
    - `inputs`, `teaching`: the examples.

    **Example:** the angles of feedback alignment before anything is learned, in degrees.

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> rule = ab.learning.FeedbackAlignment()
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[16, 32], target="focus", rule=rule)
        >>> learned = eyes.drawn(8, key=jax.random.key(0))
        >>> teaching = ab.learning.Teaching(jnp.eye(8), jnp.full(8, 1 / 8))
        >>> found = ab.learning.cosines(rule, learned, jax.random.normal(jax.random.key(1), (8, 16)), teaching)
        >>> bool(found[1] > 0.999), bool(abs(found[0]) < 0.5)
        (True, True)
    """
    changes = changes_at(rule, learned, inputs, teaching)[0].layers
    true = gradient(learned.layers, inputs, teaching)
    pairs = [(own.weights, other.weights) for own, other in zip(changes, true, strict=True)]
    return jnp.stack([_cosine(*pair) for pair in pairs])


def _cosine(first: Float[Array, "below above"], second: Float[Array, "below above"]) -> Float[Array, ""]:
    sizes = jnp.linalg.norm(first) * jnp.linalg.norm(second)
    cosine = jnp.sum(first * second) / jnp.where(sizes > 0, sizes, 1.0)
    # Rounding may take it beyond 1, where no angle has a cosine.
    return jnp.where(sizes > 0, jnp.clip(cosine, -1.0, 1.0), 0.0)
