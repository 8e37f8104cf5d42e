"""Reward alone: units and answers vary at random, and what was followed by more reward than expected grows likelier."""

from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_fraction, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.layers import Layers, Units


class Reinforce(AbstractCreditRule):
    r"""Hidden fields are noisy, the answer is drawn at random, and a global reward tells how good it was.

    $r_l = f(r_{l-1} W_l + b_l + \sigma \xi_l)$; an answer a is drawn from the outputs y: with a softmax one class, with
    reward 1 if it is the target's and 0 if not; with sigmoids each unit alone, with the reward $-|a - t|^2$. Then
    $\Delta W_l = -r_{l-1}^T (R - \bar R) \xi_l / \sigma$ below and $-r_{L-1}^T (R - \bar R) (a - y)$ at the top;
    $\bar R$ is a running mean of the reward.

    **Locality.** A synapse must know its target's noise and the reward that all are told; no target is shown to any
    cell. **Cost:** one pass, and one product per layer.

    **Arguments:**

    - `size`: $\sigma$, of the fields of hidden units.
    - `forgetting`: by how much the expected reward moves to the last one.

    **Reference:** Williams 1992, Mach. Learn. 8:229.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Reinforce()
        Reinforce()
    """

    size: float = 0.5
    forgetting: float = 0.05
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")

    def __check_init__(self) -> None:
        check_positive("size", self.size)
        if check_fraction("forgetting", self.forgetting) == 0:
            raise ArgumentError("forgetting is 0; it must be above 0, or no reward is ever expected")

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: the reward that is expected, at first none."""
        return Credit((), jnp.zeros(()))

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
            noise = jax.random.normal(jax.random.fold_in(key, number), fields.shape)
            rates.append(layers.rate(fields + self.size * noise))
            eligible.append(noise / self.size)
        fields = layers.field(len(layers.layers) - 1, rates[-1])
        answered = _answer(layers, fields, teaching, key=jax.random.fold_in(key, len(layers.layers)))
        eligible.append(answered.surprise)
        better = answered.reward - credit.kept
        errors = [-better[:, None] * each for each in eligible]
        # Where no example takes part nothing is expected anew.
        expected = credit.kept + self.forgetting * (teaching.share @ better)
        return Changes(changes_of(rates, errors, teaching.share), ()), expected


class _Answer(NamedTuple):
    """What the drawn answers were rewarded with, and by how much they differ from what was to be expected."""

    reward: Float[Array, " examples"]
    surprise: Float[Array, "examples outputs"]


def _answer(layers: Layers, fields: Units, teaching: Teaching, *, key: Key[Array, ""]) -> _Answer:
    outputs = layers.read(fields)
    if layers.readout == "softmax":
        answer = jax.nn.one_hot(jax.random.categorical(key, fields), fields.shape[1])
        return _Answer(jnp.sum(answer * teaching.targets, axis=1), answer - outputs)
    answer = jax.random.bernoulli(key, outputs).astype(jnp.float32)
    return _Answer(-jnp.sum(jnp.square(answer - teaching.targets), axis=1), answer - outputs)
