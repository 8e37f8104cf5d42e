"""The macros: what programs are usually written in, each defined by the primitives `gates` and `present`."""

import itertools
from dataclasses import dataclass

from attractorbind._checks import check_count
from attractorbind._errors import NetworkError, ProgramError, listed
from attractorbind._program.program import Program, gates, present
from attractorbind._program.statement import SETTLE, Instruction, Statement
from attractorbind._program.symbol import Arg
from attractorbind._wiring import Gate, Wiring


def latch_of(wiring: Wiring, buffer: str) -> Gate:
    """The gate of a buffer's latch; an unknown buffer is an error."""
    wiring.buffer(buffer)
    return wiring.gate(buffer)


@dataclass(frozen=True)
class Load(Instruction):
    """Present a symbol to a buffer until its latch has taken it."""

    buffer: str
    symbol: str | Arg

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        delay = latch_of(wiring, self.buffer).delay
        return (present(self.buffer, self.symbol, ticks=delay) + gates(ticks=SETTLE)).statements

    def __str__(self) -> str:
        return f"load({self.buffer!r}, {self.symbol!r})"


@dataclass(frozen=True)
class Hold(Instruction):
    """All gates at rest."""

    ticks: int

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return gates(ticks=self.ticks).statements

    def __str__(self) -> str:
        return "hold()" if self.ticks == 1 else f"hold({self.ticks})"


@dataclass(frozen=True)
class Clear(Instruction):
    """Close a buffer's latch."""

    buffer: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return gates(closed=[latch_of(wiring, self.buffer).name]).statements

    def __str__(self) -> str:
        return f"clear({self.buffer!r})"


@dataclass(frozen=True)
class Copy(Instruction):
    """Write what one buffer holds on another."""

    source: str
    target: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        chain = wiring.chain(self.source, self.target)
        if len(chain) > 2:
            return tuple(Copy(source, target) for source, target in itertools.pairwise(chain))
        relay, latch = wiring.gate(f"{self.source}->{self.target}"), latch_of(wiring, self.target)
        return (
            gates(open=[relay.name], closed=[latch.name], ticks=relay.delay)
            + gates(open=[relay.name], ticks=latch.delay)
            + gates(ticks=SETTLE)
        ).statements

    def note(self, wiring: Wiring) -> str:
        """The buffers that are overwritten on the way."""
        between = wiring.chain(self.source, self.target)[1:-1]
        return f"{self} goes by way of {listed(between)}, overwriting what stands there" if between else ""

    def __str__(self) -> str:
        return f"copy({self.source!r}, {self.target!r})"


@dataclass(frozen=True)
class Move(Instruction):
    """Copy, and clear the first."""

    source: str
    target: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return (copy(self.source, self.target) + clear(self.source)).statements

    def __str__(self) -> str:
        return f"move({self.source!r}, {self.target!r})"


@dataclass(frozen=True)
class Swap(Instruction):
    """Exchange what two buffers hold."""

    first: str
    second: str
    via: str | None

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        if self.via is not None:
            return self._by_way_of(wiring, self.via)
        latches = [latch_of(wiring, buffer) for buffer in (self.first, self.second)]
        names = (f"{self.first}->{self.second}", f"{self.second}->{self.first}")
        missing = [name for name in names if name not in wiring.gate_index]
        if missing:
            raise NetworkError(
                f"{self} needs the relays {listed(names)} and {listed(missing)} is missing; add it to relays=, "
                f"or name a spare buffer, swap({self.first!r}, {self.second!r}, via=...)"
            )
        if any(latch.delay > 1 for latch in latches):
            # The latch was closed, so its nucleus is silent after the exchange; by the time that the nucleus is filled
            # again, the relays have closed and the buffer is empty.
            raise NetworkError(f"{self} needs a spare buffer where latches are loops; give via=")
        travel = wiring.gate(names[0]).delay
        return (
            gates(open=names, closed=[latch.name for latch in latches], ticks=travel) + gates(ticks=SETTLE)
        ).statements

    def _by_way_of(self, wiring: Wiring, via: str) -> tuple[Statement, ...]:
        if via in (self.first, self.second):
            raise ProgramError(f"{self} needs a third buffer to go through, not {via!r} itself")
        legs = ((self.first, via), (self.second, self.first), (via, self.second))
        for source, target in legs:
            clash = {self.first, self.second, via}.intersection(wiring.chain(source, target)[1:-1])
            if clash:
                raise ProgramError(
                    f"{self} cannot work: the way from {source!r} to {target!r} leads through {listed(clash)}, "
                    "which holds a symbol that is still needed; choose another spare buffer or add a relay"
                )
        return tuple(Copy(source, target) for source, target in legs)

    def note(self, wiring: Wiring) -> str:
        """The buffers that are overwritten on the way."""
        return "" if self.via is None else f"{self} overwrites {self.via!r}"

    def __str__(self) -> str:
        return f"swap({self.first!r}, {self.second!r}" + ("" if self.via is None else f", via={self.via!r}") + ")"


def load(buffer: str, symbol: str | Arg) -> Program:
    """Present a symbol to a buffer until its latch has taken it, then settle: `present`, then gates at rest.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> print(ab.load("focus", "dog").expand(network))
        present('focus', 'dog', ticks=1)
        gates(ticks=2)
    """
    if not isinstance(symbol, str | Arg):
        raise ProgramError(f"cannot load {symbol!r} into {buffer!r}; give a symbol's name or arg(name)")
    return Program((Load(buffer, symbol),))


def hold(ticks: int = 1) -> Program:
    """All gates at rest for some ticks: every buffer keeps what it holds."""
    return Program((Hold(check_count("ticks", ticks)),))


def clear(buffer: str) -> Program:
    """Empty a buffer: close its latch for a tick.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> ab.run(network, ab.load("focus", "dog") + ab.clear("focus")).decode()
        {'focus': [None]}
    """
    return Program((Clear(buffer),))


def copy(source: str, target: str) -> Program:
    """Copy the symbol that one buffer holds into another, which forgets its own: the binding of a variable.

    The relay opens while the target's latch is closed, the latch joins in, the relay closes. Where no relay leads from
    source to target, the copy goes through the shortest chain of relays; the buffers between are overwritten, and the
    gating table says so.

    **Reference:** Hayworth 2012; Hayworth & Marblestone 2018, "buffer-to-buffer copying".

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> print(ab.copy("focus", "agent").expand(network))
        gates(open={'focus->agent'}, closed={'agent'}, ticks=1)
        gates(open={'focus->agent'}, ticks=1)
        gates(ticks=2)
    """
    return Program((Copy(source, target),))


def move(source: str, target: str) -> Program:
    """Copy the symbol of one buffer into another, then clear the first."""
    return Program((Move(source, target),))


def swap(first: str, second: str, *, via: str | None = None) -> Program:
    """Exchange the symbols of two buffers.

    **Arguments:**

    - `first`, `second`: the buffers.
    - `via`: a spare buffer to go through in three copies. Without one, the relays both ways open at once, with both
        latches closed, just as long as a symbol travels: each buffer receives what the other held.

    **Raises:** `ProgramError` if both are the same; when compiled, `NetworkError` if without `via` a relay is missing,
    `ProgramError` if the way through `via` would overwrite a symbol that is still needed.
    """
    if isinstance(first, str) and isinstance(second, str) and first == second:
        raise ProgramError(f"swap({first!r}, {second!r}) exchanges a buffer with itself; name two buffers")
    if via is not None and not isinstance(via, str):
        raise ProgramError(f"via is {via!r}; give the name of a spare buffer, or None")
    return Program((Swap(first, second, via),))
