"""Arrays of which users make episodes: whether they are what a task needs."""

from typing import Any

import numpy as np
from jaxtyping import Float, Int32

from attractorbind._checks import as_numbers
from attractorbind._errors import ArgumentError, listed
from attractorbind._tasks.episodes import NOTHING


def whole_numbers(name: str, given: Any, shape: str, least: int, most: int, told: str) -> Int32[np.ndarray, "..."]:
    """What is given as an array of indices or counts, or an error unless they are whole and within these limits.

    **Arguments:**

    - `told`: what an error says of the limits.
    """
    found = as_numbers(name, given, shape)
    within = (found == np.floor(found)) & (found >= least) & (found <= most)
    if not within.all():
        raise ArgumentError(f"{name} holds {found[~within].flat[0]:g}; give {told}")
    return found.astype(np.int32)


def finite_numbers(name: str, given: Any, shape: str) -> Float[np.ndarray, "..."]:
    """What is given as an array of numbers, or an error unless all are finite as numbers of 32 bits."""
    found = as_numbers(name, given, shape)
    if not np.isfinite(found).all():
        raise ArgumentError(f"{name} holds {found[~np.isfinite(found)].flat[0]:g}; give finite numbers of 32 bits")
    return found


def check_targets(
    target: Int32[np.ndarray, "episodes steps"], symbols: tuple[str, ...], answers: tuple[str, ...]
) -> None:
    """Raise unless each target is an answer, or nothing."""
    no_answer = [number for number, name in enumerate(symbols) if name not in answers]
    wrong = target[np.isin(target, no_answer)]
    if wrong.size:
        raise ArgumentError(
            f"target holds {wrong[0]}, {symbols[wrong[0]]!r}, which is no answer; answers are {listed(answers)}"
        )


def check_ends(
    lengths: Int32[np.ndarray, " episodes"],
    shown: Int32[np.ndarray, "episodes steps channels"],
    target: Int32[np.ndarray, "episodes steps"],
) -> None:
    """Raise unless nothing is shown or asked for after the end of each episode."""
    after = np.arange(target.shape[1]) >= lengths[:, None]
    for name, something in (("shown", (shown != NOTHING).any(axis=2)), ("target", target != NOTHING)):
        late = np.flatnonzero((after & something).any(axis=1))
        if late.size:
            raise ArgumentError(
                f"{name} holds something after step {lengths[late[0]]}, the length of episode {late[0]}; put {NOTHING} "
                "there, or give it a greater length"
            )
