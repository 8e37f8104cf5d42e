"""From the nodes of a program that branches or has streams to its listing on a network."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from attractorbind._each import NONE
from attractorbind._errors import ProgramError
from attractorbind._network import Network
from attractorbind._program.assembler import HALT, Action, Count, Node, Reset
from attractorbind._program.compiled import Beginning, Slot, flatten, slot_of, step_label
from attractorbind._program.condition import Branch
from attractorbind._program.listing import Listing, Questions, Rows
from attractorbind._program.statement import SETTLE, Instruction, Step
from attractorbind._program.symbol import Next


def compile_listing(network: Network, nodes: Sequence[Node]) -> Listing:
    """The listing of a program that branches or has streams."""
    return _Compiler(network).compile(nodes)


def _events(node: Node, rows: Sequence[Any]) -> tuple[str | None, ...]:
    """What a trace tells has happened at each row of a node: at its first."""
    return (node.action.event, *[None] * (len(rows) - 1))


# A row of the table before it stands in arrays: those of its columns that differ from the resting row.
_Row = dict[str, Any]


class _Compiler:
    """Turns nodes into rows, collecting slots, questions and notes on the way."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.slots: dict[Slot, int] = {}
        self.questions: dict[tuple[int, int, int, int], int] = {}
        self.notes: dict[str, None] = {}
        self.steps: dict[int, list[tuple[_Row, tuple[Beginning, ...]]]] = {}
        self.resting: _Row = dict.fromkeys(("present", "slot", "emit", "question", "counter", "limit"), NONE)
        nobody = np.zeros((len(network.wiring.gates), len(network.wiring.channels)), bool)
        self.resting |= {"gates": network.wiring.gating(), "ticks": 1, "fails": False, "left_to": nobody}

    def compile(self, nodes: Sequence[Node]) -> Listing:
        groups = [self._node_rows(node) for node in nodes]
        # The row at which each address begins.
        starts = np.cumsum([0, *map(len, groups)])
        rows: list[_Row] = []
        for node, group in zip(nodes, groups, strict=True):
            for row, _ in group:
                following = len(rows) + 1
                rows.append(self.resting | {"then": following, "otherwise": following} | row)
            ways = {"then": node.then, "otherwise": node.otherwise}
            rows[-1] |= {way: HALT if address == HALT else int(starts[address]) for way, address in ways.items()}
        columns = {
            name: np.array([row[name] for row in rows], bool if name == "fails" else np.int32)
            for name in rows[0]
            if name not in ("gates", "left_to")
        }
        questions = np.array(list(self.questions), np.int32).reshape(-1, 4)
        return Listing(
            wiring=self.network.wiring,
            vocabulary=self.network.vocabulary,
            slots=tuple(self.slots),
            notes=tuple(self.notes),
            rows=Rows(
                gates=np.stack([row["gates"] for row in rows]),
                left_to=np.stack([row["left_to"] for row in rows]),
                **columns,
            ),
            questions=Questions(*questions.T),
            counters=len({node.action.counter for node in nodes if isinstance(node.action, Reset)}),
            addresses=np.repeat(np.arange(len(nodes), dtype=np.int32), [len(group) for group in groups]),
            labels=tuple(label for group in groups for _, label in group),
            events=tuple(event for node, group in zip(nodes, groups, strict=True) for event in _events(node, group)),
        )

    def _node_rows(self, node: Node) -> list[tuple[_Row, str]]:
        """The rows of a node, each with its label: one for each step of an instruction, and one for all else."""
        if isinstance(node.action, Instruction):
            return self._instruction_rows(node.action, node.headings)
        return [(self._row(node.action), " > ".join([*node.headings, str(node.action)]))]

    def _row(self, action: Action) -> _Row:
        match action:
            case Branch():
                return {"question": self._question(action), "ticks": 1 + SETTLE * action.settle}
            case Reset(counter):
                return {"counter": counter}
            case Count(counter, limit, fails):
                return {"counter": counter, "limit": limit, "fails": fails}
        raise ProgramError(f"a listing has instructions, readings and counters, not {action}")

    def _instruction_rows(self, instruction: Instruction, procedures: tuple[str, ...]) -> list[tuple[_Row, str]]:
        rows = []
        for row, begins in self._steps(instruction):
            rows.append((row, step_label(begins, procedures)))
            # A procedure begins at the first of its rows only.
            procedures = ()
        return rows

    def _steps(self, instruction: Instruction) -> list[tuple[_Row, tuple[Beginning, ...]]]:
        """The rows of an instruction, and the macros that begin at each; worked out once however often it occurs."""
        # Found again by identity, as in `program * n`: an instruction is not checked yet, and may not be hashable.
        if id(instruction) not in self.steps:
            wiring = self.network.wiring
            steps = list(flatten(wiring, [instruction]))
            notes = [macro.note(wiring) for _, begins in steps for _, macro in begins]
            self.notes.update(dict.fromkeys(note for note in notes if note))
            self.steps[id(instruction)] = [(self._step_row(step), begins) for step, begins in steps]
        return self.steps[id(instruction)]

    def _step_row(self, step: Step) -> _Row:
        wiring = self.network.wiring
        row: _Row = {"gates": wiring.gating(dict(step.open), step.closed), "ticks": step.ticks}
        if step.left_to:
            row["left_to"] = left_to = self.resting["left_to"].copy()
            for gate, channels in step.left_to:
                left_to[
                    wiring.gate_index[wiring.gate(gate).name], [wiring.channel(*channel) for channel in channels]
                ] = True
        if step.emit is not None:
            row["emit"] = wiring.buffer(step.emit)
        if step.present is not None:
            buffer, symbol = step.present
            row["present"] = wiring.buffer(buffer)
            if not isinstance(symbol, Next):
                row["slot"] = slot_of(self.network, self.slots, buffer, symbol)
        return row

    def _question(self, branch: Branch) -> int:
        """The number of the question that a branch asks; the same question asked twice has one number."""
        wiring = self.network.wiring
        buffer, gate, symbol, channel = branch.question.reading(wiring)
        key = (
            NONE if gate is None else wiring.gate_index[gate],
            NONE if symbol is None or buffer is None else slot_of(self.network, self.slots, buffer, symbol),
            NONE if buffer is None else wiring.buffer(buffer),
            NONE if channel is None else wiring.channel(*channel),
        )
        return self.questions.setdefault(key, len(self.questions))
