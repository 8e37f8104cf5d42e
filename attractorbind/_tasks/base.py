"""What a task is: names, a criterion, and episodes that are drawn."""

import abc
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jaxtyping import Array, Key

from attractorbind._checks import check_count, check_known
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_one_key
from attractorbind._tasks.arrays import check_ends, check_targets, finite_numbers, whole_numbers
from attractorbind._tasks.criterion import Criterion
from attractorbind._tasks.episodes import NOTHING, Episodes
from attractorbind._tasks.names import check_distinct

if TYPE_CHECKING:
    from attractorbind._tasks.environment import Environment


@dataclass(frozen=True, eq=False, kw_only=True)
class AbstractTask(abc.ABC):
    """A task: what may be shown and answered, when it counts as learned, and episodes to learn it from.

    A task of one's own is a subclass with the method `draw`, a frozen dataclass if it has more fields.

    **Arguments:**

    - `symbols`: the names of all that is shown or taken for an answer, each once.
    - `channels`: the names of the channels; each shows one symbol, or nothing, at each step.
    - `answers`: the names of the answers, among `symbols`.
    - `criterion`: when it counts as learned.

    **Raises:** `ArgumentError` for names that are repeated, none or no strings; `UnknownNameError` for an answer that
    is no symbol.

    **Example:**

        >>> import jax
        >>> import numpy as np
        >>> from attractorbind import tasks
        >>> class Echo(tasks.AbstractTask):
        ...     def draw(self, number, generator, split):
        ...         shown = generator.integers(len(self.symbols), size=(number, 3, 1))
        ...         return self.as_episodes(shown, shown[..., 0])
        >>> criterion = tasks.Criterion(episodes=10, accuracy=1.0, in_a_row=1)
        >>> echo = Echo(symbols=("dog", "cat"), channels=("word",), answers=("dog", "cat"), criterion=criterion)
        >>> echo.episodes(1, key=jax.random.key(1)).inputs(targets=True)
        [['cat', 'cat', 'cat', 'cat', 'cat', 'cat']]
    """

    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    answers: tuple[str, ...]
    criterion: Criterion

    def __post_init__(self) -> None:
        for argument in ("symbols", "channels", "answers"):
            object.__setattr__(self, argument, check_distinct(argument, getattr(self, argument)))
        for answer in self.answers:
            check_known("answer", "symbols", answer, self.symbols)
        if not isinstance(self.criterion, Criterion):
            raise ArgumentError(f"criterion is {self.criterion!r}; give tasks.Criterion(episodes=100, ...), say")

    @property
    def splits(self) -> tuple[str, ...]:
        """The names of the sets that episodes are drawn from: "train", and "test" where something is held out."""
        return ("train",)

    def episodes(self, number: int, *, key: Key[Array, ""], split: str = "train") -> Episodes:
        """Draw episodes. The same key gives the same ones.

        **Arguments:**

        - `number`: how many.
        - `key`: the random key.
        - `split`: the set that they are drawn from, one of `splits`.

        **Raises:** `ArgumentError` for a number below 1, a wrong key, or a `draw` of one's own that gives something
        else than `Episodes`; `UnknownNameError` for an unknown split.
        """
        check_count("number", number)
        check_known("split", "splits", split, self.splits)
        words = np.asarray(jax.random.key_data(check_one_key(key)))
        try:
            return self._drawn(number, np.random.default_rng(words), split)
        except MemoryError as error:
            raise ArgumentError(f"number is {number}; so many episodes fit no memory, draw fewer at once") from error

    @abc.abstractmethod
    def draw(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """Draw so many episodes of a split from a generator: arrays, made into episodes by `as_episodes`."""

    def as_episodes(self, shown: Any, target: Any, *, lengths: Any = None, rewards: Any = None) -> Episodes:
        """Put arrays together to episodes of this task.

        **Arguments:**

        - `shown`: of shape (episodes, steps, channels), indices into `symbols`, -1 for nothing.
        - `target`: of shape (episodes, steps), indices into `symbols` of right answers, -1 where none is asked for.
        - `lengths`: how many steps each episode has; all steps if none are given.
        - `rewards`: of shape (episodes, steps, answers); 1 for the right answer and 0 for others if none are given.

        **Raises:** `ArgumentError` for arrays that do not fit each other or the task.
        """
        names, count = len(self.symbols), len(self.channels)
        told = f"indices from {NOTHING} to {names - 1}, as there are {names} symbols"
        shown = whole_numbers("shown", shown, f"(episodes, steps, {count})", NOTHING, names - 1, told)
        target = whole_numbers("target", target, "(episodes, steps)", NOTHING, names - 1, told)
        if shown.ndim != 3 or shown.shape[2] != count or target.shape != shown.shape[:2]:
            raise ArgumentError(
                f"shown has the shape {shown.shape} and target {target.shape}; give (episodes, steps, {count}) and "
                "(episodes, steps)"
            )
        check_targets(target, self.symbols, self.answers)
        number, steps = target.shape
        if lengths is None:
            lengths = np.full(number, steps)
        if rewards is None:
            right = np.array([self.symbols.index(answer) for answer in self.answers])
            rewards = target[..., None] == right
        earned = (*target.shape, len(self.answers))
        told = f"whole numbers from 0 to {steps}, the number of steps"
        lengths = whole_numbers("lengths", lengths, f"({number},)", 0, steps, told)
        rewards = finite_numbers("rewards", rewards, str(earned))
        if lengths.shape != (number,) or rewards.shape != earned:
            raise ArgumentError(
                f"lengths has the shape {lengths.shape} and rewards {rewards.shape}; give {(number,)} and {earned}"
            )
        check_ends(lengths, shown, target)
        return Episodes(shown, target, rewards, lengths, self.symbols, self.channels, self.answers)

    def environment(self, *, split: str = "train") -> "Environment":
        """The task as a `gymnasium.Env`: an episode is one of the task's; needs the extra `gym`.

        What is observed is, for each channel, 0 for nothing or 1 more than the symbol's index. An action is an index
        into `answers`, and earns the step's reward for it. What is returned beside an observation tells under "asked"
        whether it asks for an answer, and under "target" the right one, as an index into `answers`, -1 for none. After
        the last step nothing is observed.

        **Arguments:**

        - `split`: the set that episodes are drawn from, one of `splits`.

        **Raises:** `UnknownNameError` for an unknown split, `ImportError` where gymnasium is missing.

        **Example:**

            >>> from attractorbind import tasks
            >>> environment = tasks.n_back(1, items=["dog", "cat"]).environment()
            >>> observation, more = environment.reset(seed=0)
            >>> int(observation[0]), more
            (1, {'asked': False, 'target': -1})
            >>> observation, reward, terminated, truncated, more = environment.step(0)
            >>> int(observation[0]), reward, more
            (1, 0.0, {'asked': True, 'target': 0})
        """
        check_known("split", "splits", split, self.splits)
        try:
            from attractorbind._tasks.environment import Environment
        except ImportError as error:
            raise ImportError("environment() needs gymnasium; pip install 'attractorbind[gym]'") from error
        names = (len(self.symbols), len(self.channels), len(self.answers))
        return Environment(lambda generator: self._drawn(1, generator, split), names)

    def _drawn(self, number: int, generator: np.random.Generator, split: str) -> Episodes:
        """What `draw` gives, or an error unless these are episodes."""
        episodes: object = self.draw(number, generator, split)
        if not isinstance(episodes, Episodes):
            raise ArgumentError(
                f"{type(self).__name__}.draw gave no Episodes, but {type(episodes).__name__}; let it return "
                "self.as_episodes(shown, target)"
            )
        return episodes
