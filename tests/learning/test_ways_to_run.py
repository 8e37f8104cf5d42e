"""A hierarchy does the same in runs, simulations, steps and ticks, and under the transformations of JAX."""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from learners import (
    ARGS,
    IMAGES,
    LESSON,
    SYMBOLS,
    THREE,
    assert_alike,
    built,
    codes,
    images,
    learned,
    made,
    shown,
    taught,
)

import attractorbind as ab
from attractorbind import learning
from attractorbind._engine import driver


def test_steps_simulations_and_runs_do_the_same():
    network = built()
    start = taught().replace("focus", jnp.asarray(codes(network)))
    compiled = (ab.see("eyes", write=False) + ab.learn("eyes") + ab.see("eyes")).compile(network)
    ran = ab.run(network, compiled, start, stimuli={"eyes": THREE}, throw=False).state
    simulated = ab.simulate(network, compiled, shown(start, THREE)).state
    stepped, step = shown(start, THREE), eqx.filter_jit(ab.step)
    for gates in compiled.gates:
        stepped = step(network, stepped, gates)
    assert learned(ran).updates == learned(start).updates + 1
    for other in (simulated, stepped):
        for buffer in network.buffers:
            np.testing.assert_array_equal(other[buffer], ran[buffer])
        assert_alike(learned(other), learned(ran))
        np.testing.assert_allclose(other["eyes"].evidence, ran["eyes"].evidence, rtol=1e-4)


def test_a_tick_by_hand_lets_it_learn_and_drive_its_buffer():
    network = built()
    seen = ab.run(network, ab.see("eyes", write=False), taught(), stimuli=IMAGES).state
    start = seen.replace("focus", jnp.asarray(codes(network)))
    program = ab.learn("eyes") + ab.gates(open=["eyes->focus"], closed=["focus"]) + ab.hold()
    ran, ticked = ab.run(network, program, start).state, start
    for gates in program.compile(network).gates:
        ticked = ab.tick(network, ticked, gates)
    assert learned(ran).updates == learned(start).updates + 1
    assert_alike(learned(ticked), learned(ran))
    np.testing.assert_array_equal(ticked["focus"], ran["focus"])


def test_a_sweep_over_noise_is_one_vmap():
    network = built()
    compiled = (ab.hold(2) + ab.see("eyes", write=False) + ab.learn("eyes")).compile(network)
    start = network.silent(4).replace("focus", jnp.asarray(codes(network)))
    keys = jax.random.split(jax.random.key(3), 4)

    def after(noise: Any) -> Any:
        return ab.simulate(network, compiled, shown(start, images()[:, None]), noise=noise, keys=keys).state

    swept = jax.jit(jax.vmap(after))(jnp.array([0.0, 0.1]))
    for number, noise in enumerate((0.0, 0.1)):
        alone = ab.run(network, compiled, start, stimuli=IMAGES, noise=noise, key=keys, throw=False).state
        np.testing.assert_array_equal(swept["focus"][number], alone["focus"])
        assert_alike(jax.tree.map(lambda leaf, number=number: leaf[number], learned(swept)), learned(alone))
    assert not np.array_equal(swept["focus"][0], swept["focus"][1])


def test_derivatives_pass_through_a_step():
    network = built()
    start = shown(taught().replace("focus", jnp.asarray(codes(network))), THREE)
    see, learn = network.gating(open=["eyes:next"]), network.gating(open=["focus->eyes", "eyes:learn"])

    def evidence(weights: Any, *settings: Any) -> Any:
        state = eqx.tree_at(lambda each: each.areas[0].learned.value.layers.layers[0].weights, start, weights)
        for gates in settings:
            state = ab.step(network, state, gates, surrogate=lambda field: 1 / (1 + field**2))
        return jnp.sum(state["eyes"].evidence ** 2) + jnp.sum(state["focus"])

    def expected(weights: Any) -> Any:
        layers = eqx.tree_at(lambda each: each.layers[0].weights, learned(taught()).layers, weights)
        return jnp.sum(layers.forward(jnp.asarray(THREE[:, 0])).rates[-1] ** 2)

    weights = learned(taught()).layers.layers[0].weights
    true = jax.grad(expected)(weights)
    assert np.abs(true).max() > 1e-3
    np.testing.assert_allclose(jax.jit(jax.grad(evidence))(weights, see), true, rtol=1e-4, atol=1e-6)
    # An update changes synapses, but passes derivatives through as if it had not.
    after = jax.jit(jax.grad(evidence))(weights, see, learn, see)
    assert np.isfinite(after).all()


def test_nothing_is_compiled_anew_for_other_settings():
    def ended(rule: Any, rate: float, seed: int) -> None:
        network = made(rule, seed, optimiser=learning.Adam(rate))
        args = {"name": [SYMBOLS[seed]] * 4}
        first = ab.run(network, LESSON, args=args, stimuli={"eyes": images(seed=seed)}).state
        ab.run(network, LESSON, first, args=args, stimuli=IMAGES)

    ended(learning.NodePerturbation(draws=3), 0.02, 0)
    compiled = driver._drive._cache_size()  # pyright: ignore[reportFunctionMemberAccess]
    ended(learning.NodePerturbation(draws=2, size=0.1), 0.05, 1)
    assert driver._drive._cache_size() == compiled  # pyright: ignore[reportFunctionMemberAccess]
    # What a rule does, and not by how much, is another program.
    ended(learning.NodePerturbation(antithetic=False), 0.02, 0)
    assert driver._drive._cache_size() == compiled + 1  # pyright: ignore[reportFunctionMemberAccess]


class OnlyTheTop(learning.AbstractCreditRule):
    """A rule of a user's own: the delta rule at the top, perhaps without biases, and nothing below."""

    size: float = 1.0
    biases: bool = eqx.field(static=True, default=True)
    activations: ClassVar[tuple[str, ...]] = ("relu",)

    def init(self, layers: learning.Layers, *, key: Any) -> learning.Credit:
        return learning.Credit((), jnp.zeros(()))

    def update(self, layers: Any, credit: Any, inputs: Any, teaching: Any, *, key: Any) -> Any:
        rates, _ = layers.forward(inputs)
        errors = [jnp.zeros_like(rates[1]), self.size * (rates[2] - teaching.targets)]
        changes = learning.changes_of(rates[:-1], errors, teaching.share)
        if not self.biases:
            changes = tuple(learning.Layer(each.weights, jnp.zeros_like(each.bias)) for each in changes)
        return learning.Changes(changes, ()), credit.kept + 1


def test_a_rule_of_a_users_own_works_in_a_network_and_in_a_file(tmp_path):
    network = made(OnlyTheTop(biases=False), optimiser=learning.Descent(0.1))
    found = learned(ab.run(network, LESSON, args=ARGS, stimuli=IMAGES).state)
    before = learned(network.silent())
    rates = before.layers.forward(jnp.asarray(images())).rates
    change = np.asarray(rates[1]).T @ (np.asarray(rates[2]) - codes(network)) / 4
    bottom, top = found.layers.layers
    np.testing.assert_allclose(top.weights, before.layers.layers[1].weights - 0.1 * change, atol=1e-5)
    np.testing.assert_array_equal(bottom.weights, before.layers.layers[0].weights)
    assert not np.asarray(top.bias).any()
    assert found.credit.kept == 1
    network.save(tmp_path / "network")
    assert ab.Network.load(tmp_path / "network", classes=[OnlyTheTop]).areas == network.areas
