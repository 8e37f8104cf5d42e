"""A straight-line program on a network: the gating table, tick by tick."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from attractorbind._errors import ProgramError
from attractorbind._network import Network
from attractorbind._program.assembler import Node
from attractorbind._program.compiled import (
    Compiled,
    Slot,
    flatten,
    gate_columns,
    presented_text,
    slot_of,
    step_label,
    with_stuck,
)
from attractorbind._program.statement import Instruction
from attractorbind._program.symbol import Next
from attractorbind._table import aligned

# A gating table has a row for every tick, so a longer program would fill the memory.
MOST_TICKS = 2**20


@dataclass(frozen=True, eq=False)
class Schedule(Compiled):
    """A straight-line program compiled for a network: which gates are open at each tick, and what is presented.

    **Attributes:**

    - `gates`: conductance of every gate at every tick, shape (ticks, gates), columns as in `network.gates`.
    - `presented`: per tick, the number of the slot that is presented, or -1.
    - `labels`: per tick, the instructions that begin there, as text.
    """

    gates: Float[np.ndarray, "ticks gates"]
    presented: Int[np.ndarray, " ticks"]
    labels: tuple[str, ...]

    @property
    def ticks(self) -> int:
        """How many ticks the program takes."""
        return len(self.gates)

    @property
    def settings(self) -> Float[np.ndarray, "settings gates"]:
        """The conductances of all gates at every tick."""
        return self.gates

    def stuck(self, conductances: Mapping[str, Any]) -> "Schedule":
        """The program as it runs where some gates are stuck at a conductance, whatever it says of them."""
        return replace(self, gates=with_stuck(self.wiring, self.gates, conductances))

    def __repr__(self) -> str:
        return f"Schedule({self.ticks} ticks, arguments {list(self.arguments)})"

    @property
    def lines(self) -> list[tuple[str, ...]]:
        """A line of text for each tick, under what `heads` says."""
        lines = []
        for tick, (conductances, slot) in enumerate(zip(self.gates, self.presented, strict=True)):
            symbol = "" if slot < 0 else presented_text(*self.slots[slot])
            lines.append((str(tick), symbol, *gate_columns(self.wiring, conductances), self.labels[tick]))
        return lines

    @property
    def heads(self) -> tuple[str, ...]:
        """What stands above `lines`."""
        return ("tick", "presented", "latches closed", "gates open", "instruction")

    def __str__(self) -> str:
        return "\n".join([*aligned([self.heads, *self.lines], right=[0]), *self.notes])


def schedule(network: Network, nodes: Sequence[Node]) -> Schedule:
    """The gating table of a program without branches and streams."""
    wiring = network.wiring
    gates: list[Float[np.ndarray, " gates"]] = []
    presented: list[int] = []
    labels: list[str] = []
    slots: dict[Slot, int] = {}
    notes: dict[str, None] = {}
    for node in nodes:
        if not isinstance(node.action, Instruction):
            raise ProgramError(f"a gating table has instructions only, not {node.action}")
        procedures = node.headings
        for step, begins in flatten(wiring, [node.action]):
            conductances = wiring.gating(dict(step.open), step.closed)
            slot = -1
            if step.present is not None and not isinstance(step.present[1], Next):
                slot = slot_of(network, slots, step.present[0], step.present[1])
            notes.update(dict.fromkeys(note for _, instruction in begins if (note := instruction.note(wiring))))
            if len(gates) + step.ticks > MOST_TICKS:
                raise ProgramError(
                    f"the program takes more than {MOST_TICKS} ticks, too many to be written out one by one; "
                    "use repeat(n, body) for what is done again and again"
                )
            gates += [conductances] * step.ticks
            presented += [slot] * step.ticks
            labels += [step_label(begins, procedures)] + [""] * (step.ticks - 1)
            # A procedure begins at the first of its steps only.
            procedures = ()
    return Schedule(
        wiring=wiring,
        vocabulary=network.vocabulary,
        slots=tuple(slots),
        notes=tuple(notes),
        gates=np.stack(gates),
        presented=np.array(presented, np.int32),
        labels=tuple(labels),
    )
