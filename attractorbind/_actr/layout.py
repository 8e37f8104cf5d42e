"""Which neural buffers a model has: one for each slot of each buffer, and one that holds the chunk's own symbol."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attractorbind._actr.chunks import Chunk
from attractorbind._actr.parts import Modify, is_variable
from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._errors import ProgramError

# The declarative module: here a cue is put, and what it brings back waits until the latency is over.
MODULE = "declarative"
# Holds "busy" while a retrieval is pending, "error" after one that failed.
RETRIEVAL_STATE = "retrieval.state?"
IMAGINAL_STATE = "imaginal.state?"


def place(buffer: str, slot: str | None) -> str:
    """The neural buffer of a slot; of a buffer's chunk itself, without a slot."""
    return buffer if slot is None else f"{buffer}.{slot}"


def cleared_by(rule: Rule, settings: Settings) -> tuple[str, ...]:
    """The buffers whose chunk goes when a rule fires: those that it clears or asks anew, and those it harvests."""
    told = {action.buffer for action in rule.changes}
    gone = [action.buffer for action in rule.changes if not isinstance(action, Modify)]
    if settings.harvest:
        gone += [m.buffer for m in rule.matches if m.buffer not in told and m.buffer not in ("goal", *settings.kept)]
    return tuple(dict.fromkeys(gone))


@dataclass(frozen=True)
class Layout:
    """The slots that a model's buffers have.

    **Attributes:**

    - `slots`: buffer, or `MODULE`, to the names of its slots.
    - `remembered`: the buffers whose chunks become memories when they are cleared, as retrievals may ask for them.
    - `emptied`: the buffers that may be without a chunk when rules are matched.
    - `named`: the buffers in which chunks are made that get symbols of their own.
    """

    slots: Mapping[str, tuple[str, ...]]
    remembered: tuple[str, ...]
    emptied: tuple[str, ...]
    named: tuple[str, ...] = ()

    @property
    def buffers(self) -> tuple[str, ...]:
        """The names of all neural buffers."""
        names = [place(buffer, slot) for buffer, slots in self.slots.items() for slot in (None, *slots)]
        states = {"retrieval": RETRIEVAL_STATE, "imaginal": IMAGINAL_STATE}
        return (*names, *(state for buffer, state in states.items() if buffer in self.slots))

    def whole(self, buffer: str) -> tuple[str, ...]:
        """The neural buffers of a buffer: of its chunk, and of its slots."""
        return tuple(place(buffer, slot) for slot in (None, *self.slots[buffer]))


def lay_out_buffers(
    rules: Sequence[Rule], chunks: Iterable[Chunk], goal: Chunk | None, settings: Settings, new: int = 0
) -> Layout:
    """The neural buffers that these rules need, for these memories and this goal, and so many new chunks."""
    named: dict[str, dict[str, None]] = {"goal": dict.fromkeys(() if goal is None else dict(goal.values))}
    cues: list[tuple[str, ...]] = []
    for rule in rules:
        for condition in (*rule.matches, *rule.queries):
            named.setdefault(condition.buffer, {})
        for action in rule.changes:
            named.setdefault(action.buffer, {})
        for buffer, slot in rule.slots():
            named[buffer][slot] = None
        asked = rule.asks("retrieval")
        if asked is not None:
            cues.append(tuple(slot for slot, _ in asked.values))
    gone = {buffer for rule in rules for buffer in cleared_by(rule, settings)}
    remembered = tuple(
        buffer
        for buffer in ("goal", "imaginal")
        if buffer in gone and any(set(cue) <= set(named[buffer]) for cue in cues)
    )
    if "retrieval" in named:
        matching = [chunk for chunk in chunks if any(set(cue) <= set(chunk.held) for cue in cues)]
        for slots in (*(chunk.held for chunk in matching), *(named[buffer] for buffer in remembered)):
            named["retrieval"].update(dict.fromkeys(slots))
        named[MODULE] = named["retrieval"]
    emptied = {"retrieval", "imaginal"} | (gone & {"goal"}) | ({"goal"} if goal is None else set())
    made = tuple(buffer for buffer in ("goal", "imaginal") if new and any(rule.asks(buffer) for rule in rules))
    slots_of = {buffer: tuple(slots) for buffer, slots in named.items()}
    return Layout(slots_of, remembered, tuple(sorted(emptied & set(named))), made)


def check_asked(rules: Iterable[Rule], names: Sequence[str]) -> None:
    """Raise for a rule that asks for a chunk by a name that none has."""
    for rule in rules:
        asked = rule.asks("retrieval")
        name = None if asked is None else asked.chunk
        if name is not None and not is_variable(name) and name not in names:
            known = ", ".join(names) or "none"
            raise ProgramError(
                f"rule {rule.name!r} asks for the chunk {name!r}, which is not there; chunks are {known}"
            )


def check_slots(rules: Iterable[Rule], known: Iterable[str]) -> None:
    """Raise for a slot that no type has and no chunk; where nothing tells, any slot may be."""
    slots = set(known)
    if not slots:
        return
    for rule in rules:
        for buffer, slot in rule.slots():
            if slot not in slots:
                raise ProgramError(
                    f"rule {rule.name!r} names the slot {slot!r} of {buffer!r}, which no chunk type has; slots are "
                    f"{', '.join(sorted(slots))}"
                )
