"""What production rules of a model are made of: tests of buffers, and actions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

from attractorbind._actr.chunks import Slots, slot_values
from attractorbind._checks import check_known
from attractorbind._errors import ProgramError

# Where a word stands in a text that is put out.
PLACE = "~a"
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

    # For pytest, which looks for tests by their names.
    __test__: ClassVar[bool] = False

    slot: str
    value: str | None
    relation: str = "="

    def __post_init__(self) -> None:
        slot_values("a test", {self.slot: self.value})
        check_known("relation", "relations", self.relation, RELATIONS)


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
        return cast(tuple[Test, ...], self.tests)


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
class _Slots:
    """A buffer, and slots with what they become."""

    buffer: str
    slots: Slots | Mapping[str, str | None] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", slot_values(f"buffer {_check_buffer(self.buffer)!r}", self.slots))

    @property
    def values(self) -> Slots:
        """The slots with what they become."""
        return cast(Slots, self.slots)


@dataclass(frozen=True)
class Modify(_Slots):
    """Action: slots of a buffer's chunk get other values; ACT-R's `=buffer>`. Without slots, the chunk is kept.

    **Arguments:**

    - `buffer`: the buffer.
    - `slots`: mapping from slots to symbols, to variables as "=x", or to None, which empties the slot.
    """


@dataclass(frozen=True)
class Request(_Slots):
    """Action: ask a module for a chunk; ACT-R's `+buffer>`.

    The declarative memory is asked for a chunk that has these values, which arrives in the buffer "retrieval" after the
    latency of retrieval. Goal and imaginal module make a new chunk of them.

    **Arguments:** as for `Modify`, and

    - `chunk`: the name of a chunk, or a variable that stands for one; then the declarative memory is asked for this
        chunk itself, ACT-R's direct request, and there are no slots.

    **Raises:** `ProgramError` for a chunk that another buffer is asked for, or that is asked for with slots.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Request("retrieval", chunk="=x").chunk
        '=x'
    """

    chunk: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.chunk is None:
            return
        if not isinstance(self.chunk, str) or not self.chunk:
            raise ProgramError(f"chunk is {self.chunk!r}; give the name of a chunk, or a variable")
        if self.buffer != "retrieval" or self.values:
            raise ProgramError(
                f"{self.buffer!r} is asked for the chunk {self.chunk!r}; only 'retrieval' can be, and without slots"
            )

    @property
    def cue(self) -> tuple[tuple[str | None, str | None], ...]:
        """What the memory is asked by: slots with values, or the chunk's own symbol, which is in no slot."""
        return self.values if self.chunk is None else ((None, self.chunk),)


@dataclass(frozen=True)
class Clear:
    """Action: empty a buffer; ACT-R's `-buffer>`. What goal and imaginal buffer held becomes a memory."""

    buffer: str

    def __post_init__(self) -> None:
        _check_buffer(self.buffer)


@dataclass(frozen=True)
class Output:
    """Action: put out a line of symbols and variables; ACT-R's `!output!`.

    **Arguments:**

    - `items`: the symbols and variables, which stand in the line one after the other with spaces between them.
    - `text`: a text in which they stand instead, each where it has "~a".

    **Raises:** `ProgramError` for a text that has not as many places as there are items.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Output(("3", "four"), "~a is less than ~a.").line(["3", "four"])
        '3 is less than four.'
    """

    items: tuple[str, ...]
    text: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.items, tuple) or not all(isinstance(item, str) and item for item in self.items):
            raise ProgramError(f"what is put out is {self.items!r}; give a tuple of texts")
        if self.text is not None:
            places = self.text.count(PLACE) if isinstance(self.text, str) else None
            if places != len(self.items):
                raise ProgramError(f"the text {self.text!r} has not one {PLACE} for each of {self.items}")

    def line(self, words: Iterable[str]) -> str:
        """The line, with these words for its items."""
        if self.text is None:
            return " ".join(words)
        first, *others = self.text.split(PLACE)
        return first + "".join(map("".join, zip(words, others, strict=True)))


@dataclass(frozen=True)
class Stop:
    """Action: end the run; ACT-R's `!stop!`."""


Condition = Match | Query
Action = Modify | Request | Clear | Output | Stop
