"""Small layered networks and lessons for them, drawn from a seed, and every credit rule and optimiser there is."""

import itertools
from functools import cache
from typing import Any

import credit_oracle
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import attractorbind as ab
from attractorbind import learning
from attractorbind._state import repeated
from attractorbind._stimuli import with_stimuli

SIZES = (6, 5, 4, 3)
EXAMPLES = 6
# Of six examples, two take no part.
SHARE = np.array([0.25, 0.25, 0.0, 0.25, 0.0, 0.25], np.float32)
ABSENT = SHARE == 0

RULES: dict[str, learning.AbstractCreditRule] = {
    "backpropagation": learning.Backpropagation(),
    "feedback alignment": learning.FeedbackAlignment(),
    "direct feedback alignment": learning.FeedbackAlignment(direct=True),
    "node perturbation": learning.NodePerturbation(draws=3),
    "serial node perturbation": learning.NodePerturbation(serial=True),
    "weight perturbation": learning.WeightPerturbation(draws=3),
    "serial weight perturbation": learning.WeightPerturbation(serial=True),
    "contrastive Hebbian": learning.ContrastiveHebbian(),
    "predictive coding": learning.PredictiveCoding(),
    "reinforce": learning.Reinforce(),
    "two compartments": learning.TwoCompartment(spontaneous=0),
    "two compartments, before and after": learning.TwoCompartment(spontaneous=0, before_and_after=True),
    "bursts": learning.Burst(),
    "bursts, learned feedback": learning.Burst(learned=True),
}
OPTIMISERS: dict[str, learning.AbstractOptimiser] = {
    "Adam": learning.Adam(0.01),
    "Adam that falls": learning.Adam(0.01, updates=50, shrink=0.01),
    "descent": learning.Descent(0.2),
    "descent with momentum": learning.Descent(0.2, updates=50, momentum=0.9),
}

# Compiled once for each rule of a kind and each shape.
update = eqx.filter_jit(lambda rule, *arguments, key: rule.update(*arguments, key=key))


def layers(activation: str = "tanh", readout: str = "sigmoid", sizes: tuple[int, ...] = SIZES, seed: int = 0) -> Any:
    """A layered network with biases."""
    rng, made = np.random.default_rng(seed), []
    for below, above in itertools.pairwise(sizes):
        weights = rng.normal(size=(below, above)) / np.sqrt(below)
        made.append(learning.Layer(_array(weights), _array(0.3 * rng.normal(size=above))))
    return learning.Layers(tuple(made), activation, readout)


def lesson(readout: str = "sigmoid", sizes: tuple[int, ...] = SIZES, seed: int = 1) -> tuple[Any, learning.Teaching]:
    """Inputs, and what the outputs should be."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(EXAMPLES, sizes[0]))
    targets = rng.random((EXAMPLES, sizes[-1])) < 0.5
    if readout == "softmax":
        targets = np.eye(sizes[-1])[rng.integers(sizes[-1], size=EXAMPLES)]
    return _array(inputs), learning.Teaching(_array(targets), _array(SHARE))


def as_plain(net: learning.Layers) -> credit_oracle.Plain:
    """The same network for the oracle."""
    weights = [np.asarray(layer.weights, float) for layer in net.layers]
    biases = [np.asarray(layer.bias, float) for layer in net.layers]
    return credit_oracle.Plain(weights, biases, net.activation, net.readout)


def as_lesson(inputs: Any, teaching: learning.Teaching) -> credit_oracle.Lesson:
    return credit_oracle.Lesson(*(np.asarray(array, float) for array in (inputs, *teaching)))


def as_arrays(changes: Any) -> list[np.ndarray]:
    """All arrays of changes, in their order, as the library's or the oracle's."""
    return [np.asarray(leaf, float) for leaf in jax.tree.leaves(changes)]


def assert_close(found: Any, expected: Any, rtol: float = 1e-4) -> None:
    """The same changes, up to a fraction of the largest change of each array."""
    found, expected = as_arrays(found), as_arrays(expected)
    assert len(found) == len(expected)
    for own, other in zip(found, expected, strict=True):
        assert np.abs(other).max() > 1e-3, "a change of nothing would prove nothing"
        np.testing.assert_allclose(own, other, rtol=0, atol=rtol * np.abs(other).max())


def assert_same(found: Any, expected: Any) -> None:
    """The same trees of arrays, bit for bit."""
    assert jax.tree.structure(found) == jax.tree.structure(expected)
    for own, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_array_equal(_plain(own), _plain(other))


def degrees(found: Any, expected: Any) -> list[float]:
    """The angle between the weights of two changes, for each layer."""
    angles = []
    for own, other in zip(found, expected, strict=True):
        first, second = np.asarray(own.weights, float), np.asarray(other.weights, float)
        cosine = np.sum(first * second) / np.linalg.norm(first) / np.linalg.norm(second)
        angles.append(float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))))
    return angles


SYMBOLS = ("north", "east", "south", "west")
UNITS = 64


def hierarchy(rule: learning.AbstractCreditRule, **changes: Any) -> learning.Hierarchy:
    usual: dict[str, Any] = {"sizes": [6, 5], "target": "focus", "optimiser": learning.Adam(0.02)}
    return learning.Hierarchy("eyes", rule=rule, **{**usual, **changes})


def network(*areas: ab.AbstractArea, seed: int = 0) -> ab.Network:
    """Two buffers, few symbols, and these areas."""
    return ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers={"focus": UNITS, "agent": UNITS},
        activity=0.1,
        rule=ab.PseudoInverse(),
        areas=list(areas),
        key=jax.random.key(seed),
    )


@cache
def images(examples: int = 4, inputs: int = 6, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(examples, inputs)).astype(np.float32)


# Networks that are taught four pictures.

LESSON = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
ARGS = {"name": list(SYMBOLS)}
IMAGES = {"eyes": images()}
# Three stimuli for each of the four trials.
THREE = images(12).reshape(4, 3, 6)


def made(rule: learning.AbstractCreditRule, seed: int = 0, **changes: Any) -> ab.Network:
    memory = ab.SnapshotMemory("memory", units=64, activity=0.1, capacity=2)
    return network(hierarchy(rule, **changes), memory, seed=seed)


@cache
def built(name: str = "backpropagation") -> ab.Network:
    return made(RULES[name])


@cache
def taught() -> ab.State:
    """Of a network that knows its four pictures."""
    how: dict[str, Any] = {"epochs": 60, "batch": 4, "key": jax.random.key(1), "progress": False}
    return repeated(ab.train(built(), LESSON, stimuli=images(), args=ARGS, **how).state, 4)


def shown(state: ab.State, stimuli: np.ndarray) -> ab.State:
    """The state of the network with stimuli before it, as a run has it at its first tick."""
    return with_stimuli(built(), state, {"eyes": stimuli})


def learned(state: ab.State) -> Any:
    return state["eyes"].learned.value


def codes(network: ab.Network) -> np.ndarray:
    return np.asarray(network.codes("focus"), np.float32)


def assert_alike(found: Any, expected: Any) -> None:
    for own, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-4, atol=2e-5)


def _array(values: Any) -> Any:
    return jnp.asarray(values, jnp.float32)


def _plain(leaf: Any) -> np.ndarray:
    return np.asarray(jax.random.key_data(leaf) if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) else leaf)
