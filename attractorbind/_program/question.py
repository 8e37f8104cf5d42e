"""Questions: conditions that are answered by one reading of the network.

Each reads how much what a pathway would write on a buffer, or a symbol's code, agrees with what that buffer holds. A
relay answers whether two buffers are equal, a latch whether its buffer is empty, the code of a symbol whether the
buffer holds it.
"""

from dataclasses import dataclass

from attractorbind._errors import NetworkError, ProgramError
from attractorbind._program.condition import Condition, Not, Question, Reading
from attractorbind._program.symbol import Arg
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Equal(Question):
    """Do two buffers hold the same symbol?"""

    first: str
    second: str

    def reading(self, wiring: Wiring) -> Reading:
        """The relay from one buffer to the other, whichever way there is one."""
        wiring.buffer(self.first)
        wiring.buffer(self.second)
        names = f"{self.first}->{self.second}", f"{self.second}->{self.first}"
        for name in names:
            if name in wiring.gate_index:
                return Reading(wiring.gate(name).target, gate=name)
        raise NetworkError(
            f"{self} is read from the relay between the two, and neither {names[0]!r} nor {names[1]!r} exists; "
            f"add ({self.first!r}, {self.second!r}) to relays=, or copy one next to the other"
        )

    def __str__(self) -> str:
        return f"equal({self.first!r}, {self.second!r})"


@dataclass(frozen=True)
class Holds(Question):
    """Does a buffer hold this symbol?"""

    buffer: str
    symbol: str | Arg

    def reading(self, wiring: Wiring) -> Reading:
        """The symbol's code."""
        wiring.buffer(self.buffer)
        return Reading(self.buffer, symbol=self.symbol)

    def __str__(self) -> str:
        return f"holds({self.buffer!r}, {self.symbol!r})"


@dataclass(frozen=True)
class Occupied(Question):
    """Does a buffer hold anything that its latch keeps?"""

    buffer: str

    def reading(self, wiring: Wiring) -> Reading:
        """The buffer's latch."""
        wiring.buffer(self.buffer)
        return Reading(self.buffer, gate=self.buffer)

    def __str__(self) -> str:
        return f"~empty({self.buffer!r})"


@dataclass(frozen=True)
class Empty(Not):
    """True where the buffer holds nothing that its latch keeps."""

    def __str__(self) -> str:
        return str(self.inner).removeprefix("~")


def equal(first: str, second: str) -> Condition:
    r"""Whether two buffers hold the same symbol, read from the relay between them.

    The harmony of the relay, the correlation of $1[W x + b]$, which it would write, with what its target holds, exceeds
    1/2 (see `harmony`). Two equal symbols give 1, two different ones the correlation of two independent codes, k of N
    units on. Half-way between lies 1/2, which chance exceeds when the codes share more than $(k / 2) (1 + k / N)$
    units; how many they share is hypergeometric. That has a probability of 3e-4 for a pair at 64 units and activity
    0.1, 1e-6 at 128, 5e-20 at 512; 9e-14 at 512 and activity 0.05 (`scipy.stats.hypergeom.sf`). Where either buffer is
    empty, the answer is no.

    The latches clean up for two ticks before the reading, gates at rest; reading itself changes no buffer.

    **Arguments:**

    - `first`, `second`: buffers that a relay joins, either way.

    **Raises:** `ProgramError` if both are the same; when compiled, `NetworkError` if there is no relay.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yes", "no"]), buffers={"a": 128, "b": 128, "out": 128},
        ...     relays=[("a", "b")], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("a", "dog") + ab.load("b", ab.arg("other")) + ab.when(
        ...     ab.equal("a", "b"), ab.load("out", "yes"), ab.load("out", "no"))
        >>> ab.run(network, program, args={"other": ["cat", "dog"]}).decode()["out"]
        ['no', 'yes']
    """
    if isinstance(first, str) and isinstance(second, str) and first == second:
        raise ProgramError(f"equal({first!r}, {second!r}) compares a buffer with itself; name two buffers")
    return Equal(first, second)


def holds(buffer: str, symbol: str | Arg) -> Condition:
    """Whether a buffer holds a symbol: its state overlaps the symbol's code by more than 1/2.

    **Arguments:**

    - `buffer`: the buffer's name.
    - `symbol`: the symbol's name, or `arg(name)` to name it when the program is run.

    **Example:**

        >>> import attractorbind as ab
        >>> print(~ab.holds("focus", "dog") & ab.empty("agent"))
        (~holds('focus', 'dog') & empty('agent'))
    """
    if not isinstance(symbol, str | Arg):
        raise ProgramError(f"holds({buffer!r}, {symbol!r}) names no symbol; give a symbol's name or arg(name)")
    return Holds(buffer, symbol)


def empty(buffer: str) -> Condition:
    """Whether a buffer holds nothing: what its latch would write has no harmony with its state.

    A silent buffer and one with nothing but noise in it, which the latch does not keep, are both empty.
    """
    return Empty(Occupied(buffer))
