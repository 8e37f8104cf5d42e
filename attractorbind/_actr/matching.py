"""Matching all rules: each question is asked once at the most, and none whose answer follows from another's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from attractorbind._errors import ProgramError
from attractorbind._program.assembler import Assembler, Label
from attractorbind._program.condition import And, Branch, Condition, Not, Or, Question
from attractorbind._program.firing import Production
from attractorbind._program.program import Program
from attractorbind._program.question import Equal, Holds, Occupied
from attractorbind._program.statement import lay_out

# Questions with their answers.
Known = frozenset[tuple[Question, bool]]

# Readings of one matching. Beyond, answers are no longer passed on from rule to rule.
_MOST_READINGS = 4096


@dataclass(frozen=True)
class Conflict:
    """Where readings go on that find all rules that match, not only the first.

    **Attributes:**

    - `offers`: of each rule, what is done when it matches.
    - `choose`: where it goes on after the last one, if some rule has matched.
    """

    offers: Sequence[Program]
    choose: Label


def lay_out_matching(
    assembler: Assembler,
    rules: Sequence[Production],
    known: Known,
    entry: Label,
    fires: Sequence[Label],
    nothing: Label,
    conflict: Conflict | None = None,
) -> None:
    """Lay out the readings that find the first rule that matches, or all that do.

    **Arguments:**

    - `known`: answers that are known before.
    - `entry`: where the readings begin; the latches settle before the first.
    - `fires`: for each rule, where it goes on if this is the first that matches.
    - `nothing`: where it goes on if none does.
    - `conflict`: where it goes on instead, if all that match are looked for.
    """
    relevant = [set(_questions(rule.when)) for rule in rules]
    # Of each rule: what this rule and those after it ask.
    from_here = [set[Question]().union(*relevant[number:]) for number in range(len(rules))]
    places: dict[tuple[int, Known, bool, bool], Label] = {}
    waiting: list[tuple[Label, int, Known, Question | None, bool, bool]] = []

    def place(number: int, facts: Mapping[Question, bool], first: bool, matched: bool) -> Label:
        """Where readings go on that have found these facts, with the rule of this number next."""
        while number < len(rules):
            answer = _ask(rules[number].when, facts)
            if answer is True and conflict is None:
                return fires[number]
            if answer is not False:
                shared = len(places) < _MOST_READINGS
                asked = from_here[number] if shared else relevant[number]
                kept = frozenset((question, held) for question, held in facts.items() if _bears_on(question, asked))
                key = (number, kept, first, matched)
                if key not in places:
                    places[key] = assembler.label()
                    question = answer if isinstance(answer, Question) else None
                    waiting.append((places[key], number, kept, question, first, matched))
                return places[key]
            number += 1
        return conflict.choose if conflict is not None and matched else nothing

    entry.target = place(0, _closed(dict(known)), first=True, matched=False)
    while waiting:
        label, number, kept, question, first, matched = waiting.pop()
        facts = dict(kept)
        if question is None:
            # It matches: it is put up, and the readings go on with the next rule.
            assert conflict is not None
            lay_out(assembler, conflict.offers[number].statements, label, place(number + 1, facts, first, True))
            continue
        assembler.here(label)
        ways = [place(number, _closed({**facts, question: held}), False, matched) for held in (True, False)]
        assembler.add(Branch(question, settle=first), *ways)


def _questions(condition: Condition) -> Iterator[Question]:
    """The questions that a condition is made of."""
    match condition:
        case Not(inner):
            yield from _questions(inner)
        case And(first, second) | Or(first, second):
            yield from _questions(first)
            yield from _questions(second)
        case Question():
            yield condition
        case _:
            raise ProgramError(f"a rule's condition is made of equal(), holds() and empty(), not of {condition}")


def _buffers(question: Question) -> set[str]:
    match question:
        case Equal(first, second):
            return {first, second}
        case Holds(buffer) | Occupied(buffer):
            return {buffer}
    return set()


def _bears_on(question: Question, others: set[Question]) -> bool:
    """Whether an answer may answer one of the other questions, too."""
    return question in others or any(_buffers(question) & _buffers(other) for other in others)


def _ask(condition: Condition, facts: Mapping[Question, bool]) -> bool | Question:
    """Whether a condition holds, or the first question that has to be asked to know."""
    match condition:
        case Not(inner):
            answer = _ask(inner, facts)
            return answer if isinstance(answer, Question) else not answer
        case And(first, second) | Or(first, second):
            decides = isinstance(condition, Or)
            answers = [_ask(first, facts), _ask(second, facts)]
            if any(answer is decides for answer in answers):
                return decides
            return next((answer for answer in answers if isinstance(answer, Question)), not decides)
        case Question():
            return _follows(condition, facts)
    raise ProgramError(f"a rule's condition is made of equal(), holds() and empty(), not of {condition}")


def _follows(question: Question, facts: Mapping[Question, bool]) -> bool | Question:
    """The answer to a question where it follows from what is known, otherwise the question."""
    if question in facts:
        return facts[question]
    if any(facts.get(Occupied(buffer)) is False for buffer in _buffers(question)):
        return False
    if isinstance(question, Holds) and any(
        held and isinstance(other, Holds) and other.buffer == question.buffer for other, held in facts.items()
    ):
        return False
    return question


def _closed(facts: dict[Question, bool]) -> dict[Question, bool]:
    """The facts, and that buffers are occupied which hold something or equal others."""
    found = dict(facts)
    for question, held in facts.items():
        if held:
            found.update(dict.fromkeys(map(Occupied, _buffers(question)), True))
    return found


def exclude_each_other(first: Condition, second: Condition) -> bool:
    """Whether two conditions are known never to hold at the same time."""
    literals = {*_literals(first), *_literals(second)}
    for question, held in literals:
        others = _closed({other: answer for other, answer in literals if other != question})
        if (question, not held) in literals or _follows(question, others) is (not held):
            return True
    return False


def _literals(condition: Condition) -> Iterator[tuple[Question, bool]]:
    """The questions that must be answered so if a condition is to hold, as far as it says so without "or"."""
    match condition:
        case And(first, second):
            yield from _literals(first)
            yield from _literals(second)
        case Not(Not(inner)):
            yield from _literals(inner)
        case Not(Or(first, second)):
            yield from _literals(Not(first))
            yield from _literals(Not(second))
        case Not(inner) if isinstance(inner, Question):
            yield _in_order(inner), False
        case Question():
            yield _in_order(condition), True


def _in_order(question: Question) -> Question:
    """The same question for the same comparison, whichever buffer is named first."""
    return Equal(*sorted((question.first, question.second))) if isinstance(question, Equal) else question
