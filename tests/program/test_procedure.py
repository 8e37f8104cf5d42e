"""Procedures: names for pieces of programs."""

import pytest
from examples import pair

import attractorbind as ab


def test_procedures_keep_their_names_and_nest():
    @ab.procedure
    def bind(symbol, place):
        return ab.load("focus", symbol) + ab.copy("focus", place)

    @ab.procedure
    def bind_twice(*, first):
        return bind(first, "agent") + bind("s1", "agent")

    program = bind_twice(first="s0")
    assert str(program) == "bind_twice(first='s0')"
    schedule = program.compile(pair())
    assert isinstance(schedule, ab.Schedule)
    assert "bind_twice(first='s0') > bind('s0', 'agent') > load('focus', 's0')" in str(schedule)
    assert "bind('s1', 'agent') > load('focus', 's1')" in str(schedule)
    assert ab.run(pair(), program).decode()["agent"] == ["s1"]


def test_procedures_of_one_name_are_not_one_procedure():
    def named_bind(inner):
        @ab.procedure
        def bind():
            return inner() if inner else ab.hold(3)

        return bind

    assert ab.run(pair(), named_bind(named_bind(None))()).ticks.tolist() == [3]


def test_recursion_is_refused_and_the_way_named():
    @ab.procedure
    def first():
        return second()

    @ab.procedure
    def second():
        return first()

    with pytest.raises(ab.ProgramError, match=r"'first' is recursive \(first calls second calls first\).*until"):
        first()

    # A refusal leaves nothing behind.
    @ab.procedure
    def third(fails):
        return second() if fails else ab.hold()

    with pytest.raises(ab.ProgramError, match="recursive"):
        third(True)
    assert str(third(False)) == "third(False)"
