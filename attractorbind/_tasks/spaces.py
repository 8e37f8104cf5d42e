"""Spaces of gymnasium as channels: one for each number that is observed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from attractorbind._errors import ArgumentError


@dataclass(frozen=True)
class Channel:
    """One number that is observed.

    - `name`: the channel's name.
    - `least`: the least value, or where a Box begins.
    - `most`: the greatest value, or where a Box ends.
    - `whole`: whether its values are whole numbers, and not those of a Box.
    """

    name: str
    least: float
    most: float
    whole: bool


def gymnasium_spaces() -> Any:
    """The module `gymnasium.spaces`, or an error that tells how to install it."""
    try:
        from gymnasium import spaces
    except ImportError as error:
        raise ImportError("Symbols needs gymnasium; pip install 'attractorbind[gym]'") from error
    return spaces


def channels_of(name: str, space: Any) -> list[Channel]:
    """The channels of a space, in the order in which `Quantised` takes values from its observations.

    **Arguments:**

    - `name`: what the channels' names begin with.
    """
    spaces = gymnasium_spaces()
    if isinstance(space, spaces.Discrete):
        return [Channel(name, float(space.start), float(space.start + space.n - 1), True)]
    if isinstance(space, spaces.MultiDiscrete):
        least = space.start.ravel()
        limits = zip(least, least + space.nvec.ravel() - 1, strict=True)
        return [Channel(f"{name}.{axis}", float(low), float(high), True) for axis, (low, high) in enumerate(limits)]
    if isinstance(space, spaces.Box):
        limits = zip(space.low.ravel(), space.high.ravel(), strict=True)
        return [Channel(f"{name}.{axis}", float(low), float(high), False) for axis, (low, high) in enumerate(limits)]
    if isinstance(space, spaces.Tuple | spaces.Dict):
        parts = space.items() if isinstance(space, spaces.Dict) else enumerate(space)
        return [channel for part, inner in parts for channel in channels_of(f"{name}.{part}", inner)]
    raise ArgumentError(
        f"{name} is of the space {space}; give an environment with Discrete, MultiDiscrete or Box observations, or a "
        "Tuple or Dict of these"
    )


class Quantised:
    """Observations as whole numbers from 0, one for each channel.

    **Arguments:**

    - `space`: the space of the observations; its numbers are channels, whose names begin with "seen".
    - `bins`: into how many equal parts the values of a Box are divided.
    - `low`, `high`: see `Symbols`.
    """

    def __init__(self, space: Any, bins: int, low: Any, high: Any) -> None:
        channels = channels_of("seen", space)
        self._space = space
        self.channels = tuple(channel.name for channel in channels)
        self._bins = bins
        self._whole = np.array([channel.whole for channel in channels], bool)
        self._low = np.array([channel.least for channel in channels])
        self._high = np.array([channel.most for channel in channels])
        for argument, limits, given in (("low", self._low, low), ("high", self._high, high)):
            if given is not None:
                limits[~self._whole] = _check_limits(argument, given, int((~self._whole).sum()))
        if not np.isfinite([self._low, self._high]).all():
            name = self.channels[int(np.argmin(np.isfinite(self._low) & np.isfinite(self._high)))]
            raise ArgumentError(f"{name} has no finite limits; give low= and high=")
        wrong = ~self._whole & (self._low >= self._high)
        if wrong.any():
            name, low, high = (column[int(np.argmax(wrong))] for column in (self.channels, self._low, self._high))
            raise ArgumentError(f"{name} is from {low:g} to {high:g}; give a low= below high=")

    def names(self) -> list[list[str]]:
        """The symbols of each channel, in the order of its values."""
        return [
            [f"{name}={value}" for value in (range(int(low), int(high) + 1) if whole else range(self._bins))]
            for name, low, high, whole in zip(self.channels, self._low, self._high, self._whole, strict=True)
        ]

    def values(self, observation: Any) -> Int[np.ndarray, " channels"]:
        """What is observed, as whole numbers from 0."""
        try:
            numbers = np.array(list(_numbers(self._space, observation)), float)
        except (LookupError, TypeError, ValueError):
            numbers = np.zeros(0)
        if numbers.shape != self._low.shape or not self._fit(numbers):
            raise ArgumentError(
                f"{observation!r} was observed, not the {len(self._low)} numbers of the environment's space; let the "
                "environment pass gymnasium's check_env"
            )
        from_low = numbers - self._low
        with np.errstate(invalid="ignore"):
            parts = np.floor(from_low / np.where(self._whole, 1, self._high - self._low) * self._bins)
        return np.where(self._whole, from_low, np.clip(parts, 0, self._bins - 1)).astype(int)

    def _fit(self, numbers: Float[np.ndarray, " channels"]) -> bool:
        """Whether whole numbers are within their limits; those of a Box need not be."""
        within = (self._low <= numbers) & (numbers <= self._high)
        return bool(np.where(self._whole, within, ~np.isnan(numbers)).all())


def _numbers(space: Any, observation: Any) -> Iterator[float]:
    """The numbers of an observation, in the order of the space: the parts of a dictionary may come in any other."""
    spaces = gymnasium_spaces()
    if isinstance(space, spaces.Dict):
        for part, inner in space.items():
            yield from _numbers(inner, observation[part])
    elif isinstance(space, spaces.Tuple):
        for inner, part in zip(space, observation, strict=True):
            yield from _numbers(inner, part)
    else:
        yield from np.asarray(observation, float).ravel().tolist()


def _check_limits(argument: str, given: Any, boxes: int) -> Float[np.ndarray, " boxes"]:
    try:
        return np.broadcast_to(np.asarray(given, float), (boxes,))
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"{argument} is {given!r}; give a number, or one for each of the {boxes} axes of Box spaces"
        ) from error
