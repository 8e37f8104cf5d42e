"""What a rule does, as gates: all slots change in one tick, and a variable is what stood in its slot before."""

from collections.abc import Iterator
from dataclasses import dataclass

from attractorbind._actr.activation import MEMORY, search
from attractorbind._actr.conditions import BUSY, ERROR
from attractorbind._actr.layout import IMAGINAL_STATE, MODULE, RETRIEVAL_STATE, Layout, cleared_by, place
from attractorbind._actr.naming import name_chunk
from attractorbind._actr.parts import Modify, Output, Request, is_variable
from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._errors import ProgramError
from attractorbind._program.activating import strengthen
from attractorbind._program.flow import flow
from attractorbind._program.macros import hold
from attractorbind._program.program import Program, gates
from attractorbind._program.recollection import store
from attractorbind._program.statement import SETTLE, Step

# Names of events other than rules; rules have names without spaces.
RETRIEVED, FAILED, IMAGINED, PUT_OUT = "retrieved chunk", "retrieval failure", "imaginal chunk", "put out"
# The symbol of a chunk that a rule has made.
MADE = "chunk"


@dataclass(frozen=True)
class Change:
    """What becomes of neural buffers at once: target to source of copies, target to symbol, and those emptied."""

    copied: dict[str, str]
    presented: dict[str, str]
    emptied: dict[str, None]

    def program(self, tells: str | None = None, emit: str | None = None) -> Program:
        """One tick in which all relays are open and all targets' latches closed; symbols are presented one a tick."""
        opened = tuple((f"{source}->{target}", 1.0) for target, source in self.copied.items())
        changed = {**self.copied, **self.emptied}
        closed = tuple(target for target in changed if target not in self.presented)
        symbols = [*self.presented.items()]
        if not opened and not closed and not symbols:
            return Program()
        first = Step(1, opened, closed, symbols[0] if symbols else None, emit, tells=tells)
        return Program((first, *(Step(1, present=each) for each in symbols[1:])))


def program_of(rule: Rule, layout: Layout, settings: Settings) -> Program:
    """What a rule does when it fires, but for modules that finish later."""
    bound = {name: [place(*where) for where in places] for name, places in rule.bindings.items()}
    gone = cleared_by(rule, settings)
    program = Program()
    for action in rule.then:
        if isinstance(action, Output):
            for item in action.items:
                if is_variable(item):
                    program += Program((Step(1, emit=bound[item][0], tells=PUT_OUT),))
    for buffer in gone:
        if buffer in layout.remembered:
            program += _remember(buffer, layout)
    change = Change({}, {}, {})
    for buffer in gone:
        change.emptied.update(dict.fromkeys(layout.whole(buffer)))
        if buffer in layout.remembered:
            change.emptied.update(dict.fromkeys(layout.whole(MODULE)))
    for action in rule.then:
        if isinstance(action, Modify):
            _assign(rule, change, action.buffer, action.values, bound)
        elif isinstance(action, Request):
            _request(rule, change, action, bound, layout)
    own = settings.activation if settings.activated else None
    if own is not None and own.decay is not None and "retrieval" in gone:
        # A chunk that leaves the buffer is merged with the memory that it came from.
        program += strengthen(MEMORY)
    program += change.program()
    if rule.asks("goal") and "goal" in layout.named:
        program += name_chunk("goal")
    asked = rule.asks("retrieval")
    if asked is not None:
        cue = [slot for slot, _ in asked.cue]
        program += _search(cue, layout) if own is None else search(cue, layout, settings, own)
    return program if program.statements else hold()


def _assign(
    rule: Rule,
    change: Change,
    buffer: str,
    slots: tuple[tuple[str | None, str | None], ...],
    bound: dict[str, list[str]],
) -> None:
    """Let slots of a buffer become what an action says."""
    for slot, value in slots:
        target = place(buffer, slot)
        if value is None:
            change.emptied[target] = None
        elif not is_variable(value):
            change.presented[target] = value
            change.emptied.pop(target, None)
        elif target not in bound[value]:
            change.copied[target] = bound[value][0]
            change.emptied.pop(target, None)
        elif target in change.emptied:
            raise ProgramError(
                f"rule {rule.name!r} asks for a new chunk in {buffer!r} that keeps {slot!r}; the slot is cleared first"
            )


def _request(rule: Rule, change: Change, action: Request, bound: dict[str, list[str]], layout: Layout) -> None:
    """Put a cue into the declarative module, or begin a chunk in the goal or in the imaginal buffer."""
    if action.buffer == "retrieval":
        wrong = [slot for slot, value in action.cue if value is None]
        if wrong or not action.cue:
            told = f"an empty slot {wrong[0]!r}" if wrong else "nothing in particular"
            raise ProgramError(f"rule {rule.name!r} asks the memory for {told}; give it a slot and its value as a cue")
        change.emptied.update(dict.fromkeys(layout.whole(MODULE)))
        change.presented[RETRIEVAL_STATE] = BUSY
        _assign(rule, change, MODULE, action.cue, bound)
        return
    kept = [
        slot for slot, value in action.values if is_variable(value) and place(action.buffer, slot) in bound[str(value)]
    ]
    for slot in kept:
        # Its latch goes on holding what it holds.
        change.emptied.pop(place(action.buffer, slot))
    rest = tuple((slot, value) for slot, value in action.values if slot not in kept)
    _assign(rule, change, action.buffer, rest, bound)
    if action.buffer == "imaginal":
        change.presented[IMAGINAL_STATE] = BUSY
    elif "goal" not in layout.named:
        change.presented["goal"] = MADE
        change.emptied.pop("goal", None)


def _search(cue: list[str | None], layout: Layout) -> Program:
    """Three ticks: the cue excites an assembly, and the assembly writes on all else, whose latches then join in.

    That a chunk was found shows by its own symbol, so this has to come from the assembly, even where it was the cue.
    """
    cues = [f"{place(MODULE, slot)}->memory" for slot in cue]
    others = [place(MODULE, slot) for slot in (None, *layout.slots[MODULE]) if slot is None or slot not in cue]
    everything = [*cues, *(f"memory->{name}" for name in others)]
    return gates(open=cues) + gates(open=everything, closed=others) + gates(open=everything)


def _remember(buffer: str, layout: Layout) -> Program:
    """Let what a buffer holds be copied into the declarative module, and stored."""
    copied = {place(MODULE, slot): place(buffer, slot) for slot in (None, *layout.slots[buffer])}
    others = dict.fromkeys(name for name in layout.whole(MODULE) if name not in copied)
    return Change(copied, {}, others).program() + gates(ticks=SETTLE) + store("memory", [*copied])


def retrieved(layout: Layout) -> Program:
    """What the declarative module has found arrives in the buffer "retrieval"."""
    copied = {place("retrieval", slot): place(MODULE, slot) for slot in (None, *layout.slots[MODULE])}
    arrived = Change(copied, {}, dict.fromkeys((*layout.whole(MODULE), RETRIEVAL_STATE)))
    return arrived.program(RETRIEVED, MODULE)


def failed(layout: Layout) -> Program:
    """Nothing was found: the module says so, and its cue is gone."""
    gone = Change({}, {RETRIEVAL_STATE: ERROR}, dict.fromkeys(layout.whole(MODULE)))
    return gone.program(FAILED)


def imagined(layout: Layout) -> Program:
    """The chunk that the imaginal module was at work on is there."""
    if "imaginal" in layout.named:
        return Change({}, {}, {IMAGINAL_STATE: None}).program(IMAGINED) + name_chunk("imaginal")
    made = Change({}, {"imaginal": MADE}, {IMAGINAL_STATE: None})
    return made.program(IMAGINED)


def relays_of(program: Program) -> Iterator[tuple[str, str]]:
    """The relays that its copies open."""
    for node in flow(program.statements) if program.statements else ():
        if isinstance(node.action, Step):
            for gate, _ in node.action.open:
                source, _, target = gate.partition("->")
                if target and MEMORY not in (source, target):
                    yield source, target
