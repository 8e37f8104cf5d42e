"""Programs of a snapshot memory: single instructions, and several that belong together."""

from collections.abc import Callable, Sequence
from typing import Any

from attractorbind._program import macros
from attractorbind._program.control import repeat
from attractorbind._program.program import Program
from attractorbind._program.recollection import forget, recall, store
from attractorbind._program.streams import read
from attractorbind._program.symbol import Arg

# Chooses one of some options: Hypothesis, or a generator of random numbers.
Chooser = Callable[[Sequence[Any]], Any]


def recollection(memory: str, buffers: Sequence[str], choose: Chooser) -> Program:
    """A single instruction."""
    if choose(range(3)) == 0:
        return store(memory, _some(buffers, choose))
    return _asked(memory, buffers, choose)


def episodes(memory: str, buffers: Sequence[str], choose: Chooser, symbols: Sequence[str | Arg]) -> Program:
    """Snapshots that differ in a buffer or two, then recollections by several cues, of older ones, too."""
    program = Program()
    for _ in range(choose([1, 2, 3])):
        program += macros.load(choose(buffers), choose(symbols))
        program += store(memory, _some(buffers, choose) if choose(range(4)) == 3 else buffers)
    for _ in range(choose([1, 2, 3, 4])):
        change = choose(range(4))
        if change == 3:
            program += macros.load(choose(buffers), choose(symbols))
        elif change == 2:
            program += macros.clear(choose(buffers))
        program += _asked(memory, buffers, choose)
    return program


def overfull(memory: str, buffers: Sequence[str], choose: Chooser, capacity: int) -> Program:
    """Snapshots of what is read, up to two more than there is room for, and a recollection of one of them."""
    snapshot = read(choose(buffers)) + store(memory, buffers)
    return repeat(choose([capacity, capacity + 1, capacity + 2]), snapshot) + _asked(memory, buffers, choose)


def _asked(memory: str, buffers: Sequence[str], choose: Chooser) -> Program:
    """A snapshot is recalled, into all other buffers or some, or it is forgotten."""
    cue = _some(buffers, choose)
    others = [buffer for buffer in buffers if buffer not in cue]
    older = choose([False, True])
    if not others or choose(range(3)) == 2:
        return forget(memory, cue, older=older)
    return recall(memory, cue, into=choose([None, _some(others, choose)]), older=older)


def _some(names: Sequence[str], choose: Chooser) -> list[str]:
    """A part of the names, in any order; a single one as often as not."""
    left, some = list(names), []
    for _ in range(choose([1, *range(1, len(left) + 1)])):
        some.append(choose(left))
        left.remove(some[-1])
    return some
