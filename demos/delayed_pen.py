"""A pen that is felt only some ticks after it was moved, for pen.py: how it moves, and what keeps it on a path."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind.learning import Foresight, ForwardModel, Situation

# Of a pen: how much of its last displacement goes on, the largest command, and what is random in a displacement.
INERTIA, LARGEST, TREMOR = 0.5, 1.5, 0.005
# Of what it learns by: the standard deviation of commands while it babbles, and the rate, which falls to 0.
BABBLE, RATE = 0.6, 1.0


class Gains(NamedTuple):
    """How a controller commands: by its distance from the target, and by how fast that moves."""

    distance: Float[Array, "*controllers"]
    velocity: Float[Array, "*controllers"]


def drawn_pen(rng: np.random.Generator) -> np.ndarray:
    """What each of two commands does to a pen, down and along; nobody tells the controllers."""
    return np.array([[1.0, 0.2], [-0.15, 0.9]]) * rng.uniform(0.8, 1.2)


def drawn_path(ticks: int, rng: np.random.Generator) -> np.ndarray:
    """A path to follow, of shape (ticks, 2): along each axis a sum of three slow waves."""
    time = np.arange(ticks)[:, None]
    period, phase = rng.uniform(40, 160, (2, 3)), rng.uniform(0, 2 * np.pi, (2, 3))
    return np.stack(
        [
            np.sum(rng.uniform(0.3, 1, 3) * np.sin(2 * np.pi * time / own + shift), axis=1)
            for own, shift in zip(period, phase, strict=True)
        ],
        axis=1,
    )


def displaced(pen: Float[Array, "2 2"], last: Float[Array, "2"], command: Float[Array, "2"]) -> Float[Array, "2"]:
    """By how much the pen moves at a tick, but for the hand's tremor."""
    return INERTIA * last + (1 - INERTIA) * command @ pen


def tremor(key: Key[Array, ""]) -> Float[Array, "2"]:
    """By how much the hand trembles at a tick."""
    return TREMOR * jax.random.normal(key, (2,), jnp.float32)


def situation(last: Float[Array, "2"], command: Float[Array, "2"]) -> Situation:
    """The last displacement, and how much of each command is given, one of them always."""
    return Situation(last[None], jnp.concatenate([jnp.ones(1), command])[None])


@partial(jax.jit, static_argnames="ticks")
def babbled(pen: Float[Array, "2 2"], ticks: int, key: Key[Array, ""]) -> Foresight:
    """What is learned by commands at random: how the pen moves next, from how it moved last and the command."""
    model = ForwardModel([1], rate=RATE, updates=ticks)

    def step(carry: tuple, key: Key[Array, ""]) -> tuple[tuple, None]:
        foresight, last, felt = carry
        command_key, tremor_key = jax.random.split(key)
        command = BABBLE * jax.random.normal(command_key, (2,), jnp.float32)
        follows = displaced(pen, last, command)
        felt_then = follows + tremor(tremor_key)
        given = situation(felt, command)
        after = given._replace(state=felt_then[None])
        return (model.learn(foresight, given, after, share=jnp.ones(1))[0], follows, felt_then), None

    start = model.init(units=2, commands=3), jnp.zeros(2), jnp.zeros(2)
    return jax.lax.scan(step, start, jax.random.split(key, ticks))[0][0]


@partial(jax.jit, static_argnames=("delay", "foresees"))
def followed(
    pen: Float[Array, "2 2"],
    foresight: Foresight,
    path: Float[Array, "ticks 2"],
    gains: Gains,
    key: Key[Array, ""],
    *,
    delay: int,
    foresees: bool,
) -> Float[Array, ""]:
    """The root mean square of the pen's distance from a path, after the first 100 ticks.

    Where the pen is felt is where it was `delay` ticks ago. One that foresees rolls its forward model on from there,
    over the commands that it has given since, and goes by the distance from the target of now. One that does not goes
    by the distance that there was then, from the target of then. Both are told how fast the target moves now.
    """
    model = ForwardModel([1])
    places = jnp.tile(path[0], (delay + 2, 1))
    commands = jnp.zeros((max(delay, 1), 2))
    # The target of some ticks ago is that of the beginning while there was none.
    before = jnp.concatenate([jnp.tile(path[:1], (delay, 1)), path[: len(path) - 1 - delay]])

    def step(carry: tuple, given: tuple) -> tuple[tuple, Float[Array, ""]]:
        places, commands, moving = carry
        target, upcoming, target_then, key = given
        felt, last = places[1], places[1] - places[0]
        if foresees:
            for number in range(delay):
                last = model.predict(foresight, situation(last, commands[len(commands) - delay + number]))[0, 0]
                felt = felt + last
            distance = upcoming - felt
        else:
            distance = target_then - felt
        command = jnp.clip(gains.distance * distance + gains.velocity * (upcoming - target), -LARGEST, LARGEST)
        moving = displaced(pen, moving, command)
        place = places[-1] + moving + tremor(key)
        places = jnp.concatenate([places[1:], place[None]])
        commands = jnp.concatenate([commands[1:], command[None]])
        return (places, commands, moving), jnp.sum(jnp.square(place - upcoming))

    keys = jax.random.split(key, len(path) - 1)
    _, apart = jax.lax.scan(step, (places, commands, jnp.zeros(2)), (path[:-1], path[1:], before, keys))
    return jnp.sqrt(jnp.mean(apart[100:]))
