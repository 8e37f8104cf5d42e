"""One production of a model file, (p name conditions ==> actions), as a rule."""

import re
from collections.abc import Iterator, Mapping

from attractorbind._actr.chunks import ChunkType
from attractorbind._actr.forms import Form, FormError, refused
from attractorbind._actr.parts import (
    BUFFERS,
    PLACE,
    RELATIONS,
    Action,
    Clear,
    Condition,
    Match,
    Modify,
    Output,
    Query,
    Request,
    Stop,
    Test,
    is_variable,
)
from attractorbind._actr.rules import Rule
from attractorbind._errors import AttractorBindError

# What stands for a word in a text that is put out.
_DIRECTIVE = re.compile("~[asd]", re.IGNORECASE)


class Reader:
    """Reads one production.

    **Arguments:**

    - `form`: the production.
    - `types`: the chunk types by name.
    - `name`: what errors call the file.
    - `utilities`: of productions, by name.
    """

    def __init__(self, form: Form, types: Mapping[str, ChunkType], name: str, utilities: Mapping[str, float]) -> None:
        self._form, self._types, self._name, self._utilities = form, types, name, utilities

    def rule(self) -> Rule:
        """The rule, or the error for the first part that is not understood."""
        form = self._form
        if len(form.parts) < 2 or form.parts[1].word is None:
            raise self._refused(form, "p has no name; put one behind it")
        name = str(form.parts[1])
        parts = [part for part in form.parts[2:] if not (part.word or "").startswith('"') or part.line > form.line + 1]
        arrows = [number for number, part in enumerate(parts) if part.word == "==>"]
        if len(arrows) != 1:
            raise self._refused(form, f"production {name} needs one ==> between its conditions and its actions")
        conditions = [each for group in self._groups(parts[: arrows[0]]) for each in self._conditions(*group)]
        actions = [action for group in self._groups(parts[arrows[0] + 1 :]) for action in self._actions(*group)]
        try:
            return Rule(name, tuple(conditions), tuple(actions), self._utilities.get(name, 0.0))
        except AttractorBindError as error:
            raise self._refused(form, str(error)) from None

    def _refused(self, form: Form, told: str) -> FormError:
        return refused(form, told, self._name)

    def _groups(self, parts: list[Form]) -> Iterator[tuple[Form, list[Form]]]:
        """Each heading, as =goal> or !stop!, with what follows it."""
        heading: Form | None = None
        inside: list[Form] = []
        for part in parts:
            word = part.word or ""
            if (word[-1:] == ">" and word[:1] in "=+-?*@" and len(word) > 2) or (word[:1] == "!" and word[-1:] == "!"):
                if heading is not None:
                    yield heading, inside
                heading, inside = part, []
            elif heading is None:
                raise self._refused(part, f"{part} stands before any buffer; write =goal> or another before it")
            else:
                inside.append(part)
        if heading is not None:
            yield heading, inside

    def _buffer(self, heading: Form) -> str:
        buffer = str(heading)[1:-1]
        if buffer not in BUFFERS:
            raise self._refused(heading, f"the buffer {buffer!r} is not here; buffers are {', '.join(BUFFERS)}")
        return buffer

    def _conditions(self, heading: Form, inside: list[Form]) -> list[Condition]:
        word = str(heading)
        if word.startswith("!"):
            raise self._refused(heading, f"{word} is Lisp that is computed, and conditions only read buffers")
        buffer = self._buffer(heading)
        tests = list(self._tests(inside))
        try:
            if word[0] == "?":
                if not tests or any(relation not in "=-" for _, relation, _ in tests):
                    raise self._refused(heading, "a query is written state free, say, or - state busy")
                return [Query(buffer, slot, value, relation == "-") for slot, relation, value in tests]
            if word[0] == "=":
                return [Match(buffer, self._match(tests))]
        except FormError:
            raise
        except AttractorBindError as error:
            raise self._refused(heading, str(error)) from None
        raise self._refused(heading, f"{word} is no condition; conditions are =buffer> and ?buffer>")

    def _tests(self, inside: list[Form]) -> Iterator[tuple[str, str, str]]:
        """The slots with their relations and values."""
        words = list(inside)
        while words:
            relation = "="
            if words[0].word in RELATIONS:
                relation = str(words.pop(0))
            if len(words) < 2:
                raise self._refused(words[0] if words else inside[-1], "a slot has no value; put one behind it")
            slot, value = words.pop(0), words.pop(0)
            for each in (slot, value):
                if each.word is None:
                    raise self._refused(each, "a slot and its value are names; lists are not")
            if is_variable(slot.word) or str(slot).startswith(":"):
                raise self._refused(slot, f"{slot} cannot be a slot here: slots that vary and :keywords are not read")
            yield str(slot), relation, str(value)

    def _match(self, tests: list[tuple[str, str, str]]) -> tuple[Test, ...]:
        """The tests of a match, with the defaults of its type."""
        defaults = self._defaults(tests)
        own = [(slot, relation, value) for slot, relation, value in tests if slot != "isa"]
        named = {slot for slot, _, _ in own}
        own += [(slot, "=", value) for slot, value in defaults.items() if slot not in named]
        return tuple(Test(slot, None if value == "nil" else value, relation) for slot, relation, value in own)

    def _defaults(self, tests: list[tuple[str, str, str]]) -> dict[str, str]:
        """What isa says of slots that are not named; an error for a slot that the type does not have."""
        types = [value for slot, _, value in tests if slot == "isa"]
        if not types:
            return {}
        if types[0] not in self._types:
            known = ", ".join(self._types)
            raise self._refused(self._form, f"no chunk type has the name {types[0]}; known are {known}")
        defaults = self._types[types[0]].defaults
        for slot, _, _ in tests:
            if slot != "isa" and slot not in defaults:
                known = ", ".join(defaults) or "none"
                raise self._refused(self._form, f"chunk type {types[0]} has no slot {slot}; its slots are {known}")
        return {slot: value for slot, value in defaults.items() if value is not None}

    def _actions(self, heading: Form, inside: list[Form]) -> list[Action]:
        word = str(heading)
        if word.startswith("!"):
            return [self._special(heading, inside)]
        buffer = self._buffer(heading)
        if word[0] in "=+" and len(inside) == 1 and inside[0].word != "isa":
            return [self._direct(heading, buffer, inside[0])]
        tests = list(self._tests(inside)) if word[0] in "=+" else []
        if any(relation != "=" for _, relation, _ in tests):
            told = f"{word} in an action takes slots with values, without - < >"
            raise self._refused(heading, told + "; what is retrieved can be tested by the rule that takes it")
        slots = {slot: None if value == "nil" else value for slot, _, value in tests if slot != "isa"}
        twice = len(slots) + sum(slot == "isa" for slot, _, _ in tests) < len(tests)
        if twice:
            raise self._refused(heading, f"{word} names a slot twice")
        defaults = self._defaults(tests)
        try:
            if word[0] == "=":
                return [Modify(buffer, slots)]
            if word[0] == "+":
                return [Request(buffer, {**defaults, **slots})]
            if word[0] == "-" and not inside:
                return [Clear(buffer)]
        except AttractorBindError as error:
            raise self._refused(heading, str(error)) from None
        raise self._refused(heading, f"{word} is no action; actions are =buffer>, +buffer>, -buffer>, !output!, !stop!")

    def _direct(self, heading: Form, buffer: str, chunk: Form) -> Action:
        """A direct request: +retrieval> with the name of a chunk, or a variable that stands for one."""
        if str(heading) != "+retrieval>" or chunk.word is None:
            told = (
                f"{heading} takes slots with values; a chunk itself, as {chunk}, can be asked for by +retrieval> only"
            )
            raise self._refused(heading, told)
        return Request(buffer, chunk=chunk.word)

    def _output(self, heading: Form, inside: list[Form]) -> Output | None:
        """A line that is put out: words and variables, or a text with places for them; None for what is neither."""
        items = [inside[0]] if inside[0].word is not None else list(inside[0].parts)
        if not items or any(item.word is None for item in items):
            return None
        words = [str(item).strip('"') or " " for item in items]
        if "~" not in str(inside[0]):
            return Output(tuple(words))
        # ~a, ~s and ~d all put in the symbol as it is.
        text = _DIRECTIVE.sub(PLACE, words[0])
        if "~" in text.replace(PLACE, "") or any("~" in word for word in words[1:]):
            return None
        try:
            return Output(tuple(words[1:]), text)
        except AttractorBindError as error:
            raise self._refused(heading, str(error)) from None

    def _special(self, heading: Form, inside: list[Form]) -> Action:
        word = str(heading)
        if word == "!stop!" and not inside:
            return Stop()
        if word == "!output!" and len(inside) == 1:
            line = self._output(heading, inside)
            if line is not None:
                return line
        if word not in ("!stop!", "!output!"):
            told = f"{word} is Lisp that is computed beside the network; rules only test buffers and change them"
            raise self._refused(heading, told + ", and may !stop! or !output! (words and =variables)")
        told = f"{word} is not read so; what is read is !stop! and !output! (words and =variables)"
        raise self._refused(heading, told + ', or !output! ("a text with ~a" =variable)')
