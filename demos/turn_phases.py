"""A first phase without labels, and a second by few targets, for costs_in_turn.py."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from attractorbind import learning
from attractorbind.learning import costs

HIDDEN = (256, 256)


class Fewer(learning.AbstractOptimiser):
    """Adam, of which the layers below the output take only a part of each step."""

    rate: float
    updates: int = eqx.field(static=True)
    below: jax.Array

    def transformation(self) -> Any:
        """See `AbstractOptimiser.transformation`."""

        def lessened(moves: Any, plastic: Any) -> Any:
            layers, of_rule = moves
            return (*jax.tree.map(lambda move: self.below * move, layers[:-1]), layers[-1]), of_rule

        adam = learning.Adam(self.rate, updates=self.updates).transformation()
        return optax.chain(adam, optax.stateless(lessened))


class Second(NamedTuple):
    """How the second phase goes: its rate, the part of it that layers below the output learn by, and updates."""

    rate: float
    below: float
    updates: int = 300


# What is opened in the first phase. What it does end to end is of 256 outputs, which the second phase takes off again.
FIRST: dict[str, list[costs.AbstractCost]] = {
    "end to end": [costs.Slowness(weight=50.0), costs.Decorrelation(variance=25.0)],
    "local": [
        cost
        for layer in (1, 2)
        for cost in (costs.Slowness(weight=50.0, layer=layer), costs.Decorrelation(variance=25.0, layer=layer))
    ],
    "prediction": [costs.Prediction()],
}


def hierarchy(pixels: int, of: list[costs.AbstractCost], optimiser: Any, readout: str) -> learning.Hierarchy:
    """Layers of 256 and 256 units above the pixels."""
    return learning.Hierarchy(
        "eyes",
        sizes=[pixels, *HIDDEN],
        target="focus",
        rule=learning.Backpropagation(),
        optimiser=optimiser,
        readout=readout,
        costs=of,
    )


def first_phase(
    first: str | None, images: np.ndarray, distortion: learning.Distortion, epochs: int, seed: int
) -> learning.Learned:
    """What is learned without labels, from two views of each image; for no first phase, what was drawn."""
    batch = min(128, len(images))
    updates = epochs * (len(images) // batch)
    adam = learning.Adam(1e-3, updates=updates, shrink=1e-4)
    eyes = hierarchy(images.shape[1], FIRST["end to end" if first is None else first], adam, "linear")
    drawn = eyes.drawn(HIDDEN[-1], key=jax.random.key(seed))
    if first is None:
        return drawn
    labels = [cost.label for cost in eyes.costs]
    views = learning.Views(images, augment=distortion)
    return learning.fit_costs(
        eyes, drawn, views, costs=labels, updates=updates, batch=batch, key=jax.random.key(1000 + seed)
    )


def second_phase(
    before: learning.Learned,
    images: np.ndarray,
    targets: np.ndarray,
    how: Second,
    distortion: learning.Distortion | None,
    seed: int,
) -> learning.Learned:
    """What is learned then from few targets, one output unit per class; these outputs start silent."""
    optimiser = Fewer(how.rate, how.updates, jnp.float32(how.below))
    eyes = hierarchy(images.shape[1], [costs.Target()], optimiser, "softmax")
    drawn = eyes.drawn(targets.shape[1], key=jax.random.key(seed))
    output = jax.tree.map(jnp.zeros_like, drawn.layers.layers[-1])
    start = eqx.tree_at(lambda learned: learned.layers.layers, drawn, (*before.layers.layers[:-1], output))
    return learning.fit_costs(
        eyes,
        start,
        learning.Views(images, targets=targets, augment=distortion),
        costs=["target"],
        updates=how.updates,
        batch=min(100, len(images)),
        key=jax.random.key(2000 + seed),
    )


def right(learned: learning.Learned, images: np.ndarray, labels: np.ndarray) -> float:
    """Per cent of images whose class has the largest output."""
    classes = np.asarray(learned.layers.forward(jnp.asarray(images)).rates[-1]).argmax(axis=1)
    return 100 * float((classes == labels).mean())
