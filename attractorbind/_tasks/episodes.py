"""Episodes of a task, as arrays: what is shown, what is right, and what each answer earns."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int32

from attractorbind._checks import check_bool
from attractorbind._errors import ArgumentError
from attractorbind._visible import is_visible

# What stands in `shown` where nothing is shown, and in `target` where nothing is asked for.
NOTHING = -1


@dataclass(frozen=True, eq=False)
class Episodes:
    """Episodes of a task, made by its method `episodes`.

    - `shown`: what each channel shows at each step, as an index into `symbols`; -1 for nothing.
    - `target`: the right answer at each step, as an index into `symbols`; -1 where no answer is asked for.
    - `rewards`: what each answer, in the order of `answers`, earns at each step; 0 where no answer is asked for.
    - `lengths`: how many steps each episode has. After them nothing is shown and nothing asked for.
    - `symbols`, `channels`, `answers`: the names, as in the task.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> episodes = tasks.one_two_ax(loops=2, pairs=1).episodes(1, key=jax.random.key(0))
        >>> episodes.inputs(targets=True)
        [['2', 'L', 'B', 'L', 'X', 'L', '2', 'L', 'A', 'L', 'X', 'L']]
    """

    shown: Int32[np.ndarray, "episodes steps channels"]
    target: Int32[np.ndarray, "episodes steps"]
    rewards: Float32[np.ndarray, "episodes steps answers"]
    lengths: Int32[np.ndarray, " episodes"]
    symbols: tuple[str, ...]
    channels: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def steps_asked(self) -> Bool[np.ndarray, "episodes steps"]:
        """Where an answer is asked for."""
        return self.target != NOTHING

    @property
    def answer_asked(self) -> Int32[np.ndarray, "episodes steps"]:
        """The right answer as an index into `answers`; -1 where no answer is asked for."""
        index = np.full(len(self.symbols) + 1, NOTHING, np.int32)
        for number, name in enumerate(self.answers):
            index[self.symbols.index(name)] = number
        return index[self.target]

    def inputs(self, *, targets: bool = False, nothing: str | None = None) -> list[list[str]]:
        """The streams that `attractorbind.run(inputs=...)` takes: for each episode, as a trial, a list of names.

        Step by step, they have what the channels show, in the order of `channels`, and then perhaps the right answer.

        **Arguments:**

        - `targets`: whether the right answer of each step comes after what its channels show.
        - `nothing`: the name that stands for nothing: where a channel shows nothing, and where `targets` are wanted and
          no answer is asked for. None leaves these out, and then steps differ in how many names they have; give a name
          if a program reads every channel at every step.

        **Returns:** one list for each episode, as long as the episode.

        **Raises:** `ArgumentError` if `targets` is not True or False, or `nothing` is no name.
        """
        check_bool("targets", targets)
        if nothing is not None and not is_visible(nothing):
            raise ArgumentError(f"nothing is {nothing!r}; give the name of a symbol, or None to leave such steps out")
        names = np.array([*self.symbols, nothing], object)
        columns = [self.shown, self.target[..., None]] if targets else [self.shown]
        named = names[np.concatenate(columns, axis=-1)]
        return [
            [name for name in episode[:length].ravel().tolist() if name is not None]
            for episode, length in zip(named, self.lengths, strict=True)
        ]
