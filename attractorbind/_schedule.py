"""Compile a program for a network: the gating table, tick by tick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from attractorbind._errors import ProgramError, listed
from attractorbind._network import Network
from attractorbind._program import Arg, Instruction, Program, Step
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Wiring


@dataclass(frozen=True, eq=False)
class Schedule:
    """A program compiled for a network: which gates are open at each tick, and what is presented.

    **Attributes:**

    - `gates`: conductance of every gate at every tick, shape (ticks, gates), columns as in `network.gates`.
    - `presented`: per tick, the place in `slots` of what is presented, or -1.
    - `slots`: the (buffer, symbol or arg) pairs that are presented at some tick.
    - `labels`: per tick, the instructions that begin there, outermost first, each with its depth.
    - `notes`: what the instructions have to say, such as buffers that a copy passes through.
    """

    wiring: Wiring
    vocabulary: Vocabulary
    gates: Float[np.ndarray, "ticks gates"]
    presented: Int[np.ndarray, " ticks"]
    slots: tuple[tuple[str, str | Arg], ...]
    labels: tuple[tuple[tuple[int, str], ...], ...]
    notes: tuple[str, ...]

    @property
    def ticks(self) -> int:
        """How many ticks the program takes."""
        return len(self.gates)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that a run must give, in order of use."""
        return tuple(dict.fromkeys(symbol.name for _, symbol in self.slots if isinstance(symbol, Arg)))

    def check_fits(self, network: Network) -> None:
        """Raise unless the network has the wiring and the vocabulary that this was compiled for."""
        if self.vocabulary != network.vocabulary:
            difference = f"the vocabulary {self.vocabulary!r}; this network has {network.vocabulary!r}"
        elif self.wiring != network.wiring:
            difference = f"{_summary(self.wiring)}; this network has {_summary(network.wiring)}"
        else:
            return
        raise ProgramError(f"the program was compiled for {difference}; compile it for this network")

    def __str__(self) -> str:
        rest = [gate.rest for gate in self.wiring.gates]
        rows = [("tick", "presented", "latches closed", "relays open", "instruction")]
        for tick, (conductances, slot) in enumerate(zip(self.gates, self.presented, strict=True)):
            changed = [
                (gate, value)
                for gate, value, usual in zip(self.wiring.gates, conductances, rest, strict=True)
                if value != usual
            ]
            shown = {
                kind: ", ".join(
                    gate.name if value == 1 - gate.rest else f"{gate.name}={value:g}"
                    for gate, value in changed
                    if gate.kind == kind
                )
                for kind in ("latch", "relay")
            }
            symbol = "" if slot < 0 else f"{self.slots[slot][0]} <- {_shown(self.slots[slot][1])}"
            label = " > ".join(text for _, text in self.labels[tick])
            indent = "  " * (self.labels[tick][0][0] if self.labels[tick] else 0)
            rows.append((str(tick), symbol, shown["latch"], shown["relay"], indent + label))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [
            "  ".join([row[0].rjust(widths[0]), *(c.ljust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
            for row in rows
        ]
        return "\n".join(line.rstrip() for line in [*lines, *self.notes])


def _shown(symbol: str | Arg) -> str:
    return repr(symbol) if isinstance(symbol, Arg) else symbol


def _summary(wiring: Wiring) -> str:
    buffers = ", ".join(f"{p.name}: {p.units}" for p in wiring.populations if p.kind == "buffer")
    return f"buffers {{{buffers}}} with gates {listed(wiring.gate_index)}"


Label = tuple[int, Instruction]


def flatten(
    wiring: Wiring, instructions: Sequence[Instruction], depth: int = 0
) -> Iterator[tuple[Step, tuple[Label, ...]]]:
    """The primitive steps in order, each with the macros that begin at it and their depths."""
    for instruction in instructions:
        if isinstance(instruction, Step):
            yield instruction, (((0, instruction),) if depth == 0 else ())
            continue
        heads: tuple[Label, ...] = ((depth, instruction),)
        for step, inner in flatten(wiring, instruction.expand(wiring), depth + 1):
            yield step, heads + inner
            heads = ()


def schedule(network: Network, program: Program) -> Schedule:
    """See `Program.compile`."""
    wiring = network.wiring
    rows: list[Float[np.ndarray, " gates"]] = []
    presented: list[int] = []
    labels: list[tuple[tuple[int, str], ...]] = []
    slots: dict[tuple[str, str | Arg], int] = {}
    notes: dict[str, None] = {}
    for step, heads in flatten(wiring, program.instructions):
        conductances = wiring.gating(dict(step.open), step.closed)
        slot = -1
        if step.present is not None:
            buffer, symbol = step.present
            wiring.buffer(buffer)
            if not isinstance(symbol, Arg):
                network.vocabulary[symbol]
            slot = slots.setdefault(step.present, len(slots))
        notes.update(dict.fromkeys(note for _, head in heads if (note := head.note(wiring))))
        rows += [conductances] * step.ticks
        presented += [slot] * step.ticks
        labels.append(tuple((depth, str(head)) for depth, head in heads))
        labels += [()] * (step.ticks - 1)
    if not rows:
        raise ProgramError("the program is empty; give it at least one instruction, such as hold()")
    return Schedule(
        wiring=wiring,
        vocabulary=network.vocabulary,
        gates=np.stack(rows),
        presented=np.array(presented, np.int32),
        slots=tuple(slots),
        labels=tuple(labels),
        notes=tuple(notes),
    )
