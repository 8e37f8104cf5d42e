"""Bars of progress, of tqdm: how far training or a long run has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from jaxtyping import Bool

from attractorbind._errors import ArgumentError

# What is told after a part of a run: how many ticks there have been, and which trials have ended.
Tell = Callable[[int, Bool[np.ndarray, " trials"]], None]


def bar(**options: Any) -> Any:
    """A bar of tqdm with these options, or the error if tqdm is not installed."""
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise ImportError(
            "a bar of progress needs tqdm; pip install 'attractorbind[learn]', or progress=False"
        ) from error
    return tqdm(**options)


@contextmanager
def bar_of_run(shown: object, trials: int, ticks: int | None) -> Iterator[Tell | None]:
    """A bar over the ticks of a run, and what it is told by; None where no bar is shown.

    **Arguments:**

    - `ticks`: how many there will be, None where nobody knows.
    """
    if not isinstance(shown, bool):
        raise ArgumentError(f"progress is {shown!r}; give True or False")
    if not shown:
        yield None
        return
    with bar(total=ticks, unit="tick", unit_scale=True) as own:

        def tell(taken: int, ended: Bool[np.ndarray, " trials"]) -> None:
            own.update(taken - own.n)
            # Copies that fill up the batch are behind the others.
            own.set_postfix_str(f"{ended[:trials].sum()} of {trials} trials done")

        tell(0, np.zeros(trials, bool))
        yield tell
