"""Trial and error: add noise to units or to weights, and see whether the loss rises or falls."""

import dataclasses
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_bool, check_count, check_positive
from attractorbind._learning.base import AbstractCreditRule, Changes, Credit, Teaching, changes_of
from attractorbind._learning.layers import Layers, Units
from attractorbind._learning.signs import signs


class NodePerturbation(AbstractCreditRule):
    r"""Noise is added to the fields of all units, and each unit credits itself with what its noise did to the loss.

    $\delta_l = \frac{\ell(+\sigma \xi) - \ell(-\sigma \xi)}{2 \sigma} \xi_l$ with a $\xi = \pm 1$ of its own for
    each example and unit; $\Delta W_l = r_{l-1}^T \delta_l$. Serial: the units take turns, $\xi$ is 1 at one unit and 0
    at all others, and one update hears every unit: the gradient up to $O(\sigma^2)$.

    **Locality.** A synapse must know its target's noise, and one number that all cells are told. **Cost:** two passes
    per draw and one product per layer; serial, two passes per unit. The cosine of a parallel change with the gradient
    is about $\sqrt{K / n}$ for n units, K draws and independent examples, so updates grow in proportion to n.

    **Arguments:**

    - `serial`: whether units are perturbed one by one, not all at once.
    - `draws`: how many perturbations are averaged in an update, K. Serial, there is one for each unit.
    - `size`: $\sigma$, of the fields.
    - `antithetic`: whether each perturbation is tried with both signs; otherwise it is compared with none at all.

    **Reference:** Williams 1992, Mach. Learn. 8:229; Werfel, Xie & Seung 2005, Neural Comput. 17:2699; serial: Widrow &
    Lehr 1990, Proc. IEEE 78:1415.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.NodePerturbation(draws=4).size
        0.01
    """

    serial: bool = eqx.field(static=True, default=False)
    draws: int = 1
    size: float = 0.01
    antithetic: bool = eqx.field(static=True, default=True)
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")

    def __check_init__(self) -> None:
        _check_perturbation(self.serial, self.draws, self.size, self.antithetic)

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: nothing."""
        return Credit((), ())

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
        (rates, fields), units = layers.forward(inputs), sum(layers.sizes[1:])
        calm = layers.loss(fields, teaching.targets)

        def loss(noise: Units) -> Float[Array, " examples"]:
            return layers.loss(_perturbed(layers, inputs, noise), teaching.targets)

        def credited(noise: Units) -> Units:
            perturbed = loss(self.size * noise)
            if self.antithetic:
                slope = (perturbed - loss(-self.size * noise)) / (2 * self.size)
            else:
                slope = (perturbed - calm) / self.size
            return slope[:, None] * noise

        if self.serial:
            silent = jnp.zeros((len(inputs), units), jnp.float32)
            errors = jax.lax.map(lambda unit: credited(silent.at[:, unit].set(1.0))[:, unit], jnp.arange(units)).T
        else:

            def add(draw: Array, total: Units) -> Units:
                noise = signs((len(inputs), units), key=jax.random.fold_in(key, draw))
                return total + credited(noise) / self.draws

            errors = jax.lax.fori_loop(0, self.draws, add, jnp.zeros((len(inputs), units), jnp.float32))
        return Changes(changes_of(rates[:-1], _by_layer(layers, errors), teaching.share), ()), credit.kept


class WeightPerturbation(AbstractCreditRule):
    r"""Noise is added to all weights, and each weight credits itself with what its noise did to the batch's loss.

    $\Delta W = \frac{\ell(W + \sigma \Xi) - \ell(W - \sigma \Xi)}{2 \sigma} \Xi$ with $\Xi = \pm 1$, the loss
    being the mean over the batch. Serial: the weights take turns, and one update hears every weight.

    **Locality.** A synapse must know its own noise, and one number that all are told. **Cost:** two passes per draw;
    serial, two per weight. The second moment of a parallel change is that of the gradient times the number of weights,
    and so are the updates that it takes.

    **Arguments:**

    - `serial`: whether weights are perturbed one by one, not all at once: for small networks.
    - `draws`: how many perturbations are averaged in an update. Serial, there is one for each weight.
    - `size`: $\sigma$, of the weights.
    - `antithetic`: whether each perturbation is tried with both signs; otherwise it is compared with none at all.

    **Reference:** Werfel, Xie & Seung 2005, Neural Comput. 17:2699; Cauwenberghs 1993, NeurIPS 5.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.WeightPerturbation().serial
        False
    """

    serial: bool = eqx.field(static=True, default=False)
    draws: int = 1
    size: float = 0.001
    antithetic: bool = eqx.field(static=True, default=True)
    activations: ClassVar[tuple[str, ...]] = ("tanh", "sigmoid", "relu")

    def __check_init__(self) -> None:
        _check_perturbation(self.serial, self.draws, self.size, self.antithetic)

    def init(self, layers: Layers, *, key: Key[Array, ""]) -> Credit:
        """See `AbstractCreditRule.init`: nothing."""
        return Credit((), ())

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
        weights, restored = ravel_pytree(layers.layers)

        def loss(weights: Float[Array, " weights"]) -> Float[Array, ""]:
            moved = dataclasses.replace(layers, layers=restored(weights))
            return teaching.share @ layers.loss(moved.forward(inputs).fields, teaching.targets)

        def of_existing(noise: Float[Array, " weights"]) -> Float[Array, " weights"]:
            # There is nothing to vary where there are no synapses.
            return ravel_pytree(layers.existing(restored(noise)))[0] if layers.masks else noise

        calm = loss(weights)

        def slope(noise: Float[Array, " weights"]) -> Float[Array, ""]:
            perturbed = loss(weights + self.size * noise)
            if self.antithetic:
                return (perturbed - loss(weights - self.size * noise)) / (2 * self.size)
            return (perturbed - calm) / self.size

        still = jnp.zeros_like(weights)
        if self.serial:
            changes = jax.lax.map(lambda weight: slope(still.at[weight].set(1.0)), jnp.arange(len(weights)))
        else:

            def add(draw: Array, total: Float[Array, " weights"]) -> Float[Array, " weights"]:
                noise = of_existing(signs(weights.shape, key=jax.random.fold_in(key, draw)))
                return total + slope(noise) * noise / self.draws

            changes = jax.lax.fori_loop(0, self.draws, add, still)
        return Changes(restored(changes), ()), credit.kept


def _check_perturbation(serial: object, draws: int, size: float, antithetic: object) -> None:
    check_bool("serial", serial)
    check_count("draws", draws)
    check_positive("size", size)
    check_bool("antithetic", antithetic)


def _by_layer(layers: Layers, units: Units) -> list[Units]:
    """What belongs to all units above the inputs, taken apart by layers."""
    return jnp.split(units, np.cumsum(layers.sizes[1:-1]), axis=1)


def _perturbed(layers: Layers, inputs: Units, noise: Units) -> Units:
    """The fields of the output units where noise is added to those of all units."""
    rates, parts = inputs, _by_layer(layers, noise)
    for number, part in enumerate(parts[:-1]):
        rates = layers.rate(layers.field(number, rates) + part)
    return layers.field(len(parts) - 1, rates) + parts[-1]
