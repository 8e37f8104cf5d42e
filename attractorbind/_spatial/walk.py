"""Walks as those of a rat that forages in a box: random speeds and turns, and turns away from walls."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_count, check_memory, check_not_negative, check_positive, is_traced
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate, check_key_type
from attractorbind._spatial.box import Box, check_box, check_positions


class Walk(eqx.Module):
    """How a rat walks: speeds are drawn from a Rayleigh distribution, turns from a normal one.

    **Arguments:**

    - `speed`: the scale of the speeds, in m/s; their mean is sqrt(pi / 2) times as large.
    - `turning`: the standard deviation of the speed of turning, in radians a second.
    - `interval`: the length of a step, in seconds.
    - `border`: how near a wall counts as near, in metres.
    - `slowing`: the part of its speed that is left near a wall.

    **Raises:** `ArgumentError` for numbers out of range.

    **Reference:** Raudies & Hasselmo 2012, PLoS Computational Biology 8, e1002553; with the numbers of Sorscher and
    others 2019, NeurIPS 32.

    **Example:**

        >>> from attractorbind import spatial
        >>> spatial.Walk(speed=0.2).interval
        0.02
    """

    speed: Rate = 0.26 * np.pi
    turning: Rate = 11.52
    interval: Rate = 0.02
    border: Rate = 0.03
    slowing: Rate = 0.25

    def __check_init__(self) -> None:
        for name in ("speed", "turning", "interval", "border", "slowing"):
            value = getattr(self, name)
            if not is_traced(value):
                (check_positive if name == "interval" else check_not_negative)(name, value)


class Trajectories(eqx.Module):
    """Where animals were, step by step.

    **Arguments:**

    - `positions`: in metres from a corner of the box, of shape (number, steps + 1, 2).
    - `interval`: the length of a step, in seconds.
    - `box`: what they walked in.

    **Raises:** `ArgumentError` for positions outside of the box, or arrays of another shape.

    **Example:** a walk along a line.

        >>> from attractorbind import spatial
        >>> line = spatial.Trajectories([[[0.5, 0.25], [0.5, 0.5], [0.5, 1.0]]], interval=0.5)
        >>> line.velocities.tolist()
        [[[0.0, 0.5], [0.0, 1.0]]]
    """

    positions: Float[Array, "number places 2"]
    interval: Rate
    box: Box

    def __init__(self, positions: Any, interval: Rate = 0.02, box: Box | None = None) -> None:
        self.box = Box() if box is None else check_box(box)
        self.interval = interval if is_traced(interval) else check_positive("interval", interval)
        shape = "(number, steps + 1, 2)"
        self.positions = positions
        if not is_traced((positions, self.box)):
            checked = check_positions("positions", positions, self.box, shape)
            if checked.ndim != 3 or checked.shape[1] < 2:
                raise ArgumentError(f"positions have the shape {checked.shape}; give {shape}, with one step at least")
            self.positions = jnp.asarray(checked)

    @property
    def velocities(self) -> Float[Array, "number steps 2"]:
        """The displacement of each step over its interval, in m/s."""
        return self.box.apart(self.positions[:, 1:], self.positions[:, :-1]) / self.interval


def trajectories(
    number: int, steps: int, *, box: Box | None = None, walk: Walk | None = None, key: Key[Array, ""]
) -> Trajectories:
    r"""Random walks of rats in a box, a pure function of the key: the same within `jit` and `vmap`.

    Each starts anywhere, headed anywhere. In a step it goes $v\,\Delta t$ ahead, with $v$ from a Rayleigh distribution,
    and then turns by $\omega\,\Delta t$, with $\omega$ from a normal one. Where a wall is near and ahead, it slows down
    and turns by what is missing to walk along the wall besides. A step that would cross a wall ends there.

    **Arguments:**

    - `number`: how many walks.
    - `steps`: how many steps each has.
    - `box`: what they walk in; `Box()` if none is given.
    - `walk`: how they walk; `Walk()` if none is given.
    - `key`: a random key.

    **Returns:** `Trajectories`.

    **Raises:** `ArgumentError` for numbers below 1, more than memory can hold, a wrong key, and what is no box or walk.

    **Reference:** Raudies & Hasselmo 2012, PLoS Computational Biology 8, e1002553.

    **Example:**

        >>> import jax
        >>> from attractorbind import spatial
        >>> walks = spatial.trajectories(3, 100, key=jax.random.key(0))
        >>> walks.positions.shape, bool((walks.positions >= 0).all() and (walks.positions <= 2.2).all())
        ((3, 101, 2), True)
    """
    number, steps = check_count("number", number), check_count("steps", steps)
    check_memory(f"{number:,} walks of {steps:,} steps", 64 * number * steps, "draw fewer", ArgumentError)
    box = Box() if box is None else check_box(box)
    walk = Walk() if walk is None else check_walk(walk)
    check_key_type("key", key, ())
    return Trajectories(_walked(number, steps, box, walk, key), walk.interval, box)


def check_walk(walk: object) -> Walk:
    """The walk, or an error if it is something else."""
    if not isinstance(walk, Walk):
        raise ArgumentError(f"walk is {walk!r}; give spatial.Walk(speed=0.2), say")
    return walk


@eqx.filter_jit
def _walked(number: int, steps: int, box: Box, walk: Walk, key: Key[Array, ""]) -> Float[Array, "number places 2"]:
    starts, heads, speeds, turns = jax.random.split(key, 4)
    place = jax.random.uniform(starts, (number, 2), maxval=box.side)
    heading = jax.random.uniform(heads, (number,), maxval=2 * np.pi)
    speed = jax.random.rayleigh(speeds, walk.speed, (steps, number))
    turning = jnp.asarray(walk.turning) * jax.random.normal(turns, (steps, number))

    def step(
        now: tuple[Float[Array, "number 2"], Float[Array, " number"]],
        drawn: tuple[Float[Array, " number"], Float[Array, " number"]],
    ) -> tuple[tuple[Float[Array, "number 2"], Float[Array, " number"]], Float[Array, "number 2"]]:
        place, heading = now
        speed, turning = drawn
        turn = turning * walk.interval
        if not box.periodic:
            near, away = _away_from_walls(box, walk, place, heading)
            speed = jnp.where(near, walk.slowing * speed, speed)
            turn = jnp.where(near, turn + away, turn)
        ahead = jnp.stack([jnp.cos(heading), jnp.sin(heading)], axis=-1)
        place = place + (speed * walk.interval)[:, None] * ahead
        place = jnp.mod(place, box.side) if box.periodic else jnp.clip(place, 0.0, box.side)
        return (place, heading + turn), place

    _, places = jax.lax.scan(step, (place, heading), (speed, turning))
    return jnp.concatenate([place[None], places]).swapaxes(0, 1)


def _away_from_walls(
    box: Box, walk: Walk, place: Float[Array, "number 2"], heading: Float[Array, " number"]
) -> tuple[Array, Float[Array, " number"]]:
    """Whether the nearest wall is near and ahead, and the turn after which one walks along it."""
    # The walls at the end of the first axis, of the second, and at their beginnings: in the order of their directions.
    to_walls = jnp.concatenate([box.side - place, place], axis=-1)
    wall = to_walls.argmin(axis=-1)
    from_wall = jnp.mod(heading - wall * (np.pi / 2) + np.pi, 2 * np.pi) - np.pi
    near = (to_walls.min(axis=-1) < walk.border) & (jnp.abs(from_wall) < np.pi / 2)
    return near, jnp.where(from_wall < 0, -1.0, 1.0) * (np.pi / 2 - jnp.abs(from_wall))
