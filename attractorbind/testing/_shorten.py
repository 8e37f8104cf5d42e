"""The shortest program that still fails: leave statements out, and put the insides of blocks in their place."""

import dataclasses
from collections.abc import Callable, Iterator

from attractorbind._control import Call, Repeat, Until, When
from attractorbind._program import Program, Statement


def shortest(program: Program, fails: Callable[[Program], bool]) -> Program:
    """Cut a failing program down as long as it fails; `fails` says whether a shorter one does."""
    for shorter in _shorter(program):
        if shorter.statements and fails(shorter):
            return shortest(shorter, fails)
    return program


def _shorter(program: Program) -> Iterator[Program]:
    """Programs with one thing less, the boldest cuts first."""
    statements = program.statements
    for place, statement in enumerate(statements):
        before, after = statements[:place], statements[place + 1 :]
        yield Program(before + after)
        for inner in _insides(statement):
            yield Program(before + inner.statements + after)
    for place, statement in enumerate(statements):
        for smaller in _smaller(statement):
            yield Program((*statements[:place], smaller, *statements[place + 1 :]))


def _insides(statement: Statement) -> tuple[Program, ...]:
    match statement:
        case When(_, then, otherwise):
            return then, otherwise
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            return (body,)
    return ()


def _smaller(statement: Statement) -> Iterator[Statement]:
    """The same block with less inside; a loop's body may not be empty."""
    match statement:
        case When(_, then, otherwise):
            yield from (dataclasses.replace(statement, then=shorter) for shorter in _shorter(then))
            yield from (dataclasses.replace(statement, otherwise=shorter) for shorter in _shorter(otherwise))
        case Repeat(_, body) | Until(_, body, _) | Call(_, body):
            yield from (dataclasses.replace(statement, body=s) for s in _shorter(body) if s.statements)
