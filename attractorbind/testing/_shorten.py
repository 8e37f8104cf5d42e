"""The simplest program that still fails: leave statements out, unpack blocks, take plainer instructions, rename."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from attractorbind._errors import AttractorBindError
from attractorbind._program.condition import Condition
from attractorbind._program.control import Repeat, Until, When
from attractorbind._program.firing import Cycle
from attractorbind._program.imprinting import ImprintNow
from attractorbind._program.macros import Copy, Hold, Load, Move, Swap
from attractorbind._program.procedure import Call
from attractorbind._program.program import Program
from attractorbind._program.question import Equal
from attractorbind._program.statement import Statement
from attractorbind._program.streams import Read
from attractorbind._program.symbol import Arg

# How many of the first names are tried for a later one: a vocabulary may be large.
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
            # The network cannot carry it out, so it does not count as a failure.
            return False

    while True:
        candidates = itertools.chain(
            _shorter(program),
            _plainer(program, symbols[0]),
            _renamed(program, buffers),
            _renamed(program, symbols),
        )
        simpler = next(filter(fits_and_fails, candidates), None)
        if simpler is None:
            return program
        program = simpler


def _shorter(program: Program) -> Iterator[Program]:
    """Programs with a statement left out or a block unpacked; last, those with less inside a block."""
    statements = program.statements
    for index, statement in enumerate(statements):
        before, after = statements[:index], statements[index + 1 :]
        yield Program(before + after)
        for inner in _insides(statement):
            yield Program(before + inner.statements + after)
    yield from _with_each(program, _smaller)


def _plainer(program: Program, symbol: str) -> Iterator[Program]:
    """Programs in which an instruction or a condition is replaced by a plainer one, or a number by 1."""

    def plainer(statement: Statement) -> Iterator[Statement]:
        match statement:
            case Read(buffer):
                yield Load(buffer, symbol)
            case Move(source, target):
                yield Copy(source, target)
            case Swap(first, second, _):
                yield Copy(first, second)
                yield Copy(second, first)
            case ImprintNow():
                yield Hold(1)
            case Hold(ticks) if ticks > 1:
                yield Hold(1)
            case Repeat(times) if times > 1:
                yield dataclasses.replace(statement, times=1)
            case Until(limit=limit) | Cycle(limit=limit) if limit > 1:
                yield dataclasses.replace(statement, limit=1)
        match statement:
            case When(Equal(first, second)) | Until(Equal(first, second)):
                # equal() reads the relay between the two buffers, and a copy shows whether the relay is at fault.
                yield Copy(first, second)
                yield Copy(second, first)
            case When(condition) | Until(condition):
                yield from (dataclasses.replace(statement, condition=part) for part in _parts(condition))
        yield from _with_body(statement, lambda body: _plainer(body, symbol))

    return _with_each(program, plainer)


def _renamed(program: Program, names: Sequence[str]) -> Iterator[Program]:
    """Programs in which an earlier name is put for a later one."""
    used = _names_in(program)
    for later, name in enumerate(names):
        if name in used:
            for earlier in range(min(later, _FIRST_NAMES)):
                yield _exchanged(program, name, names[earlier])


def _names_in(part: Any) -> set[str]:
    """The names in a program or a part of it: a statement, a condition, a tuple of them, or a name."""
    if isinstance(part, str):
        return {part}
    if isinstance(part, tuple):
        return set().union(*map(_names_in, part))
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return set().union(*(_names_in(getattr(part, field.name)) for field in dataclasses.fields(part)))
    return set()


def bound(part: Any, symbols: Mapping[str, str]) -> Any:
    """A program or a part of it with symbols for its arguments."""
    if isinstance(part, Arg):
        return symbols[part.name]
    if isinstance(part, tuple):
        return tuple(bound(item, symbols) for item in part)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = [field.name for field in dataclasses.fields(part) if field.init]
        return dataclasses.replace(part, **{name: bound(getattr(part, name), symbols) for name in fields})
    return part


def _exchanged(part: Any, old: str, new: str) -> Any:
    """A program or a part of it with one name for another, and without copies from a buffer to itself."""
    if isinstance(part, str):
        return new if part == old else part
    if isinstance(part, tuple):
        inner = (_exchanged(item, old, new) for item in part)
        return tuple(item for item in inner if not (isinstance(item, Copy) and item.source == item.target))
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        fields = [field.name for field in dataclasses.fields(part) if field.init]
        return dataclasses.replace(part, **{name: _exchanged(getattr(part, name), old, new) for name in fields})
    return part


def _with_each(program: Program, simpler: Callable[[Statement], Iterator[Statement]]) -> Iterator[Program]:
    """Programs with one statement made simpler."""
    for index, statement in enumerate(program.statements):
        for other in simpler(statement):
            yield Program((*program.statements[:index], other, *program.statements[index + 1 :]))


def _insides(statement: Statement) -> tuple[Program, ...]:
    """The programs inside a block."""
    match statement:
        case When(_, then, otherwise):
            return then, otherwise
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            return (body,)
        case Cycle(rules):
            return tuple(rule.then for rule in rules)
    return ()


def _smaller(statement: Statement) -> Iterator[Statement]:
    """The same block with less inside."""
    return _with_body(statement, _shorter)


def _with_body(statement: Statement, simpler: Callable[[Program], Iterator[Program]]) -> Iterator[Statement]:
    """The same block with a simpler inside; a loop's body may not be empty."""
    match statement:
        case When(_, then, otherwise):
            yield from (dataclasses.replace(statement, then=body) for body in simpler(then))
            yield from (dataclasses.replace(statement, otherwise=body) for body in simpler(otherwise))
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            yield from (dataclasses.replace(statement, body=body) for body in simpler(body) if body.statements)
        case Cycle(rules):
            for number, rule in enumerate(rules):
                others = rules[:number], rules[number + 1 :]
                if len(rules) > 1:
                    yield dataclasses.replace(statement, rules=(*others[0], *others[1]))
                for body in filter(lambda body: body.statements, simpler(rule.then)):
                    other = dataclasses.replace(rule, then=body)
                    yield dataclasses.replace(statement, rules=(*others[0], other, *others[1]))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that a condition is made of: those in its fields, if it is a dataclass."""
    fields = dataclasses.fields(condition) if dataclasses.is_dataclass(condition) else ()
    values = (getattr(condition, field.name) for field in fields)
    return tuple(value for value in values if isinstance(value, Condition))
