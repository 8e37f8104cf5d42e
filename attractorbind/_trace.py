"""What happened in a run."""

import enum
from collections import Counter

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._errors import ArgumentError, RunError, check_fraction
from attractorbind._network import Network
from attractorbind._overlap import THRESHOLD, overlaps
from attractorbind._schedule import Schedule
from attractorbind._state import State


class Result(enum.IntEnum):
    """How a trial ended.

    - `OK`: settled, in finite numbers.
    - `UNSETTLED`: the buffers would go on changing, without noise, under the gates of the last tick.
    - `NON_FINITE`: some field was infinite or not a number.
    """

    OK = 0
    UNSETTLED = 1
    NON_FINITE = 2


class Trace(eqx.Module):
    """What happened in a run, for each trial of the batch; made by `run`.

    **Attributes:**

    - `state`: the final `State`; a later run can go on from it.
    - `result`: one `Result` per trial.
    - `schedule`: the gating table that was run.
    - `states`: with `record="states"`, buffer to states, shape (ticks, trials, units); otherwise empty.
    - `best_symbol`, `best_overlap`: with `record="decoded"`, buffer to the place in the vocabulary and the overlap of
        the most overlapping symbol, shape (ticks, trials); otherwise empty.
    """

    network: Network
    schedule: Schedule = eqx.field(static=True)
    state: State
    result: Int[np.ndarray, " trials"]
    states: dict[str, Bool[Array, "ticks trials _units"]]
    best_symbol: dict[str, Int[Array, "ticks trials"]]
    best_overlap: dict[str, Float[Array, "ticks trials"]]

    @property
    def gates(self) -> Float[np.ndarray, "ticks gates"]:
        """Conductance of every gate at every tick, columns as in `network.gates`."""
        return self.schedule.gates

    @property
    def ok(self) -> bool:
        """Whether every trial ended well."""
        return bool((self.result == Result.OK).all())

    def decode(self, tick: int | None = None, *, threshold: float | int = THRESHOLD) -> dict[str, list[str | None]]:
        """The symbol that each buffer holds, one per trial: the one whose code its state overlaps most.

        **Arguments:**

        - `tick`: which tick, counted from 0, negative from the end; the final state if not given. Needs
            `record="decoded"` or `record="states"`.
        - `threshold`: overlap below which no symbol stands, and the answer is None.

        **Returns:** buffer to a list of names or None, one per trial.
        """
        threshold = check_fraction("threshold", threshold)
        names = self.network.vocabulary.names
        decoded = {}
        for buffer in self.network.buffers:
            if tick is not None and self.best_symbol:
                row = self._row(tick)
                best, most = self.best_symbol[buffer][row], self.best_overlap[buffer][row]
            else:
                every = self.overlaps(buffer, tick)
                best, most = every.argmax(axis=1), every.max(axis=1)
            pairs = zip(np.asarray(best), np.asarray(most), strict=True)
            decoded[buffer] = [names[symbol] if overlap >= threshold else None for symbol, overlap in pairs]
        return decoded

    def overlaps(self, population: str, tick: int | None = None) -> Float[Array, "trials symbols"]:
        """The overlap of a population's state with every symbol; see `attractorbind.overlaps`.

        **Arguments:**

        - `population`: a buffer, or, for the final state, a nucleus.
        - `tick`: which tick, with `record="states"`; the final state if not given.
        """
        codes = self.network.codes(population)
        if tick is None:
            return overlaps(self.state[population], codes)
        self.network.wiring.buffer(population)
        if not self.states:
            raise ArgumentError('the states of single ticks were not recorded; run with record="states"')
        return overlaps(self.states[population][self._row(tick)], codes)

    def check(self) -> None:
        """Raise `RunError` unless every trial ended well."""
        if self.ok:
            return
        counts = Counter(Result(code) for code in self.result.tolist())
        first = int(np.flatnonzero(self.result)[0])
        cures = {
            Result.UNSETTLED: "let it settle with hold(), give it more units or a lower activity, noise or leak",
            Result.NON_FINITE: "look for infinite or undefined weights in network.synapses",
        }
        told = "; ".join(
            f"{counts[result]} of {len(self.result)} trials {result.name.lower().replace('_', '-')}: {cure}"
            for result, cure in cures.items()
            if counts[result]
        )
        raise RunError(f"{told}; the first is trial {first}; run with throw=False to look at the trace")

    def _row(self, tick: int) -> int:
        ticks = self.schedule.ticks
        if not -ticks <= tick < ticks:
            raise ArgumentError(f"tick is {tick}; the run has {ticks} ticks, 0 to {ticks - 1}")
        if not (self.best_symbol or self.states):
            raise ArgumentError('single ticks were not recorded; run with record="decoded" or record="states"')
        return tick % ticks

    def __repr__(self) -> str:
        counts = Counter(Result(code).name.lower() for code in self.result.tolist())
        results = ", ".join(f"{count} {name}" for name, count in counts.items())
        return f"Trace({self.state.trials} trials, {self.schedule.ticks} ticks: {results})"
