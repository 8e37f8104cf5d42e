"""What a rule tests, as readings of the network."""

from collections.abc import Sequence
from functools import reduce
from operator import and_, or_

from attractorbind._actr.layout import IMAGINAL_STATE, RETRIEVAL_STATE, Layout, place
from attractorbind._actr.parts import Match, Query, Test, is_variable
from attractorbind._actr.rules import Rule
from attractorbind._errors import ProgramError
from attractorbind._program.condition import Condition
from attractorbind._program.question import empty, equal, holds

BUSY, ERROR = "busy", "error"
_RELATIONS = {
    "<": lambda first, second: first < second,
    ">": lambda first, second: first > second,
    "<=": lambda first, second: first <= second,
    ">=": lambda first, second: first >= second,
}


def number(symbol: str | None) -> float | None:
    """The number that a symbol is the name of, or None."""
    try:
        return float(symbol or "")
    except ValueError:
        return None


def condition_of(rule: Rule, layout: Layout, symbols: Sequence[str]) -> Condition:
    """What a rule asks of the network.

    **Arguments:**

    - `symbols`: of the vocabulary.
    """
    parts: list[Condition] = []
    bound = {name: place(*places[0]) for name, places in rule.bindings.items()}
    alone = {name for name, places in rule.bindings.items() if len(places) == 1}
    for match in rule.matches:
        own, present = _of_match(rule, match, bound, alone, symbols)
        # A slot that holds something belongs to a chunk, but in the imaginal buffer perhaps to one that is being made.
        if match.buffer in layout.emptied and (not present or match.buffer == "imaginal"):
            own.insert(0, ~empty(match.buffer))
        parts += own
    asked = [_of_query(query) for query in rule.queries]
    parts += [condition for condition in asked if condition is not None]
    # What tells most comes first: that a slot merely holds something is asked last.
    parts.sort(key=lambda part: str(part).startswith("~empty"))
    if not parts:
        if not rule.matches:
            raise ProgramError(f"rule {rule.name!r} tests nothing that could change; match a buffer")
        parts = [~empty(rule.matches[0].buffer)]
    return reduce(and_, parts)


def _of_match(
    rule: Rule, match: Match, bound: dict[str, str], alone: set[str], symbols: Sequence[str]
) -> tuple[list[Condition], bool]:
    """The readings of one buffer's slots, and whether one of them says that there is a chunk."""
    parts: list[Condition] = []
    present = False
    for test in match.of_slots:
        here = place(match.buffer, test.slot)
        value, relation = test.value, test.relation
        if relation in _RELATIONS:
            parts.append(_compared(rule, test, here, bound, symbols))
            present = True
        elif value is None:
            parts.append(empty(here) if relation == "=" else ~empty(here))
            present |= relation == "-"
        elif not is_variable(value):
            parts.append(holds(here, value) if relation == "=" else ~holds(here, value))
            present |= relation == "="
        elif relation == "-":
            if bound[value] == here:
                raise ProgramError(f"rule {rule.name!r} tests that slot {test.slot!r} differs from itself; take it out")
            parts.append(~equal(bound[value], here))
        else:
            present = True
            if bound[value] != here:
                parts.append(equal(bound[value], here))
            elif value in alone:
                parts.append(~empty(here))
    return parts, present


def _compared(rule: Rule, test: Test, here: str, bound: dict[str, str], symbols: Sequence[str]) -> Condition:
    """Whether a slot holds a number less, or more, than another: it holds one of those that are."""
    numbers = {symbol: value for symbol in symbols if (value := number(symbol)) is not None}
    compare = _RELATIONS[test.relation]

    def within(limit: float) -> Condition | None:
        found = [holds(here, symbol) for symbol, value in numbers.items() if compare(value, limit)]
        return reduce(or_, found) if found else None

    if not is_variable(test.value):
        limit = number(test.value)
        if limit is None:
            raise ProgramError(
                f"rule {rule.name!r} compares slot {test.slot!r} with {test.value!r}, which is no number; "
                "'<' and the like are for numbers"
            )
        asked = within(limit)
    else:
        other = bound[str(test.value)]
        pairs = [(holds(other, symbol), within(value)) for symbol, value in numbers.items()]
        parts = [standing & inner for standing, inner in pairs if inner is not None]
        asked = reduce(or_, parts) if parts else None
    if asked is None:
        raise ProgramError(
            f"rule {rule.name!r} asks for a number {test.relation} {test.value} in slot {test.slot!r}, and the model "
            "knows none; name it in symbols="
        )
    return asked


def _of_query(query: Query) -> Condition | None:
    """The reading of a query; None for one that always holds."""
    buffer, what, value = query.buffer, query.what, query.value
    if what == "buffer" and value in ("full", "empty"):
        asked = empty(buffer)
        return asked if (value == "empty") != query.negated else ~asked
    if buffer == "goal":
        holds_always = value == "free"
        if holds_always == query.negated:
            raise ProgramError(f"the query {what} {value} of the goal never holds: the goal module is always free")
        return None
    state = RETRIEVAL_STATE if buffer == "retrieval" else IMAGINAL_STATE
    if value in ("error", "failure"):
        asked = holds(state, ERROR)
    else:
        asked = ~holds(state, BUSY) if value == "free" else holds(state, BUSY)
    return ~asked if query.negated else asked


def may_fire_while_pending(rule: Rule, buffer: str) -> bool:
    """Whether a rule can match while a module is at work: unless it asks for a chunk in its buffer, or for rest."""
    if any(match.buffer == buffer for match in rule.matches):
        return False
    wanted = {("state", "free", False), ("state", "error", False), ("state", "busy", True)}
    wanted |= {("buffer", "full", False), ("buffer", "failure", False), ("buffer", "empty", True)}
    asked = {(query.what, query.value, query.negated) for query in rule.queries if query.buffer == buffer}
    return not asked & wanted
