"""How a rule's learning goes with the size of a network: how much its changes vary, and how many it takes."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_count, check_fraction, check_positive, entries
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_key_type
from attractorbind._learning.angle import gradient
from attractorbind._learning.base import AbstractCreditRule, Teaching, check_rule, check_rule_fits
from attractorbind._learning.layers import Layer, Layers
from attractorbind._learning.learned import Learned, changes_at, check_learned

# Networks that are trained side by side, whose mean loss is looked at.
_NETWORKS = 4


def second_moment(
    rule: AbstractCreditRule,
    learned: Learned,
    inputs: Float[Array, "examples inputs"],
    teaching: Teaching,
    *,
    draws: int,
    key: Key[Array, ""],
) -> Float[Array, ""]:
    r"""How much a rule's changes vary: their mean square, in units of that of the gradient.

    $E |\Delta W|^2 / |\nabla \ell|^2$ over what the rule draws: 1 for the gradient itself, about the number of weights
    for parallel weight perturbation, and of the order of the number of units for parallel node perturbation.

    **Arguments:**

    - `rule`: the credit rule.
    - `learned`: what the hierarchy has learned so far.
    - `inputs`, `teaching`: the examples.
    - `draws`: how many changes are looked at.
    - `key`: a random key, of what the rule draws.

    **Reference:** Werfel, Xie & Seung 2005, Neural Comput. 17:2699.

    **Example:**

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[8], target="focus", rule=ab.learning.WeightPerturbation())
        >>> learned = eyes.drawn(4, key=jax.random.key(0))
        >>> teaching = ab.learning.Teaching(jnp.eye(4), jnp.full(4, 1 / 4))
        >>> inputs = jax.random.normal(jax.random.key(1), (4, 8))
        >>> found = ab.learning.second_moment(eyes.rule, learned, inputs, teaching, draws=200, key=jax.random.key(2))
        >>> weights = 8 * 4 + 4
        >>> bool(0.7 * weights < found < 1.4 * weights)
        True
    """
    draws = check_count("draws", draws)
    check_key_type("key", key, ())
    check_learned(learned)

    def square(layers: tuple[Layer, ...]) -> Float[Array, ""]:
        return jnp.sum(jnp.square(ravel_pytree(layers)[0]))

    def drawn(number: Array) -> Float[Array, ""]:
        own = learned.reseeded(jax.random.fold_in(key, number))
        return square(changes_at(rule, own, inputs, teaching)[0].layers)

    squares = jax.lax.map(drawn, jnp.arange(draws))
    return jnp.mean(squares) / square(gradient(learned.layers, inputs, teaching))


def updates_to_criterion(
    rule: AbstractCreditRule,
    units: int,
    rates: Sequence[float],
    *,
    most: int,
    criterion: float = 0.1,
    key: Key[Array, ""],
) -> tuple[int | None, float | None]:
    r"""How many updates a rule takes to learn a linear map of so many inputs to as many outputs.

    A teacher $t = x W^*$, $W^* \sim N(0, 1 / n)$, is to be found from one example $x \sim N(0, 1)$ at a time, starting
    from 0. The best of several rates counts. Werfel, Xie and Seung find that the numbers grow as n for the gradient, as
    $n^2$ for node and as $n^3$ for weight perturbation.

    **Arguments:**

    - `rule`: the credit rule.
    - `units`: n.
    - `rates`: of learning, to choose from.
    - `most`: after how many updates to give up.
    - `criterion`: the fraction of the first loss that is to be reached.
    - `key`: a random key, of teachers and examples and what the rule draws.

    **Returns:** the number of updates after which the mean loss of four networks is below the criterion, and the rate;
    None twice where it never is.

    **Raises:** `NetworkError` for a rule that needs a hidden layer.

    **Reference:** Werfel, Xie & Seung 2005, Neural Comput. 17:2699.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> ab.learning.updates_to_criterion(ab.learning.Backpropagation(), 8, [0.03, 0.06, 0.1], most=100,
        ...     key=jax.random.key(0))[1] in (0.06, 0.1)
        True
    """
    units, most = check_count("units", units), check_count("most", most)
    check_fraction("criterion", criterion)
    given = entries(rates)
    if not given:
        raise ArgumentError(f"rates is {rates!r}; give a list of numbers")
    tried = jnp.array([check_positive("a rate", rate) for rate in given], jnp.float32)
    check_rule("rule", rule)
    check_rule_fits(rule, (units, units), rule.activations[0], "linear")

    def losses(rate: Float[Array, ""], key: Key[Array, ""]) -> Float[Array, " updates"]:
        teacher_key, key = jax.random.split(key)
        teacher = jax.random.normal(teacher_key, (units, units), jnp.float32) / jnp.sqrt(jnp.float32(units))
        weightless = Layer(jnp.zeros((units, units), jnp.float32), jnp.zeros(units, jnp.float32))
        start = Layers((weightless,), rule.activations[0], "linear")
        credit = rule.init(start, key=key)

        def update(layers: Layers, number: Array) -> tuple[Layers, Float[Array, ""]]:
            input_key, own_key = jax.random.split(jax.random.fold_in(key, number))
            inputs = jax.random.normal(input_key, (1, units), jnp.float32)
            teaching = Teaching(inputs @ teacher, jnp.ones(1, jnp.float32))
            changes, _ = rule.update(layers, credit, inputs, teaching, key=own_key)
            # The biases stay 0, as the teacher's are.
            weights = layers.layers[0].weights - rate * changes.layers[0].weights
            after = Layers((Layer(weights, weightless.bias),), layers.activation, layers.readout)
            return after, jnp.sum(jnp.square(weights - teacher))

        _, found = jax.lax.scan(update, start, jnp.arange(most))
        return found / jnp.sum(jnp.square(teacher))

    keys = jax.random.split(key, _NETWORKS)
    found = jax.jit(jax.vmap(lambda rate: jnp.mean(jax.vmap(losses, in_axes=(None, 0))(rate, keys), axis=0)))(tried)
    reached = np.asarray(found) < criterion
    first = np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, most + 1)
    best = int(first.argmin())
    return (int(first[best]), float(given[best])) if first[best] <= most else (None, None)
