"""What opens the gates of a network, stretch by stretch, as the driver asks it."""

import abc
from typing import Any, NamedTuple

import equinox as eqx
from jaxtyping import Array, Bool, Int, PyTree

from attractorbind._engine.activity import Activity
from attractorbind._engine.advance import Incoming
from attractorbind._engine.asking import Outputs
from attractorbind._engine.coding import Coding
from attractorbind._engine.plan import Plan
from attractorbind._engine.readers import Readers
from attractorbind._network import Network


class Given(NamedTuple):
    """What a program's trials are given.

    - `symbols`: of each of the program's slots.
    - `stream`: what they read, one after the other, `NO_SYMBOL` beyond the end.
    """

    symbols: Any  # whole numbers, (slots, trials), of NumPy until the loop is compiled
    stream: Any  # whole numbers, (trials, length), likewise


class Readings(NamedTuple):
    """What a controller may look at before a stretch.

    - `given`: symbols and inputs of the trials.
    - `network`, `readers`, `activity`: the network, how its projections read, and what its populations do.
    - `coding`: what symbols look like now, what projections carry, and the states of areas.
    - `outputs`: what the trials have put out so far.
    - `most`: how many ticks the stretch may have at the most.
    - `quiet`: whether the program has ended, and a tick only shows what comes to rest: then the stretch is one tick
        under the program's last gates, with nothing presented.
    """

    given: Given
    network: Network
    readers: Readers
    activity: Activity
    coding: Coding
    outputs: Outputs
    most: Int[Array, ""]
    quiet: Bool[Array, ""]


class Stretch(NamedTuple):
    """Ticks one after the other in which no trial's gates change, nor what is presented to it.

    - `plan`: what must be computed.
    - `incoming`: what comes through the gates and from outside.
    - `ticks`: how many, 1 or more.
    - `outputs`: what the trials have put out, with what they put out now.
    """

    plan: Plan
    incoming: Incoming
    ticks: Int[Array, ""]
    outputs: Outputs


class Progress(NamedTuple):
    """How far the trials have come.

    - `rows`: of a program that branches, the row of its table at which each trial is; otherwise None.
    - `ticks`: how many ticks each has taken, or all together.
    - `limit_reached`: which have come to a limit, or whether all have.
    """

    rows: Int[Array, " trials"] | None
    ticks: Int[Array, "*trials"]
    limit_reached: Bool[Array, "*trials"]


class AbstractController(eqx.Module):
    """What says at each stretch of ticks which gates are open and what is presented, for each trial.

    A `Schedule` and a `Listing` are each run by one; a further kind joins them inside the library, and docs/engine.md
    tells how. It is a pytree of arrays of NumPy, made once for a compiled program, and given to the compiled loop as an
    argument, so that another program of the same sizes does not compile anew. The loop carries what `init` returns, and
    asks `next` for one stretch after the other as long as `going_on`.

    **Attributes:**

    - `emits`: whether trials may put out symbols; if so the loop has room for them, and pauses when it is full.
    """

    emits: eqx.AbstractVar[bool]

    @property
    def longest(self) -> int | None:
        """How many ticks it takes at the most, asked on the host; None where nobody knows."""
        return None

    @abc.abstractmethod
    def init(self, trials: int) -> PyTree:
        """Where it stands at first: arrays of NumPy, so that nothing is computed for them."""

    @abc.abstractmethod
    def going_on(self, carry: PyTree) -> Bool[Array, ""]:
        """Whether some trial has not come to its end."""

    @abc.abstractmethod
    def next(self, carry: PyTree, readings: Readings) -> tuple[PyTree, Stretch]:
        """Where it stands after the next stretch, and that stretch."""

    @abc.abstractmethod
    def progress(self, carry: PyTree) -> Progress:
        """How far the trials have come."""
