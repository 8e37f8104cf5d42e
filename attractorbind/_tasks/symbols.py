"""An environment of gymnasium, in symbols."""

from typing import Any, NamedTuple

import numpy as np

from attractorbind._checks import check_count, check_known
from attractorbind._errors import ArgumentError
from attractorbind._tasks.spaces import Quantised, gymnasium_spaces


class Answered(NamedTuple):
    """What an answer to an environment led to.

    - `names`: the symbol that each channel shows now.
    - `reward`: what the answer earned.
    - `terminated`, `truncated`: whether the episode has ended, by itself or because it was cut off.
    """

    names: tuple[str, ...]
    reward: float
    terminated: bool
    truncated: bool


class Symbols:
    """An environment of gymnasium whose observations and actions are symbols; needs the extra `gym`.

    Each number that is observed has a channel of its own: one of a Discrete space, one for each axis of a
    MultiDiscrete or Box space, and those of the parts of a Tuple or Dict space. A symbol is the channel's name, "="
    and the value; for a Box the number of the bin, from 0 at `low`. What lies outside is in the first or the last bin.
    Answers are "do=" and the action.

    **Arguments:**

    - `environment`: the environment, a `gymnasium.Env` with Discrete actions.
    - `bins`: into how many equal bins each axis of a Box space is divided.
    - `low`, `high`: where the first bin begins and the last one ends: a number, or one for each axis of all Box spaces
      in their order. If none are given, the bounds of the spaces, which must be finite.

    **Attributes:** `symbols`, `channels` and `answers`, names as in a task: `symbols` are all that a vocabulary needs,
    and have the answers among them already.

    **Raises:** `ArgumentError` for spaces of other kinds, or limits that are not finite or not in order; `ImportError`
    where gymnasium is missing.

    **Example:**

        >>> import gymnasium
        >>> from attractorbind import tasks
        >>> cards = tasks.Symbols(gymnasium.make("Blackjack-v1"))
        >>> cards.channels, len(cards.symbols), cards.answers
        (('seen.0', 'seen.1', 'seen.2'), 47, ('do=0', 'do=1'))
        >>> cards.reset(seed=0)
        ('seen.0=11', 'seen.1=10', 'seen.2=0')
        >>> cards.step("do=1")
        Answered(names=('seen.0=12', 'seen.1=10', 'seen.2=0'), reward=0.0, terminated=False, truncated=False)
    """

    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    answers: tuple[str, ...]

    def __init__(self, environment: Any, *, bins: int = 8, low: Any = None, high: Any = None) -> None:
        spaces = gymnasium_spaces()
        check_count("bins", bins, 2)
        for name in ("observation_space", "action_space", "reset", "step"):
            if not hasattr(environment, name):
                raise ArgumentError(f"the environment is {environment!r} and has no {name}; give a gymnasium.Env")
        actions = environment.action_space
        if not isinstance(actions, spaces.Discrete):
            raise ArgumentError(f"the environment's actions are {actions}; only Discrete ones can be named")
        self._environment = environment
        self._columns = Quantised(environment.observation_space, bins, low, high)
        self._names = self._columns.names()
        self._actions = {f"do={action}": action for action in range(actions.start, actions.start + actions.n)}
        self.channels = self._columns.channels
        self.answers = tuple(self._actions)
        self.symbols = (*(name for names in self._names for name in names), *self.answers)

    def reset(self, *, seed: int | None = None) -> tuple[str, ...]:
        """Begin an episode.

        **Arguments:**

        - `seed`: as in `gymnasium.Env.reset`; None goes on with the generator that there is.

        **Returns:** the symbol that each channel shows.
        """
        observation, _ = self._environment.reset(seed=seed)
        return self._shown(observation)

    def step(self, answer: str) -> Answered:
        """Answer.

        **Arguments:**

        - `answer`: one of `answers`.

        **Raises:** `UnknownNameError` for anything else.
        """
        check_known("answer", "answers", answer, self.answers)
        taken = np.int64(self._actions[answer])
        observation, reward, terminated, truncated, _ = self._environment.step(taken)
        return Answered(self._shown(observation), float(reward), bool(terminated), bool(truncated))

    def _shown(self, observation: Any) -> tuple[str, ...]:
        values = self._columns.values(observation)
        return tuple(names[value] for names, value in zip(self._names, values, strict=True))
