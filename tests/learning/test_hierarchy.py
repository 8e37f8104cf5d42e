"""A hierarchy in a network learns by its rule and optimiser what a buffer holds, and leaves all else as it was."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import learners
import numpy as np
import pytest
from learners import (
    ARGS,
    IMAGES,
    RULES,
    SYMBOLS,
    THREE,
    UNITS,
    assert_alike,
    assert_same,
    built,
    codes,
    images,
    learned,
    taught,
)

import attractorbind as ab
from attractorbind import learning
from attractorbind._learning.learned import updated


def by_hand(network: ab.Network, before: Any, stimuli: Any, targets: Any, share: Any) -> Any:
    """One update without a network."""
    eyes, teaching = network.areas[0], learning.Teaching(*(jnp.asarray(each, jnp.float32) for each in (targets, share)))
    return eqx.filter_jit(updated)(eyes.rule, eyes.optimiser, before, jnp.asarray(stimuli), teaching)


# What is learned.


@pytest.mark.parametrize("name", ["contrastive Hebbian", "node perturbation", "bursts, learned feedback"])
def test_it_learns_what_its_rule_and_optimiser_learn_without_a_network(name):
    network, rule = built(name), RULES[name]
    # The target comes from another buffer, through the network's relay, and is held by its latch.
    program = ab.load("agent", ab.arg("name")) + ab.move("agent", "focus") + ab.see("eyes", write=False) + ab.hold(3)
    state = ab.run(network, program + ab.learn("eyes") + ab.hold() + ab.learn("eyes"), args=ARGS, stimuli=IMAGES).state
    start, transformation = learned(network.silent()), network.areas[0].optimiser.transformation()
    share = jnp.full(4, 0.25)
    key = jax.random.wrap_key_data(start.key_data, impl="threefry2x32")
    layers, credit, momentum = start.layers, start.credit, start.momentum
    for number in range(2):
        teaching = learning.Teaching(jnp.asarray(codes(network)), share)
        asked, kept = learners.update(
            rule, layers, credit, jnp.asarray(images()), teaching, key=jax.random.fold_in(key, number)
        )
        plastic = layers.layers, credit.learned
        moved, momentum = transformation.update((asked.layers, asked.learned), momentum, plastic)
        after, of_rule = jax.tree.map(jnp.add, plastic, moved)
        layers, credit = learning.Layers(after, layers.activation, layers.readout), learning.Credit(of_rule, kept)
    found = learned(state)
    assert_alike((found.layers, found.credit), (layers, credit))
    assert found.updates == 2
    assert found.active == codes(network).sum(axis=1).mean()
    assert not np.array_equal(found.layers.layers[0].weights, start.layers.layers[0].weights)


def test_learning_leaves_everything_else_as_it_was():
    network = built()
    leaves, report = [np.array(leaf) for leaf in jax.tree.leaves(network.synapses)], str(network.report())
    storing = ab.load("agent", "west") + ab.store("memory", ["agent"]) + ab.load("focus", ab.arg("name"))
    teach = ab.see("eyes", write=False) + ab.learn("eyes")
    ticks = teach.compile(network).ticks
    with_it = ab.run(network, storing + teach, args=ARGS, stimuli=IMAGES, record="states")
    without = ab.run(network, storing + ab.gates(ticks=ticks), args=ARGS, record="states")
    for buffer in network.buffers:
        np.testing.assert_array_equal(with_it.states[buffer], without.states[buffer])
    assert_same(with_it.state["memory"], without.state["memory"])
    np.testing.assert_array_equal(with_it.state["focus"], codes(network))
    assert learned(with_it.state).updates == 1
    for before, after in zip(leaves, jax.tree.leaves(network.synapses), strict=True):
        np.testing.assert_array_equal(before, after)
    assert str(network.report()) == report
    assert all(projection.wrong_bits == 0 for projection in network.report().projections)


def test_only_trials_that_come_to_learn_are_in_the_batch():
    network = built()
    asks = ab.when(ab.holds("focus", "north"), ab.learn("eyes"))
    program = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + asks
    state = ab.run(network, program, args={"name": ["north", "east", "north", "west"]}, stimuli=IMAGES).state
    targets = codes(network)[[0, 1, 0, 3]]
    expected = by_hand(network, learned(network.silent()), images(), targets, [0.5, 0, 0.5, 0])
    assert_alike(learned(state), expected)
    np.testing.assert_array_equal(state["eyes"].taught, targets * np.array([[1], [0], [1], [0]]))


def test_trials_that_have_ended_teach_nothing():
    network = built()
    each = ab.see("eyes", write=False) + ab.learn("eyes") + ab.read("focus")
    program = ab.read("focus") + ab.until(ab.empty("focus"), each, limit=5) + ab.learn("eyes")
    inputs = [["north", "west"], [], ["south", "east", "north"], ["west"]]
    state = ab.run(network, program, inputs=inputs, stimuli={"eyes": THREE}).state
    expected, number = learned(network.silent()), {name: index for index, name in enumerate(SYMBOLS)}
    # All go round in step: in each round those learn whose input is not over.
    for turn in range(3):
        there = np.array([len(own) > turn for own in inputs])
        targets = np.stack(
            [codes(network)[number[own[turn]]] if len(own) > turn else np.zeros(UNITS) for own in inputs]
        )
        expected = by_hand(network, expected, THREE[:, turn], targets, there / there.sum())
    assert learned(state).updates == 3
    assert_alike(learned(state), expected)


def test_a_trial_that_ends_while_it_learns_learns_once():
    network = built()
    late = ab.when(ab.holds("focus", "north"), ab.hold(3)) + ab.gates(open=["focus->eyes", "eyes:learn"])
    program = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + late
    state = ab.run(network, program, args=ARGS, stimuli=IMAGES, throw=False).state
    expected = learned(network.silent())
    for there in (np.array([0, 1, 1, 1]), np.array([1, 0, 0, 0])):
        expected = by_hand(network, expected, images(), codes(network), there / there.sum())
    assert learned(state).updates == 2
    assert_alike(learned(state), expected)


def test_trials_that_are_empty_or_have_seen_nothing_teach_nothing():
    network = built()
    focus = codes(network) * np.array([[1], [0], [1], [0]])
    start = network.silent(4).replace("focus", jnp.asarray(focus))
    before = learned(start)
    program = ab.see("eyes", write=False) + ab.learn("eyes")
    state = ab.run(network, program, start, stimuli=IMAGES).state
    assert_alike(learned(state), by_hand(network, before, images(), focus, [0.5, 0, 0.5, 0]))
    unseen = ab.run(network, ab.learn("eyes"), start).state
    assert_same(learned(unseen), before)
    past = ab.run(network, ab.see("eyes", write=False) + program, start, stimuli=IMAGES).state
    assert_same(learned(past), before)
    silent = ab.run(network, program, stimuli=IMAGES).state
    assert_same(learned(silent), before)


# What is seen.


def test_it_sees_what_it_was_taught_and_its_buffer_holds_it_exactly():
    network = built()
    program = ab.see("eyes") + ab.copy("focus", "agent")
    trace = ab.run(network, program, taught(), stimuli={"eyes": images()[[2, 0, 3, 1]]})
    assert trace.decode()["focus"] == ["south", "north", "west", "east"]
    for buffer in ("focus", "agent"):
        np.testing.assert_array_equal(trace.state[buffer], np.asarray(network.codes(buffer))[[2, 0, 3, 1]])
    assert_same(learned(trace.state), learned(taught()))


def test_past_the_last_stimulus_nothing_is_seen_and_the_buffer_is_empty():
    trace = ab.run(built(), ab.see("eyes") * 2, taught(), stimuli=IMAGES)
    assert not np.asarray(trace.state["focus"]).any()
    assert trace.state["eyes"].views.tolist() == [0] * 4
    unshown = ab.simulate(built(), ab.see("eyes").compile(built()), taught())
    assert not np.asarray(unshown.state["focus"]).any()


def test_views_are_added_up_as_far_as_there_are_some():
    outputs = [learned(taught()).layers.forward(jnp.asarray(THREE[:, view])).rates[-1] for view in range(3)]
    for views, there in ((2, 2), (3, 3), (5, 3)):
        state = ab.run(built(), ab.see("eyes", views=views, write=False), taught(), stimuli={"eyes": THREE}).state
        np.testing.assert_allclose(state["eyes"].evidence, sum(outputs[:there]), rtol=1e-5)
        assert state["eyes"].views.tolist() == [there] * 4
    # Another look begins anew.
    again = ab.see("eyes", views=2, write=False) + ab.see("eyes", write=False)
    state = ab.run(built(), again, taught(), stimuli={"eyes": THREE}).state
    np.testing.assert_allclose(state["eyes"].evidence, outputs[2], rtol=1e-5)


def test_to_look_without_writing_leaves_the_buffer_alone():
    start = taught().replace("focus", jnp.asarray(codes(built())[[3, 2, 1, 0]]))
    trace = ab.run(built(), ab.see("eyes", write=False), start, stimuli=IMAGES)
    np.testing.assert_array_equal(trace.state["focus"], start["focus"])
    assert ab.run(built(), ab.see("eyes"), start, stimuli=IMAGES).decode()["focus"] == list(SYMBOLS)


@pytest.mark.parametrize("active", [0, 1, 6, 63, 64])
def test_exactly_the_largest_outputs_win(active):
    network, rng = built(), np.random.default_rng(active)
    evidence = rng.random((4, UNITS)).astype(np.float32)
    evidence[1] *= 1e-30
    # Of outputs that are the same none is larger: where not all of them can win, none of them does.
    evidence[2] = rng.integers(4, size=UNITS) / 4
    evidence[3] = 0
    expected = np.zeros((4, UNITS))
    for trial, own in enumerate(evidence):
        for unit in range(UNITS):
            expected[trial, unit] = np.sum(own >= own[unit]) <= active
    seeing = eqx.tree_at(
        lambda each: (each.evidence, each.views, each.learned.value.active),
        network.silent(4)["eyes"],
        (jnp.asarray(evidence), jnp.ones(4), jnp.float32(active)),
    )
    state = eqx.tree_at(lambda each: each.areas[0], network.silent(4), seeing)
    after = ab.tick(network, state, network.gating(open=["eyes->focus"], closed=["focus"]))
    np.testing.assert_array_equal(after["focus"], expected)
    assert (np.asarray(after["focus"])[0].sum(), expected[:2].sum()) == (active, 2 * active)
