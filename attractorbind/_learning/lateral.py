"""Lateral cells that learn from spontaneous activity to keep the apical dendrites of their layer silent."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_array, check_count, entries
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_key_type
from attractorbind._learning.layers import Layer, Layers, masked
from attractorbind._learning.optimiser import Adam

# Examples of spontaneous activity in one step, and the optimiser's rate, which falls to 0.
_EXAMPLES, _RATE = 64, 5e-3


class Lateral(NamedTuple):
    """The lateral cells of a hidden layer, one for each cell of the layer above, its twin.

    - `predict`: from the hidden layer onto the lateral cells, which are to do what their twins do.
    - `cancel`: from the lateral cells onto the apical dendrites, whose feedback from the twins they are to cancel.
    """

    predict: Layer
    cancel: Float[Array, "above units"]


class Silence(NamedTuple):
    """How silent the apical dendrites became, step by step: root mean squares over cells and examples.

    - `apical`: of what they say, for each hidden layer.
    - `feedback`: of what they would say without lateral cells.
    """

    apical: Float[Array, "steps hidden"]
    feedback: Float[Array, "steps hidden"]


def spontaneous(
    layers: Layers, feedback: tuple[Float[Array, "_above _units"], ...], steps: int, *, key: Key[Array, ""]
) -> tuple[tuple[Lateral, ...], Silence]:
    r"""Lateral cells that have learned from spontaneous activity, before there is any task.

    Every hidden layer is active at random, $r = f(\xi)$ with $\xi \sim N(0, 1)$, and drives the layer above. Each
    lateral cell learns to do what its twin does, and the inhibition onto the apical dendrites to leave nothing of the
    feedback: $\Delta W^{IP} = r^T (i - r_{l+1})$ and $\Delta W^{PI} = i^T v^A$, both by Adam.

    **Arguments:**

    - `feedback`: from each layer above a hidden layer onto its apical dendrites.
    - `steps`: of learning; 0 for cells that predict and cancel perfectly from the start.

    **Returns:** the lateral cells of every hidden layer, and what was left in the apical dendrites meanwhile.

    **Reference:** Sacramento, Costa, Bengio & Senn 2018, NeurIPS 31, the self-predicting state.
    """
    if not isinstance(layers, Layers):
        raise ArgumentError(f"layers is a {type(layers).__name__}; give Layers, such as hierarchy.drawn(...).layers")
    check_key_type("key", key, ())
    steps, above = check_count("steps", steps, least=0), layers.layers[1:]
    if not above:
        raise ArgumentError("layers have no hidden layer, and lateral cells stand beside one; give one layer more")
    given = entries(feedback)
    if given is None or len(given) != len(above):
        raise ArgumentError(f"feedback is no list of {len(above)} arrays; give one for each layer above a hidden one")
    for number, (layer, down) in enumerate(zip(above, given, strict=True)):
        check_array(f"feedback[{number}]", down, layer.weights.shape[::-1], ArgumentError)
    perfect = tuple(Lateral(layer, -down) for layer, down in zip(above, feedback, strict=True))
    if not steps:
        return perfect, Silence(jnp.zeros((0, len(above))), jnp.zeros((0, len(above))))
    keys = jax.random.split(key, 2 * len(above) + 1)
    drawn = tuple(
        Lateral(
            masked(
                Layer(_normal(keys[2 * number], layer.weights.shape), jnp.zeros_like(layer.bias)),
                layers.mask(number + 1),
            ),
            _normal(keys[2 * number + 1], down.shape),
        )
        for number, (layer, down) in enumerate(zip(above, feedback, strict=True))
    )
    optimiser = Adam(_RATE, updates=steps).transformation()

    def learn(carry: tuple, key: Key[Array, ""]) -> tuple[tuple, Silence]:
        lateral, momentum = carry
        changes, apical, alone = [], [], []
        for number, (own, down) in enumerate(zip(lateral, feedback, strict=True)):
            fields = jax.random.normal(jax.random.fold_in(key, number), (_EXAMPLES, down.shape[1]), jnp.float32)
            rates = layers.rate(fields)
            twins = layers.output_of(number + 1, layers.field(number + 1, rates))
            cells = layers.output_of(number + 1, rates @ own.predict.weights + own.predict.bias[None, :])
            said = twins @ down + cells @ own.cancel
            missed = (cells - twins) / _EXAMPLES
            predict = masked(Layer(rates.T @ missed, missed.sum(axis=0)), layers.mask(number + 1))
            changes.append(Lateral(predict, cells.T @ said / _EXAMPLES))
            apical.append(said)
            alone.append(twins @ down)
        with jax.numpy_dtype_promotion("standard"):
            moved, momentum = optimiser.update(tuple(changes), momentum, lateral)
        after = jax.tree.map(lambda old, new: old + new.astype(old.dtype), lateral, moved)
        return (after, momentum), Silence(_sizes(apical), _sizes(alone))

    (lateral, _), silence = jax.jit(lambda start, keys: jax.lax.scan(learn, start, keys))(
        (drawn, optimiser.init(drawn)), jax.random.split(keys[-1], steps)
    )
    return lateral, silence


def _normal(key: Key[Array, ""], shape: tuple[int, ...]) -> Float[Array, "below above"]:
    return jax.random.normal(key, shape, jnp.float32) / jnp.sqrt(jnp.float32(shape[0]))


def _sizes(fields: list[Float[Array, "examples _units"]]) -> Float[Array, " hidden"]:
    return jnp.stack([jnp.sqrt(jnp.mean(jnp.square(field))) for field in fields])
