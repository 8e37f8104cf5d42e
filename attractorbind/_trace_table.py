"""A recorded run as text: which gates were open at each tick, and what the buffers held after it."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int

from attractorbind._program.compiled import gate_columns
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._table import aligned


def table(
    program: Schedule | Listing,
    gates: Float[np.ndarray, "ticks gates"],
    contents: Sequence[dict[str, str | None]],
    rows: Int[np.ndarray, " ticks"] | None,
) -> str:
    """The run of one trial, see `Trace.table`.

    **Arguments:**

    - `gates`: the conductance of every gate at each tick.
    - `contents`: what each buffer held after each tick that the trial took.
    - `rows`: of a program that branches, the row of its table at which the trial was; otherwise None.
    """
    lines = [("ticks", "latches closed", "gates open", *contents[0], "instruction")]
    row_before, first = None, 0
    for tick, held in enumerate(contents):
        if rows is None:
            label = program.labels[tick]
        else:
            label = "" if rows[tick] == row_before else program.labels[rows[tick]]
            row_before = rows[tick]
        shown = (*gate_columns(program.wiring, gates[tick]), *(name or "" for name in held.values()))
        if label or shown != lines[-1][1:-1]:
            lines.append((str(tick), *shown, label))
            first = tick
        else:
            # Nothing new: one line for all these ticks.
            lines[-1] = (f"{first} to {tick}", *shown, lines[-1][-1])
    return "\n".join(aligned(lines, right=[]))
