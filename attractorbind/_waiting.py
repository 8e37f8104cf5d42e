"""What is said while somebody waits: how far a long call has come, and that it compiles.

The logger `attractorbind` says it, at level INFO. `logging.getLogger("attractorbind").setLevel("WARNING")` silences it.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TypeVar

_LOGGER = logging.getLogger("attractorbind")
# Seconds after which something is said, and after which it is said again at the latest.
PATIENCE, LONGEST_SILENCE = 2.0, 60.0

_Item = TypeVar("_Item")
Told = Callable[[], str]


class _Waits(threading.local):
    """What a thread is in the middle of, from what the user called inwards, and its calls of compiled functions."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.calls: list[ExitStack] = []


_WAITS = _Waits()


def say(text: str) -> None:
    """Log at level INFO; on the standard error stream where nobody has set up any logging.

    By itself Python's logging shows warnings alone there, and a library that adds a handler of its own would have every
    line shown twice where an application has one, too.
    """
    if _LOGGER.hasHandlers():
        _LOGGER.info(text)
    elif _LOGGER.isEnabledFor(logging.INFO) or (_LOGGER.level == logging.NOTSET and _shown_at_all()):
        print(f"attractorbind: {text}", file=sys.stderr)


def _shown_at_all() -> bool:
    return not _LOGGER.disabled and _LOGGER.manager.disable < logging.INFO


def tell_while(wait: Callable[[float], bool], clock: Callable[[], float], told: Sequence[Told]) -> None:
    """Say after 2 s what is being waited for, again after 4 s, 8 s, ..., and then every minute, until it is over.

    **Arguments:**

    - `wait`: waits for so many seconds, and tells whether all is over.
    - `clock`: the time, in seconds.
    - `told`: what is being done, and within it what else.
    """
    began, due = clock(), PATIENCE
    while not wait(due - (clock() - began)):
        took = clock() - began
        say(f"{', '.join(each() for each in tuple(told))}; {took:.0f} s so far")
        due = took + min(took, LONGEST_SILENCE)


@contextmanager
def waiting(told: Told) -> Iterator[None]:
    """What is done in this block is told once it takes long; within another such block, along with the other."""
    own = _WAITS.told
    own.append(told)
    over, thread = threading.Event(), None
    if len(own) == 1:
        # A thread, since neither NumPy nor the compiler comes back before it is done.
        thread = threading.Thread(target=tell_while, args=(over.wait, time.perf_counter, own), daemon=True)
        thread.start()
    try:
        yield
    finally:
        own.remove(told)
        over.set()
        if thread is not None:
            thread.join()


def counted(doing: str, items: Sequence[_Item], unit: str) -> Iterator[_Item]:
    """The items one after the other; once that takes long, it is told how many there have been."""
    done = 0
    with waiting(lambda: f"{doing}: {done} of {len(items)} {unit}"):
        for item in items:
            yield item
            done += 1


@contextmanager
def calling() -> Iterator[None]:
    """A compiled function is called in this block: if it is compiled first, and that takes long, it is told."""
    with ExitStack() as compiled:
        _WAITS.calls.append(compiled)
        try:
            yield
        finally:
            _WAITS.calls.pop()


def compiling(what: str) -> None:
    """Called where a compiled function begins, where Python comes only while JAX traces it."""
    if _WAITS.calls:
        told = f"compiling {what}, once for what is of these sizes (attractorbind.cache keeps it for later processes)"
        _WAITS.calls[-1].enter_context(waiting(lambda: told))
