"""The state of basal ganglia, and what a choice and an outcome make of it."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, Int8, Key

from attractorbind._area.base import Shared, Shown
from attractorbind._basal_ganglia.plasticity import Change, Lesson, Rates, change, changed, recounted, traced
from attractorbind._basal_ganglia.policy import Decision, chosen, probabilities, value
from attractorbind._each import turns


class Striatum(eqx.Module):
    """What basal ganglia have learned, and what they are doing in each trial.

    **Attributes:**

    - `policy`: the synapses; `Shared` by all trials, or of each trial.
    - `traces`: of the choices that an outcome may credit.
    - `offered`: channels that are offered for the next choice that names none itself.
    - `chosen`: channels that opened at the last choice.
    - `probability`: of each channel at the last choice; 0 for those that were no candidates.
    - `value`: the reward that the critic expects in the state read last.
    - `dopamine`: of the last outcome, or of the choice after it.
    - `decided`, `rewarded`: whether there was a choice, or an outcome, at the trial's last tick.
    - `outcomes`, `reward`: how many outcomes there have been, and the sum of what they earned.
    - `features`, `credited`, `awaiting`: what was read at the last outcome, the channels that were credited with it,
        and whether its value still lacks that of what follows.
    - `rewards`, `taken`: the rewards given to the run, and how many of them have been received.
    """

    policy: Any  # a Policy with an axis of trials, or Shared(Policy)
    traces: Float[Array, "trials channels features"]
    offered: Bool[Array, "trials channels"]
    chosen: Bool[Array, "trials channels"]
    probability: Float[Array, "trials channels"]
    value: Float[Array, " trials"]
    dopamine: Float[Array, " trials"]
    decided: Bool[Array, " trials"]
    rewarded: Bool[Array, " trials"]
    outcomes: Int[Array, " trials"]
    reward: Float[Array, " trials"]
    features: Int8[Array, "trials features"]
    credited: Bool[Array, "trials channels"]
    awaiting: Bool[Array, " trials"]
    rewards: Shown
    taken: Int[Array, " trials"]


class Asked(NamedTuple):
    """What trials are asked to choose: `asking` says which trials are; the rest is as in `Decision`, of each trial."""

    asking: Bool[Array, " trials"]
    candidates: Bool[Array, "trials channels"]
    compete: Bool[Array, " trials"]
    sample: Bool[Array, " trials"]


class Outcome(NamedTuple):
    """What trials earn: which of them have an outcome, what it earns, and the channels that are credited with it."""

    earning: Bool[Array, " trials"]
    reward: Float[Array, " trials"]
    credited: Bool[Array, "trials channels"]


class Settings(NamedTuple):
    """How choices are made and learned from; see `BasalGanglia`."""

    rates: Rates
    trace: Float[Array, ""] | float
    discount: Float[Array, ""] | float
    explore: Float[Array, ""] | float
    restart: bool


def resting(policy: Any, trials: int, channels: int, features: int) -> Striatum:
    """Basal ganglia that have chosen nothing yet."""
    nothing, none = jnp.zeros(trials, bool), jnp.zeros((trials, channels), bool)
    zero = jnp.zeros(trials, jnp.float32)
    return Striatum(
        policy=policy,
        traces=jnp.zeros((trials, channels, features), jnp.float32),
        offered=none,
        chosen=none,
        probability=jnp.zeros((trials, channels), jnp.float32),
        value=zero,
        dopamine=zero,
        decided=nothing,
        rewarded=nothing,
        outcomes=jnp.zeros(trials, jnp.int32),
        reward=zero,
        features=jnp.zeros((trials, features), jnp.int8),
        credited=none,
        awaiting=nothing,
        rewards=Shown(jnp.zeros((trials, 0, 1), jnp.float32)),
        taken=jnp.zeros(trials, jnp.int32),
    )


def after_outcome(
    settings: Settings, state: Striatum, features: Int8[Array, "trials features"], outcome: Outcome
) -> Striatum:
    """The state after outcomes: dopamine is what they earn beyond what the critic expected, and all learn from it."""
    earning = outcome.earning
    expected = _each_trial(value, state.policy)(features)
    dopamine = jnp.where(earning, outcome.reward - expected, 0.0)
    credited = jnp.where(outcome.credited[:, :, None], state.traces, 0.0)
    lesson = Lesson(dopamine, earning & (outcome.reward < 1), features, credited)
    return eqx.tree_at(
        lambda own: (
            *(own.policy, own.value, own.dopamine, own.rewarded, own.outcomes),
            *(own.reward, own.features, own.credited, own.awaiting),
        ),
        state,
        (
            _counted(_taught(settings, state.policy, lesson, earning), lesson.wrong, earning),
            jnp.where(earning, expected, state.value),
            jnp.where(earning, dopamine, state.dopamine),
            state.rewarded | earning,
            state.outcomes + earning.astype(jnp.int32),
            state.reward + jnp.where(earning, outcome.reward, 0.0),
            jnp.where(earning[:, None], features, state.features),
            jnp.where(earning[:, None], outcome.credited, state.credited),
            state.awaiting | earning,
        ),
    )


def after_choice(
    settings: Settings,
    state: Striatum,
    features: Int8[Array, "trials features"],
    asked: Asked,
    keys: Key[Array, " trials"],
) -> Striatum:
    """The state after choices; where an outcome came before, the state that it has led to is learned from first."""
    asking = asked.asking
    expected = _each_trial(value, state.policy)(features)
    # With the dopamine of the outcome this is the error of temporal differences, r + gamma V(s') - V(s).
    awaited = asking & state.awaiting & (jnp.asarray(settings.discount, jnp.float32) > 0)
    dopamine = jnp.where(awaited, jnp.asarray(settings.discount, jnp.float32) * expected, 0.0)
    credited = jnp.where(state.credited[:, :, None], state.traces, 0.0)
    lesson = Lesson(dopamine, jnp.zeros_like(awaited), state.features, credited)
    policy = turns(
        jnp.any(awaited),
        lambda own, told, learning: _taught(settings, own, told, learning),
        state.policy,
        lesson,
        awaited,
    )
    errors = policy.value.errors if isinstance(policy, Shared) else policy.errors
    explore = jnp.clip(jnp.asarray(settings.explore, jnp.float32) * errors, 0.0, 1.0) * jnp.ones_like(expected)
    decision = Decision(asked.candidates, asked.compete, asked.sample, jnp.where(asked.sample, explore, 0.0))
    probability = _each_trial(probabilities, policy)(features, decision)
    opened = jax.vmap(chosen)(probability, decision, keys)
    surprise = jnp.where(asked.candidates, opened.astype(jnp.float32) - probability, 0.0)
    overwritten = opened & settings.restart
    traces = jax.vmap(traced, in_axes=(0, 0, 0, 0, None))(state.traces, features, surprise, overwritten, settings.trace)
    of_trial = asking[:, None]
    return eqx.tree_at(
        lambda own: (
            *(own.policy, own.traces, own.offered, own.chosen, own.probability),
            *(own.value, own.dopamine, own.decided, own.awaiting),
        ),
        state,
        (
            policy,
            jnp.where(of_trial[:, :, None], traces, state.traces),
            state.offered & ~of_trial,
            jnp.where(of_trial, opened, state.chosen),
            jnp.where(of_trial, probability, state.probability),
            jnp.where(asking, expected, state.value),
            jnp.where(awaited, dopamine, state.dopamine),
            state.decided | asking,
            state.awaiting & ~asking,
        ),
    )


def begun(state: Striatum, beginning: Bool[Array, " trials"]) -> Striatum:
    """The state at the beginning of an episode: what was chosen before is credited with nothing that is to come."""
    return eqx.tree_at(
        lambda own: (own.traces, own.offered, own.awaiting),
        state,
        (
            jnp.where(beginning[:, None, None], 0.0, state.traces),
            state.offered & ~beginning[:, None],
            state.awaiting & ~beginning,
        ),
    )


def _each_trial(function: Any, policy: Any) -> Any:
    """A function of a policy and of what belongs to one trial, for all trials."""

    def of_trials(*of_each: Any) -> Any:
        if isinstance(policy, Shared):
            return jax.vmap(lambda *own: function(policy.value, *own))(*of_each)
        return jax.vmap(function)(policy, *of_each)

    return of_trials


def _taught(settings: Settings, policy: Any, lesson: Lesson, learning: Bool[Array, " trials"]) -> Any:
    """The policy after a lesson: of each trial its own, or of all trials together the mean of what they ask for."""
    changes = jax.vmap(lambda own: change(own, settings.rates))(lesson)
    own = jax.tree.map(lambda asked: jnp.where(learning.reshape(-1, *[1] * (asked.ndim - 1)), asked, 0.0), changes)
    if not isinstance(policy, Shared):
        return jax.vmap(changed)(policy, own)
    share = 1 / jnp.maximum(jnp.sum(learning.astype(jnp.float32)), 1.0)
    return Shared(changed(policy.value, Change(*(jnp.sum(asked, axis=0) * share for asked in own))))


def _counted(policy: Any, wrong: Bool[Array, " trials"], earning: Bool[Array, " trials"]) -> Any:
    """The policy with the errors among these outcomes counted: of each trial its own, or of all trials together."""
    if not isinstance(policy, Shared):
        errors = jnp.where(earning, jax.vmap(recounted)(policy.errors, wrong.astype(jnp.float32)), policy.errors)
        return policy._replace(errors=errors)
    own, outcomes = policy.value, jnp.sum(earning.astype(jnp.float32))
    share = jnp.sum((wrong & earning).astype(jnp.float32)) / jnp.maximum(outcomes, 1.0)
    return Shared(own._replace(errors=jnp.where(outcomes > 0, recounted(own.errors, share), own.errors)))
