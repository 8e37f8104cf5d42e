"""Programs that a network can carry out: how they are written, and the Hypothesis strategy that draws them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._checks import check_bool, check_names
from attractorbind._errors import ArgumentError
from attractorbind._network import Network, check_network
from attractorbind._program import macros
from attractorbind._program.control import repeat, until, when
from attractorbind._program.procedure import procedure
from attractorbind._program.program import Program
from attractorbind._program.symbol import arg
from attractorbind.testing._instructions import Symbols, Writer, condition, goal, writers
from attractorbind.testing._recollections import Chooser
from attractorbind.testing._strategies import check_strategy

# In how many of ten cases there is a block where there could be an instruction, from the outermost to the innermost.
_BLOCKS = (4, 5, 4)
# How many buffers are filled at the start.
_MOST_FILLED = 8
# How many instructions and blocks there are in a row.
LENGTHS = range(1, 9)


@dataclass(frozen=True)
class ProgramWriter:
    """Writes programs that have a meaning in names, and that a network can carry out.

    **Attributes:**

    - `network`: the network.
    - `branches`: whether there are blocks and streams.
    """

    network: Network
    branches: bool = True

    @cached_property
    def _writers(self) -> list[Writer]:
        return writers(self.network, streams=self.branches)

    def program(self, choose: Chooser, symbols: Symbols, length: int) -> Program:
        """Loads into most of the buffers, so that a fault has something to destroy; then so many statements."""
        buffers = list(self.network.buffers)
        if len(buffers) > _MOST_FILLED:
            buffers = [choose(buffers) for _ in range(_MOST_FILLED)]
        filled = (macros.load(buffer, choose(symbols)) for buffer in buffers if choose(range(3)))
        program = joined(filled) + joined(self._statement(choose, symbols, 0) for _ in range(length))
        return program if program.statements else macros.hold()

    def _statement(self, choose: Chooser, symbols: Symbols, depth: int) -> Program:
        if self.branches and depth < len(_BLOCKS) and choose(range(10)) >= 10 - _BLOCKS[depth]:
            return self._block(choose, symbols, depth + 1)
        return choose(self._writers)(choose, symbols)

    def _block(self, choose: Chooser, symbols: Symbols, depth: int) -> Program:
        def body() -> Program:
            return joined(self._statement(choose, symbols, depth) for _ in range(choose([1, 2])))

        kind = choose(("when", "when, otherwise", "when, otherwise", "repeat", "repeat", "until", "reach", "procedure"))
        if kind == "repeat":
            return repeat(choose(range(4)), body())
        if kind == "procedure":
            return _as_procedure(body())
        if kind == "reach":
            # A loop whose body may end it, or else its limit is all that ever does.
            asked, reached = goal(self.network, choose, symbols)
            return until(asked, body() + reached, limit=choose(range(1, 5)))
        asked = condition(self.network, choose, symbols)
        if kind == "until":
            return until(asked, body(), limit=choose(range(4)))
        return when(asked, body(), *([body()] if "otherwise" in kind else []))


def _as_procedure(body: Program) -> Program:
    @procedure
    def block() -> Program:
        return body

    return block()


def joined(parts: Iterable[Program]) -> Program:
    """The programs one after the other."""
    return sum(parts, Program())


def programs(
    network: Network,
    *,
    symbols: SearchStrategy[str] | None = None,
    lengths: SearchStrategy[int] | None = None,
    branches: bool = True,
    arguments: Sequence[str] = (),
) -> SearchStrategy[Program]:
    """Programs that have a meaning in names, which `reference` tells, and that this network can carry out.

    They first load symbols into most of the buffers. Then comes whatever programs are made of, except single gates:
    loads and copies, streams, the network's memories, branches, loops and procedures, up to three inside each other. A
    program has three symbols at the most, so that what it compares and recalls is often the same. What reads a stream
    or has arguments needs `inputs=` or `args=`; `cases` draws these, too.

    **Arguments:**

    - `network`: the network.
    - `symbols`: to load and to ask for; by default all of the vocabulary.
    - `lengths`: how many instructions and blocks in a row, after the first loads; by default up to 8.
    - `branches`: whether there are blocks and streams.
    - `arguments`: names that may stand for symbols, `arg(name)`; by default none.
    """
    check_strategy("symbols", symbols)
    check_strategy("lengths", lengths)
    check_bool("branches", branches)
    writer = ProgramWriter(check_network(network), branches)
    names = st.sampled_from(network.vocabulary.names) if symbols is None else symbols
    given = [arg(name) for name in check_names("arguments", arguments, "names", ArgumentError)] if arguments else []
    counts = st.integers(0, max(LENGTHS)) if lengths is None else lengths

    @st.composite
    def drawn(draw: Callable[..., Any]) -> Program:
        pool = [*draw(st.lists(names, min_size=2, max_size=3)), *given]
        return writer.program(lambda options: draw(st.sampled_from(options)), pool, draw(counts))

    return drawn()
