"""Training a hierarchy by itself, on inputs and targets in arrays, without a network around it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import as_numbers, check_bool, check_count
from attractorbind._errors import ArgumentError, RunError
from attractorbind._keys import check_one_key
from attractorbind._learning.angle import cosines
from attractorbind._learning.base import Teaching
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.images import check_images
from attractorbind._learning.learned import Learned, updated
from attractorbind._transfers import sending
from attractorbind._waiting import counted

# From images, flattened, and a random key, to other images of the same shape.
Augment = Callable[[Float[Array, "examples inputs"], Key[Array, ""]], Float[Array, "examples inputs"]]


class Fitted(NamedTuple):
    """What comes of training.

    - `learned`: the synapses.
    - `loss`: the mean loss of each update's examples, before it.
    - `cosines`: of each update's changes with the gradient of the loss, for each layer; no rows where they were not
        measured.
    """

    learned: Learned
    loss: Float[Array, " updates"]
    cosines: Float[Array, "measured layers"]


@sending
def fit(
    hierarchy: Hierarchy,
    inputs: Any,
    targets: Any,
    *,
    epochs: int,
    batch: int,
    key: Key[Array, ""],
    augment: Augment | None = None,
    cosine: bool = False,
) -> Fitted:
    """Train a hierarchy by itself, without a network: with targets in an array instead of in a buffer.

    Every epoch goes through the examples in an order of its own; those that fill no batch at its end are left out.
    `train` is the same inside a network.

    **Arguments:**

    - `hierarchy`: what is trained; its name and its buffer mean nothing here.
    - `inputs`: examples, of shape (examples, ...), of as many numbers each as the hierarchy has inputs.
    - `targets`: what the outputs should be, zeros and ones, of shape (examples, outputs).
    - `epochs`: how often to go through the examples.
    - `batch`: how many examples there are in an update.
    - `key`: a random key, of the first synapses, of the order and of what the rule draws.
    - `augment`: (inputs of a batch, random key) -> inputs to take instead, such as a `Distortion`.
    - `cosine`: whether to measure the cosine of every change with the gradient.

    **Returns:** `Fitted`.

    **Raises:** `ArgumentError` for arrays that do not fit, before anything is computed.

    **Example:** which of two pixels is on.

        >>> import attractorbind as ab, jax, numpy as np
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[2, 8], target="focus", rule=ab.learning.Backpropagation(),
        ...     readout="softmax", optimiser=ab.learning.Adam(0.1))
        >>> fitted = ab.learning.fit(eyes, np.eye(2), np.eye(2), epochs=40, batch=2, key=jax.random.key(0))
        >>> bool(fitted.loss[-1] < 0.1 < fitted.loss[0])
        True
    """
    if not isinstance(hierarchy, Hierarchy):
        raise ArgumentError(f"hierarchy is {hierarchy!r}; give a learning.Hierarchy")
    shown = check_images("inputs", inputs, hierarchy.sizes[0])
    if shown.shape[1] != 1:
        raise ArgumentError(f"inputs are {shown.shape[1]} for each example; give one, of {hierarchy.sizes[0]} numbers")
    examples = shown[:, 0]
    shape = f"({len(examples)}, outputs)"
    wanted = as_numbers("targets, zeros and ones,", targets, shape)
    if wanted.ndim != 2 or len(wanted) != len(examples) or not wanted.size or not np.isin(wanted, (0, 1)).all():
        raise ArgumentError(f"targets have the shape {wanted.shape}; give zeros and ones of shape {shape}")
    check_augment(augment)
    epochs, batch = check_count("epochs", epochs), check_batch(batch, len(examples))
    check_bool("cosine", cosine)
    first_key, order_key = jax.random.split(check_one_key(key))
    learned, losses, measured = hierarchy.drawn(wanted.shape[1], key=first_key), [], []
    for number in counted("fit", range(epochs), "epochs"):
        learned, loss, cosine_of_epoch = _epoch(
            hierarchy,
            learned,
            jnp.asarray(examples),
            jnp.asarray(wanted),
            (batch, augment, cosine),
            jax.random.fold_in(order_key, number),
        )
        # Or all epochs would be counted before any is over.
        losses.append(loss.block_until_ready())
        measured.append(cosine_of_epoch)
    if not bool(jnp.isfinite(jnp.concatenate(losses)).all()):
        raise RunError("the loss is not finite any more; take a lower rate of the optimiser")
    return Fitted(learned, jnp.concatenate(losses), jnp.concatenate(measured))


def check_batch(batch: object, examples: int) -> int:
    """The size of a batch, or an error unless there are as many examples."""
    size = check_count("batch", batch)
    if size > examples:
        raise ArgumentError(f"batch is {size}, and there are {examples} examples; give as many at the most")
    return size


def check_augment(augment: object) -> None:
    """Raise unless it is an augmentation, or none."""
    if augment is not None and not callable(augment):
        raise ArgumentError(
            f"augment is {augment!r}; give a function of inputs and a random key, such as learning.Distortion((8, 8))"
        )


def augmented(
    augment: Augment, seen: Float[Array, "examples inputs"], key: Key[Array, ""]
) -> Float[Array, "examples inputs"]:
    """What an augmentation makes of these inputs, or an error if that is something else than such inputs."""
    other: Any = augment(seen, key)
    if not isinstance(other, jax.Array | np.ndarray) or other.shape != seen.shape:
        given = f"an array of shape {other.shape}" if hasattr(other, "shape") else repr(other)
        raise ArgumentError(f"augment returned {given} for inputs of shape {seen.shape}; return as many")
    return jnp.asarray(other, jnp.float32)


@eqx.filter_jit
def _epoch(
    hierarchy: Hierarchy,
    learned: Learned,
    inputs: Float[Array, "examples inputs"],
    targets: Float[Array, "examples outputs"],
    how: tuple[int, Augment | None, bool],
    key: Key[Array, ""],
) -> tuple[Learned, Float[Array, " updates"], Float[Array, "_measured layers"]]:
    """One epoch: what is learned by it, and the losses and cosines of its updates."""
    batch, augment, cosine = how
    order_key, augment_key = jax.random.split(key)
    updates = len(inputs) // batch
    order = jax.random.permutation(order_key, len(inputs))[: updates * batch].reshape(updates, batch)
    teaching_share = jnp.full(batch, 1.0 / batch, jnp.float32)

    def update(learned: Learned, chosen: tuple[Int[Array, ""], Int[Array, " batch"]]) -> tuple[Learned, tuple]:
        number, rows = chosen
        seen = inputs[rows]
        if augment is not None:
            seen = augmented(augment, seen, jax.random.fold_in(augment_key, number))
        teaching = Teaching(targets[rows], teaching_share)
        loss = jnp.mean(learned.layers.loss(learned.layers.forward(seen).fields, teaching.targets))
        layers = len(learned.layers.layers)
        angles = cosines(hierarchy.rule, learned, seen, teaching) if cosine else jnp.zeros(layers)
        after = updated(hierarchy.rule, hierarchy.optimiser, learned, seen, teaching)
        return after, (loss, angles)

    learned, (losses, measured) = jax.lax.scan(update, learned, (jnp.arange(updates), order))
    return learned, losses, measured if cosine else measured[:0]
