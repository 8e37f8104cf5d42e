"""Control: branches and loops, decided by what the buffers hold."""

from dataclasses import dataclass

from attractorbind._checks import check_count
from attractorbind._errors import ProgramError
from attractorbind._program.assembler import Assembler, Count, Label, Reset
from attractorbind._program.condition import Condition, check_condition
from attractorbind._program.program import Program
from attractorbind._program.statement import Statement, lay_out
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class When(Statement):
    """One program or another."""

    condition: Condition
    then: Program
    otherwise: Program

    def lower(self, assembler: Assembler, after: Label) -> None:
        """The condition's readings, then the two blocks."""
        yes, no = assembler.label(), assembler.label()
        self.condition.decide(assembler, yes, no, settle=True)
        lay_out(assembler, self.then.statements, yes, after)
        lay_out(assembler, self.otherwise.statements, no, after)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, its blocks in primitives."""
        return (When(self.condition, self.then.expanded(wiring), self.otherwise.expanded(wiring)),)

    def __str__(self) -> str:
        text = f"when {self.condition}:\n{self.then.indented()}"
        return text + (f"\notherwise:\n{self.otherwise.indented()}" if self.otherwise.statements else "")


@dataclass(frozen=True)
class Repeat(Statement):
    """A program a fixed number of times."""

    times: int
    body: Program

    def lower(self, assembler: Assembler, after: Label) -> None:
        """A counter set to zero, a count, the block, back to the count."""
        counter, test, inside = assembler.counter(), assembler.label(), assembler.label()
        assembler.add(Reset(counter), test)
        assembler.here(test)
        assembler.add(Count(counter, self.times, fails=False), inside, after)
        lay_out(assembler, self.body.statements, inside, test)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, its block in primitives."""
        return (Repeat(self.times, self.body.expanded(wiring)),)

    def __str__(self) -> str:
        return f"repeat {self.times}:\n{self.body.indented()}"


@dataclass(frozen=True)
class Until(Statement):
    """A program again and again until a condition holds."""

    condition: Condition
    body: Program
    limit: int

    def lower(self, assembler: Assembler, after: Label) -> None:
        """A counter set to zero, the readings, a count that fails at the limit, the block, back to the readings."""
        counter = assembler.counter()
        test, more, inside = assembler.label(), assembler.label(), assembler.label()
        assembler.add(Reset(counter), test)
        assembler.here(test)
        self.condition.decide(assembler, after, more, settle=True)
        assembler.here(more)
        assembler.add(Count(counter, self.limit, fails=True), inside, after)
        lay_out(assembler, self.body.statements, inside, test)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, its block in primitives."""
        return (Until(self.condition, self.body.expanded(wiring), self.limit),)

    def __str__(self) -> str:
        return f"until {self.condition}, at most {self.limit} times:\n{self.body.indented()}"


def _check_block(name: str, program: object) -> Program:
    """The program, or an error if it is something else; it may have nothing in it."""
    if not isinstance(program, Program):
        raise ProgramError(f"{name} is {program!r}; give a program, such as hold(), or Program() for nothing")
    return program


def check_body(name: str, program: object) -> Program:
    """The program, or an error if it is something else or has nothing in it."""
    cure = "at least one instruction, such as hold(), which leaves all as it is"
    if not isinstance(program, Program):
        raise ProgramError(f"{name} is {program!r}; give a program of {cure}")
    if not program.statements:
        raise ProgramError(f"{name} is empty; give it {cure}")
    return program


def when(condition: Condition, then: Program, otherwise: Program = Program()) -> Program:  # noqa: B008 (immutable)
    """One program where the condition holds, another where it does not; each trial goes its own way.

    **Arguments:**

    - `condition`: from `equal`, `holds` and `empty`, joined by `~ & |`. Its first reading comes after two ticks at
        rest, in which the latches clean up, and takes one; every further reading that is needed takes one more.
    - `then`, `otherwise`: programs; nothing is done if `otherwise` is left out.

    **Raises:** `ProgramError` for anything else.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.when(ab.empty("agent"), ab.copy("focus", "agent"), ab.clear("focus")))
        when empty('agent'):
            copy('focus', 'agent')
        otherwise:
            clear('focus')
    """
    return Program(
        (When(check_condition(condition), _check_block("then", then), _check_block("otherwise", otherwise)),)
    )


def repeat(times: int, body: Program) -> Program:
    """A program a number of times, counted while it runs; `body * times` writes it out instead.

    Counting takes a tick with all gates at rest before every round, and one before the first, as in `until`: what is
    still on its way through a nucleus is lost in it.

    **Arguments:**

    - `times`: how often, 0 or more.
    - `body`: the program.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.repeat(3, ab.copy("a", "b") + ab.copy("b", "a")))
        repeat 3:
            copy('a', 'b')
            copy('b', 'a')
    """
    return Program((Repeat(check_count("times", times, least=0), check_body("body", body)),))


def until(condition: Condition, body: Program, *, limit: int | None = None) -> Program:
    """A program again and again until a condition holds; not at all if it holds at once.

    **Arguments:**

    - `condition`: from `equal`, `holds` and `empty`, joined by `~ & |`; read before every round.
    - `body`: the program.
    - `limit`: how many rounds at the most, 0 or more; it must be given, for no program may run for ever. A trial in
        which the condition does not hold even then ends there, and its result is `Result.LIMIT`. Give no more than the
        task may need.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.until(ab.empty("word"), ab.read("word"), limit=9))
        until empty('word'), at most 9 times:
            read('word')
    """
    if limit is None:
        raise ProgramError("until() has no limit; give limit=, the number of rounds after which a trial gives up")
    return Program((Until(check_condition(condition), check_body("body", body), check_count("limit", limit, least=0)),))
