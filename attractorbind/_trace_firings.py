"""Which production rules fired in a recorded run, and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, overload

import numpy as np
from jaxtyping import Int

from attractorbind._display import Printed
from attractorbind._program.listing import Listing

# What a firing takes in ACT-R, in seconds.
SECONDS = 0.05


class Firing(NamedTuple):
    """A production rule that fired.

    **Attributes:**

    - `production`: its name.
    - `tick`: the tick of the run at which it fired.
    - `time`: when that was in seconds, on the clock of whoever tells of it: see `Trace.firings` and
        `attractorbind.actr.Run`.
    """

    production: str
    tick: int
    time: float


@dataclass(frozen=True)
class Firings(Printed, Sequence[Firing]):
    """The rules that fired in one trial, in order; `print` shows them as ACT-R prints its trace.

    **Attributes:**

    - `names`: of the rules, in the order in which they fired.
    - `fired`: all of the firings, as a tuple.
    """

    fired: tuple[Firing, ...]

    @property
    def names(self) -> list[str]:
        """The rules' names, in the order in which they fired."""
        return [firing.production for firing in self.fired]

    def __len__(self) -> int:
        return len(self.fired)

    def __iter__(self) -> Iterator[Firing]:
        return iter(self.fired)

    @overload
    def __getitem__(self, index: int) -> Firing: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Firing, ...]: ...
    def __getitem__(self, index: int | slice) -> Firing | tuple[Firing, ...]:
        return self.fired[index]

    def __str__(self) -> str:
        return "\n".join(event_line(firing.time, f"PRODUCTION-FIRED {firing.production}") for firing in self.fired)


def event_line(time: float, event: str, module: str = "PROCEDURAL") -> str:
    """A line of a trace as ACT-R prints it."""
    return f"{time:10.3f}   {module:<22} {event}"


def happened(program: Listing, rows: Int[np.ndarray, " ticks"], ticks: int) -> list[tuple[str, int]]:
    """The events of one trial, each a name and its tick.

    **Arguments:**

    - `rows`: the row of the program's table at which the trial was at each tick.
    - `ticks`: how many ticks it took.
    """
    named = np.array([event is not None for event in program.events])
    at, events = np.asarray(rows)[:ticks], []
    for tick in np.flatnonzero(named[at]).tolist():
        row = at[tick]
        # Rows with events take one tick. One that fails is where the trial ends.
        if not program.rows.fails[row] or (tick + 1 < ticks and at[tick + 1] == program.rows.then[row]):
            events.append((str(program.events[row]), tick))
    return events
