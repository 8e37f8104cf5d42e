"""What is learned is, on average, the gradient of the expected reward, where all choices can be enumerated."""

import itertools
from typing import Any

import gaters
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gating_oracle import GRAIN

import attractorbind as ab

TRIALS, RATE = 4000, 0.0625
# The reward of each channel, alone or in a sum.
WORTH = np.array([0.5, -0.25, 0.875])


def expected_reward(weights: Any, unit: Any, *, compete: bool) -> Any:
    drives = weights @ unit
    if compete:
        return jax.nn.softmax(drives) @ jnp.asarray(WORTH, jnp.float32)
    total = jnp.zeros(())
    for opened in itertools.product([0, 1], repeat=3):
        there = jnp.array(opened, jnp.float32)
        chance = jnp.prod(jnp.where(there > 0, jax.nn.sigmoid(drives), 1 - jax.nn.sigmoid(drives)))
        total += chance * float(np.sum(WORTH * opened) / 2)
    return total


@pytest.mark.parametrize("compete", [False, True])
def test_learners_climb_the_gradient_of_the_expected_reward(compete):
    network = gaters.built(rate=RATE, forget=0.0, explore=0.0, critic=0.125, conjunction=0)
    word = np.asarray(network.codes("word"))[0].astype(np.float32)
    unit = word / np.sqrt(word.sum())
    rng = np.random.default_rng(3)
    # A critic that expects something: what it expects must not tell.
    weights, critic = (np.round(rng.normal(size=shape) / GRAIN / 4) for shape in ((3, gaters.UNITS), gaters.UNITS))
    state = gaters.with_policy(network.silent(TRIALS), weights, critic)
    reading = ["word->striatum", *(f"striatum:{channel}" for channel in gaters.CHANNELS)]
    choose = [*reading, "striatum:choose", "striatum:sample", *["striatum:compete"] * compete]
    seeing = jnp.tile(jnp.asarray(word), (TRIALS, 1))
    chosen = ab.tick(network, state.replace("word", seeing), choose, key=jax.random.key(7))
    opened = np.asarray(chosen.areas[0].chosen)
    rewards = opened @ WORTH if compete else opened @ WORTH / 2
    shown = ab.show(network, chosen.replace("word", seeing), {"striatum": rewards})
    taught = ab.tick(network, shown, [*reading, "striatum:outcome", "striatum:next"])
    steps = (np.asarray(gaters.policy_of(taught).weights, np.float64) - weights) * GRAIN / RATE
    true = jax.grad(expected_reward)(jnp.asarray(weights * GRAIN, jnp.float32), jnp.asarray(unit), compete=compete)
    error = steps.std(axis=0) / np.sqrt(TRIALS)
    on = word > 0
    assert not steps[:, :, ~on].any()
    assert np.abs(true).max() > 0.01
    np.testing.assert_array_less(np.abs(steps.mean(axis=0) - true)[:, on], 4 * error[:, on] + GRAIN / RATE)
    # So exact an estimate could tell another gradient from it.
    assert np.linalg.norm(true) > 8 * error[:, on].max()
    assert np.abs(np.asarray(taught.areas[0].value).mean()) > 0.01
