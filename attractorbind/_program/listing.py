"""A program that branches, on a network: the instruction table, and its listing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from attractorbind._errors import ProgramError
from attractorbind._network import Network, check_network
from attractorbind._program.compiled import (
    Compiled,
    Heading,
    Slot,
    flatten,
    gate_columns,
    presented_text,
    slot_of,
    step_label,
    with_stuck,
)
from attractorbind._program.condition import Holds
from attractorbind._program.flow import HALT, Branch, Count, Node, Reset, flow, is_straight
from attractorbind._program.macros import SETTLE
from attractorbind._program.program import Instruction, Next, Program, Step
from attractorbind._program.schedule import Schedule, schedule
from attractorbind._table import aligned

# What a row has in place of a population, a slot, a question or a counter that it does not use.
NONE = -1


@dataclass(frozen=True)
class Rows:
    """The instruction table, one row per step; a row is one setting of the gates for some ticks.

    **Attributes:**

    - `gates`: conductances, shape (rows, gates).
    - `ticks`: how long.
    - `present`, `slot`: the population that is presented a symbol, and the symbol's slot; `NONE` is the next input.
    - `emit`: the population whose symbol is put out.
    - `question`: what is read at the last tick; its answer chooses between `then` and `otherwise`.
    - `counter`, `limit`: a counter; limit -1 sets it to zero, any other adds one and chooses by whether it is kept.
    - `fails`: the trial ends in `Result.LIMIT` instead of going on at `otherwise`.
    - `then`, `otherwise`: the rows where it goes on.
    """

    gates: Float[np.ndarray, "rows gates"]
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
    """What the program asks of the network: the harmony of a gate's pathway, or of a slot's symbol, with a population.

    **Attributes:** `gate` or `slot` is `NONE`, for each question; `target` is the population.
    """

    gate: Int[np.ndarray, " questions"]
    slot: Int[np.ndarray, " questions"]
    target: Int[np.ndarray, " questions"]


@dataclass(frozen=True, eq=False)
class Listing(Compiled):
    """A program that branches or has streams, compiled for a network; `print` it to read it.

    **Attributes:**

    - `rows`: the instruction table.
    - `questions`: what it asks of the network.
    - `counters`: how many counters it needs.
    - `addresses`: per row, its instruction's address in the listing and in `program.graph`.
    - `labels`: per row, the instructions that begin there, as text.
    """

    rows: Rows
    questions: Questions
    counters: int
    addresses: Int[np.ndarray, " rows"]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        rows, length = self.rows, len(self.rows.ticks)
        for way, places in (("then", rows.then), ("otherwise", rows.otherwise)):
            outside = (places != HALT) & ((places < 0) | (places >= length))
            if outside.any():
                row = int(outside.argmax())
                raise ProgramError(f"row {row} goes on at row {places[row]} ({way}), but the table has {length} rows")
        if (rows.ticks < 1).any():
            raise ProgramError(f"row {int((rows.ticks < 1).argmax())} takes no ticks; every row takes at least one")

    @property
    def reads(self) -> bool:
        """Whether it takes symbols from the trial's input sequence."""
        return bool(((self.rows.present != NONE) & (self.rows.slot == NONE)).any())

    def stuck(self, conductances: Mapping[str, Any]) -> "Listing":
        """The program as it runs where some gates are stuck at a conductance, whatever it says of them."""
        return replace(self, rows=replace(self.rows, gates=with_stuck(self.wiring, self.rows.gates, conductances)))

    def __repr__(self) -> str:
        return f"Listing({len(self.rows.ticks)} rows, arguments {list(self.arguments)})"

    def __str__(self) -> str:
        lines = [("address", "ticks", "presented", "latches closed", "gates open", "goes on at", "instruction")]
        rows, before = self.rows, NONE
        for row, address in enumerate(self.addresses):
            symbol = ""
            if rows.present[row] != NONE:
                buffer = self.wiring.populations[rows.present[row]].name
                slot = rows.slot[row]
                symbol = presented_text(buffer, Next() if slot == NONE else self.slots[slot][1])
            lines.append(
                (
                    str(address) if address != before else "",
                    str(rows.ticks[row]),
                    symbol,
                    *gate_columns(self.wiring, rows.gates[row]),
                    self._ways(row),
                    self.labels[row],
                )
            )
            before = address
        return "\n".join([*aligned(lines, right=[0, 1]), *self.notes])

    def _ways(self, row: int) -> str:
        then, otherwise = int(self.rows.then[row]), int(self.rows.otherwise[row])
        if then == otherwise:
            return "" if then == row + 1 else self._place(then)
        no = "ends in LIMIT" if self.rows.fails[row] else self._place(otherwise)
        return f"{self._place(then)}, else {no}"

    def _place(self, row: int) -> str:
        return "end" if row == HALT else str(self.addresses[row])


def compile_program(network: Network, program: Program) -> Schedule | Listing:
    """See `Program.compile`."""
    check_network(network)
    nodes = flow(program)
    return schedule(network, nodes) if is_straight(nodes) else _Compiler(network).compile(nodes)


class _Compiler:
    """Turns nodes into rows, collecting slots, questions and notes on the way."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slots: dict[Slot, int] = {}
        self.questions: dict[tuple[int, int, int], int] = {}
        self.notes: dict[str, None] = {}
        self.steps: dict[int, list[tuple[dict[str, Any], tuple[Heading, ...]]]] = {}
        self.unused: dict[str, Any] = dict.fromkeys(("present", "slot", "emit", "question", "counter", "limit"), NONE)
        self.unused |= {"gates": network.wiring.gating(), "ticks": 1, "fails": False}

    def compile(self, nodes: Sequence[Node]) -> Listing:
        groups = [self._node_rows(node) for node in nodes]
        starts = np.cumsum([0, *map(len, groups)])
        rows: list[dict[str, Any]] = []
        for node, group in zip(nodes, groups, strict=True):
            for row, _ in group:
                following = len(rows) + 1
                rows.append(self.unused | {"then": following, "otherwise": following} | row)
            ways = {"then": node.then, "otherwise": node.otherwise}
            rows[-1] |= {way: HALT if place == HALT else int(starts[place]) for way, place in ways.items()}
        columns = {
            name: np.array([row[name] for row in rows], bool if name == "fails" else np.int32)
            for name in rows[0]
            if name != "gates"
        }
        questions = np.array(list(self.questions), np.int32).reshape(-1, 3)
        return Listing(
            wiring=self.network.wiring,
            vocabulary=self.network.vocabulary,
            slots=tuple(self.slots),
            notes=tuple(self.notes),
            rows=Rows(gates=np.stack([row["gates"] for row in rows]), **columns),
            questions=Questions(*questions.T),
            counters=sum(isinstance(node.action, Reset) for node in nodes),
            addresses=np.repeat(np.arange(len(nodes), dtype=np.int32), [len(group) for group in groups]),
            labels=tuple(label for group in groups for _, label in group),
        )

    def _node_rows(self, node: Node) -> list[tuple[dict[str, Any], str]]:
        action, label = node.action, " > ".join([*node.headings, str(node.action)])
        if isinstance(action, Branch):
            row = {"question": self._question(action), "ticks": 1 + SETTLE * action.settle}
            return [(row, label)]
        if isinstance(action, Reset):
            return [({"counter": action.counter}, label)]
        if isinstance(action, Count):
            return [({"counter": action.counter, "limit": action.limit, "fails": action.fails}, label)]
        return self._instruction_rows(action, node.headings)

    def _instruction_rows(
        self, instruction: Instruction, headings: tuple[str, ...]
    ) -> list[tuple[dict[str, Any], str]]:
        rows = []
        for row, heads in self._steps(instruction):
            rows.append((row, step_label(heads, headings)))
            headings = ()
        return rows

    def _steps(self, instruction: Instruction) -> list[tuple[dict[str, Any], tuple[Heading, ...]]]:
        """The rows of an instruction, worked out once however often it occurs, and the macros that begin at each."""
        # By identity, for what is wrong with an instruction shows only now; `* n` repeats the same one.
        if id(instruction) not in self.steps:
            wiring = self.network.wiring
            steps = list(flatten(wiring, [instruction]))
            notes = [head.note(wiring) for _, heads in steps for _, head in heads]
            self.notes.update(dict.fromkeys(note for note in notes if note))
            self.steps[id(instruction)] = [(self._step_row(step), heads) for step, heads in steps]
        return self.steps[id(instruction)]

    def _step_row(self, step: Step) -> dict[str, Any]:
        wiring = self.network.wiring
        row: dict[str, Any] = {"gates": wiring.gating(dict(step.open), step.closed), "ticks": step.ticks}
        if step.emit is not None:
            row["emit"] = wiring.buffer(step.emit)
        if step.present is not None:
            buffer, symbol = step.present
            row["present"] = wiring.buffer(buffer)
            if not isinstance(symbol, Next):
                row["slot"] = slot_of(self.network, self.slots, buffer, symbol)
        return row

    def _question(self, branch: Branch) -> int:
        wiring, question = self.network.wiring, branch.question
        pathway, compared = question.pathway(wiring), question.compared(wiring)
        gate = NONE if pathway is None else wiring.gate_index[pathway]
        slot = slot_of(self.network, self.slots, compared, question.symbol) if isinstance(question, Holds) else NONE
        return self.questions.setdefault((gate, slot, wiring.buffer(compared)), len(self.questions))
