"""Optimisers: what becomes of the changes that a credit rule asks for. The work is done by optax."""

import abc
from typing import Any

import equinox as eqx

from attractorbind._checks import check_count, check_fraction, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate


class AbstractOptimiser(eqx.Module):
    """A description of an optimiser: numbers, which a file can hold, and the optax transformation that they make.

    A user's own subclasses this, and returns any optax transformation.
    """

    @abc.abstractmethod
    def transformation(self) -> Any:
        """The `optax.GradientTransformation`."""


class Adam(AbstractOptimiser):
    """Adam, with a rate that may fall to 0 along half a cosine.

    **Arguments:**

    - `rate`: the learning rate, at the beginning.
    - `updates`: after how many updates the rate is 0; None for a rate that stays.
    - `shrink`: the fraction of the weights that is taken off at every update, times the rate (AdamW).

    **Raises:** `ArgumentError` for numbers out of range, `ImportError` where optax is missing.

    **Reference:** Kingma & Ba 2015, ICLR; Loshchilov & Hutter 2017, ICLR, and 2019, ICLR.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Adam(updates=1320)
        Adam(updates=1320)
    """

    rate: float = 1e-3
    updates: int | None = eqx.field(static=True, default=None)
    shrink: float = 0.0

    def __check_init__(self) -> None:
        _check(self.rate, self.updates)
        check_fraction("shrink", self.shrink)

    def transformation(self) -> Any:
        """See `AbstractOptimiser.transformation`."""
        return _optax().adamw(_falling(self.rate, self.updates), weight_decay=self.shrink)


class Descent(AbstractOptimiser):
    """Stochastic gradient descent, perhaps with momentum, and with a rate that may fall to 0 along half a cosine.

    **Arguments:**

    - `rate`: the learning rate, at the beginning.
    - `updates`: after how many updates the rate is 0; None for a rate that stays.
    - `momentum`: the part of the last step that is taken again, from 0 to below 1.

    **Raises:** `ArgumentError` for numbers out of range, `ImportError` where optax is missing.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.learning.Descent(momentum=0.9)
        Descent(momentum=0.9)
    """

    rate: float = 0.1
    updates: int | None = eqx.field(static=True, default=None)
    momentum: float = 0.0

    def __check_init__(self) -> None:
        _check(self.rate, self.updates)
        if check_fraction("momentum", self.momentum) == 1:
            raise ArgumentError("momentum is 1; it must be below 1, or nothing ever comes to rest")

    def transformation(self) -> Any:
        """See `AbstractOptimiser.transformation`."""
        return _optax().sgd(_falling(self.rate, self.updates), momentum=self.momentum)


def _check(rate: float, updates: int | None) -> None:
    _optax()
    check_positive("rate", rate)
    if updates is not None:
        check_count("updates", updates)


def _falling(rate: Rate, updates: int | None) -> Any:
    return rate if updates is None else _optax().cosine_decay_schedule(rate, updates)


def _optax() -> Any:
    try:
        import optax
    except ImportError as error:
        raise ImportError("attractorbind.learning needs optax; pip install 'attractorbind[learn]'") from error
    return optax
