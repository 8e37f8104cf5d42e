"""What programs are made of: statements, of which an instruction is the simplest, and a step the primitive one."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass

from attractorbind._program.assembler import Action, Assembler, Label
from attractorbind._program.symbol import NEXT, Arg, Next
from attractorbind._wiring import Wiring

# Ticks with all gates at rest after a change, in which the latches correct what noise has left.
SETTLE = 2


class Statement(abc.ABC):
    """An instruction, or a block with statements inside."""

    @abc.abstractmethod
    def lower(self, assembler: Assembler, after: Label) -> None:
        """Lay out the actions of this statement, one at least; the last ones go on at `after`."""

    @abc.abstractmethod
    def expanded(self, wiring: Wiring) -> "tuple[Statement, ...]":
        """The same in primitives alone, on a network with this wiring."""


class Instruction(Statement, Action):
    """A statement that is one action: a primitive step, or a macro that expands to others on a given network."""

    @property
    def streams(self) -> bool:
        """Whether it takes from the trial's inputs or adds to its outputs."""
        return False

    @property
    def chooses(self) -> bool:
        """Whether some of its gates are open in some trials only."""
        return False

    @abc.abstractmethod
    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The instructions that this one stands for on a network with this wiring, macros perhaps among them."""

    def lower(self, assembler: Assembler, after: Label) -> None:
        """An instruction is one action."""
        assembler.add(self, after)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives that this one stands for, macros within it expanded in turn."""
        return tuple(part for statement in self.expand(wiring) for part in statement.expanded(wiring))

    def note(self, wiring: Wiring) -> str:
        """What a reader of the gating table should know about this instruction on this network; usually nothing."""
        return ""


@dataclass(frozen=True)
class Step(Instruction):
    """The primitive: some gates not at rest, perhaps a symbol presented to a buffer, for some ticks.

    With `emit`, the symbol that this buffer holds at the start of the last tick is the trial's next output. With
    `tells`, a trace tells that something of this name has happened. A gate among those `left_to` channels of areas that
    choose is as said here where one of its channels is open, and at rest elsewhere.
    """

    ticks: int
    open: tuple[tuple[str, float], ...] = ()
    closed: tuple[str, ...] = ()
    present: tuple[str, str | Arg | Next] | None = None
    emit: str | None = None
    left_to: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()  # gate to channels, each (area, channel)
    tells: str | None = None

    @property
    def event(self) -> str | None:
        """What it tells."""
        return self.tells

    @property
    def streams(self) -> bool:
        """Whether it takes from the trial's inputs or adds to its outputs, or to what is told of it."""
        return self.emit is not None or self.tells is not None or (self.present is not None and self.present[1] is NEXT)

    @property
    def chooses(self) -> bool:
        """Whether some of its gates are open in some trials only."""
        return bool(self.left_to)

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """A primitive stands for itself."""
        return (self,)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """A primitive stands for itself."""
        return (self,)

    def __str__(self) -> str:
        if self.tells is None:
            return self._text()
        resting = self == Step(self.ticks, tells=self.tells)
        return f"fire {self.tells!r}" + ("" if resting else f": {self._text()}")

    def _text(self) -> str:
        if self.present is not None:
            return f"present({self.present[0]!r}, {self.present[1]!r}, ticks={self.ticks})"
        if self.emit is not None:
            return f"emit({self.emit!r})"
        parts = []
        if self.open:
            conductances = (
                f"{name!r}" if conductance == 1 else f"{name!r}: {conductance:g}" for name, conductance in self.open
            )
            parts.append(f"open={{{', '.join(conductances)}}}")
        if self.closed:
            parts.append(f"closed={{{', '.join(map(repr, self.closed))}}}")
        if self.left_to:
            parts.append(f"where chosen={{{', '.join(repr(gate) for gate, _ in self.left_to)}}}")
        return f"gates({', '.join([*parts, f'ticks={self.ticks}'])})"


def lay_out(assembler: Assembler, statements: Sequence[Statement], entry: Label, after: Label) -> None:
    """Lay out statements in order, the first at `entry`; the last goes on at `after`.

    Where there are no statements, `entry` stands for the same address as `after`.
    """
    if not statements:
        entry.target = after
    for index, statement in enumerate(statements):
        assembler.here(entry)
        following = after if index == len(statements) - 1 else Label()
        statement.lower(assembler, following)
        entry = following
