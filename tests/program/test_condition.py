"""Conditions of a user's own: what they are read from, what they mean in names, and what is refused."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from examples import pair
from hypothesis import strategies as st

import attractorbind as ab
from attractorbind._program.condition import Question, Reading
from attractorbind.testing import CheckError, check_binding, reference

YES, NO = ab.load("agent", "s0"), ab.load("agent", "s1")
HOLDS = ab.holds("focus", "s2")


@dataclass(frozen=True)
class Choice(ab.Condition):
    """One condition or another, by what a third says, which is read once."""

    by: ab.Condition
    if_so: ab.Condition
    if_not: ab.Condition

    def lower(self, assembler, yes, no, *, settle):
        so, not_so = assembler.label(), assembler.label()
        self.by.decide(assembler, so, not_so, settle=settle)
        assembler.here(so)
        self.if_so.decide(assembler, yes, no, settle=False)
        assembler.here(not_so)
        self.if_not.decide(assembler, yes, no, settle=False)

    def __str__(self) -> str:
        return f"({self.if_so} if {self.by} else {self.if_not})"


class Written(ab.Condition):
    """A condition with this function for its `lower`."""

    def __init__(self, lower: Callable[..., Any]) -> None:
        self.written = lower

    def lower(self, assembler, yes, no, *, settle):
        self.written(assembler, yes, no)

    def __str__(self) -> str:
        return "written()"


def question(holds: bool) -> ab.Condition:
    """A question that is answered so where the focus holds s2."""
    return ab.holds("focus", "s2" if holds else "s3")


@pytest.mark.parametrize(
    "condition",
    [
        HOLDS & (ab.empty("focus") & ab.empty("agent")),
        HOLDS | (ab.empty("focus") | ab.empty("agent")),
        ~(~HOLDS & ~(ab.empty("focus") | ab.empty("agent"))),
        (HOLDS & ab.empty("focus")) | ~ab.empty("agent"),
    ],
    ids=str,
)
def test_latches_are_waited_for_before_the_first_reading_alone(condition):
    rows = ab.when(condition, ab.hold(7)).compile(pair()).rows
    assert rows.ticks.tolist() == [3, 1, 1, 7]
    assert (rows.question[:3] >= 0).all()


@pytest.mark.parametrize(("by", "if_so", "if_not"), list(itertools.product([False, True], repeat=3)))
def test_it_is_answered_by_the_network_as_in_names(by, if_so, if_not):
    choice = Choice(question(by), question(if_so), question(if_not))
    expected = if_so if by else if_not
    for condition, answer in (
        (choice, expected),
        (~choice, not expected),
        (choice & HOLDS, expected),
        (~HOLDS | choice, expected),
        (Choice(~choice, HOLDS, ~HOLDS), not expected),
    ):
        program = ab.load("focus", "s2") + ab.when(condition, YES, NO)
        trace = ab.run(pair(), program)
        assert trace.decode()["agent"] == ["s0" if answer else "s1"]
        meant = reference(pair(), program)
        assert meant.boxes["agent"] == ("s0" if answer else "s1")
        assert meant.ticks == trace.ticks[0]


def test_it_decides_loops_and_is_shown():
    done = Choice(ab.holds("focus", "s2"), ab.empty("agent"), ab.empty("focus"))
    program = ab.read("focus") + ab.until(done, ab.emit("focus") + ab.read("focus"), limit=5)
    assert str(program).splitlines()[1] == (
        "until (empty('agent') if holds('focus', 's2') else empty('focus')), at most 5 times:"
    )
    inputs = [["s0", "s1", "s2", "s3"], ["s3"], []]
    trace = ab.run(pair(), program, inputs=inputs)
    assert trace.outputs == [["s0", "s1"], ["s3"], []]
    for trial, symbols in enumerate(inputs):
        meant = reference(pair(), program, inputs=symbols)
        assert (meant.outputs, meant.ticks) == (trace.outputs[trial], trace.ticks[trial])


def test_a_failing_program_is_cut_down_to_the_parts_of_its_condition():
    """The relay from focus to agent carries nothing, so the two are never equal; the choice has no part in it."""
    between = pair().synapses_between("focus", "agent")
    broken = pair().replace("focus", "agent", ab.Synapses(between.weights * 0, between.bias))
    condition = Choice(ab.empty("focus"), ab.holds("focus", "s3"), ab.equal("focus", "agent"))
    program = ab.load("focus", "s2") + ab.load("agent", "s2") + ab.when(condition, ab.clear("focus"))
    with pytest.raises(CheckError, match="the network does not do what the program means") as caught:
        check_binding(broken, programs=st.just(program), max_examples=1)
    assert " if " not in str(caught.value).split("Program:\n")[1].split("\n\n")[0]


def test_a_condition_says_how_it_is_read():
    class Silent(ab.Condition):
        def __str__(self) -> str:
            return "silent()"

    with pytest.raises(TypeError, match=r"abstract method '?lower"):
        Silent()  # pyright: ignore[reportAbstractUsage]


def leads_to_itself(assembler, yes, no):
    again = assembler.label()
    assembler.here(again)
    HOLDS.decide(assembler, yes, again, settle=True)


def runs_into_what_comes_next(assembler, yes, no):
    second = assembler.label()
    HOLDS.decide(assembler, yes, second, settle=True)
    (~HOLDS).decide(assembler, yes, no, settle=True)
    assembler.here(second)


def leaves_a_label_out(assembler, yes, no):
    HOLDS.decide(assembler, yes, assembler.label(), settle=True)
    (~HOLDS).decide(assembler, yes, no, settle=True)


def does_something(assembler, yes, no):
    after = assembler.label()
    YES.statements[0].lower(assembler, after)
    assembler.here(after)
    HOLDS.decide(assembler, yes, no, settle=True)


REFUSED = [
    (lambda assembler, yes, no: None, r"written\(\) never goes on at 'yes'"),
    (lambda assembler, yes, no: HOLDS.decide(assembler, yes, yes, settle=True), r"written\(\) never goes on at 'no'"),
    (lambda assembler, yes, no: HOLDS.decide(assembler, no, no, settle=True), r"written\(\) never goes on at 'yes'"),
    (leads_to_itself, "goes on at a label with no reading after it"),
    (runs_into_what_comes_next, "goes on at a label with no reading after it"),
    (leaves_a_label_out, "goes on at a label with no reading after it"),
    (does_something, r"written\(\) does more than read: load\('agent', 's0'\)"),
]


@pytest.mark.parametrize(("lower", "told"), REFUSED)
def test_readings_that_lead_elsewhere_are_refused(lower, told):
    """Alone, and within others, where what comes next would be a reading and not a block."""
    odd = Written(lower)
    for condition in (odd, ~odd, odd & HOLDS, HOLDS | odd, Choice(odd, HOLDS, ~HOLDS)):
        for program in (ab.when(condition, YES, NO), ab.until(condition, YES, limit=1)):
            with pytest.raises(ab.ProgramError, match=told):
                program.compile(pair())
            with pytest.raises(ab.ProgramError, match=told):
                _ = program.graph


def test_a_question_that_the_reference_does_not_know_is_refused():
    class Sees(Question):
        def reading(self, wiring):
            return Reading("focus", symbol="s2")

        def __str__(self) -> str:
            return "sees()"

    program = ab.load("focus", "s2") + ab.when(Sees(), YES, NO)
    assert ab.run(pair(), program).decode()["agent"] == ["s0"]
    with pytest.raises(ab.ProgramError, match=r"reference machine does not know sees\(\)"):
        reference(pair(), program)
