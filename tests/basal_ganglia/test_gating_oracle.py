"""Choices and what is learned from them, against loops over units in plain NumPy and Python."""

from typing import Any

import equinox as eqx
import gaters
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from gating_oracle import GRAIN, Learner, Oracle, Told, Trial, read

import attractorbind as ab
from attractorbind import gating
from attractorbind._basal_ganglia import plasticity
from attractorbind._basal_ganglia.joining import SWITCHES

TRIALS, TICKS, GIVEN = 4, 45, 4
SETTINGS = {
    "own learners": {},
    "own learners, discount": {"discount": 0.75},
    "shared": {"shared": True},
    "shared, discount": {"shared": True, "discount": 0.5, "explore": 3.0},
    "no trace, no forgetting, no exploration": {"trace": 0.0, "forget": 0.0, "explore": 0.0, "discount": 1.0},
}


def told_at_random(rng: np.random.Generator, network: ab.Network) -> tuple[np.ndarray, list[dict[str, Any]]]:
    """A setting of the gates for each trial, and what it means."""
    told, rows = [], []
    for _ in range(TRIALS):
        switches = {name for name in SWITCHES if rng.random() < 0.3 and name != "amount"}
        switches |= {"choose"} if rng.random() < 0.5 else set()
        up = (rng.random(len(gaters.CHANNELS)) < 0.6).tolist()
        # Exactly one opens, so there has to be one.
        up[int(rng.integers(len(up)))] = True
        amount, lets_in = float(np.float32(rng.choice([0, 0.6, 0.85, 1]))), (rng.random(2) < 0.85).tolist()
        opened: dict[str, float] = {f"striatum:{name}": 1.0 for name in switches}
        opened |= {f"striatum:{name}": 1.0 for name, is_up in zip(gaters.CHANNELS, up, strict=True) if is_up}
        opened |= {f"{name}->striatum": 1.0 for name, let in zip(("word", "first"), lets_in, strict=True) if let}
        opened["striatum:amount"] = amount
        rows.append(network.gating(open=opened))
        told.append({"switches": switches, "up": up, "amount": amount, "lets_in": lets_in})
    return np.stack(rows), told


def buffers_at_random(rng: np.random.Generator, state: ab.State, network: ab.Network) -> ab.State:
    """Symbols, noise or nothing, in both buffers of each trial."""
    for name in ("word", "first"):
        codes = np.asarray(network.codes(name)).astype(np.float32)
        own = [
            codes[rng.integers(len(codes))] if kind < 0.6 else (rng.random(gaters.UNITS) < 0.3) * np.float32(kind < 0.9)
            for kind in rng.random(TRIALS)
        ]
        state = state.replace(name, jnp.asarray(np.stack(own), jnp.float32))
    return state


def oracle_of(network: ab.Network, state: ab.State, settings: dict[str, Any], rewards: np.ndarray) -> Oracle:
    weights, critic, _ = (np.asarray(leaf).tolist() for leaf in gaters.policy_of(state))
    pairs = [(weights, critic)] if settings["shared"] else zip(weights, critic, strict=True)
    channels, features = state.areas[0].traces.shape[1:]
    trials = [
        Trial([[0.0] * features for _ in range(channels)], [False] * channels, [False] * channels, own)
        for own in rewards.tolist()
    ]
    return Oracle(settings, [Learner(*pair) for pair in pairs], trials)


@pytest.mark.parametrize("name", list(SETTINGS))
def test_every_tick_does_what_the_equations_say(name):
    changes, rng = SETTINGS[name], np.random.default_rng(len(name))
    defaults = {"shared": False, "rate": 1.5, "trace": 0.75, "forget": 0.0625, "explore": 0.25}
    settings = {**defaults, "critic": 0.125, "discount": 0.0, **changes}
    network = gaters.built(**changes)
    rewards = rng.normal(size=(TRIALS, GIVEN)).astype(np.float32)
    state = ab.show(network, network.silent(TRIALS), {"striatum": rewards})
    shapes = [leaf.shape for leaf in gaters.policy_of(state)]
    state = gaters.with_policy(state, *(rng.integers(-(2**19), 2**19, shape) for shape in shapes[:2]))
    oracle = oracle_of(network, state, settings, rewards)
    seen = set()
    for tick in range(TICKS):
        gates, told = told_at_random(rng, network)
        state = buffers_at_random(rng, state, network)
        activity = [np.asarray(state[buffer]) for buffer in ("word", "first")]
        before, state = state.areas[0], ab.tick(network, state, gates, key=jax.random.key(tick))
        striatum = state.areas[0]
        chosen = np.asarray(striatum.chosen)
        features = [
            read(
                [own[trial] * let for own, let in zip(activity, told[trial]["lets_in"], strict=True)],
                [(0,), (0, 1)],
                [(), tuple(map(np.asarray, network.area_parameters[0].dendrites[1]))],
            )
            for trial in range(TRIALS)
        ]
        oracle.tick(
            [Told(what["switches"], what["up"], own, what["amount"]) for what, own in zip(told, features, strict=True)],
            chosen,
        )
        for trial, (own, what) in enumerate(zip(oracle.trials, told, strict=True)):
            assert (striatum.decided[trial], striatum.rewarded[trial]) == (own.decided, own.rewarded)
            assert striatum.outcomes[trial] == own.outcomes
            np.testing.assert_allclose(striatum.reward[trial], own.total, atol=1e-5)
            np.testing.assert_allclose(striatum.value[trial], own.value, atol=1e-5)
            np.testing.assert_allclose(striatum.dopamine[trial], own.dopamine, atol=1e-5)
            np.testing.assert_allclose(striatum.traces[trial], own.traces, atol=1e-6)
            assert striatum.offered[trial].tolist() == own.offered
            assert bool(striatum.awaiting[trial]) == own.awaiting
            if own.decided:
                np.testing.assert_allclose(striatum.probability[trial], own.probability, atol=1e-5)
                candidates = np.array(what["up"])
                assert not (chosen[trial] & ~candidates).any()
                if "compete" in what["switches"]:
                    assert chosen[trial].sum() == 1
                if "sample" not in what["switches"]:
                    best = np.argmax(np.where(candidates, own.probability, -1))
                    likely = np.array(own.probability) > 0.5
                    expected = np.arange(len(likely)) == best if "compete" in what["switches"] else likely
                    np.testing.assert_array_equal(chosen[trial], expected)
                seen |= {("decided", *sorted(what["switches"] & {"compete", "sample"}))}
            else:
                assert_unchanged = striatum.chosen[trial], striatum.probability[trial]
                gaters.assert_same(assert_unchanged, (before.chosen[trial], before.probability[trial]))
            seen |= {"outcome"} & what["switches"]
        for number, learner in enumerate(oracle.learners):
            found = gaters.policy_of(state)
            weights, critic, errors = found if settings["shared"] else (leaf[number] for leaf in found)
            np.testing.assert_allclose(errors, learner.errors, atol=1e-5)
            # The oracle's numbers have 64 bits: a half may be rounded otherwise, at most by one grain a tick.
            np.testing.assert_allclose(np.asarray(weights), learner.weights, atol=1)
            np.testing.assert_allclose(np.asarray(critic), learner.critic, atol=1)
            learner.weights, learner.critic = np.asarray(weights).tolist(), np.asarray(critic).tolist()
    assert len(seen) == 5
    assert int(np.max(state.areas[0].taken)) > GIVEN


def test_the_value_of_what_follows_is_learned_over_two_steps():
    """r - V(s) at the reward, and gamma V(s') at the next choice, both by what was read before."""
    network = gaters.built(discount=0.75, conjunction=0)
    word = np.asarray(network.codes("word")).astype(np.float32)
    length = np.sqrt(word.sum(axis=1))
    critic = np.round(np.linspace(-1, 1, gaters.UNITS) / GRAIN).astype(np.int64)
    values = word @ critic * GRAIN / length
    state = gaters.with_policy(network.silent(1), 0, critic).replace("word", jnp.asarray(word[:1]))
    reads = {"word->striatum": 1.0}
    at = [network.gating(open=reads | dict.fromkeys((f"striatum:{name}" for name in names), 1.0)) for names in (
        ("choose", "sample", "skip"), ("outcome", "amount", "skip"), ("choose", "sample", "skip"))]  # fmt: skip
    chosen = ab.tick(network, state, at[0], key=jax.random.key(0))
    rewarded = ab.tick(network, chosen.replace("word", jnp.asarray(word[:1])), at[1])
    np.testing.assert_allclose(rewarded.areas[0].dopamine, 1 - values[0], atol=1e-6)
    moved = critic + np.round(0.125 * (1 - values[0]) * word[0] / length[0] / GRAIN)
    np.testing.assert_allclose(gaters.policy_of(rewarded).critic[0], moved, atol=1)
    following = ab.tick(network, rewarded.replace("word", jnp.asarray(word[1:2])), at[2], key=jax.random.key(1))
    then = word[1] @ np.asarray(gaters.policy_of(rewarded).critic[0], np.int64) * GRAIN / length[1]
    np.testing.assert_allclose(following.areas[0].dopamine, 0.75 * then, atol=1e-6)
    moved = np.asarray(gaters.policy_of(rewarded).critic[0]) + np.round(
        0.125 * 0.75 * then * word[0] / length[0] / GRAIN
    )
    np.testing.assert_allclose(gaters.policy_of(following).critic[0], moved, atol=1)
    # A further choice has nothing to wait for.
    further = ab.tick(network, following.replace("word", jnp.asarray(word[2:])), at[2], key=jax.random.key(2))
    gaters.assert_same(gaters.policy_of(further), gaters.policy_of(following))


@pytest.mark.parametrize("compete", [False, True])
def test_channels_open_as_often_as_their_probabilities_say(compete):
    network = gaters.built(explore=0.5, conjunction=0)
    trials = 4000
    word = np.asarray(network.codes("word"))[0].astype(np.float32)
    weights = np.round(np.array([[-0.4], [0.1], [0.35]]) * np.ones(gaters.UNITS) / GRAIN)
    state = gaters.with_policy(network.silent(trials), weights).replace("word", jnp.tile(word, (trials, 1)))
    names = ["choose", "sample", *gaters.CHANNELS, *["compete"] * compete]
    gates = network.gating(open=["word->striatum", *(f"striatum:{name}" for name in names)])
    after = ab.tick(network, state, gates, key=jax.random.key(4)).areas[0]
    often = np.asarray(after.chosen).mean(axis=0)
    expected = np.asarray(after.probability)[0]
    assert 0.05 < expected.min() < expected.max() < 0.95
    np.testing.assert_array_less(np.abs(often - expected), 4.5 * np.sqrt(expected * (1 - expected) / trials))
    pairs = np.corrcoef(np.asarray(after.chosen), rowvar=False)[np.triu_indices(3, 1)]
    if compete:
        assert (np.asarray(after.chosen).sum(axis=1) == 1).all()
    else:
        # Each by itself.
        assert np.abs(pairs).max() < 4.5 / np.sqrt(trials)


def test_two_basal_ganglia_draw_each_for_itself():
    """Of four channels that are as likely they take the same one in a quarter of the trials, at the same tick."""
    trials, channels = 2000, ["a", "b", "c", "d"]
    areas = [gating.BasalGanglia(name, reads=["word"], gates=channels) for name in ("one", "other")]
    network = ab.build(ab.Vocabulary(gaters.SYMBOLS), buffers={"word": gaters.UNITS}, relays=[], areas=areas,
        activity=0.125, rule=ab.PseudoInverse(), key=jax.random.key(0))  # fmt: skip
    opened = [f"{area.name}:{name}" for area in areas for name in ("choose", "compete", "sample", *channels)]
    after = ab.tick(network, network.silent(trials), opened, key=jax.random.key(5))
    one, other = (np.asarray(own.chosen).argmax(axis=1) for own in after.areas)
    assert abs((one == other).mean() - 1 / 4) < 4.5 * np.sqrt(3 / 16 / trials)


def test_synapses_that_no_choice_has_touched_stay_as_they_are():
    """Only weights with a trace are forgotten, and the critic forgets nothing."""
    network = gaters.built(forget=1.0, critic=0.0, conjunction=0)
    word = np.asarray(network.codes("word")).astype(np.float32)
    state = gaters.with_policy(network.silent(2), 1000, 77).replace("word", jnp.asarray(word[:2]))
    choose = ["word->striatum", "striatum:choose", "striatum:word->first"]
    outcome = [f"striatum:{name}" for name in ("outcome", *gaters.CHANNELS)]
    state = ab.tick(network, state, choose)
    after = gaters.policy_of(ab.tick(network, state, outcome))
    for trial in range(2):
        on = word[trial] > 0
        assert (np.asarray(after.weights)[trial, 0, ~on] == 1000).all()
        assert (np.asarray(after.weights)[trial, 1:] == 1000).all()
        assert np.asarray(after.weights)[trial, 0, on].max() == 0
    assert (np.asarray(after.critic) == 77).all()
    kept = ab.tick(network, state, {**dict.fromkeys(outcome, 1.0), "striatum:amount": 1.0})
    assert np.asarray(gaters.policy_of(kept).weights).min() >= 1000


def test_weights_never_overflow():
    network = gaters.built(rate=1e30, critic=1.0, conjunction=0)
    rewards = np.array([[3e38] * 6, [-3e38] * 6, [3e38, -3e38] * 3], np.float32)
    state = ab.show(network, network.silent(3), {"striatum": rewards})
    word = jnp.tile(jnp.asarray(network.codes("word"))[:1].astype(jnp.float32), (3, 1))
    channels = [f"striatum:{name}" for name in gaters.CHANNELS]
    for number in range(6):
        reading = ["word->striatum", *channels]
        state = ab.tick(
            network,
            state.replace("word", word),
            [*reading, "striatum:choose", "striatum:sample"],
            key=jax.random.key(number),
        )
        state = ab.tick(network, state.replace("word", word), [*reading, "striatum:outcome", "striatum:next"])
        policy = gaters.policy_of(state)
        for leaf in (policy.weights, policy.critic, policy.weights.sum(axis=-1)):
            assert np.abs(np.asarray(leaf, np.int64)).max() <= 2**30
        for leaf in jax.tree.leaves(eqx.filter(state.areas[0], eqx.is_inexact_array)):
            assert not np.isnan(np.asarray(leaf)).any()


def test_weights_stay_within_their_bounds_however_often_they_change():
    lesson = plasticity.Lesson(jnp.float32(3e38), jnp.array(False), jnp.ones(2, jnp.int8), jnp.ones((3, 2)))
    asked = plasticity.change(lesson, plasticity.Rates(1.0, 1.0, 0.0))
    policy = gating.Policy(jnp.zeros((3, 2), jnp.int32), jnp.zeros(2, jnp.int32), jnp.float32(0))
    for _ in range(5):
        policy = plasticity.changed(policy, asked)
        for leaf in (policy.weights, policy.critic):
            sums = np.asarray(leaf, np.int64).sum(axis=-1)
            assert ((sums > 2**29) & (sums <= 2**30)).all()


def test_what_is_far_too_large_is_still_a_number():
    """An infinite step times a trace of nothing would be none."""
    lesson = plasticity.Lesson(jnp.float32(-3e38), jnp.array(True), jnp.array([1, 0], jnp.int8), jnp.eye(2))
    asked = plasticity.change(lesson, plasticity.Rates(3e38, 1.0, 0.5))
    assert all(np.isfinite(leaf).all() for leaf in asked)
    policy = plasticity.changed(
        gating.Policy(jnp.zeros((2, 2), jnp.int32), jnp.zeros(2, jnp.int32), jnp.float32(1)), asked
    )
    assert np.array_equal(np.asarray(policy.weights) != 0, np.eye(2, dtype=bool))
    assert np.asarray(policy.critic).tolist() == [np.asarray(policy.critic)[0], 0]
