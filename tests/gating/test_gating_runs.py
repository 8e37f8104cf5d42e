"""Programs that choose do the same in runs, simulations, steps and ticks, and in batches of any size."""

from typing import Any

import equinox as eqx
import gaters
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._program.choosing import Choose
from attractorbind._program.program import Program

RELAYS = ["word->first", "word->second"]
REWARDS = np.random.default_rng(1).normal(size=(17, 12)).astype(np.float32)


def program() -> ab.Program:
    """All that basal ganglia are told, some of it many times."""
    one_of = {
        "word->first": ab.copy("word", "first"),
        "word->second": ab.copy("word", "second"),
        "skip": ab.load("word", "blue"),
    }
    turn = ab.choose("striatum", gates=RELAYS) + ab.reward(0.25, when=ab.holds("second", "red")) + ab.next_reward()
    turn += ab.choose("striatum", one_of=one_of) + ab.when(ab.chosen("striatum", "skip"), ab.reward(-0.75))
    turn += ab.choose("striatum", one_of=RELAYS, greedy=True) + ab.reward(0.9)
    whole = ab.repeat(2, turn) + ab.begin_episode("striatum") + ab.next_reward(through="striatum") + turn
    return ab.load("word", ab.arg("word")) + ab.load("first", "green") + ab.repeat(4, whole)


def ran(trials: int, noise: float = 0.0, *, record: str = "final", **options: Any) -> ab.Trace:
    network = gaters.built(discount=0.5, **options)
    args = {"word": ([*gaters.SYMBOLS] * 6)[:trials]}
    stimuli = {"striatum": REWARDS[:trials]}
    return ab.run(
        network, program(), args=args, stimuli=stimuli, noise=noise, key=gaters.keys(trials), record=record, throw=False
    )


@pytest.fixture(scope="module")
def batch() -> dict[float, ab.Trace]:
    return {noise: ran(17, noise, record="states" if noise == 0 else "final") for noise in (0.0, 0.01)}


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("trials", [1, 3])
def test_a_learner_of_its_own_does_what_it_would_do_alone(trials, noise, batch):
    some = ran(trials, noise)
    gaters.assert_same_states(some.state, gaters.first_trials(batch[noise].state, trials))
    np.testing.assert_array_equal(some.ticks, batch[noise].ticks[:trials])
    weights = np.asarray(gaters.policy_of(batch[noise].state).weights)
    # They are all different learners in the end.
    assert len(np.unique(weights.reshape(17, -1), axis=0)) == 17


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("last", ["outcome", "choice"])
def test_a_learner_that_ends_earlier_is_what_it_would_be_alone(noise, last):
    """Other trials go on; nothing of what it did last is forgotten, or told of later ticks."""
    network, trials = gaters.built(discount=0.5), 3
    turn = ab.choose("striatum", gates=RELAYS) + ab.reward(0.5)
    if last == "choice":
        # As `choose` begins where it is given programs.
        turn += Program((Choose("striatum", ("skip",), compete=False, greedy=False, relays=False),))
    different = ab.load("word", ab.arg("word")) + ab.when(ab.holds("word", "red"), ab.repeat(3, turn)) + turn
    told: dict[str, Any] = {"noise": noise, "record": "decoded", "throw": False}
    together = ab.run(network, different, args={"word": [*gaters.SYMBOLS]}, key=gaters.keys(trials), **told)
    assert len(set(together.ticks.tolist())) == 2
    for trial, symbol in enumerate(gaters.SYMBOLS):
        own_key = gaters.keys(trials)[trial : trial + 1]
        alone = ab.run(network, different, args={"word": symbol}, key=own_key, **told)
        of_trial = jax.tree.map(lambda leaf, trial=trial: leaf[trial : trial + 1], together.state)
        gaters.assert_same_states(alone.state, of_trial)
        for name in ("decided", "rewarded"):
            both = [getattr(trace.choices["striatum"], name) for trace in (alone, together)]
            ticks = int(alone.ticks[0])
            np.testing.assert_array_equal(both[0][:, 0], both[1][:ticks, trial])
            assert not both[1][ticks:, trial].any()


def test_what_was_recorded_of_choices_is_a_mapping():
    network, chooses = gaters.built(), ab.choose("striatum", gates=RELAYS)
    recorded, plain = (ab.run(network, chooses, key=gaters.keys(1), record=record) for record in ("decoded", "final"))
    assert next(iter(recorded.choices)) == "striatum"
    assert len(recorded.choices) == 1
    assert recorded.choices["striatum"].chosen.shape[1:] == (1, len(gaters.CHANNELS))
    shapes: Any = jax.tree.map(np.shape, recorded.choices)
    assert shapes["striatum"].dopamine == recorded.choices["striatum"].dopamine.shape
    assert not plain.choices
    assert plain.choices.get("striatum") is None
    assert "striatum" not in plain.choices
    assert plain.choices == {}


def test_each_reward_is_as_large_as_it_says_and_has_its_sign():
    rewards = [1.0, 0.5, 0.0, -0.25, -1.0]
    sums = [
        ab.run(gaters.built(conjunction=0), ab.reward(reward) * 2).state["striatum"].reward[0] for reward in rewards
    ]
    np.testing.assert_allclose(sums, 2 * np.array(rewards), atol=1e-6)


def test_one_key_is_a_key_for_each_trial(batch):
    network = gaters.built(discount=0.5)
    told = {"args": {"word": ([*gaters.SYMBOLS] * 6)[:17]}, "stimuli": {"striatum": REWARDS}}
    other = ab.run(network, program(), **told, key=jax.random.key(0), throw=False)
    gaters.assert_same_states(other.state, batch[0.0].state)


def test_trials_that_share_synapses_choose_as_alone_until_they_learn():
    network = gaters.built(shared=True)
    chooses = ab.load("word", "red") + ab.repeat(6, ab.choose("striatum", gates=RELAYS))
    chooses += ab.choose("striatum", one_of=gaters.CHANNELS[:2])
    weights = np.random.default_rng(0).integers(-(2**18), 2**18, gaters.policy_of(network.silent(1)).weights.shape)
    runs = [
        ab.run(network, chooses, gaters.with_policy(network.silent(trials), weights), key=gaters.keys(trials))
        for trials in (1, 5)
    ]
    alone, together = (run.state.areas[0] for run in runs)
    for name in ("chosen", "probability", "traces", "value"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(together, name)[:1])
    gaters.assert_same(alone.policy, together.policy)
    assert len(np.unique(np.asarray(together.traces).reshape(5, -1), axis=0)) > 1


def test_a_simulation_is_the_run_inside_and_outside_of_compiled_functions():
    trials = 3
    network = gaters.built(discount=0.5)
    compiled = program().compile(network)
    start = ab.show(network, network.silent(trials), {"striatum": REWARDS[:trials]})
    numbers = [[gaters.SYMBOLS.index(symbol if isinstance(symbol, str) else gaters.SYMBOLS[trial])
        for trial in range(trials)] for _, symbol in compiled.slots]  # fmt: skip

    def after(state: ab.State, keys: Any) -> ab.State:
        return ab.simulate(network, compiled, state, symbols=np.array(numbers, np.int32), keys=keys).state

    outside, inside = after(start, gaters.keys(trials)), eqx.filter_jit(after)(start, gaters.keys(trials))
    gaters.assert_same_states(outside, inside)
    expected = ran(trials).state
    gaters.assert_same(outside.activities, expected.activities)
    # The run takes the rewards away at the end, and with them how many were received.
    for state in (outside, inside):
        assert (np.asarray(state.areas[0].taken) == 16).all()
        gaters.assert_same_states(ab.show(network, state, {"striatum": np.zeros((trials, 0))}), expected)


def by_hand(trace: ab.Trace, start: ab.State, keys: Any, tick: Any, ticks: int) -> list[ab.State]:
    """Every tick's state; a trial that has ended stays as it was, so only runs that end in step are repeated."""
    network, gates, states = trace.network, trace.gates, []
    state = start
    for number in range(ticks):
        row = trace.rows[number]
        external = {name: np.zeros(state[name].shape, np.float32) for name in gaters.BUFFERS}
        for trial, at in enumerate(row):
            population, slot = trace.program.rows.present[at], trace.program.rows.slot[at]
            if population >= 0:
                name = network.wiring.populations[population].name
                symbol = trace.program.slots[slot][1]
                symbol = symbol if isinstance(symbol, str) else gaters.SYMBOLS[trial % 3]
                external[name][trial] = network.drive * (2.0 * network.codes(name)[network.vocabulary[symbol]] - 1)
        own = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, number)
        state = tick(network, state, jnp.asarray(gates[number]), external=external, key=own)
        states.append(state)
    return states


def test_ticks_by_hand_and_a_chain_of_steps_are_the_run(batch):
    trace = batch[0.0]
    network, ticks = trace.network, int(trace.ticks.min())
    start = ab.show(network, network.silent(17), {"striatum": REWARDS})
    stepped = by_hand(trace, start, gaters.keys(17), eqx.filter_jit(ab.step), ticks)
    for number in range(0, ticks, 7):
        for name in gaters.BUFFERS:
            np.testing.assert_array_equal(np.asarray(stepped[number][name]) > 0, trace.states[name][number])
        choices = trace.choices["striatum"]
        own = network.areas[0].observed(stepped[number].areas[0])
        for field in own._fields:
            np.testing.assert_array_equal(getattr(own, field), getattr(choices, field)[number])
    ticked = by_hand(trace, start, gaters.keys(17), ab.tick, 60)
    gaters.assert_same_states(ticked[-1], stepped[59])
