"""What training tells of itself, where not all trials learn, and what a run says of synapses that are no numbers."""

import functools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import learners
import numpy as np
import pytest
from learners import SYMBOLS, hierarchy, images

import attractorbind as ab
from attractorbind import learning
from attractorbind._learning.learned import changes_at

LOOK = ab.see("eyes", write=False)
LESSON = ab.load("focus", ab.arg("name")) + LOOK + ab.learn("eyes")


@functools.cache
def network(rule: Any = None, rate: Any = 0.02) -> ab.Network:
    rule = learning.FeedbackAlignment() if rule is None else rule
    return learners.network(hierarchy(rule, optimiser=learning.Adam(rate)))


def train(program: ab.Program, state: ab.State | None = None, stimuli: Any = None, **changes: Any) -> ab.Trained:
    stimuli = images(4) if stimuli is None else stimuli
    usual: dict[str, Any] = {"epochs": 1, "batch": 4, "key": jax.random.key(1), "progress": False}
    return ab.train(
        network(), program, state, stimuli=stimuli, args={"name": np.array(SYMBOLS)}, **{**usual, **changes}
    )


def test_what_is_seen_after_learning_does_not_change_what_the_history_tells():
    stimuli = np.stack([images(4), images(4)[::-1]], axis=1)
    np.testing.assert_array_equal(
        train(LESSON, stimuli=stimuli).history.cosine, train(LESSON + LOOK, stimuli=stimuli).history.cosine
    )


def test_only_trials_that_learned_count_and_none_gives_no_numbers():
    only = ab.load("focus", ab.arg("name")) + LOOK + ab.when(ab.holds("focus", SYMBOLS[1]), ab.learn("eyes"))
    whole, part = train(LESSON), train(only)
    assert part.history.loss[0] != whole.history.loss[0]
    again = train(only, whole.state)
    # What the others learned before is not what this batch learned.
    assert again.history.accuracy[0] in (0.0, 1.0)
    silent = ab.clear("focus") + LOOK + ab.when(ab.holds("focus", ab.arg("name")), ab.learn("eyes"))
    nobody = train(silent).history
    assert np.isnan(nobody.loss).all()
    assert np.isnan(nobody.accuracy).all()
    assert np.isnan(nobody.cosine).all()


@pytest.mark.parametrize("other", ["lesion", "synapses"])
def test_a_checkpoint_knows_all_arrays_of_its_network(tmp_path, other):
    path, given = tmp_path / "checkpoint", {"stimuli": images(4), "args": {"name": list(SYMBOLS)}, "epochs": 1}
    given |= {"batch": 4, "key": jax.random.key(0), "progress": False, "checkpoint": path}
    first = learners.network(hierarchy(learning.Backpropagation(), optimiser=learning.Adam(0.02)))
    ab.train(first, LESSON, **given)
    if other == "lesion":
        second = ab.lesion(first, synapses=0.1, key=jax.random.key(0))
    else:
        second = eqx.tree_at(lambda each: each.synapses[0].weights, first, replace_fn=lambda weights: 2 * weights)
    with pytest.raises(ab.FileError, match="other training"):
        ab.train(second, LESSON, **given)


def test_a_function_that_augments_is_known_by_its_name(tmp_path):
    def made() -> Any:
        def brighter(shown: Any, key: Any) -> Any:
            return shown + 0.1

        return brighter

    path = tmp_path / "checkpoint"
    train(LESSON, augment=made(), checkpoint=path)
    train(LESSON, augment=made(), checkpoint=path, epochs=2)
    with pytest.raises(ab.FileError, match="augmentation"):
        train(LESSON, augment=learning.Distortion((2, 3)), checkpoint=path)


def test_a_run_that_learns_what_is_no_number_says_so():
    eyes = hierarchy(learning.Backpropagation(), optimiser=learning.Descent(1e38))
    broken, program = learners.network(eyes), ab.load("focus", SYMBOLS[0]) + (LOOK + ab.learn("eyes")) * 2
    stimuli = 1e30 * np.repeat(images(4)[:, None], 2, axis=1)
    trace = ab.run(broken, program, stimuli={"eyes": stimuli}, throw=False)
    assert set(trace.result.tolist()) == {ab.Result.NON_FINITE}
    with pytest.raises(ab.RunError, match="non-finite"):
        ab.run(broken, program, stimuli={"eyes": stimuli})


@pytest.mark.parametrize(
    "rule", [learning.FeedbackAlignment(), learning.WeightPerturbation(), learning.Burst(learned=True)]
)
def test_synapses_that_there_are_not_take_no_part(rule):
    eyes = learning.Hierarchy("eyes", sizes=[16, 16, 9], target="focus", rule=rule, receptive_fields=[2, 2, None])
    learned = eyes.drawn(4, key=jax.random.key(0))
    inputs = jax.random.normal(jax.random.key(1), (5, 16))
    teaching = learning.Teaching(jnp.eye(5, 4), jnp.full(5, 0.2))
    changes, _ = changes_at(rule, learned, inputs, teaching)
    true = learning.gradient(learned.layers, inputs, teaching)
    told = learning.cosines(rule, learned, inputs, teaching)
    for number, (own, other) in enumerate(zip(changes.layers, true, strict=True)):
        mask = learned.layers.mask(number)
        existing = np.ones_like(own.weights) if mask is None else np.asarray(mask)
        assert not np.asarray(own.weights)[existing == 0].any()
        first, second = (np.asarray(each.weights)[existing > 0] for each in (own, other))
        cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
        np.testing.assert_allclose(told[number], cosine, atol=1e-5)
    for number, following in enumerate(changes.learned):
        # Feedback that learns does so where there are forward synapses to follow.
        mask = learned.layers.mask(number + 1)
        if mask is not None:
            absent = np.asarray(following - rule.decay * learned.credit.learned[number])[np.asarray(mask).T == 0]
            np.testing.assert_allclose(absent, 0, atol=1e-6)


def test_noise_on_weights_is_on_those_that_there_are():
    sizes = {"sizes": [16, 16], "target": "focus", "rule": learning.WeightPerturbation()}
    local = learning.Hierarchy("eyes", **sizes, receptive_fields=[1, None]).drawn(4, key=jax.random.key(0))
    inputs = jax.random.normal(jax.random.key(1), (5, 16))
    teaching = learning.Teaching(jnp.eye(5, 4), jnp.full(5, 0.2))
    found = learning.second_moment(sizes["rule"], local, inputs, teaching, draws=300, key=jax.random.key(2))
    weights = 16 + 16 + 16 * 4 + 4
    assert 0.7 * weights < found < 1.4 * weights
