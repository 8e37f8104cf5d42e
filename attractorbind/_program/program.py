"""Programs: gating sequences as immutable data, and the two primitive instructions."""

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from attractorbind._checks import check_count, check_fraction
from attractorbind._display import Printed
from attractorbind._errors import ProgramError
from attractorbind._network import Network, check_network
from attractorbind._program.compiler import compile_listing
from attractorbind._program.flow import flow, flow_graph, is_straight
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import MOST_TICKS, Schedule, schedule
from attractorbind._program.statement import Statement, Step
from attractorbind._program.symbol import Arg
from attractorbind._wiring import Wiring, check_closed, openings

# How many characters of a program `repr` shows.
_LINE = 100


@dataclass(frozen=True)
class Program(Printed):
    """A gating sequence: statements in order. `+` joins two, `* n` writes one n times, `print` shows it.

    **Example:**

        >>> import attractorbind as ab
        >>> program = ab.load("focus", "dog") + ab.copy("focus", "agent") + ab.hold() * 2
        >>> print(program)
        load('focus', 'dog')
        copy('focus', 'agent')
        hold()
        hold()
    """

    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.statements, tuple) or not all(isinstance(s, Statement) for s in self.statements):
            raise ProgramError(
                "programs are made by functions such as load() and joined by +; Program() alone is empty"
            )

    def __add__(self, other: object) -> "Program":
        if not isinstance(other, Program):
            raise ProgramError(f"a Program joins another, such as hold(), not a {type(other).__name__}: {other!r}")
        return Program(self.statements + other.statements)

    __radd__ = __add__

    def __mul__(self, times: int) -> "Program":
        times = check_count("the number of repetitions", times, least=0)
        if times * len(self.statements) > MOST_TICKS:
            raise ProgramError(
                f"{times} times {len(self.statements)} statements are too many to be written out; use repeat({times}, "
                "program), which runs them again and again"
            )
        return Program(self.statements * times)

    __rmul__ = __mul__

    @property
    def graph(self) -> nx.DiGraph:
        """The control flow as a networkx graph.

        Nodes are addresses with their `instruction` as text, and "end"; an edge's `when` is True or False on the two
        ways out of a condition, otherwise None.

        **Example:**

            >>> import attractorbind as ab
            >>> program = ab.when(ab.holds("focus", "dog"), ab.copy("focus", "agent")) + ab.clear("focus")
            >>> list(program.graph.edges(data="when"))
            [(0, 1, True), (0, 2, False), (1, 2, None), (2, 'end', None)]
        """
        return flow_graph(flow(self.statements))

    def expand(self, network: Network) -> "Program":
        """The same program in primitives alone, as it runs on this network."""
        return self.expanded(check_network(network).wiring)

    def expanded(self, wiring: Wiring) -> "Program":
        """As `expand`, on a network with this wiring."""
        return Program(tuple(part for statement in self.statements for part in statement.expanded(wiring)))

    def compile(self, network: Network) -> Schedule | Listing:
        """What this program is on this network; `print` it to read it.

        **Returns:** for a straight line, a `Schedule`, the gating table tick by tick; for a program that branches or
        has streams, a `Listing` of instructions with their addresses, gates, durations and jumps.

        **Raises:**

        - `UnknownNameError`: a buffer, gate or symbol that the network does not have.
        - `NetworkError`: a copy for which no chain of relays exists, or a comparison for which there is no relay.
        - `ProgramError`: the program is empty.
        """
        return compile_program(network, self)

    def __str__(self) -> str:
        return "\n".join(str(statement) for statement in self.statements)

    def __repr__(self) -> str:
        # On one line, cut where the line ends.
        text = "; ".join(" ".join(str(statement).split()) for statement in self.statements)
        return f"Program({text if len(text) <= _LINE else text[:_LINE] + '...'})"

    def indented(self) -> str:
        """The program's text as the inside of a block."""
        return textwrap.indent(str(self) or "nothing", "    ")


def compile_program(network: Network, program: Program) -> Schedule | Listing:
    """See `Program.compile`."""
    check_network(network)
    nodes = flow(program.statements)
    return schedule(network, nodes) if is_straight(nodes) else compile_listing(network, nodes)


def gates(open: Iterable[str] | Mapping[str, Any] = (), closed: Iterable[str] = (), *, ticks: int = 1) -> Program:
    """Primitive: hold these gates open and those closed for some ticks, all others at rest.

    At rest latches are open and relays closed.

    **Arguments:**

    - `open`: names of gates, or a mapping from name to conductance (0 to 1).
    - `closed`: names of gates; one that is to conduct a part belongs to `open`.
    - `ticks`: how long.

    **Raises:** `ArgumentError` for a conductance or a duration out of range, `ProgramError` for a gate named as both.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.gates(open=["focus->agent"], closed=["agent"], ticks=2))
        gates(open={'focus->agent'}, closed={'agent'}, ticks=2)
    """
    pairs = openings("open=", open, ProgramError)
    opened = tuple(
        (name, check_fraction(f"the opening of gate {name!r}", conductance, booleans=True))
        for name, conductance in pairs
    )
    shut = tuple(check_closed(closed, ProgramError))
    for name in (*[name for name, _ in opened], *shut):
        if not isinstance(name, str):
            raise ProgramError(f"gate {name!r} is no name; latches are named as their buffers, relays 'source->target'")
    both = [name for name, _ in opened if name in shut]
    if both:
        raise ProgramError(f"gate {both[0]!r} is given as open and as closed; name it once")
    return Program((Step(check_count("ticks", ticks), opened, shut),))


def present(buffer: str, symbol: str | Arg, *, ticks: int = 1) -> Program:
    """Primitive: impose a symbol's code on a buffer from outside for some ticks, all gates at rest.

    The external field is +drive on the code's units and -drive on all others, with a drive above any field that the
    network itself can give: while it lasts, the buffer holds the symbol.

    **Arguments:**

    - `buffer`: the buffer's name.
    - `symbol`: the symbol's name, or `arg(name)` to name it when the program is run.
    - `ticks`: how long.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.present("focus", "dog", ticks=3))
        present('focus', 'dog', ticks=3)
    """
    if not isinstance(symbol, str | Arg):
        raise ProgramError(f"cannot present {symbol!r} to {buffer!r}; give a symbol's name or arg(name)")
    return Program((Step(check_count("ticks", ticks), present=(buffer, symbol)),))
