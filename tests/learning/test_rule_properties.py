"""What must hold of credit rules whatever the numbers: silence without an error, angles, learning, repeatability."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import learners
import numpy as np
import pytest
from learners import OPTIMISERS, RULES, assert_same

import attractorbind as ab
from attractorbind import learning
from attractorbind._learning.learned import unlearned, updated

KEY = jax.random.key(5)
# One rule of each class.
KINDS = list({type(rule): name for name, rule in RULES.items()}.values())


def changes(rule: Any, net: Any, credit: Any, inputs: Any, targets: Any) -> tuple[Any, Any]:
    share = jnp.full(len(inputs), 1 / len(inputs))
    return learners.update(rule, net, credit, inputs, learning.Teaching(targets, share), key=KEY)


def largest(tree: Any) -> float:
    return max(float(jnp.max(jnp.abs(leaf))) for leaf in jax.tree.leaves(tree))


# Without an error nothing changes.


@pytest.mark.parametrize("before_and_after", [False, True])
def test_two_compartments_that_predict_each_other_keep_silent_where_the_output_is_right(before_and_after):
    rule = learning.TwoCompartment(spontaneous=0, before_and_after=before_and_after)
    net, (inputs, _) = learners.layers(), learners.lesson()
    credit = rule.init(net, key=KEY)
    right = net.forward(inputs).rates[-1]
    asked, _ = changes(rule, net, credit, inputs, right)
    assert largest(asked) < 1e-5
    wrong, _ = changes(rule, net, credit, inputs, 1 - right)
    assert min(largest(layer) for layer in wrong.layers) > 1e-2


def test_two_compartments_compared_with_before_the_nudge_need_no_prediction():
    net, (inputs, _) = learners.layers(), learners.lesson()
    quiet = learning.TwoCompartment(apical=0.2, sweeps=60, spontaneous=0, before_and_after=True)
    credit = quiet.init(net, key=KEY)
    # Lateral cells of another network.
    credit = credit._replace(learned=learners.layers(seed=8).layers[1:])
    free = quiet.settle(net, credit, inputs, None).rates
    assert largest([free[1] - net.forward(inputs).rates[1]]) > 1e-2
    asked, _ = changes(quiet, net, credit, inputs, free[-1])
    assert largest(asked.layers) < 1e-4
    restless = learning.TwoCompartment(apical=0.2, sweeps=60, spontaneous=0)
    assert largest(changes(restless, net, credit, inputs, free[-1])[0].layers[0]) > 1e-2


@pytest.mark.parametrize("learned", [False, True])
def test_bursts_change_nothing_at_all_where_the_output_is_right(learned):
    rule, net = learning.Burst(learned=learned, decay=1e-4), learners.layers("sigmoid")
    inputs, _ = learners.lesson()
    credit = rule.init(net, key=KEY)
    asked, _ = changes(rule, net, credit, inputs, net.forward(inputs).rates[-1])
    assert largest(asked.layers) == 0
    if learned:
        assert_same(asked.learned, tuple(jnp.float32(1e-4) * own for own in credit.learned))


def test_free_and_clamped_phases_are_the_same_where_the_output_is_right():
    rule, net = learning.ContrastiveHebbian(feedback=0.2, sweeps=30), learners.layers()
    inputs, _ = learners.lesson()
    free = rule.settle(net, net.forward(inputs).rates, None)
    clamped = rule.settle(net, free, free[-1])
    for own, other in zip(free, clamped, strict=True):
        np.testing.assert_allclose(own, other, atol=1e-6)
    # Rounding is amplified by 1 / 0.2 ** 2.
    assert largest(changes(rule, net, learning.Credit((), ()), inputs, free[-1])[0]) < 1e-4


# Angles.


def mean_squared_cosine(units: int, draws: int) -> float:
    """Of parallel node perturbation with the gradient, for one example, over many keys."""
    net, rule = learners.layers(sizes=(6, units)), learning.NodePerturbation(draws=draws, size=0.01)
    inputs, (targets, _) = learners.lesson(sizes=(6, units))
    teaching = learning.Teaching(targets[:1], jnp.ones(1))
    true = learning.gradient(net, inputs[:1], teaching)[0].weights

    def squared(key: Any) -> Any:
        own = rule.update(net, learning.Credit((), ()), inputs[:1], teaching, key=key)[0].layers[0].weights
        return jnp.sum(own * true) ** 2 / jnp.sum(own**2) / jnp.sum(true**2)

    return float(jnp.mean(jax.jit(jax.vmap(squared))(jax.random.split(KEY, 600))))


@pytest.mark.parametrize("units", [16, 64])
def test_the_cosine_of_parallel_node_perturbation_falls_with_the_root_of_the_units(units):
    assert mean_squared_cosine(units, 1) == pytest.approx(1 / units, rel=0.25)


def test_the_cosine_of_parallel_node_perturbation_grows_with_the_root_of_the_draws():
    # The cosine squared is K / (n + K + 1), as long as the draws are few.
    assert mean_squared_cosine(64, 4) == pytest.approx(4 / 69, rel=0.25)


# Tiny tasks.


def task(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Sixteen examples, and the classes that a random readout of them gives."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(16, 6))
    return inputs, np.eye(3)[np.argmax(inputs @ rng.normal(size=(6, 3)), axis=1)]


def fitted(rule: Any, *, rate: Any = 0.02, epochs: int = 40, key: int = 0) -> learning.Fitted:
    optimiser = learning.Adam(rate) if isinstance(rate, float) else rate
    eyes = learning.Hierarchy("eyes", sizes=[6, 8, 8], target="focus", rule=rule, optimiser=optimiser)
    return learning.fit(eyes, *task(), epochs=epochs, batch=8, key=jax.random.key(key))


@pytest.mark.parametrize("name", list(RULES))
def test_every_rule_learns_and_the_same_key_gives_the_same_bit_for_bit(name):
    # Rewards of answers drawn at random say little.
    epochs = 300 if name == "reinforce" else 40
    first, second = (fitted(RULES[name], epochs=epochs) for _ in range(2))
    assert_same(first, second)
    loss = np.asarray(first.loss)
    assert loss.shape == (2 * epochs,)
    assert loss[-8:].mean() < 0.8 * loss[:4].mean()
    assert not np.array_equal(fitted(RULES[name], epochs=1, key=1).loss, loss[:2])


def test_feedback_alignment_comes_to_point_where_the_gradient_does():
    rule, optimiser = learning.FeedbackAlignment(), learning.Descent(0.5)
    eyes = learning.Hierarchy("eyes", sizes=[6, 16], target="focus", activation="tanh", rule=rule, optimiser=optimiser)
    found = learning.fit(eyes, *task(), epochs=100, batch=16, key=KEY, cosine=True)
    angles = np.degrees(np.arccos(np.asarray(found.cosines)))
    assert angles.shape == (100, 2)
    assert angles[:, 1].max() < 1
    assert angles[0, 0] > 75
    assert angles[-1, 0] < 60


def test_learned_feedback_of_bursts_comes_to_be_as_the_forward_synapses():
    rule = learning.Burst(learned=True, decay=0.01)

    def cosine(learned: Any) -> float:
        forward, back = np.asarray(learned.layers.layers[2].weights).T, np.asarray(learned.credit.learned[1])
        return float(np.sum(forward * back) / np.linalg.norm(forward) / np.linalg.norm(back))

    start = learning.Hierarchy("eyes", sizes=[6, 8, 8], target="focus", rule=rule).drawn(3, key=jax.random.key(0))
    after = fitted(rule, rate=learning.Descent(0.5), epochs=150).learned
    assert abs(cosine(start)) < 0.5
    assert cosine(after) > 0.85


def test_spontaneous_activity_teaches_lateral_cells_to_silence_the_apical_dendrites():
    net = learners.layers(sizes=(6, 8, 7, 5))
    feedback = learning.TwoCompartment(spontaneous=0).init(net, key=KEY).kept[0]
    lateral, silence = learning.spontaneous(net, feedback, 2000, key=KEY)
    assert silence.apical.shape == silence.feedback.shape == (2000, 2)
    assert (np.asarray(silence.apical[:5]) > 0.5 * np.asarray(silence.feedback[:5])).all()
    assert (np.asarray(silence.apical[-20:]) < 0.15 * np.asarray(silence.feedback[-20:])).all()
    assert [each.cancel.shape for each in lateral] == [(7, 8), (5, 7)]
    perfect, none = learning.spontaneous(net, feedback, 0, key=KEY)
    assert_same(tuple(each.predict for each in perfect), net.layers[1:])
    assert none.apical.shape == (0, 2)


# Under the transformations of JAX, and in files.


@pytest.mark.parametrize("name", KINDS)
def test_under_jit_and_vmap_a_rule_does_what_it_does_for_each_key_alone(name):
    rule = RULES[name]
    net, (inputs, teaching) = learners.layers(rule.activations[0]), learners.lesson()
    credit, keys = rule.init(net, key=KEY), jax.random.split(KEY, 3)
    together = jax.jit(jax.vmap(lambda key: rule.update(net, credit, inputs, teaching, key=key)))(keys)
    for number, key in list(enumerate(keys))[1:]:
        alone = learners.update(rule, net, credit, inputs, teaching, key=key)
        for own, other in zip(jax.tree.leaves(together), jax.tree.leaves(alone), strict=True):
            np.testing.assert_allclose(own[number], other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("name", list(OPTIMISERS))
def test_a_sweep_over_learning_rates_is_one_vmap(name):
    rule, optimiser, rates = learning.Backpropagation(), OPTIMISERS[name], jnp.array([0.01, 0.1, 0.3])
    net, (inputs, teaching) = learners.layers(), learners.lesson()

    def after(rate: Any) -> Any:
        own = eqx.tree_at(lambda each: each.rate, optimiser, rate)
        learned = unlearned(net, rule, own, key=KEY)
        for _ in range(2):
            learned = updated(rule, own, learned, inputs, teaching)
        return learned.layers.layers

    together = jax.jit(jax.vmap(after))(rates)
    for number, rate in enumerate(rates):
        alone = jax.tree.leaves(jax.jit(after)(rate))
        for own, other in zip(jax.tree.leaves(together), alone, strict=True):
            np.testing.assert_allclose(own[number], other, rtol=1e-4, atol=1e-5)
    distances = [largest(jax.tree.map(lambda own, n=n: own[n] - own[0], together)) for n in (1, 2)]
    assert 0 < distances[0] < distances[1]


@pytest.mark.parametrize("name", [*RULES, *OPTIMISERS])
def test_every_rule_and_optimiser_survives_a_file(name, tmp_path):
    rule = RULES.get(name, learning.Backpropagation())
    eyes = learners.hierarchy(rule, optimiser=OPTIMISERS.get(name, learning.Adam(0.02)), receptive_fields=[None, None])
    built = learners.network(eyes)
    built.save(tmp_path / "network")
    loaded = ab.Network.load(tmp_path / "network")
    assert loaded.areas == built.areas
    assert repr(loaded.areas) == repr(built.areas)
    assert loaded.fingerprint == built.fingerprint
    assert_same(loaded.area_parameters, built.area_parameters)
    assert_same(loaded.silent(2).areas, built.silent(2).areas)
