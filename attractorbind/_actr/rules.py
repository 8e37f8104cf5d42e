"""Production rules of a model: what they test, what they do, and what their variables stand for."""

from collections.abc import Iterable
from dataclasses import dataclass

from attractorbind._actr.chunks import check_name
from attractorbind._actr.parts import (
    BUFFERS,
    Action,
    Clear,
    Condition,
    Match,
    Modify,
    Output,
    Query,
    Request,
    Stop,
    is_variable,
)
from attractorbind._checks import check_finite
from attractorbind._errors import ProgramError


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
    - `reward`: what is given when it has fired to all rules that have fired since the last reward, itself among them;
        it matters where utilities are learned, see `Utility`.

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
    when: Iterable[Condition]
    then: Iterable[Action]
    utility: float = 0.0
    reward: float | None = None

    def __post_init__(self) -> None:
        check_name("rule", self.name)
        check_finite(f"the utility of rule {self.name!r}", self.utility)
        if self.reward is not None:
            check_finite(f"the reward of rule {self.name!r}", self.reward)
        for part, kinds in (("when", (Match, Query)), ("then", (Modify, Request, Clear, Output, Stop))):
            given = getattr(self, part)
            entries = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else ()
            wrong = [entry for entry in entries if not isinstance(entry, kinds)]
            if not entries or wrong:
                known = ", ".join(kind.__name__ for kind in kinds)
                found = repr(wrong[0]) if wrong else "nothing" if isinstance(given, Iterable) else repr(given)
                raise ProgramError(f"rule {self.name!r} has {found} in {part}=; give a list of {known}")
            object.__setattr__(self, part, entries)
        matched = [match.buffer for match in self.matches]
        twice = [buffer for buffer in matched if matched.count(buffer) > 1]
        if twice:
            raise ProgramError(f"rule {self.name!r} matches buffer {twice[0]!r} twice; put all its tests in one Match")
        self._check_actions()
        known = self.bindings
        for value in self._used():
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
    def queries(self) -> tuple[Query, ...]:
        """The queries among its conditions."""
        return tuple(condition for condition in self.when if isinstance(condition, Query))

    @property
    def changes(self) -> tuple[Modify | Request | Clear, ...]:
        """The actions that change a buffer."""
        return tuple(action for action in self.then if isinstance(action, Modify | Request | Clear))

    def asks(self, buffer: str) -> Request | None:
        """What it asks the module of a buffer for, if it does."""
        asked = (action for action in self.changes if isinstance(action, Request) and action.buffer == buffer)
        return next(asked, None)

    @property
    def bindings(self) -> dict[str, list[tuple[str, str | None]]]:
        """Each variable with the slots, as (buffer, slot), that are to hold the same; a buffer's own has None."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for match in self.matches:
            found.setdefault(f"={match.buffer}", []).append((match.buffer, None))
            for test in match.of_slots:
                if is_variable(test.value) and test.relation == "=":
                    found.setdefault(str(test.value), []).append((match.buffer, test.slot))
        used = set(self._used())
        own = {f"={buffer}" for buffer in BUFFERS}
        return {name: places for name, places in found.items() if name not in own or name in used}

    def values(self) -> list[str | None]:
        """All values that its tests and actions name."""
        values: list[str | None] = [test.value for match in self.matches for test in match.of_slots]
        for action in self.then:
            if isinstance(action, Modify | Request):
                values += [value for _, value in (action.cue if isinstance(action, Request) else action.values)]
        return values

    def slots(self) -> list[tuple[str, str]]:
        """All slots that its tests and actions name, as (buffer, slot)."""
        named = [(match.buffer, test.slot) for match in self.matches for test in match.of_slots]
        changes = [action for action in self.changes if not isinstance(action, Clear)]
        return [*named, *((action.buffer, slot) for action in changes for slot, _ in action.values)]

    def _used(self) -> list[str | None]:
        """All values that it names, in what it puts out as well."""
        return [*self.values(), *(item for part in self.then if isinstance(part, Output) for item in part.items)]

    def _check_actions(self) -> None:
        matched = {match.buffer for match in self.matches}
        changed: set[tuple[str, type]] = set()
        for action in self.changes:
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
