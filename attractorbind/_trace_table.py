"""A recorded run as text: which gates were open at each tick, and what the buffers held after it."""

from typing import TYPE_CHECKING

from attractorbind._compiled import gate_columns
from attractorbind._schedule import Schedule
from attractorbind._table import aligned

if TYPE_CHECKING:
    from attractorbind._trace import Trace


def table(trace: "Trace", trial: int) -> str:
    """See `Trace.table`."""
    program, wiring, all_gates = trace.program, trace.network.wiring, trace.gates
    held = [{name: of[trial] for name, of in trace.decode(tick).items()} for tick in range(int(trace.ticks[trial]))]
    rows = [] if trace.rows is None else trace.rows[:, trial].tolist()
    lines = [("ticks", "latches closed", "gates open", *trace.network.buffers, "instruction")]
    before, first = None, 0
    for tick, contents in enumerate(held):
        if isinstance(program, Schedule):
            gates, label = all_gates[tick], program.labels[tick]
        else:
            row = int(rows[tick])
            gates, label = all_gates[tick, trial], "" if row == before else program.labels[row]
            before = row
        shown = (*gate_columns(wiring, gates), *(name or "" for name in contents.values()))
        if label or shown != lines[-1][1:-1]:
            lines.append((str(tick), *shown, label))
            first = tick
        else:
            # Nothing new: one line for all these ticks.
            lines[-1] = (f"{first} to {tick}", *shown, lines[-1][-1])
    return "\n".join(aligned(lines, right=[]))
