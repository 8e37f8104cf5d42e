"""A program that branches or has streams, compiled for a network: the instruction table, and how it is printed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from attractorbind._each import NONE
from attractorbind._errors import ProgramError
from attractorbind._program.assembler import HALT
from attractorbind._program.compiled import Compiled, gate_columns, presented_text, with_stuck
from attractorbind._program.symbol import NEXT
from attractorbind._table import aligned


@dataclass(frozen=True)
class Rows:
    """The instruction table, one row per step; a row is one setting of the gates for some ticks.

    **Attributes:**

    - `gates`: conductances, shape (rows, gates).
    - `left_to`: the channels to which a gate is left, shape (rows, gates, channels): in a trial in which none of them
        is open it is at rest instead. Gates that are left to no channel are as `gates` says.
    - `ticks`: how long.
    - `present`, `slot`: the population that a symbol is presented to, and the symbol's slot; a slot of `NONE` is the
        next input.
    - `emit`: the population whose symbol is put out.
    - `question`: what is read at the last tick; its answer chooses between `then` and `otherwise`.
    - `counter`, `limit`: a counter; limit -1 sets it to zero, any other adds 1 to it and goes on at `then` while it is
        within the limit, at `otherwise` beyond.
    - `fails`: the trial ends in `Result.LIMIT` instead of going on at `otherwise`.
    - `then`, `otherwise`: the rows where it goes on.
    """

    gates: Float[np.ndarray, "rows gates"]
    left_to: Bool[np.ndarray, "rows gates channels"]
    ticks: Int[np.ndarray, " rows"]
    present: Int[np.ndarray, " rows"]
    slot: Int[np.ndarray, " rows"]
    emit: Int[np.ndarray, " rows"]
    question: Int[np.ndarray, " rows"]
    counter: Int[np.ndarray, " rows"]
    limit: Int[np.ndarray, " rows"]
    fails: Bool[np.ndarray, " rows"]
    then: Int[np.ndarray, " rows"]
    otherwise: Int[np.ndarray, " rows"]


@dataclass(frozen=True)
class Questions:
    """What the program asks of the network, one number per question in each array.

    **Attributes:**

    - `gate`: the gate of the pathway that is compared with what the population holds, or `NONE`.
    - `slot`: where there is no gate, the slot of the symbol that is compared with it; otherwise `NONE`.
    - `target`: the population, `NONE` where there is none.
    - `channel`: the channel of an area that is asked whether it is open, or `NONE`.
    """

    gate: Int[np.ndarray, " questions"]
    slot: Int[np.ndarray, " questions"]
    target: Int[np.ndarray, " questions"]
    channel: Int[np.ndarray, " questions"]


@dataclass(frozen=True, eq=False)
class Listing(Compiled):
    """A program that branches or has streams, compiled for a network; `print` it to read it.

    **Attributes:**

    - `rows`: the instruction table.
    - `questions`: what it asks of the network.
    - `counters`: how many counters it needs.
    - `addresses`: per row, its instruction's address in the listing and in `program.graph`.
    - `labels`: per row, the instructions that begin there, as text.
    - `events`: per row, the name of the rule that fires there, or None.
    """

    rows: Rows
    questions: Questions
    counters: int
    addresses: Int[np.ndarray, " rows"]
    labels: tuple[str, ...]
    events: tuple[str | None, ...]

    def __post_init__(self) -> None:
        rows, length = self.rows, len(self.rows.ticks)
        for way, following in (("then", rows.then), ("otherwise", rows.otherwise)):
            outside = (following != HALT) & ((following < 0) | (following >= length))
            if outside.any():
                row = int(outside.argmax())
                raise ProgramError(
                    f"row {row} goes on at row {following[row]} ({way}), but the table has {length} rows"
                )
        if (rows.ticks < 1).any():
            raise ProgramError(f"row {int((rows.ticks < 1).argmax())} takes no ticks; every row takes at least one")

    @property
    def reads(self) -> bool:
        """Whether it takes symbols from the trial's input sequence."""
        return bool(((self.rows.present != NONE) & (self.rows.slot == NONE)).any())

    @property
    def settings(self) -> Float[np.ndarray, "settings gates"]:
        """The conductances of all gates at every row."""
        return self.rows.gates

    def stuck(self, conductances: Mapping[str, Any]) -> "Listing":
        """The program as it runs where some gates are stuck at a conductance, whatever it says of them."""
        stuck = with_stuck(self.wiring, self.rows.gates, conductances)
        left_to = self.rows.left_to.copy()
        left_to[:, [self.wiring.gate_index[gate] for gate in conductances]] = False
        return replace(self, rows=replace(self.rows, gates=stuck, left_to=left_to))

    def chosen(
        self, rows: Int[np.ndarray, "*shape"], channels: Bool[np.ndarray, "*shape channels"]
    ) -> Float[np.ndarray, "*shape gates"]:
        """The conductances of all gates at rows of the table, where these channels of areas are open."""
        left_to = self.rows.left_to[rows]
        as_said = ~left_to.any(axis=-1) | (left_to & channels[..., None, :]).any(axis=-1)
        return np.where(as_said, self.rows.gates[rows], self.wiring.resting)

    def __repr__(self) -> str:
        return f"Listing({len(self.rows.ticks)} rows, arguments {list(self.arguments)})"

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """A line of text for each row of the table, under what `heads` says."""
        lines = []
        rows, previous = self.rows, NONE
        for row, address in enumerate(self.addresses):
            symbol = ""
            if rows.present[row] != NONE:
                buffer = self.wiring.populations[rows.present[row]].name
                slot = rows.slot[row]
                symbol = presented_text(buffer, NEXT if slot == NONE else self.slots[slot][1])
            lines.append(
                (
                    str(address) if address != previous else "",
                    str(rows.ticks[row]),
                    symbol,
                    *gate_columns(self.wiring, rows.gates[row]),
                    self._ways(row),
                    self.labels[row],
                )
            )
            previous = address
        return lines

    @property
    def heads(self) -> tuple[str, ...]:
        """What stands above `lines`."""
        return ("address", "ticks", "presented", "latches closed", "gates open", "goes on at", "instruction")

    def __str__(self) -> str:
        return "\n".join([*aligned([self.heads, *self.lines], right=[0, 1]), *self.notes])

    def _ways(self, row: int) -> str:
        then, otherwise = int(self.rows.then[row]), int(self.rows.otherwise[row])
        if then == otherwise:
            return "" if then == row + 1 else self._address(then)
        no = "ends in LIMIT" if self.rows.fails[row] else self._address(otherwise)
        return f"{self._address(then)}, else {no}"

    def _address(self, row: int) -> str:
        return "end" if row == HALT else str(self.addresses[row])
