"""Laying out a program: its actions at addresses 0, 1, ..., and labels for addresses that are not known yet."""

import abc
from dataclasses import dataclass, field
from typing import NamedTuple

from attractorbind._errors import ProgramError

# The address at which a program ends.
HALT = -1


class Action(abc.ABC):
    """What is done at one address: an instruction, a reading of the network, or a step of a counter."""

    @property
    def event(self) -> str | None:
        """What a trace tells has happened when a trial has done it, such as a rule that fires; usually nothing."""
        return None

    @abc.abstractmethod
    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Reset(Action):
    """Set a counter of the program to zero."""

    counter: int

    def __str__(self) -> str:
        return f"counter {self.counter} = 0"


@dataclass(frozen=True)
class Count(Action):
    """Add one to a counter; go on at `then` while it is within the limit, at `otherwise` beyond it.

    With `fails`, the trial ends in `Result.LIMIT` beyond the limit.
    """

    counter: int
    limit: int
    fails: bool

    def __str__(self) -> str:
        return f"if (counter {self.counter} += 1) <= {self.limit}"


@dataclass(frozen=True)
class Fire(Count):
    """The count of a cycle as a rule fires; beyond the limit it does not fire, and the trial ends."""

    name: str

    @property
    def event(self) -> str | None:
        """The rule's name."""
        return self.name

    def __str__(self) -> str:
        return f"fire {self.name!r} {super().__str__()}"


@dataclass(eq=False)
class Label:
    """A name for an address that may not be known yet.

    **Attributes:**

    - `target`: the address; another label, if both stand for the same address; or None as long as it is not known.
    """

    target: "int | Label | None" = None

    def address(self) -> int:
        """The address, once everything has been laid out."""
        if self.target is None:
            raise ProgramError("the program goes on at a label that was never laid out")
        return self.target.address() if isinstance(self.target, Label) else self.target


@dataclass(frozen=True)
class Node:
    """One action, the procedures that begin with it, and the addresses where it goes on."""

    action: Action
    headings: tuple[str, ...]
    then: int
    otherwise: int


class Placed(NamedTuple):
    """A node whose labels are still to be resolved."""

    action: Action
    headings: tuple[str, ...]
    then: Label
    otherwise: Label


@dataclass
class Assembler:
    """Gives every action the next free address.

    **Attributes:**

    - `placed`: the actions so far, in the order of their addresses.
    - `headings`: the procedures that begin with the next action.
    - `counters`: how many counters are in use.
    """

    placed: list[Placed] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    counters: int = 0

    def add(self, action: Action, then: Label, otherwise: Label | None = None) -> None:
        """Lay out an action at the next address; without `otherwise`, it always goes on at `then`."""
        self.placed.append(Placed(action, tuple(self.headings), then, then if otherwise is None else otherwise))
        self.headings.clear()

    def label(self) -> Label:
        """A new label, for an address that comes later."""
        return Label()

    def here(self, label: Label) -> None:
        """Let the label stand for the next address."""
        label.target = len(self.placed)

    def counter(self) -> int:
        """The number of a counter that nothing else uses."""
        self.counters += 1
        return self.counters - 1

    def nodes(self) -> tuple[Node, ...]:
        """All actions laid out, with the labels resolved to addresses."""
        return tuple(
            Node(action, headings, then.address(), otherwise.address())
            for action, headings, then, otherwise in self.placed
        )
