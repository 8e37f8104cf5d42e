"""Training by costs without a network: what each phase changes, against loops in NumPy and against `fit`."""

import equinox as eqx
import jax
import numpy as np
import pytest

from attractorbind import learning
from attractorbind.learning import costs

SEEN = np.random.default_rng(0).normal(size=(2, 6, 4)).astype(np.float32)
TARGETS = np.eye(3, dtype=np.float32)[[0, 1, 2, 0, 1, 2]]
EYES = learning.Hierarchy(
    "eyes",
    sizes=[4, 5],
    target="focus",
    rule=learning.Backpropagation(),
    optimiser=learning.Descent(0.2),
    readout="softmax",
    costs=[costs.Target(), costs.Slowness(layer=1)],
)
DRAWN = EYES.drawn(3, key=jax.random.key(0))


def fitted(views, opened, *, start=DRAWN, updates=1, batch=6):
    return learning.fit_costs(EYES, start, views, costs=opened, updates=updates, batch=batch, key=jax.random.key(1))


def slowed(layer: learning.Layer, amount: float, updates: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and biases after so many steps down slowness, in a loop over examples."""
    weights, bias = np.array(layer.weights, float), np.array(layer.bias, float)
    for _ in range(updates):
        of_weights, of_bias = np.zeros_like(weights), np.zeros_like(bias)
        for before, now in zip(*SEEN.astype(float), strict=True):
            error = ((now @ weights + bias) - (before @ weights + bias)) / len(bias)
            of_weights += np.outer(now, error) / len(SEEN[0])
            of_bias += error / len(SEEN[0])
        weights, bias = weights - 0.2 * amount * of_weights, bias - 0.2 * amount * of_bias
    return weights, bias


@pytest.mark.parametrize("amount", [1.0, 0.25])
def test_a_phase_without_targets_is_that_of_a_loop_and_leaves_the_output_alone(amount):
    found = fitted(learning.Views(SEEN[1], before=SEEN[0]), {"slowness1": amount}, updates=4)
    loops = slowed(DRAWN.layers.layers[0], amount, 4)
    for part, wanted in zip(jax.tree.leaves(found.layers.layers[0]), loops, strict=True):
        np.testing.assert_allclose(part, wanted, atol=1e-5)
    assert eqx.tree_equal(found.layers.layers[1], DRAWN.layers.layers[1])
    assert found.updates == 4


def test_then_targets_teach_what_they_teach_alone():
    key = jax.random.key(3)
    alone = learning.fit(EYES, SEEN[0], TARGETS, epochs=4, batch=6, key=key).learned
    start = EYES.drawn(3, key=jax.random.split(key)[0])
    found = fitted(learning.Views(SEEN[0], targets=TARGETS), ["target"], start=start, updates=4)
    for part, wanted in zip(jax.tree.leaves(found.layers), jax.tree.leaves(alone.layers), strict=True):
        np.testing.assert_allclose(part, wanted, atol=1e-5)
    assert found.active == 1


def test_two_views_of_the_same_are_drawn_apart():
    def blurred(seen, key):
        return seen + jax.random.normal(key, seen.shape)

    apart = fitted(learning.Views(SEEN[0], augment=blurred), ["slowness1"])
    alike = fitted(learning.Views(SEEN[0], augment=lambda seen, key: seen), ["slowness1"])
    assert eqx.tree_equal(alike.layers, DRAWN.layers)
    assert np.abs(apart.layers.layers[0].weights - DRAWN.layers.layers[0].weights).max() > 1e-3


def test_views_that_belong_together_stay_together_in_smaller_batches():
    still = learning.Views(SEEN[0], before=SEEN[0])
    assert eqx.tree_equal(fitted(still, ["slowness1"], updates=3, batch=2).layers, DRAWN.layers)
