"""A layered network: its synapses, what its units do, and what its answer costs."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

# From the names of activation functions to the functions.
ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}
READOUTS = ("sigmoid", "softmax", "linear")

Units = Float[Array, "examples _units"]


class Layer(eqx.Module):
    """The synapses from one layer onto the next, or a change of them.

    **Attributes:**

    - `weights`: from each unit below to each unit above.
    - `bias`: of each unit above.
    """

    weights: Float[Array, "below above"]
    bias: Float[Array, " above"]


class Layers(eqx.Module):
    r"""A layered network: rates $r_l = f(r_{l-1} W_l + b_l)$ in the hidden layers, and a readout $y$ at the top.

    The readout "sigmoid" makes every output unit the probability that this unit is on; its loss is the cross-entropy
    $-\sum_k t_k \log y_k + (1 - t_k) \log (1 - y_k)$. The readout "softmax" makes the outputs the probabilities of
    classes; its loss is $-\sum_k t_k \log y_k$. With "linear" the outputs are the fields, and the loss is
    $\frac{1}{2} |y - t|^2$. With all three the derivative of the loss by the fields of the output units is $y - t$.

    **Attributes:**

    - `layers`: the synapses, from the inputs upwards.
    - `activation`: what a hidden unit makes of its field: "relu", "tanh" or "sigmoid".
    - `readout`: "sigmoid", "softmax" or "linear".
    - `masks`: for each layer, 1 where a synapse may be and 0 elsewhere, or None where all may be; () if all may be
        everywhere.
    """

    layers: tuple[Layer, ...]
    activation: str = eqx.field(static=True)
    readout: str = eqx.field(static=True)
    masks: tuple[Float[Array, "_below _above"] | None, ...] = ()

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many units each layer has, the inputs first."""
        return (self.layers[0].weights.shape[0], *(layer.weights.shape[1] for layer in self.layers))

    def mask(self, number: int) -> Float[Array, "_below _above"] | None:
        """Where synapses may be in layer `number`; None for everywhere."""
        return self.masks[number] if self.masks else None

    def existing(self, changes: Sequence[Layer]) -> tuple[Layer, ...]:
        """The changes of synapses that there are; 0 for the others."""
        return tuple(masked(change, self.mask(number)) for number, change in enumerate(changes))

    def rate(self, fields: Units) -> Units:
        """The rates of hidden units with these fields."""
        return ACTIVATIONS[self.activation](fields)

    def slope(self, rates: Units) -> Units:
        """The derivative of `rate` where it gives these rates."""
        match self.activation:
            case "relu":
                return (rates > 0).astype(rates.dtype)
            case "tanh":
                return 1.0 - jnp.square(rates)
            case _:
                return rates * (1.0 - rates)

    def read(self, fields: Units) -> Units:
        """The outputs of output units with these fields."""
        match self.readout:
            case "softmax":
                return jax.nn.softmax(fields)
            case "linear":
                return fields
            case _:
                return jax.nn.sigmoid(fields)

    def output_of(self, number: int, fields: Units) -> Units:
        """What the units of layer `number`, the first above the inputs being 0, make of their fields."""
        return self.read(fields) if number == len(self.layers) - 1 else self.rate(fields)

    def field(self, number: int, rates: Units) -> Units:
        """The fields of the units of layer `number`, given the rates of the layer below."""
        return rates @ self.layers[number].weights + self.layers[number].bias[None, :]

    def forward(self, inputs: Units) -> "Forward":
        """One pass from the inputs to the outputs."""
        rates = [inputs]
        for number in range(len(self.layers) - 1):
            rates.append(self.rate(self.field(number, rates[-1])))
        fields = self.field(len(self.layers) - 1, rates[-1])
        return Forward((*rates, self.read(fields)), fields)

    def fields(self, inputs: Units) -> tuple[Units, ...]:
        """The fields of all layers above the inputs."""
        rates, fields = self.forward(inputs)
        hidden = [self.field(number, below) for number, below in enumerate(rates[:-2])]
        return (*hidden, fields)

    def loss(self, fields: Units, targets: Units) -> Float[Array, " examples"]:
        """What each example's answer costs, given the fields of the output units."""
        match self.readout:
            case "softmax":
                return -jnp.sum(targets * jax.nn.log_softmax(fields), axis=1)
            case "linear":
                return 0.5 * jnp.sum(jnp.square(fields - targets), axis=1)
            case _:
                return jnp.sum(jax.nn.softplus(fields) - fields * targets, axis=1)


class Forward(NamedTuple):
    """What a pass from the inputs to the outputs gives.

    - `rates`: of every layer: the inputs, the hidden layers, the outputs.
    - `fields`: of the output units.
    """

    rates: tuple[Float[Array, "examples _units"], ...]
    fields: Float[Array, "examples _outputs"]


def masked(change: Layer, mask: Float[Array, "below above"] | None) -> Layer:
    """A change without that of synapses that there are not."""
    return change if mask is None else Layer(change.weights * mask, change.bias)


def draw_layers(
    sizes: Sequence[int],
    masks: Sequence[Float[Array, "_below _above"] | None],
    gain: float,
    *,
    key: Key[Array, ""],
) -> tuple[Layer, ...]:
    r"""Random synapses, $W_l \sim N(0, g^2 / n)$ for a unit that n units reach, and no biases.

    **Arguments:**

    - `masks`: for each layer, 1 where a synapse may be and 0 elsewhere; None where all may be.
    - `gain`: g.
    """
    layers = []
    for number, mask in enumerate(masks):
        below, above = sizes[number], sizes[number + 1]
        weights = (
            gain / math.sqrt(below) * jax.random.normal(jax.random.fold_in(key, number), (below, above), jnp.float32)
        )
        if mask is not None:
            weights = weights * mask * jnp.sqrt(below / jnp.sum(mask, axis=0))[None, :]
        layers.append(Layer(weights, jnp.zeros(above, jnp.float32)))
    return tuple(layers)
