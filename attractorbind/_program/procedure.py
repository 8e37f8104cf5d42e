"""Procedures: functions that return programs, as blocks that keep their names in listings."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any

from attractorbind._errors import ProgramError, listed
from attractorbind._program.assembler import Assembler, Label
from attractorbind._program.condition import Condition
from attractorbind._program.control import check_body
from attractorbind._program.program import Program
from attractorbind._program.statement import Statement, lay_out
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Call(Statement):
    """A named block, with the arguments that it was made with."""

    heading: str
    body: Program

    def lower(self, assembler: Assembler, after: Label) -> None:
        """The statements of the block, under its heading."""
        assembler.headings.append(self.heading)
        lay_out(assembler, self.body.statements, assembler.label(), after)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The block in primitives."""
        return self.body.expanded(wiring).statements

    def __str__(self) -> str:
        return self.heading


# The functions of the procedures that are being written, outermost first: what a recursive call is told by.
_open_procedures: ContextVar[tuple[Callable[..., Program], ...]] = ContextVar("open_procedures", default=())


def procedure(define: Callable[..., Program]) -> Callable[..., Program]:
    """Make a function that returns a program into a procedure: a block that keeps its name in listings.

    The function is called when the program is written, with names of buffers, symbols or whatever it takes, so a
    procedure may take other programs and conditions as well. Calling itself, directly or through others, is refused:
    there is no stack of return addresses.

    **Arguments:**

    - `define`: a function that returns a program.

    **Returns:** a function with the same arguments, whose program shows as the call.

    **Raises:** `ProgramError`, when called, for recursion or if the function returns no program or an empty one.

    **Example:**

        >>> import attractorbind as ab
        >>> @ab.procedure
        ... def bind(symbol, role):
        ...     return ab.load("focus", symbol) + ab.copy("focus", role)
        >>> print(bind("dog", "agent") + bind("cat", role="patient"))
        bind('dog', 'agent')
        bind('cat', role='patient')
    """
    if not callable(define):
        raise ProgramError(f"procedure is given {define!r}; put @procedure over a function that returns a program")
    name = getattr(define, "__name__", repr(define))

    @wraps(define)
    def call(*arguments: Any, **named: Any) -> Program:
        callers = _open_procedures.get()
        if define in callers:
            names = [getattr(caller, "__name__", repr(caller)) for caller in callers[callers.index(define) :]]
            chain = " calls ".join([*names, name])
            raise ProgramError(f"procedure {name!r} is recursive ({chain}); use until() or repeat() for loops")
        token = _open_procedures.set((*callers, define))
        try:
            body = define(*arguments, **named)
        finally:
            _open_procedures.reset(token)
        if not isinstance(body, Program):
            raise ProgramError(f"procedure {name!r} returned {body!r}; it must return a program")
        check_body(f"procedure {name!r}", body)
        shown = [_shown(value) for value in arguments]
        shown += [f"{parameter}={_shown(value)}" for parameter, value in named.items()]
        return Program((Call(f"{name}({', '.join(shown)})", body),))

    return call


def _shown(value: object) -> str:
    """An argument of a procedure, as text for its heading."""
    if isinstance(value, Program):
        return "..."
    if isinstance(value, Condition):
        return str(value)
    return f"[{listed(value)}]" if isinstance(value, list) else repr(value)
