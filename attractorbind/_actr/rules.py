"""Production rules of a model: what they test, and what they do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attractorbind._actr.chunks import Slots, check_name, slot_values
from attractorbind._checks import check_known
from attractorbind._errors import ProgramError

RELATIONS = ("=", "-", "<", ">", "<=", ">=")
BUFFERS = ("goal", "retrieval", "imaginal")
_QUERIES = {"state": ("free", "busy", "error"), "buffer": ("full", "empty", "failure")}


def is_variable(value: str | None) -> bool:
    """Whether a value stands for another."""
    return value is not None and value.startswith("=") and len(value) > 1


def _check_buffer(buffer: object) -> str:
    return check_known("buffer", "buffers", buffer, BUFFERS)


@dataclass(frozen=True)
class Test:
    """A test of a slot: `slot`, `relation` and `value`, a symbol, a variable as "=x", or None for an empty slot.

    **Arguments:**

    - `slot`: the slot.
    - `value`: what it is compared with.
    - `relation`: "=", or "-" for not equal; "<", ">", "<=" or ">=" for symbols that are numbers.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Test("end", "=count", "-")
        Test(slot='end', value='=count', relation='-')
    """

    slot: str
    value: str | None
    relation: str = "="

    def __post_init__(self) -> None:
        slot_values("a test", {self.slot: self.value})
        check_known("relation", "relations", self.relation, RELATIONS)


Test.__test__ = False  # pyright: ignore[reportAttributeAccessIssue] (for pytest, which looks for this name)


@dataclass(frozen=True)
class Match:
    """Condition: a buffer holds a chunk, and its slots are as tested; ACT-R's `=buffer>`.

    **Arguments:**

    - `buffer`: "goal", "retrieval" or "imaginal".
    - `tests`: `Test`s; or a mapping from slots to values that they are to have.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Match("goal", {"start": "=number", "count": None}).tests[1]
        Test(slot='count', value=None, relation='=')
    """

    buffer: str
    tests: tuple[Test, ...] | Mapping[str, str | None] = ()

    def __post_init__(self) -> None:
        _check_buffer(self.buffer)
        tests = self.tests
        if isinstance(tests, Mapping):
            tests = tuple(Test(slot, value) for slot, value in tests.items())
        if not isinstance(tests, tuple) or not all(isinstance(test, Test) for test in tests):
            raise ProgramError(f"the tests of buffer {self.buffer!r} are {tests!r}; give a tuple of Test, or a mapping")
        object.__setattr__(self, "tests", tests)

    @property
    def of_slots(self) -> tuple[Test, ...]:
        """The tests."""
        return tuple(self.tests)  # pyright: ignore[reportReturnType]


@dataclass(frozen=True)
class Query:
    """Condition: how a buffer and its module stand; ACT-R's `?buffer>`.

    **Arguments:**

    - `buffer`: "goal", "retrieval" or "imaginal".
    - `what`: "state", with `value` "free", "busy" or "error"; or "buffer", with "full", "empty" or "failure".
    - `negated`: whether it is to be otherwise.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Query("retrieval", "state", "error").negated
        False
    """

    buffer: str
    what: str
    value: str
    negated: bool = False

    def __post_init__(self) -> None:
        _check_buffer(self.buffer)
        check_known("query", "queries", self.what, _QUERIES)
        check_known(f"answer to the query {self.what!r}:", "answers", self.value, _QUERIES[self.what])


@dataclass(frozen=True)
class Modify:
    """Action: slots of a buffer's chunk get other values; ACT-R's `=buffer>`. Without slots, the chunk is kept.

    **Arguments:**

    - `buffer`: the buffer.
    - `slots`: mapping from slots to symbols, to variables as "=x", or to None, which empties the slot.
    """

    buffer: str
    slots: Slots | Mapping[str, str | None] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", slot_values(f"buffer {_check_buffer(self.buffer)!r}", self.slots))


@dataclass(frozen=True)
class Request:
    """Action: ask a module for a chunk; ACT-R's `+buffer>`.

    The declarative memory is asked for a chunk that has these values, which arrives in the buffer "retrieval" after the
    latency of retrieval. Goal and imaginal module make a new chunk of them.

    **Arguments:** as for `Modify`.
    """

    buffer: str
    slots: Slots | Mapping[str, str | None] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", slot_values(f"buffer {_check_buffer(self.buffer)!r}", self.slots))


@dataclass(frozen=True)
class Clear:
    """Action: empty a buffer; ACT-R's `-buffer>`. What goal and imaginal buffer held becomes a memory."""

    buffer: str

    def __post_init__(self) -> None:
        _check_buffer(self.buffer)


@dataclass(frozen=True)
class Output:
    """Action: put out a line of symbols and variables; ACT-R's `!output!`."""

    items: tuple[str, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.items, tuple) or not all(isinstance(item, str) and item for item in self.items):
            raise ProgramError(f"what is put out is {self.items!r}; give a tuple of texts")


@dataclass(frozen=True)
class Stop:
    """Action: end the run; ACT-R's `!stop!`."""


Condition = Match | Query
Action = Modify | Request | Clear | Output | Stop


@dataclass(frozen=True)
class Rule:
    """A production rule: conditions that all have to hold, and actions that are done at once.

    Variables are bound by the slots that they stand in: the same variable in two slots asks whether both hold the
    same, and in an action it is what that slot held when the rule was chosen.

    **Arguments:**

    - `name`: by which traces tell of it.
    - `when`: `Match`es and `Query`s.
    - `then`: `Modify`, `Request`, `Clear`, `Output`, `Stop`.
    - `utility`: of the rules that match the one with the highest fires, and among equals the first.

    **Raises:** `ProgramError` for a rule without conditions or actions, a buffer that is asked or changed twice, or a
    variable that no test binds.

    **Example:**

        >>> from attractorbind import actr
        >>> rule = actr.Rule("start", when=[actr.Match("goal", {"start": "=n", "count": None})],
        ...     then=[actr.Modify("goal", {"count": "=n"}), actr.Request("retrieval", {"first": "=n"})])
        >>> rule.bindings
        {'=n': [('goal', 'start')]}
    """

    name: str
    when: tuple[Condition, ...] | Iterable[Condition]
    then: tuple[Action, ...] | Iterable[Action]
    utility: float = 0.0

    def __post_init__(self) -> None:
        check_name("rule", self.name)
        for part, kinds in (("when", (Match, Query)), ("then", (Modify, Request, Clear, Output, Stop))):
            given = getattr(self, part)
            entries = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else ()
            wrong = [entry for entry in entries if not isinstance(entry, kinds)]
            if not entries or wrong:
                known = ", ".join(kind.__name__ for kind in kinds)
                found = repr(wrong[0]) if wrong else "nothing"
                raise ProgramError(f"rule {self.name!r} has {found} in {part}=; give a list of {known}")
            object.__setattr__(self, part, entries)
        matched = [match.buffer for match in self.matches]
        twice = [buffer for buffer in matched if matched.count(buffer) > 1]
        if twice:
            raise ProgramError(f"rule {self.name!r} matches buffer {twice[0]!r} twice; put all its tests in one Match")
        self._check_actions()
        known = self.bindings
        for value in self._values():
            if is_variable(value) and value not in known:
                bound = ", ".join(known) or "none"
                raise ProgramError(
                    f"rule {self.name!r} uses the variable {value}, which no slot of a match binds; bound are: {bound}"
                )

    @property
    def matches(self) -> tuple[Match, ...]:
        """The matches among its conditions."""
        return tuple(condition for condition in self.when if isinstance(condition, Match))

    @property
    def bindings(self) -> dict[str, list[tuple[str, str | None]]]:
        """Each variable with the slots, as (buffer, slot), that are to hold the same; a buffer's own has None."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for match in self.matches:
            found.setdefault(f"={match.buffer}", []).append((match.buffer, None))
            for test in match.of_slots:
                if is_variable(test.value) and test.relation == "=":
                    found.setdefault(str(test.value), []).append((match.buffer, test.slot))
        used = set(self._values())
        own = {f"={buffer}" for buffer in BUFFERS}
        return {name: places for name, places in found.items() if name not in own or name in used}

    def _values(self) -> list[str | None]:
        """All values that its tests and actions name."""
        values: list[str | None] = [test.value for match in self.matches for test in match.of_slots]
        for action in self.then:
            if isinstance(action, Modify | Request):
                values += [value for _, value in action.slots]  # pyright: ignore[reportAssignmentType]
            elif isinstance(action, Output):
                values += action.items
        return values

    def _check_actions(self) -> None:
        matched = {match.buffer for match in self.matches}
        changed: set[tuple[str, type]] = set()
        for action in self.then:
            if not isinstance(action, Modify | Request | Clear):
                continue
            key = (action.buffer, type(action))
            if key in changed:
                raise ProgramError(
                    f"rule {self.name!r} has two actions {type(action).__name__} of buffer {action.buffer!r}; join them"
                )
            changed.add(key)
            if isinstance(action, Modify) and action.buffer not in matched:
                raise ProgramError(
                    f"rule {self.name!r} modifies buffer {action.buffer!r} without matching it; add a Match, so that "
                    "there is a chunk to change"
                )
