"""Reward alone: units and answers vary at random, and what was followed by more reward than expected grows likelier."""

from typing import ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_bool, check_fraction, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.layers import Layer, Layers, Units


class Reinforce(AbstractCreditRule):
    r"""Fields are noisy, an answer is given at random, and a global reward tells how good it was.

    $r_l = f(r_{l-1} W_l + b_l + \sigma \xi_l)$. With a softmax the answer a is one class, drawn from the outputs y; the
    reward R is 1 if it is the target's and 0 if not. With a sigmoid or linear readout the output's fields are noisy
    like all others, and what they give is the answer, with minus its loss per unit for a reward. Then
    $\Delta W_l = -r_{l-1}^T (R - \bar R) \xi_l / \sigma$, and $-r_{L-1}^T (R - \bar R) (a - y)$ for a class that was
    drawn. The reward that was expected, $\bar R = r_{L-1} v + c$, is learned along from the last hidden layer by the
    delta rule (a critic), or it is a running mean.

    **Locality.** A synapse must know its target's noise and the reward that all are told; no target is shown to any
    cell. **Cost:** one pass, and one product per layer.

    **Arguments:**

    - `size`: $\sigma$, of the noise on fields.
    - `critic`: whether the expected reward depends on what is seen; otherwise it is a running mean.
    - `forgetting`: by how much the running mean moves to the last reward.

    **Reference:** Williams 1992, Mach. Learn. 8:229.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Reinforce()
        Reinforce()
    """

    size: float = 0.5
    critic: bool = eqx.field(static=True, default=True)
    forgetting: float = 0.05
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")

    def __check_init__(self) -> None:
        check_positive("size", self.size)
        check_bool("critic", self.critic)
        if check_fraction("forgetting", self.forgetting) == 0:
            raise ArgumentError("forgetting is 0; it must be above 0, or no reward is ever expected")

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: the critic, or the running mean; at first no reward is expected."""
        below = layers.sizes[-2]
        critic = Layer(jnp.zeros((below, 1), jnp.float32), jnp.zeros(1, jnp.float32)) if self.critic else ()
        return Credit(critic, jnp.zeros((), jnp.float32))

    def update(
        self,
        layers: Layers,
        credit: Credit,
        inputs: Float[Array, "examples inputs"],
        teaching: Teaching,
        *,
        key: Key[Array, ""],
    ) -> tuple[Changes, PyTree]:
        """See `AbstractCreditRule.update`."""
        rates, eligible = [inputs], []
        for number in range(len(layers.layers) - 1):
            fields = layers.field(number, rates[-1])
            noise = jax.random.normal(jax.random.fold_in(key, number), fields.shape, jnp.float32)
            rates.append(layers.rate(fields + self.size * noise))
            eligible.append(noise / self.size)
        fields = layers.field(len(layers.layers) - 1, rates[-1])
        answered = _answer(layers, fields, teaching, self.size, key=jax.random.fold_in(key, len(layers.layers)))
        eligible.append(answered.surprise)
        expected = credit.kept
        if self.critic:
            expected = (rates[-1] @ credit.learned.weights + credit.learned.bias[None, :])[:, 0]
        better = answered.reward - expected
        changes = changes_of(rates, [-better[:, None] * each for each in eligible], teaching.share)
        if self.critic:
            (critic,) = changes_of(rates[-1:], [-better[:, None]], teaching.share)
            return Changes(changes, critic), credit.kept
        return Changes(changes, ()), credit.kept + self.forgetting * (teaching.share @ better)


class _Answer(NamedTuple):
    """What the drawn answers were rewarded with, and by how much they differ from what was to be expected."""

    reward: Float[Array, " examples"]
    surprise: Float[Array, "examples outputs"]


def _answer(layers: Layers, fields: Units, teaching: Teaching, size: float | Array, *, key: Key[Array, ""]) -> _Answer:
    if layers.readout == "softmax":
        answer = jax.nn.one_hot(jax.random.categorical(key, fields), fields.shape[1], dtype=jnp.float32)
        return _Answer(jnp.sum(answer * teaching.targets, axis=1), answer - layers.read(fields))
    noise = jax.random.normal(key, fields.shape, jnp.float32)
    reward = -layers.loss(fields + size * noise, teaching.targets) / fields.shape[1]
    return _Answer(reward, noise / size)
