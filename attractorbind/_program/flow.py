"""The control flow of a program: instructions at addresses, and where each goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import networkx as nx

from attractorbind._errors import ProgramError
from attractorbind._program.condition import And, Condition, Not, Or, Question
from attractorbind._program.program import Instruction, Program, Statement

HALT = -1


@dataclass(frozen=True)
class Branch:
    """Read the network and go on at one of two places; with `settle`, let the latches clean up first."""

    question: Question
    settle: bool

    def __str__(self) -> str:
        return f"if {self.question}"


@dataclass(frozen=True)
class Reset:
    """Set a counter of the program to zero."""

    counter: int

    def __str__(self) -> str:
        return f"counter {self.counter} = 0"


@dataclass(frozen=True)
class Count:
    """Add one to a counter and go on at one of two places, by whether the limit is still kept.

    With `fails`, the trial ends there once it is not.
    """

    counter: int
    limit: int
    fails: bool

    def __str__(self) -> str:
        return f"if (counter {self.counter} += 1) <= {self.limit}"


Action = Instruction | Branch | Reset | Count


@dataclass(frozen=True)
class Node:
    """One action, the procedures that begin with it, and the addresses where it goes on."""

    action: Action
    headings: tuple[str, ...]
    then: int
    otherwise: int


@dataclass(eq=False)
class Label:
    """An address that may not be known yet: a number, or another label that stands for the same place."""

    place: "int | Label | None" = None

    def address(self) -> int:
        """The address, once everything has been placed."""
        if self.place is None:
            raise ProgramError("the program goes on at a place that was never laid out")
        return self.place.address() if isinstance(self.place, Label) else self.place


@dataclass
class Assembler:
    """Lays statements out at addresses; every statement is told where to go on after it."""

    actions: list[tuple[Action, tuple[str, ...], Label, Label]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    counters: int = 0

    def add(self, action: Action, then: Label, otherwise: Label | None = None) -> None:
        """Lay out one action at the next address."""
        self.actions.append((action, tuple(self.headings), then, otherwise or then))
        self.headings.clear()

    def here(self, label: Label) -> None:
        """Let the label stand for the next address."""
        label.place = len(self.actions)

    def counter(self) -> int:
        """A counter that nothing else uses."""
        self.counters += 1
        return self.counters - 1

    def block(self, statements: Sequence[Statement], entry: Label, after: Label) -> None:
        """Lay out statements in order; an empty block is the place after it."""
        if not statements:
            entry.place = after
        for index, statement in enumerate(statements):
            self.here(entry)
            following = after if index == len(statements) - 1 else Label()
            statement.lower(self, following)
            entry = following

    def condition(self, condition: Condition, yes: Label, no: Label, settle: bool = True) -> None:
        """Lay out the readings that decide between two places, no more of them than it takes."""
        if isinstance(condition, Not):
            self.condition(condition.inner, no, yes, settle)
        elif isinstance(condition, And | Or):
            second = Label()
            first = (second, no) if isinstance(condition, And) else (yes, second)
            self.condition(condition.first, *first, settle)
            self.here(second)
            self.condition(condition.second, yes, no, settle=False)
        elif isinstance(condition, Question):
            self.add(Branch(condition, settle), yes, no)

    def nodes(self) -> tuple[Node, ...]:
        """Everything laid out, the labels resolved."""
        return tuple(
            Node(action, headings, then.address(), otherwise.address())
            for action, headings, then, otherwise in self.actions
        )


def flow(program: Program) -> tuple[Node, ...]:
    """The program laid out at addresses 0, 1, ...; `HALT` is where it ends."""
    assembler, start, end = Assembler(), Label(), Label(HALT)
    try:
        assembler.block(program.statements, start, end)
    except RecursionError:
        raise ProgramError(
            "the program is nested too deeply, with hundreds of blocks inside each other; put one after the other"
        ) from None
    if not assembler.actions:
        raise ProgramError("the program is empty; give it at least one instruction, such as hold()")
    return assembler.nodes()


def is_straight(nodes: Sequence[Node]) -> bool:
    """Whether the program does the same in every trial: no branches, no streams."""
    return all(isinstance(node.action, Instruction) and not node.action.streams for node in nodes)


def flow_graph(nodes: Sequence[Node]) -> nx.DiGraph:
    """Addresses as nodes (`instruction`), the ways on as edges (`when`: True, False or None); "end" is the end."""
    graph = nx.DiGraph()
    for address, node in enumerate(nodes):
        graph.add_node(address, instruction=str(node.action))
    graph.add_node("end", instruction="end")
    for address, node in enumerate(nodes):
        # At its limit a loop does not go on: the trial ends.
        fails = isinstance(node.action, Count) and node.action.fails
        otherwise = HALT if fails else node.otherwise
        ways = {node.then: None} if node.then == otherwise else {node.then: True, otherwise: False}
        for target, when in ways.items():
            graph.add_edge(address, "end" if target == HALT else target, when=when)
    return graph
