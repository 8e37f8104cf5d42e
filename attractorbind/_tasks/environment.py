"""A task as an environment of gymnasium. To be imported only when one is asked for, since gymnasium is an extra."""

from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
from gymnasium.envs.registration import EnvSpec
from gymnasium.spaces import Discrete, MultiDiscrete
from jaxtyping import Int64

from attractorbind._errors import ArgumentError
from attractorbind._tasks.episodes import Episodes


class Environment(gymnasium.Env):
    """Episodes of a task, step by step; see `AbstractTask.environment`.

    **Arguments:**

    - `draw`: draws one episode from a generator.
    - `sizes`: the numbers of symbols, channels and answers.
    """

    def __init__(self, draw: Callable[[np.random.Generator], Episodes], sizes: tuple[int, int, int]) -> None:
        symbols, channels, answers = sizes
        self.observation_space = MultiDiscrete([symbols + 1] * channels)
        self.action_space = Discrete(answers)
        # Another of the same kind is made from it, as gymnasium's checker does.
        self.spec = EnvSpec("attractorbind/Task-v0", lambda **_: Environment(draw, sizes))
        self._answers = answers
        self._draw = draw
        self._episode: Episodes | None = None
        self._step = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Int64[np.ndarray, " channels"], dict[str, Any]]:
        """Begin another episode: the first observation, and what is known of it."""
        super().reset(seed=seed)
        self._episode = self._draw(self.np_random)
        self._step = 0
        return self._seen(self._episode)

    def step(self, action: Any) -> tuple[Int64[np.ndarray, " channels"], float, bool, bool, dict[str, Any]]:
        """Answer: the next observation, the reward, whether the episode has ended, False, and what is known of it."""
        if self._episode is None or self._step >= self._episode.lengths[0]:
            raise ArgumentError("there is no step to answer; begin an episode by reset()")
        if not self.action_space.contains(action):
            raise ArgumentError(f"the action is {action!r}; give a whole number below {self._answers}")
        reward = float(self._episode.rewards[0, self._step, action])
        self._step += 1
        observation, known = self._seen(self._episode)
        return observation, reward, bool(self._step == self._episode.lengths[0]), False, known

    def _seen(self, episode: Episodes) -> tuple[Int64[np.ndarray, " channels"], dict[str, Any]]:
        if self._step == episode.lengths[0]:
            return np.zeros(len(episode.channels), np.int64), {"asked": False, "target": -1}
        known = {
            "asked": bool(episode.steps_asked[0, self._step]),
            "target": int(episode.answer_asked[0, self._step]),
        }
        return episode.shown[0, self._step].astype(np.int64) + 1, known
