"""A forward model: discounted sums of the future, bilinear in state and command, learned by a local delta rule."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from attractorbind._checks import check_count, check_positive, entries
from attractorbind._errors import ArgumentError


class Situation(NamedTuple):
    """What there is, and what is commanded.

    - `state`: what is there, and is predicted.
    - `command`: how much of each command is given; of one map per command, 1 for the one and 0 for the others.
    """

    state: Float[Array, "trials units"]
    command: Float[Array, "trials commands"]


class Foresight(eqx.Module):
    """What a forward model has learned.

    **Attributes:**

    - `weights`: of each time scale and command a map from the units, and a constant 1, to the units.
    - `updates`: how many there have been.
    """

    weights: Float[Array, "scales commands inputs units"]
    updates: Int[Array, ""]


class ForwardModel(eqx.Module):
    r"""Predicts what is to come at several time scales, from what is there and from a copy of what is commanded.

    With x what is there, and 1, and c the command, $V_\tau(x, c) = \sum_k c_k x W_{\tau k}$: one map per command. What
    a time scale of $\tau$ steps predicts is the discounted mean of what follows,
    $(1 - \gamma) \sum_{n \ge 0} \gamma^n x_{t+1+n}$ with $\gamma = 1 - 1/\tau$: of $\tau = 1$, the next state. It
    learns by temporal differences, which for $\tau = 1$ are the delta rule, normalised by the size of what it reads:

    $\delta_\tau = (1 - \gamma) x_{t+1} + \gamma V_\tau(x_{t+1}, c_{t+1}) - V_\tau(x_t, c_t), \quad
    \Delta W_{\tau k} = \eta \frac{c_k x^T \delta_\tau}{1 + |c|^2 |x|^2}$.

    **Locality.** A synapse must know the rate below it, the command, and the error of the cell above.

    **Arguments:**

    - `timescales`: $\tau$, in steps, each 1 or more.
    - `rate`: $\eta$, above 0 and below 2.
    - `updates`: after how many updates the rate has fallen to 0, evenly; None for a rate that stays.

    **Raises:** `ArgumentError` for time scales below 1, and for rates out of range.

    **Reference:** B. Widrow & M. E. Hoff 1960, IRE WESCON; R. S. Sutton 1988, Mach. Learn. 3:9; R. S. Sutton et al.
    2011, AAMAS, many predictions at many time scales; D. M. Wolpert, R. C. Miall & M. Kawato 1998, Trends Cogn. Sci.
    2:338, the cerebellum.

    **Example:** a light that goes round three places, one way by the first command, the other way by the second.

        >>> import attractorbind as ab, jax.numpy as jnp
        >>> model, light, way = ab.learning.ForwardModel(timescales=[1]), jnp.eye(3), jnp.eye(2)
        >>> place = jnp.concatenate([light, light])
        >>> command = jnp.repeat(way, 3, axis=0)
        >>> follows = jnp.concatenate([jnp.roll(light, 1, axis=1), jnp.roll(light, -1, axis=1)])
        >>> before, after = ab.learning.Situation(place, command), ab.learning.Situation(follows, command)
        >>> foresight = model.init(units=3, commands=2)
        >>> for _ in range(200):
        ...     foresight, error = model.learn(foresight, before, after, share=jnp.full(6, 1 / 6))
        >>> bool(abs(model.predict(foresight, before)[:, 0] - follows).max() < 0.01)
        True
    """

    timescales: tuple[float, ...]
    rate: float
    updates: int | None = eqx.field(static=True)

    def __init__(
        self, timescales: Sequence[float | int] = (1.0,), *, rate: float = 0.5, updates: int | None = None
    ) -> None:
        self.timescales = check_timescales("timescales", timescales)
        self.rate = rate
        self.updates = updates

    def __check_init__(self) -> None:
        # Of models out of files, for which __init__ is not called.
        check_timescales("timescales", self.timescales)
        if check_positive("rate", self.rate) >= 2:
            raise ArgumentError(f"rate is {self.rate}; it must be below 2, or every step goes further than its error")
        if self.updates is not None:
            check_count("updates", self.updates)

    def init(self, *, units: int, commands: int) -> Foresight:
        """What it has learned at first, nothing: all predictions are 0.

        **Arguments:**

        - `units`: of the state.
        - `commands`: how many there are.
        """
        shape = (
            len(self.timescales),
            check_count("commands", commands),
            check_count("units", units) + 1,
            units,
        )
        return Foresight(jnp.zeros(shape, jnp.float32), jnp.int32(0))

    def predict(self, foresight: Foresight, situation: Situation) -> Float[Array, "trials scales units"]:
        """The discounted mean of the states that follow, of each time scale."""
        return jnp.einsum("tci,scio->tso", conjoined(situation), foresight.weights)

    def errors(self, foresight: Foresight, before: Situation, after: Situation) -> Float[Array, "trials scales units"]:
        """By how much what came, and what now is foreseen, differ from what was predicted a step before."""
        discount = 1 - 1 / jnp.asarray(self.timescales, jnp.float32)[None, :, None]
        upcoming = (1 - discount) * after.state[:, None, :] + discount * self.predict(foresight, after)
        return upcoming - self.predict(foresight, before)

    def learn(
        self, foresight: Foresight, before: Situation, after: Situation, *, share: Float[Array, " trials"]
    ) -> tuple[Foresight, Float[Array, "trials scales units"]]:
        """What is learned by a step, and the errors before it.

        **Arguments:**

        - `before`, `after`: what was there and was commanded, and what came of it.
        - `share`: the part that each trial has in the update: 0 for none; the mean of those that have is learned.
        """
        errors, read = self.errors(foresight, before, after), conjoined(before)
        size = 1 + jnp.sum(jnp.square(read), axis=(1, 2))
        rate = jnp.float32(self.rate)
        if self.updates is not None:
            rate = rate * jnp.maximum(1 - foresight.updates.astype(jnp.float32) / self.updates, 0)
        change = jnp.einsum("tci,tso->scio", (rate * share / size)[:, None, None] * read, errors)
        return Foresight(foresight.weights + change, foresight.updates + jnp.int32(1)), errors


def conjoined(situation: Situation) -> Float[Array, "trials commands inputs"]:
    """The products of what is commanded with what is there, and with 1."""
    state, command = situation
    constant = jnp.ones((len(state), 1), state.dtype)
    return command[:, :, None] * jnp.concatenate([state, constant], axis=1)[:, None, :]


def check_timescales(told: str, timescales: Any) -> tuple[float, ...]:
    """The time scales as numbers, or an error unless each is 1 or more, and finite."""
    given = entries(timescales)
    if not given:
        raise ArgumentError(f"{told} is {timescales!r}; give a list of numbers of steps, [1, 10, 100], say")
    for value in given:
        if check_positive(f"each of {told}", value) < 1:
            raise ArgumentError(f"{told} has {value!r}; no time scale is below 1, that of the next step")
    if len(set(given)) < len(given):
        raise ArgumentError(f"{told} is {timescales!r}; name each time scale once")
    return tuple(float(np.asarray(value)) for value in given)
