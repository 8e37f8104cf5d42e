"""How basal ganglia learn: traces of what was chosen, dopamine, and what it changes."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int8, Int32

from attractorbind._basal_ganglia.policy import GRAIN, Policy, fine, length_of

# The weight of the last outcome in the running share of errors, which so tells of about the last 50.
_RECENT = 0.02


class Rates(NamedTuple):
    """How fast things are learned; see `BasalGanglia`."""

    rate: Float[Array, ""] | float
    critic: Float[Array, ""] | float
    forget: Float[Array, ""] | float


class Lesson(NamedTuple):
    """What an outcome teaches one trial.

    - `dopamine`: by how much it is better than expected.
    - `wrong`: whether it earned less than a full reward, so that something is forgotten.
    - `features`: what was read, for the critic.
    - `traces`: of the channels that are credited; 0 for the others.
    """

    dopamine: Float[Array, ""]
    wrong: Bool[Array, ""]
    features: Int8[Array, " features"]
    traces: Float[Array, "channels features"]


class Change(NamedTuple):
    """What a lesson asks for: what is added to the policy, and the part of each weight that is forgotten."""

    weights: Float[Array, "channels features"]
    critic: Float[Array, " features"]
    forgotten: Float[Array, "channels features"]


def traced(
    traces: Float[Array, "channels features"],
    features: Int8[Array, " features"],
    surprise: Float[Array, " channels"],
    overwritten: Bool[Array, " channels"],
    decay: Float[Array, ""] | float,
) -> Float[Array, "channels features"]:
    r"""Traces after a choice: $E_k \leftarrow \lambda E_k + (g_k - p_k) \varphi$, from 0 where the channel opened.

    **Arguments:**

    - `surprise`: $g_k - p_k$; 0 for channels that were no candidates.
    - `overwritten`: the channels whose gate opened: what was written there before is gone, and its trace with it.
    - `decay`: lambda.
    """
    unit = features.astype(jnp.float32) / length_of(features)
    kept = jnp.where(overwritten, 0.0, jnp.asarray(decay, jnp.float32))
    return fine(kept[:, None] * traces) + fine(surprise[:, None] * unit[None, :])


def change(lesson: Lesson, rates: Rates) -> Change:
    r"""$\Delta W_k = \eta \delta E_k$, $\Delta V = \eta_V \delta \varphi$; on error, weights with a trace fade."""
    unit = lesson.features.astype(jnp.float32) / length_of(lesson.features)
    fading = jnp.where(lesson.wrong, jnp.asarray(rates.forget, jnp.float32), 0.0)
    return Change(
        weights=_finite(jnp.asarray(rates.rate, jnp.float32) * lesson.dopamine) * lesson.traces,
        critic=_finite(jnp.asarray(rates.critic, jnp.float32) * lesson.dopamine) * unit,
        forgotten=fading * (lesson.traces != 0).astype(jnp.float32),
    )


def changed(policy: Policy, change: Change) -> Policy:
    """The policy after a change."""
    # Added in whole grains, so that what is far larger than a change does not swallow it.
    weights = policy.weights + _grains(change.weights)
    faded = weights - jnp.round(weights.astype(jnp.float32) * change.forgotten).astype(jnp.int32)
    return Policy(_bounded(faded), _bounded(policy.critic + _grains(change.critic)), policy.errors)


def recounted(errors: Float[Array, ""], share: Float[Array, ""]) -> Float[Array, ""]:
    """The running share of errors after one more outcome, or after several of which this share was an error."""
    return errors + fine(jnp.float32(_RECENT) * (share - errors))


def _finite(step: Float[Array, ""]) -> Float[Array, ""]:
    """A step that is far too large all the same, but of which nothing is no step, and of which a sum is a number."""
    return jnp.clip(step, -1e30, 1e30)


def _grains(amount: Float[Array, "*shape"]) -> Int32[Array, "*shape"]:
    most = _most(amount.shape[-1])
    # Clipped as floating-point numbers: what is too large has no whole number of 32 bits.
    return jnp.round(jnp.clip(amount / jnp.float32(GRAIN), -most, most)).astype(jnp.int32)


def _bounded(weights: Int32[Array, "*shape"]) -> Int32[Array, "*shape"]:
    most = _most(weights.shape[-1])
    return jnp.clip(weights, -most, most)


def _most(features: int) -> int:
    """The most grains that a synapse may have: so few that the sum over all features never overflows.

    Half of what would fit, so that a change can be added before the sum is bounded again.
    """
    return (2**31 - 1) // (2 * features) if features > 1 else 2**29
