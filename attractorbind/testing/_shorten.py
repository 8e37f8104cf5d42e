"""The simplest program that still fails: leave statements out, unpack blocks, take plainer instructions, rename."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from attractorbind._errors import AttractorBindError
from attractorbind._program.condition import And, Condition, Equal, Not, Or
from attractorbind._program.control import Call, Repeat, Until, When
from attractorbind._program.macros import Copy, Hold, Load, Move, Swap
from attractorbind._program.program import Program, Statement
from attractorbind._program.streams import Read

# Of a large vocabulary, as many are tried in the place of another name.
_FIRST_NAMES = 4


def simplest(
    program: Program, fails: Callable[[Program], bool], *, buffers: Sequence[str], symbols: Sequence[str]
) -> Program:
    """Cut a failing program down, and make plainer what is left, as long as it fails.

    **Arguments:**

    - `fails`: whether a simpler program fails, too.
    - `buffers`, `symbols`: their names, the simplest first.
    """

    def fits_and_fails(simpler: Program) -> bool:
        try:
            return bool(simpler.statements) and fails(simpler)
        except AttractorBindError:
            # Nothing that this network can carry out.
            return False

    while True:
        ways = _shorter(program), _plainer(program, symbols[0]), _renamed(program, buffers), _renamed(program, symbols)
        simpler = next(filter(fits_and_fails, itertools.chain(*ways)), None)
        if simpler is None:
            return program
        program = simpler


def _shorter(program: Program) -> Iterator[Program]:
    """Programs with one thing less, the boldest cuts first."""
    statements = program.statements
    for place, statement in enumerate(statements):
        before, after = statements[:place], statements[place + 1 :]
        yield Program(before + after)
        for inner in _insides(statement):
            yield Program(before + inner.statements + after)
    yield from _with_each(program, _smaller)


def _plainer(program: Program, symbol: str) -> Iterator[Program]:
    """Programs with one instruction or condition in the place of one that does more, or with one smaller number."""

    def plainer(statement: Statement) -> Iterator[Statement]:
        match statement:
            case Read(buffer):
                yield Load(buffer, symbol)
            case Move(source, target):
                yield Copy(source, target)
            case Swap(first, second, _):
                yield Copy(first, second)
                yield Copy(second, first)
            case Hold(ticks) if ticks > 1:
                yield Hold(1)
            case Repeat(times) if times > 1:
                yield dataclasses.replace(statement, times=1)
            case Until(limit=limit) if limit > 1:
                yield dataclasses.replace(statement, limit=1)
        match statement:
            case When(Equal(first, second)) | Until(Equal(first, second)):
                # What compares also copies.
                yield Copy(first, second)
                yield Copy(second, first)
            case When(condition) | Until(condition):
                yield from (dataclasses.replace(statement, condition=part) for part in _parts(condition))
        yield from _with_body(statement, lambda body: _plainer(body, symbol))

    return _with_each(program, plainer)


def _renamed(program: Program, names: Sequence[str]) -> Iterator[Program]:
    """Programs with an earlier name in the place of a later one."""
    used = _names_in(program)
    for later in (place for place, name in enumerate(names) if name in used):
        for earlier in range(min(later, _FIRST_NAMES)):
            yield _exchanged(program, names[later], names[earlier])


def _names_in(thing: Any) -> set[str]:
    if isinstance(thing, str):
        return {thing}
    if isinstance(thing, tuple):
        return set().union(*map(_names_in, thing))
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return set().union(*(_names_in(getattr(thing, field.name)) for field in dataclasses.fields(thing)))
    return set()


def _exchanged(thing: Any, old: str, new: str) -> Any:
    """The same with one name for another, copies from a buffer to itself left out."""
    if isinstance(thing, str):
        return new if thing == old else thing
    if isinstance(thing, tuple):
        parts = (_exchanged(part, old, new) for part in thing)
        return tuple(part for part in parts if not (isinstance(part, Copy) and part.source == part.target))
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = [field.name for field in dataclasses.fields(thing)]
        return dataclasses.replace(thing, **{name: _exchanged(getattr(thing, name), old, new) for name in fields})
    return thing


def _with_each(program: Program, simpler: Callable[[Statement], Iterator[Statement]]) -> Iterator[Program]:
    """Programs with one statement made simpler."""
    for place, statement in enumerate(program.statements):
        for other in simpler(statement):
            yield Program((*program.statements[:place], other, *program.statements[place + 1 :]))


def _insides(statement: Statement) -> tuple[Program, ...]:
    match statement:
        case When(_, then, otherwise):
            return then, otherwise
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            return (body,)
    return ()


def _smaller(statement: Statement) -> Iterator[Statement]:
    return _with_body(statement, _shorter)


def _with_body(statement: Statement, simpler: Callable[[Program], Iterator[Program]]) -> Iterator[Statement]:
    """The same block with a simpler inside; a loop's body may not be empty."""
    match statement:
        case When(_, then, otherwise):
            yield from (dataclasses.replace(statement, then=body) for body in simpler(then))
            yield from (dataclasses.replace(statement, otherwise=body) for body in simpler(otherwise))
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            yield from (dataclasses.replace(statement, body=body) for body in simpler(body) if body.statements)


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case Not(inner):
            return (inner,)
        case And(first, second) | Or(first, second):
            return first, second
    return ()
