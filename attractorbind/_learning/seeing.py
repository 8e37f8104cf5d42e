"""What a hierarchy has seen and been taught, for each trial, and which of its outputs win."""

from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.base import Shared, Shown


class Past(NamedTuple):
    """What was seen before the last stimulus.

    - `stimulus`: the one before.
    - `begun`, `followed`: whether anything, and whether two stimuli, have been seen since the episode began.
    """

    stimulus: Float[Array, "trials inputs"]
    begun: Bool[Array, " trials"]
    followed: Bool[Array, " trials"]


class Seeing(eqx.Module):
    """The state of a hierarchy.

    **Attributes:**

    - `stimuli`: what is there to be seen by each trial, an array of shape (trials, stimuli, inputs).
    - `taken`: how many of its stimuli a trial has seen.
    - `stimulus`: the one that it saw last.
    - `evidence`: the sum of the outputs over the views that were added up.
    - `views`: how many they are; 0 where there was nothing to see.
    - `lesson`: the stimulus from which a trial last learned.
    - `taught`: what the buffer held then.
    - `output`: what the outputs were, before learning.
    - `learned`: the synapses, shared by all trials.
    - `past`: what was seen before the last stimulus; None where there are no costs that might look back.
    """

    stimuli: Shown
    taken: Int[Array, " trials"]
    stimulus: Float[Array, "trials inputs"]
    evidence: Float[Array, "trials outputs"]
    views: Float[Array, " trials"]
    lesson: Float[Array, "trials inputs"]
    taught: Float[Array, "trials outputs"]
    output: Float[Array, "trials outputs"]
    learned: Shared
    past: Past | None = None


def shares(learning: Bool[Array, " trials"]) -> Float[Array, " trials"]:
    """The part that each trial has in an update: the same for all that learn."""
    taking_part = learning.astype(jnp.float32)
    return taking_part / jnp.maximum(jnp.sum(taking_part), jnp.float32(1))


def seen(state: Seeing, looking: Bool[Array, " trials"], adds: Bool[Array, " trials"]) -> Seeing:
    """The state after the trials that look have taken their next stimulus."""
    stimuli = state.stimuli.value
    trials, count, _ = stimuli.shape
    there = looking & (state.taken < count)
    upcoming = (
        stimuli[jnp.arange(trials, dtype=jnp.int32), jnp.minimum(state.taken, count - 1)] if count else state.stimulus
    )
    stimulus = jnp.where(there[:, None], upcoming, state.stimulus)
    outputs = jnp.where(there[:, None], state.learned.value.layers.forward(stimulus).rates[-1], 0.0)
    # Where there is nothing more to see, nothing is seen, unless it would only have been added.
    evidence = jnp.where(adds[:, None], state.evidence, 0.0) + outputs
    views = jnp.where(adds, state.views, 0.0) + there.astype(jnp.float32)
    past = None if state.past is None else _passed(state.past, state.stimulus, there)
    return eqx.tree_at(
        lambda seeing: (seeing.taken, seeing.stimulus, seeing.evidence, seeing.views, seeing.past),
        state,
        (
            state.taken + there.astype(jnp.int32),
            stimulus,
            jnp.where(looking[:, None], evidence, state.evidence),
            jnp.where(looking, views, state.views),
            past,
        ),
        is_leaf=lambda part: part is None,
    )


def _passed(past: Past, last: Float[Array, "trials inputs"], there: Bool[Array, " trials"]) -> Past:
    """What was seen before, in the trials that now see something new, is what was seen last."""
    return Past(
        stimulus=jnp.where(there[:, None], last, past.stimulus),
        begun=past.begun | there,
        followed=jnp.where(there, past.begun, past.followed),
    )


def begun(past: Past, beginning: Bool[Array, " trials"]) -> Past:
    """Nothing was seen before an episode that begins."""
    return past._replace(begun=past.begun & ~beginning, followed=past.followed & ~beginning)


def winners(state: Seeing) -> Float[Array, "trials outputs"]:
    """1 for the outputs that win, -1 for the others; where nothing was seen or taught, no output wins."""
    active = jnp.round(state.learned.value.active).astype(jnp.int32)
    # The bits of a number, read as a whole number, have the order of the numbers once those of negative ones are turned
    # round. So the largest output that does not win is found bit by bit: on processors much faster than sorting.
    bits = jax.lax.bitcast_convert_type(state.evidence, jnp.int32)
    strength = jnp.where(bits < 0, bits ^ jnp.int32(2**31 - 1), bits)

    def halve(_: Array, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        too_many = jnp.sum(strength > middle[:, None], axis=1) > active
        return jnp.where(too_many, middle, low), jnp.where(too_many, high, middle)

    ends = jnp.min(strength, axis=1) - 1, jnp.max(strength, axis=1)
    _, bar = jax.lax.fori_loop(0, 32, halve, ends)
    wins = (strength > bar[:, None]) & (state.views > 0)[:, None]
    return jnp.where(wins, jnp.float32(1), jnp.float32(-1))
