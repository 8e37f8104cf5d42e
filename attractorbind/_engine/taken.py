"""What is taken out of the calls of the compiled loop, and joined as if there had been one call."""

from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Int, Shaped

from attractorbind._engine.asking import NO_SYMBOL, Outputs
from attractorbind._engine.observe import Record


class Taken:
    """Outputs and records of calls that follow each other; of anything else nothing is kept."""

    def __init__(self, record: str) -> None:
        self._record = record
        self._outputs: list[Outputs] = []
        self._recorded: list[Any] = []
        self._ticks = 0

    def take(self, outputs: Outputs, recorded: Record | None, tick: Int[Array, ""]) -> None:
        """What a call has put out and recorded, and the number of ticks after it."""
        self._outputs.append(outputs)
        if self._record != "final":
            # A call that paused for want of room for outputs has not used all of the room for ticks.
            ticks = int(tick) - self._ticks
            self._recorded.append(jax.tree.map(lambda array: _first(np.asarray(array), ticks), recorded))
            self._ticks += ticks

    def recorded(self) -> Record | None:
        """What was recorded of every tick."""
        if self._record == "final":
            return None
        return jax.tree.map(lambda *arrays: np.concatenate(arrays), *self._recorded)

    def outputs(self) -> Outputs:
        """The outputs, as if there had been room for all of them in one call."""
        if len(self._outputs) == 1:
            return self._outputs[0]
        parts = [part for part in self._outputs if np.asarray(part.counts).any()] or self._outputs[:1]
        counts = np.stack([np.asarray(part.counts) for part in parts])
        ends = np.cumsum(counts, axis=0)
        symbols: Any = np.full((counts.shape[1], ends[-1].max(initial=1)), NO_SYMBOL, np.int32)
        for part, count, end in zip(parts, counts, ends, strict=True):
            for trial in np.flatnonzero(count):
                symbols[trial, end[trial] - count[trial] : end[trial]] = part.symbols[trial, : count[trial]]
        return Outputs(symbols, ends[-1])


def _first(array: Shaped[np.ndarray, "room *rest"], ticks: int) -> Shaped[np.ndarray, "ticks *rest"]:
    """The first ticks of what a call had room for, without keeping the rest of the room as a view would."""
    return array if ticks == len(array) else array[:ticks].copy()
