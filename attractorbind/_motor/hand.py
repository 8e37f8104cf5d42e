"""The state of a hand: what it has learned, what it presses on the paper, and what it has drawn."""

from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.base import Shared
from attractorbind._motor.least_squares import Fitted


class Skill(NamedTuple):
    """What a hand has learned.

    - `inverse`: from what the eye makes of an image, and 1, to the pressures that draw it.
    - `imagery`: from what buffers hold to what the eye makes of an image of it.
    - `forward`: from pressures, and 1, to what the eye will make of what they draw.
    """

    inverse: Fitted
    imagery: Fitted
    forward: Fitted


class Hand(eqx.Module):
    """The state of a hand.

    **Attributes:**

    - `pressures`: of each dot of the pen, on the sheet that it draws on.
    - `past`: those of its last drawing ticks, the first of which it sees now.
    - `sheets`: the last of its drawings in this run.
    - `count`: how many drawings it has begun in this run; number n, from 0, is on sheet n modulo their number.
    - `when`: the tick of the run at which each sheet was drawn on last.
    - `clock`: how many ticks of the run there have been.
    - `learned`: shared by all trials: `inverse`, from what the eye makes of images to pressures, and `imagery`, from
        what buffers hold to what the eye makes of images; of each the `weights`, and how much is `unknown`.
    """

    pressures: Float[Array, "trials pixels"]
    past: Float[Array, "trials delay pixels"]
    sheets: Float[Array, "trials sheets pixels"]
    count: Int[Array, " trials"]
    when: Int[Array, "trials sheets"]
    clock: Int[Array, " trials"]
    learned: Shared


class Drawing(NamedTuple):
    """A drawing of a run.

    - `image`: the ink at each pixel, from 0 to 1.
    - `tick`: at which it was finished.
    """

    image: Float[np.ndarray, "height width"]
    tick: int


def at_rest(skill: Skill, trials: int, sheets: int, delay: int) -> Hand:
    """The state in which nothing has been drawn yet."""
    pixels = skill.inverse.weights.shape[1]
    none = jnp.zeros(trials, jnp.int32)
    return Hand(
        pressures=jnp.zeros((trials, pixels), jnp.float32),
        past=jnp.zeros((trials, delay, pixels), jnp.float32),
        sheets=jnp.zeros((trials, sheets, pixels), jnp.float32),
        count=none,
        when=jnp.zeros((trials, sheets), jnp.int32),
        clock=none,
        learned=Shared(skill),
    )


def passed(state: Hand) -> Float[Array, "trials delay pixels"]:
    """What is to be seen at the next ticks of drawing, after one more."""
    return jnp.concatenate([state.past, state.pressures[:, None]], axis=1)[:, 1:]


def noted(
    state: Hand,
    pressures: Float[Array, "trials pixels"],
    image: Float[Array, "trials pixels"],
    changed: Bool[Array, " trials"],
    new: Bool[Array, " trials"],
) -> Hand:
    """The state after some trials have drawn on their sheet, or on a new one."""
    count = state.count + new.astype(jnp.int32)
    trials, sheets = state.when.shape
    # Those that have not drawn write nowhere.
    sheet = jnp.where(changed, (count - 1) % sheets, sheets)
    rows = jnp.arange(trials, dtype=jnp.int32)
    return Hand(
        pressures=jnp.where(changed[:, None], pressures, state.pressures),
        past=state.past,
        sheets=state.sheets.at[rows, sheet].set(image, mode="drop"),
        count=count,
        when=state.when.at[rows, sheet].set(state.clock, mode="drop"),
        clock=state.clock,
        learned=state.learned,
    )


def drawings(state: Any, shape: tuple[int, int]) -> list[list[Drawing]]:
    """What each trial has drawn in this run, in order, as far as there were sheets for it."""
    sheets, when = np.asarray(state.sheets), np.asarray(state.when)
    room = sheets.shape[1]
    return [
        [
            Drawing(sheets[trial, number % room].reshape(shape), int(when[trial, number % room]))
            for number in range(max(0, count - room), count)
        ]
        for trial, count in enumerate(np.asarray(state.count).tolist())
    ]
