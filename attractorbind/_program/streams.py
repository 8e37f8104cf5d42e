"""Streams: symbols that come in one by one, and symbols that go out."""

from dataclasses import dataclass

from attractorbind._checks import check_bool
from attractorbind._errors import ProgramError
from attractorbind._program.imprinting import ImprintNow
from attractorbind._program.macros import latch_of
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import SETTLE, Instruction, Statement, Step
from attractorbind._program.symbol import NEXT
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Read(Instruction):
    """Present the next input."""

    buffer: str
    imprint: bool = False

    @property
    def streams(self) -> bool:
        """It takes from the trial's inputs."""
        return True

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        latch = latch_of(wiring, self.buffer)
        # Cleared first: where there is nothing more to present, nothing is left.
        presented = gates(closed=[latch.name]) + Program((Step(latch.delay, present=(self.buffer, NEXT)),))
        if self.imprint:
            return (*presented.statements, *ImprintNow(self.buffer).expand(wiring))
        return (presented + gates(ticks=SETTLE)).statements

    def __str__(self) -> str:
        return f"read({self.buffer!r}{', imprint=True' * self.imprint})"


def read(buffer: str, *, imprint: bool = False) -> Program:
    """Present the next symbol of the trial's input sequence to a buffer; past its end, leave the buffer empty.

    The buffer is cleared, the symbol presented until the latch has taken it, and the latch left to settle.

    **Arguments:**

    - `buffer`: the buffer's name. The sequences are given to `run` as `inputs=`.
    - `imprint`: whether a spare symbol that is read is imprinted, as by `imprint_now`. Otherwise a latch that does not
        know it loses it.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"word": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.read("word") + ab.until(ab.empty("word"), ab.emit("word") + ab.read("word"), limit=5)
        >>> ab.run(network, program, inputs=[["dog", "cat", "dog"], [], ["cat"]]).outputs
        [['dog', 'cat', 'dog'], [], ['cat']]
    """
    return Program((Read(buffer, check_bool("imprint", imprint)),))


def emit(buffer: str) -> Program:
    """Make the symbol that a buffer holds the trial's next output; None where it holds none.

    The symbol is the one whose code the buffer's state overlaps most, as in `Trace.decode`, at that tick.

    **Arguments:**

    - `buffer`: the buffer's name. The outputs are in `trace.outputs`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"word": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("word", ab.arg("x")) + ab.emit("word") + ab.clear("word") + ab.emit("word")
        >>> ab.run(network, program, args={"x": ["dog", "cat"]}).outputs
        [['dog', None], ['cat', None]]
    """
    if not isinstance(buffer, str):
        raise ProgramError(f"cannot put out what {buffer!r} holds; give the name of a buffer")
    return Program((Step(1, emit=buffer),))
