"""Small networks with basal ganglia, and what tests of them share."""

from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

import attractorbind as ab
from attractorbind import gating

SYMBOLS = ("red", "green", "blue")
BUFFERS = ("word", "first", "second")
CHANNELS = ("word->first", "word->second", "skip")
UNITS = 64


@cache
def built(
    *,
    shared: bool = False,
    rate: float = 1.5,
    trace: float = 0.75,
    forget: float = 0.0625,
    explore: float = 0.25,
    critic: float = 0.125,
    discount: float = 0.0,
    conjunction: int = 21,
    relay: str = "direct",
    latch: str = "recurrence",
    name: str = "striatum",
    channels: tuple[str, ...] = CHANNELS,
) -> ab.Network:
    """A network whose basal ganglia read a word and, unless there are no units for it, what the first slot holds."""
    joint = [gating.Conjunction("word", "first", units=conjunction)] if conjunction else []
    area = gating.BasalGanglia(
        name,
        reads=["word", *joint],
        gates=channels,
        rate=rate,
        trace=trace,
        forget=forget,
        explore=explore,
        critic=gating.Critic(rate=critic, discount=discount),
        shared=shared,
    )
    return ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers=dict.fromkeys(BUFFERS, UNITS),
        relays=[("word", "first"), ("word", "second"), ("first", "word"), ("second", "word"), ("second", "first")],
        areas=[area],
        activity=0.125,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
        relay=relay,
        latch=latch,
    )


def area_of(network: ab.Network) -> gating.BasalGanglia:
    (area,) = network.areas
    assert isinstance(area, gating.BasalGanglia)
    return area


def policy_of(state: ab.State) -> gating.Policy:
    (striatum,) = state.areas
    return getattr(striatum.policy, "value", striatum.policy)


def with_policy(state: ab.State, weights: Any, critic: Any = None) -> ab.State:
    """The state with these weights, in grains; of all trials, or of each."""
    old = policy_of(state)
    new = gating.Policy(
        jnp.broadcast_to(jnp.asarray(weights, jnp.int32), old.weights.shape),
        old.critic if critic is None else jnp.broadcast_to(jnp.asarray(critic, jnp.int32), old.critic.shape),
        old.errors,
    )
    return eqx.tree_at(lambda own: getattr(own.areas[0].policy, "value", own.areas[0].policy), state, new)


def keys(trials: int, seed: int = 0) -> Any:
    """A key for each trial, the same for the first trials of a larger batch."""
    return jax.vmap(jax.random.fold_in, in_axes=(None, 0))(jax.random.key(seed), jnp.arange(trials))


def assert_same(one: Any, other: Any) -> None:
    """Bit for bit."""
    leaves, others = jax.tree.leaves(one), jax.tree.leaves(other)
    assert len(leaves) == len(others)
    for a, b in zip(leaves, others, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))


def assert_same_states(one: ab.State, other: ab.State) -> None:
    assert_same((one.activities, one.areas), (other.activities, other.areas))


def first_trials(state: ab.State, trials: int) -> ab.State:
    """The first trials of a state, whose learners are all trials' own."""
    assert not hasattr(state.areas[0].policy, "value")
    return jax.tree.map(lambda leaf: leaf[:trials], state)
