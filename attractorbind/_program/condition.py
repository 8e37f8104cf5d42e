"""Conditions: what a program asks of the network's own state, and how they are laid out as readings."""

import abc
from dataclasses import dataclass
from typing import NamedTuple

from attractorbind._errors import ProgramError
from attractorbind._program.assembler import Action, Assembler, Label
from attractorbind._program.symbol import Arg
from attractorbind._wiring import Wiring


class Condition(abc.ABC):
    """A yes-or-no question about the network's state; `~`, `&` and `|` combine them.

    A condition of your own is a subclass that defines `lower`, out of other conditions, and `__str__`; "Extending" in
    the documentation shows how.
    """

    @abc.abstractmethod
    def __str__(self) -> str: ...

    @abc.abstractmethod
    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """Lay out the readings that decide between two labels, no more of them than it takes.

        A condition of your own calls `decide` of other conditions, one after the other. `assembler.label()` makes a
        label for a condition to go on at, and `assembler.here(label)` puts the label before the next one.

        **Arguments:**

        - `assembler`: lays out one reading after the other; pass it on.
        - `yes`, `no`: where the program goes on when the condition holds, and when it does not.
        - `settle`: whether the latches clean up for two ticks before the first reading. Pass it on to the condition
            that is read first, and `settle=False` to those that are read after it, for no buffer changes in between.
        """

    def decide(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """Lay out the readings as `lower` says, and see to it that they end at the two labels and nowhere else.

        Without these checks a mistake in a `lower` would show only in what the program does: it would run into
        whatever is laid out next.

        **Arguments:** as for `lower`.

        **Raises:** `ProgramError` for readings that lead anywhere else, or only to one of the labels.
        """
        first = len(assembler.placed)
        self.lower(assembler, yes, no, settle=settle)
        end = len(assembler.placed)
        reached = []
        for address, (action, _, *ways) in enumerate(assembler.placed[first:], first):
            if not isinstance(action, Branch):
                raise ProgramError(
                    f"condition {self} does more than read: {action}; in lower(), lay out conditions only"
                )
            for label in ways:
                if label is yes or label is no:
                    reached.append(label)
                # Readings lead to later ones only, or a condition might never be answered.
                elif not isinstance(label.target, int) or not address < label.target < end:
                    raise ProgramError(
                        f"condition {self} goes on at a label with no reading after it; in lower(), put "
                        "assembler.here(label) before the condition that comes next"
                    )
        for name, label in (("yes", yes), ("no", no)):
            if label not in reached:
                raise ProgramError(
                    f"condition {self} never goes on at {name!r}; in lower(), call decide() of other conditions with "
                    "the labels yes and no"
                )

    def __invert__(self) -> "Condition":
        return Not(self)

    def __and__(self, other: object) -> "Condition":
        return And(self, check_condition(other))

    def __or__(self, other: object) -> "Condition":
        return Or(self, check_condition(other))

    def __bool__(self) -> bool:
        raise ProgramError(
            f"{self} is read by the network while the program runs, not by Python; "
            "use when() for 'if', and ~ & | for 'not', 'and', 'or'"
        )


def check_condition(condition: object) -> Condition:
    """The condition, or an error if it is something else."""
    if not isinstance(condition, Condition):
        raise ProgramError(
            f"{condition!r} is not a condition; give equal(), holds(), empty() or chosen(), joined by ~ & |"
        )
    return condition


@dataclass(frozen=True)
class Not(Condition):
    """True where the inner condition is false."""

    inner: Condition

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """The same readings, with the two labels exchanged."""
        self.inner.decide(assembler, no, yes, settle=settle)

    def __str__(self) -> str:
        return f"~{self.inner}"


@dataclass(frozen=True)
class And(Condition):
    """True where both are; the second is not read where the first is false."""

    first: Condition
    second: Condition

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """The readings of the first, which lead to `no` or to those of the second."""
        second = assembler.label()
        self.first.decide(assembler, second, no, settle=settle)
        assembler.here(second)
        self.second.decide(assembler, yes, no, settle=False)

    def __str__(self) -> str:
        return f"({self.first} & {self.second})"


@dataclass(frozen=True)
class Or(Condition):
    """True where one of the two is; the second is not read where the first is true."""

    first: Condition
    second: Condition

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """The readings of the first, which lead to `yes` or to those of the second."""
        second = assembler.label()
        self.first.decide(assembler, yes, second, settle=settle)
        assembler.here(second)
        self.second.decide(assembler, yes, no, settle=False)

    def __str__(self) -> str:
        return f"({self.first} | {self.second})"


class Reading(NamedTuple):
    """What is compared with the state of a buffer: what a gate's pathway would write on it, or a symbol's code.

    Or, without a buffer, a channel of an area that chooses, (area, channel), which is asked whether it is open.
    """

    buffer: str | None
    gate: str | None = None
    symbol: str | Arg | None = None
    channel: tuple[str, str] | None = None


class Question(Condition):
    """A condition that is answered by one reading of the network."""

    @abc.abstractmethod
    def reading(self, wiring: Wiring) -> Reading:
        """The reading that answers it on a network with this wiring."""

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """A question is one action, with two ways on."""
        assembler.add(Branch(self, settle), yes, no)


@dataclass(frozen=True)
class Branch(Action):
    """Read the network and go on at one of two addresses; with `settle`, let the latches clean up first."""

    question: Question
    settle: bool

    def __str__(self) -> str:
        return f"if {self.question}"
