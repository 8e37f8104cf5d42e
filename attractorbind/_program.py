"""Programs: gating sequences as immutable data, and the two primitive instructions."""

import abc
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from attractorbind._errors import ProgramError, check_count, check_fraction
from attractorbind._wiring import Wiring

if TYPE_CHECKING:
    from attractorbind._network import Network
    from attractorbind._schedule import Schedule


@dataclass(frozen=True)
class Arg:
    """A symbol that is named when the program is run; made by `arg`."""

    name: str

    def __repr__(self) -> str:
        return f"arg({self.name!r})"


def arg(name: str) -> Arg:
    """A symbol to be named when the program is run, one for each trial: `ab.run(..., args={name: symbols})`.

    **Example:**
        >>> import attractorbind as ab
        >>> print(ab.load("focus", ab.arg("noun")))
        load('focus', arg('noun'))
    """
    if not isinstance(name, str) or not name.strip():
        raise ProgramError(f"an argument's name is a non-empty string, not {name!r}")
    return Arg(name)


class Instruction(abc.ABC):
    """One instruction: a primitive step, or a macro that expands to others on a given network."""

    @abc.abstractmethod
    def expand(self, wiring: Wiring) -> "tuple[Instruction, ...]":
        """The instructions that this one stands for on a network wired so."""

    def note(self, wiring: Wiring) -> str:
        """What a reader of the gating table should know about this instruction on this network; usually nothing."""
        return ""


@dataclass(frozen=True)
class Step(Instruction):
    """The primitive: some gates not at rest, perhaps a symbol presented to a buffer, for some ticks."""

    ticks: int
    open: tuple[tuple[str, float], ...] = ()
    closed: tuple[str, ...] = ()
    present: tuple[str, str | Arg] | None = None

    def expand(self, wiring: Wiring) -> tuple[Instruction, ...]:
        """A primitive stands for itself."""
        return (self,)

    def __str__(self) -> str:
        if self.present is not None:
            return f"present({self.present[0]!r}, {self.present[1]!r}, ticks={self.ticks})"
        parts = []
        if self.open:
            parts.append("open={" + ", ".join(f"{n!r}" if g == 1 else f"{n!r}: {g:g}" for n, g in self.open) + "}")
        if self.closed:
            parts.append("closed={" + ", ".join(map(repr, self.closed)) + "}")
        return f"gates({', '.join([*parts, f'ticks={self.ticks}'])})"


@dataclass(frozen=True)
class Program:
    """A gating sequence: instructions in order. `+` joins two, `* n` repeats one, `print` shows it.

    **Example:**
        >>> import attractorbind as ab
        >>> program = ab.load("focus", "dog") + ab.copy("focus", "agent") + ab.hold() * 2
        >>> print(program)
        load('focus', 'dog')
        copy('focus', 'agent')
        hold()
        hold()
    """

    instructions: tuple[Instruction, ...] = ()

    def __add__(self, other: "Program") -> "Program":
        if not isinstance(other, Program):
            return NotImplemented
        return Program(self.instructions + other.instructions)

    def __mul__(self, times: int) -> "Program":
        return Program(self.instructions * check_count("the number of repetitions", times, least=0))

    __rmul__ = __mul__

    def expand(self, network: "Network") -> "Program":
        """The same program in the two primitives alone, `gates` and `present`, as it runs on this network."""
        from attractorbind._schedule import flatten  # the schedule is made of programs

        return Program(tuple(step for step, _ in flatten(network.wiring, self.instructions)))

    def compile(self, network: "Network") -> "Schedule":
        """The gating table of this program on this network; `print` it to see it tick by tick.

        **Raises:**

        - `UnknownNameError`: a buffer, gate or symbol that the network does not have.
        - `NetworkError`: a copy for which no chain of relays exists.
        - `ProgramError`: the program is empty.
        """
        from attractorbind._schedule import schedule

        return schedule(network, self)

    def __str__(self) -> str:
        return "\n".join(str(instruction) for instruction in self.instructions)


def gates(open: Iterable[str] | Mapping[str, Any] = (), closed: Iterable[str] = (), *, ticks: int = 1) -> Program:
    """Primitive: hold these gates open and those closed for some ticks, all others at rest.

    At rest latches are open and relays closed.

    **Arguments:**

    - `open`: names of gates, or a mapping from name to conductance (0 to 1).
    - `closed`: names of gates.
    - `ticks`: how long.

    **Raises:** `ArgumentError` for a conductance or a duration out of range, `ProgramError` for a gate named as both.

    **Example:**
        >>> import attractorbind as ab
        >>> print(ab.gates(open=["focus->agent"], closed=["agent"], ticks=2))
        gates(open={'focus->agent'}, closed={'agent'}, ticks=2)
    """
    for argument, value in (("open", open), ("closed", closed)):
        if isinstance(value, str):
            raise ProgramError(
                f"{argument}= takes a list of gate names, not the one string {value!r}; write [{value!r}]"
            )
    pairs = list(open.items()) if isinstance(open, Mapping) else [(name, 1.0) for name in open]
    opened = tuple((name, check_fraction(f"the opening of gate {name!r}", value)) for name, value in pairs)
    shut = tuple(closed)
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
