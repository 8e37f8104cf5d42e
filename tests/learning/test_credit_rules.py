"""Every credit rule asks for the changes that its published equations give."""

from typing import Any

import credit_oracle as oracle
import equinox as eqx
import jax
import jax.numpy as jnp
import learners
import numpy as np
import pytest
from learners import ABSENT, EXAMPLES, RULES, SIZES, as_lesson, as_plain, assert_close, assert_same, degrees

from attractorbind import learning
from attractorbind._learning.learned import changes_at, unlearned, updated
from attractorbind._learning.signs import signs

KEY = jax.random.key(5)
ACTIVATIONS = ("relu", "tanh", "sigmoid")
READOUTS = ("sigmoid", "softmax")


def asked(rule: Any, net: learning.Layers, credit: Any = None) -> tuple[Any, Any]:
    """The changes that a rule asks for at the lesson, and what it keeps."""
    credit = rule.init(net, key=jax.random.key(9)) if credit is None else credit
    return learners.update(rule, net, credit, *learners.lesson(net.readout), key=KEY)


def drawn_feedback(rule: Any, net: learning.Layers) -> list[np.ndarray]:
    return [np.asarray(each, float) for each in jax.tree.leaves(rule.init(net, key=jax.random.key(9)))]


def plain_lesson(net: learning.Layers) -> tuple[oracle.Plain, oracle.Lesson]:
    return as_plain(net), as_lesson(*learners.lesson(net.readout))


def gradient(net: learning.Layers) -> Any:
    """By automatic differentiation of a loss that is written down here."""
    inputs, (targets, share) = learners.lesson(net.readout)
    f = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}[net.activation]

    def loss(made: Any) -> Any:
        rates = inputs
        for layer in made[:-1]:
            rates = f(rates @ layer.weights + layer.bias[None])
        fields = rates @ made[-1].weights + made[-1].bias[None]
        if net.readout == "softmax":
            each = -jnp.sum(targets * jnp.log(jax.nn.softmax(fields)), axis=1)
        else:
            on = jax.nn.sigmoid(fields)
            each = -jnp.sum(targets * jnp.log(on) + (1 - targets) * jnp.log(1 - on), axis=1)
        return share @ each

    return jax.jit(jax.grad(loss))(net.layers)


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backpropagation_is_the_gradient(activation, readout):
    net = learners.layers(activation, readout)
    changes, _ = asked(learning.Backpropagation(), net)
    assert_close(changes.layers, gradient(net), rtol=1e-5)
    own = learning.gradient(net, *learners.lesson(readout))
    assert_close(own, gradient(net), rtol=1e-5)


@pytest.mark.parametrize("name", ["backpropagation", "serial weight perturbation", "bursts, learned feedback"])
def test_a_synapse_outside_of_the_receptive_fields_stays_exactly_0(name):
    rule, optimiser = RULES[name], learning.Descent(0.5)
    eyes = learning.Hierarchy("eyes", sizes=[9, 4], target="focus", rule=rule, receptive_fields=[2, 1])
    drawn = eyes.drawn(4, key=jax.random.key(0))
    sizes = (9, 4, 4)
    inputs, teaching = learners.lesson(sizes=sizes)
    start = unlearned(drawn.layers, rule, optimiser, key=KEY)
    after = eqx.filter_jit(updated)(rule, optimiser, start, inputs, teaching)
    changes, _ = eqx.filter_jit(changes_at)(rule, start, inputs, teaching)
    for number, layer in enumerate(after.layers.layers):
        mask, before = np.asarray(drawn.layers.masks[number]), start.layers.layers[number]
        assert (np.asarray(before.weights)[mask == 0] == 0).all()
        assert (np.asarray(layer.weights)[mask == 0] == 0).all()
        moved = before.weights - 0.5 * changes.layers[number].weights
        np.testing.assert_allclose(layer.weights[mask == 1], moved[mask == 1], rtol=1e-5, atol=1e-6)
        assert (np.asarray(layer.weights != before.weights)[mask == 1]).any()


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("rule", [learning.NodePerturbation(serial=True), learning.WeightPerturbation(serial=True)])
def test_a_full_sweep_of_a_serial_perturbation_hears_the_gradient(rule, readout):
    net = learners.layers("tanh", readout)
    changes, _ = asked(rule, net)
    assert max(degrees(changes.layers, gradient(net))) < 1
    assert_close(changes.layers, gradient(net), rtol=0.02)


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize(("activation", "readout"), [("relu", "softmax"), ("tanh", "sigmoid"), ("sigmoid", "softmax")])
def test_feedback_alignment(activation, readout, direct):
    rule, net = learning.FeedbackAlignment(direct=direct), learners.layers(activation, readout)
    feedback = drawn_feedback(rule, net)
    assert [each.shape for each in feedback] == ([(3, 5), (3, 4)] if direct else [(4, 5), (3, 4)])
    expected = oracle.feedback_alignment(*plain_lesson(net), feedback, direct=direct)
    assert_close(asked(rule, net)[0].layers, expected)


@pytest.mark.parametrize("antithetic", [True, False])
@pytest.mark.parametrize("readout", READOUTS)
def test_node_perturbation(readout, antithetic):
    rule, net = learning.NodePerturbation(draws=2, size=0.1, antithetic=antithetic), learners.layers("tanh", readout)
    splits = np.cumsum(SIZES[1:-1])
    noise = []
    for draw in range(2):
        drawn = signs((EXAMPLES, sum(SIZES[1:])), key=jax.random.fold_in(KEY, draw))
        noise.append([np.split(np.asarray(row, float), splits) for row in drawn])
    expected = oracle.node_perturbation(*plain_lesson(net), noise, 0.1, antithetic=antithetic)
    assert_close(asked(rule, net)[0].layers, expected)


@pytest.mark.parametrize("antithetic", [True, False])
def test_weight_perturbation(antithetic):
    rule, net = learning.WeightPerturbation(draws=2, size=0.1, antithetic=antithetic), learners.layers()
    shapes = [shape for layer in net.layers for shape in (layer.weights.shape, layer.bias.shape)]
    ends, noise = np.cumsum([np.prod(shape, dtype=int) for shape in shapes]), []
    for draw in range(2):
        drawn = np.asarray(signs((int(ends[-1]),), key=jax.random.fold_in(KEY, draw)), float)
        parts = [part.reshape(shape) for part, shape in zip(np.split(drawn, ends[:-1]), shapes, strict=True)]
        noise.append(list(zip(parts[::2], parts[1::2], strict=True)))
    expected = oracle.weight_perturbation(*plain_lesson(net), noise, 0.1, antithetic=antithetic)
    assert_close(asked(rule, net)[0].layers, expected)


@pytest.mark.parametrize(("gamma", "rtol"), [(0.2, 1e-4), (0.02, 2e-2)])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_contrastive_hebbian(activation, gamma, rtol):
    # What rounding does is amplified by 1 / gamma ** 2.
    rule, net = learning.ContrastiveHebbian(feedback=gamma, sweeps=30), learners.layers(activation)
    expected = oracle.contrastive_hebbian(*plain_lesson(net), gamma, 60)
    assert_close(asked(rule, net)[0].layers, expected, rtol)


@pytest.mark.parametrize(("activation", "readout"), [("relu", "sigmoid"), ("tanh", "softmax"), ("sigmoid", "sigmoid")])
def test_predictive_coding(activation, readout):
    rule, net = learning.PredictiveCoding(steps=7, step_size=0.2), learners.layers(activation, readout)
    expected = oracle.predictive_coding(*plain_lesson(net), 7, 0.2)
    assert_close(asked(rule, net)[0].layers, expected)


@pytest.mark.parametrize("readout", READOUTS)
def test_reinforce(readout):
    rule, net = learning.Reinforce(size=0.3, critic=False, forgetting=0.1), learners.layers("tanh", readout)
    noise, chance = reinforced(readout)
    changes, kept = asked(rule, net, learning.Credit((), jnp.float32(-0.4)))
    expected, reward = oracle.reinforce(*plain_lesson(net), noise, chance, 0.3, lambda hidden: -0.4)
    assert_close(changes.layers, expected)
    np.testing.assert_allclose(kept, -0.4 + 0.1 * (reward + 0.4), rtol=1e-5)


@pytest.mark.parametrize("readout", ["sigmoid", "softmax"])
def test_reinforce_with_a_critic(readout):
    rule, net = learning.Reinforce(size=0.3), learners.layers("tanh", readout)
    noise, chance = reinforced(readout)
    values = np.random.default_rng(8).normal(size=SIZES[-2])
    critic = learning.Layer(jnp.asarray(values[:, None], jnp.float32), jnp.full(1, 0.3))
    changes, _ = asked(rule, net, learning.Credit(critic, jnp.float32(0.0)))
    hiddens, betters = [], []

    def predicted(hidden: np.ndarray) -> float:
        hiddens.append(hidden)
        return hidden @ values + 0.3

    plain, lesson = plain_lesson(net)
    expected, _ = oracle.reinforce(plain, lesson, noise, chance, 0.3, predicted, betters)
    assert_close(changes.layers, expected)
    # The delta rule: the critic moves towards the reward that came.
    share = lesson[2]
    own = -sum(part * better * hidden for part, better, hidden in zip(share, betters, hiddens, strict=True))
    np.testing.assert_allclose(changes.learned.weights[:, 0], own, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(changes.learned.bias[0], -np.dot(share, betters), rtol=1e-4)


def reinforced(readout: str) -> tuple[list[np.ndarray], np.ndarray]:
    """What the rule draws: noise on fields, and what decides between classes."""
    sizes = SIZES[1:-1] if readout == "softmax" else SIZES[1:]
    noise = [
        np.asarray(jax.random.normal(jax.random.fold_in(KEY, number), (EXAMPLES, units)), float)
        for number, units in enumerate(sizes[: len(SIZES) - 2])
    ]
    if readout != "softmax":
        drawn = jax.random.normal(jax.random.fold_in(KEY, len(SIZES) - 1), (EXAMPLES, SIZES[-1]))
        noise.append(np.asarray(drawn, float))
    chance = np.asarray(jax.random.gumbel(jax.random.fold_in(KEY, len(SIZES) - 1), (EXAMPLES, SIZES[-1])), float)
    return noise, chance


def test_signs_are_fair_and_independent():
    drawn = np.asarray(signs((401, 33), key=KEY))
    assert set(np.unique(drawn)) == {-1.0, 1.0}
    assert np.abs(drawn.mean(axis=0)).max() < 5 / np.sqrt(401)
    correlations = np.corrcoef(drawn.T)[~np.eye(33, dtype=bool)]
    assert np.abs(correlations).max() < 5 / np.sqrt(401)
    assert not np.array_equal(drawn, signs((401, 33), key=jax.random.fold_in(KEY, 1)))


@pytest.mark.parametrize("before_and_after", [False, True])
@pytest.mark.parametrize(("activation", "readout"), [("tanh", "sigmoid"), ("sigmoid", "softmax")])
def test_two_compartments(activation, readout, before_and_after):
    settings = (0.3, 0.4, 0.2, 4, before_and_after)
    nudge, apical, lateral, sweeps, _ = settings
    rule = learning.TwoCompartment(nudge, apical, lateral, sweeps, 0, before_and_after)
    net = learners.layers(activation, readout)
    rng = np.random.default_rng(4)

    def array(*shape: int) -> Any:
        return jnp.asarray(rng.normal(size=shape) / 2, jnp.float32)

    # Lateral cells that are not what they come to be, so that all terms are there.
    feedback = array(4, 5), array(3, 4)
    predict = learning.Layer(array(5, 4), array(4)), learning.Layer(array(4, 3), array(3))
    cancel = array(4, 5), array(3, 4)
    changes, kept = asked(rule, net, learning.Credit(predict, (feedback, cancel)))
    assert_same(kept, (feedback, cancel))
    plain = [(np.asarray(each.weights, float), np.asarray(each.bias, float)) for each in predict]
    others = [[np.asarray(each, float) for each in group] for group in (feedback, cancel)]
    expected, of_lateral = oracle.two_compartment(*plain_lesson(net), others[0], plain, others[1], settings)
    assert_close(changes.layers, expected)
    assert_close(changes.learned, of_lateral)


@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("readout", READOUTS)
def test_bursts(readout, learned):
    rule, net = learning.Burst(0.3, learned, 0.01), learners.layers("sigmoid", readout)
    expected, following = oracle.burst(*plain_lesson(net), drawn_feedback(rule, net), 0.3, 0.01)
    changes, _ = asked(rule, net)
    assert_close(changes.layers, expected)
    if learned:
        assert_close(changes.learned, following)
    else:
        assert changes.learned == ()


@pytest.mark.parametrize("name", list(RULES))
def test_an_example_without_a_share_changes_nothing(name):
    rule = RULES[name]
    net = learners.layers(rule.activations[0])
    credit = rule.init(net, key=jax.random.key(9))
    inputs, (targets, share) = learners.lesson()
    others = jnp.where(ABSENT[:, None], 3.0 - inputs, inputs)
    other_targets = jnp.where(ABSENT[:, None], 1 - targets, targets)
    before = learners.update(rule, net, credit, inputs, learning.Teaching(targets, share), key=KEY)
    after = learners.update(rule, net, credit, others, learning.Teaching(other_targets, share), key=KEY)
    assert_same(after, before)
    assert any(np.any(leaf != 0) for leaf in jax.tree.leaves(before[0].layers))
