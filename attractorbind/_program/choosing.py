"""The instructions by which basal ganglia choose, each a sequence of their gates; and the question what they chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_bool, check_known, check_names
from attractorbind._errors import ProgramError, listed
from attractorbind._program.assembler import Assembler, Label
from attractorbind._program.condition import Branch, Condition, Question, Reading
from attractorbind._program.control import check_body, when
from attractorbind._program.flow import flow
from attractorbind._program.macros import hold, latch_of
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import SETTLE, Instruction, Statement, Step
from attractorbind._wiring import AreaWiring, Wiring

# Channels to which a gate is left.
Channels = tuple[tuple[str, str], ...]


def choosing(wiring: Wiring, name: str) -> AreaWiring:
    """The wiring of basal ganglia, or the error for a name that is none."""
    known = {area.name: area for area in wiring.areas if area.chooses}
    return known[check_known("basal ganglia", "basal ganglia here", name, known)]


def opening(area: AreaWiring, *switches: str) -> dict[str, float]:
    """The gates by which an area reads its buffers, and these switches, all open."""
    reads = [f"{buffer}->{area.name}" for buffer in area.reads]
    return dict.fromkeys([*reads, *(f"{area.name}:{switch}" for switch in switches)], 1.0)


@dataclass(frozen=True)
class Choose(Instruction):
    """Let basal ganglia choose among channels, and open the relays that they stand for."""

    area: str
    channels: tuple[str, ...]  # none for those that are offered
    compete: bool
    greedy: bool
    relays: bool

    @property
    def chooses(self) -> bool:
        """Whether some of its gates are open in some trials only."""
        return self.relays

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        area = choosing(wiring, self.area)
        for channel in self.channels:
            wiring.channel(self.area, channel)
        switches = ["choose", *["compete"] * self.compete, *["sample"] * (not self.greedy), *self.channels]
        decide = gates(open=opening(area, *switches)).statements
        return decide + (self._copies(wiring) if self.relays else ())

    def _copies(self, wiring: Wiring) -> tuple[Statement, ...]:
        """What a copy through every relay does, all of them at once, each left to its channel."""
        relays = [wiring.gate(channel) for channel in self.channels]
        for relay in relays:
            if relay.kind != "relay":
                raise ProgramError(
                    f"{self} opens {relay.name!r}, a {relay.kind}; only relays open at once: give a program for each "
                    f"channel, {{{relay.name!r}: ...}}"
                )
        own: dict[str, Channels] = {relay.name: ((self.area, relay.name),) for relay in relays}
        latches: dict[str, Channels] = {}
        for relay in relays:
            latch = latch_of(wiring, relay.target).name
            latches[latch] = (*latches.get(latch, ()), (self.area, relay.name))
        opened = tuple((relay.name, 1.0) for relay in relays)
        travel = max(relay.delay for relay in relays)
        joining = max(latch_of(wiring, relay.target).delay for relay in relays)
        through = tuple(own.items())
        return (
            Step(travel, opened, tuple(latches), left_to=(*through, *latches.items())),
            Step(joining, opened, left_to=through),
            Step(SETTLE),
        )

    def note(self, wiring: Wiring) -> str:
        """What a reader of the gating table should know: that its relays open in some trials only."""
        return f"{self} opens its relays only where {self.area!r} chooses them" if self.relays else ""

    def __str__(self) -> str:
        told = "one_of" if self.compete else "gates"
        channels = list(self.channels) or "what is offered"
        return f"choose({self.area!r}, {told}={channels}{', greedy=True' * self.greedy})"


@dataclass(frozen=True)
class Offer(Instruction):
    """Put a channel up for the next choice."""

    area: str
    channel: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        choosing(wiring, self.area)
        wiring.channel(self.area, self.channel)
        return gates(open=[f"{self.area}:offer", f"{self.area}:{self.channel}"]).statements

    def __str__(self) -> str:
        return f"offer({self.area!r}, {self.channel!r})"


@dataclass(frozen=True)
class Chosen(Question):
    """Is a channel open?"""

    area: str
    channel: str

    def reading(self, wiring: Wiring) -> Reading:
        """The channel."""
        choosing(wiring, self.area)
        wiring.channel(self.area, self.channel)
        return Reading(None, channel=(self.area, self.channel))

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """One action. No buffer is read, so no latch need settle."""
        assembler.add(Branch(self, settle=False), yes, no)

    def __str__(self) -> str:
        return f"chosen({self.area!r}, {self.channel!r})"


def area_name(area: object, wrong: str = "basal ganglia are {!r}; give their name") -> str:
    """The name of an area, given by itself or by its name; `wrong` is the error for what is neither."""
    if isinstance(area, AbstractArea):
        return area.name
    if not isinstance(area, str):
        raise ProgramError(wrong.format(area))
    return area


def choose(
    area: str | AbstractArea,
    *,
    gates: Sequence[str] | Mapping[str, Program] | None = None,
    one_of: Sequence[str] | Mapping[str, Program] | None = None,
    greedy: bool = False,
) -> Program:
    """Let basal ganglia choose which gates open, or which programs run; each trial by its own draw.

    It reads its buffers and decides in one tick. A list names relays: those that are chosen open at once, each as in
    `copy`, while the others stay closed. A mapping gives a program for each channel: those that are chosen run, one
    after the other.

    **Arguments:**

    - `area`: basal ganglia, or their name.
    - `gates`: channels that open each by its own probability, all, some or none. Two relays into one buffer pull it
        in two ways where both open, and it mostly holds no symbol then; take `one_of` for these.
    - `one_of`: channels of which exactly one opens.
    - `greedy`: whether, instead of drawing, those open that have a probability above 1/2, or the likeliest. `reward`
        teaches all the same; leave it out of a program that only tests.

    **Raises:** `ProgramError` unless one of `gates` and `one_of` is given, with two channels or more in `one_of`, or if
    a program in `gates`, unless it is the last, lets the same basal ganglia choose again; when compiled,
    `UnknownNameError` for basal ganglia, channels or gates that do not exist.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> striatum = ab.gating.BasalGanglia("striatum", reads=["word"], gates=["word->first", "word->second"])
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers=dict.fromkeys(["word", "first", "second"], 64),
        ...     relays=[("word", "first"), ("word", "second")], areas=[striatum], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("word", "dog") + ab.choose("striatum", gates=["word->first", "word->second"])
        >>> held = ab.run(network, program, network.silent(trials=4), key=jax.random.key(3)).decode()
        >>> held["first"], held["second"]
        (['dog', 'dog', None, 'dog'], [None, 'dog', None, 'dog'])
    """
    if (gates is None) == (one_of is None):
        raise ProgramError("choose() takes either gates= or one_of=; give the channels to choose among in one of them")
    given: Any = gates if one_of is None else one_of
    name, argument = area_name(area), "gates=" if one_of is None else "one_of="
    named = [*given] if isinstance(given, Mapping) else given
    channels = tuple(check_names(argument, named, "names of channels", ProgramError))
    for channel in channels:
        if not isinstance(channel, str):
            raise ProgramError(f"{argument} names {channel!r}; give names of channels")
    if len(set(channels)) < len(channels) or len(channels) < (1 if one_of is None else 2):
        least = "one or more" if one_of is None else "two or more, for of one alone nothing is chosen"
        raise ProgramError(f"{argument} is {listed(channels) or 'empty'}; name different channels, {least}")
    mapping = isinstance(given, Mapping)
    program = Program((Choose(name, channels, one_of is not None, check_bool("greedy", greedy), not mapping),))
    if not mapping:
        return program
    bodies = {channel: check_body(f"the program of {channel!r}", body) for channel, body in given.items()}
    if one_of is None:
        _check_last_choice(name, bodies)
        return sum((when(Chosen(name, channel), body) for channel, body in bodies.items()), program)
    return program + first_chosen(name, bodies, certain=True)


def _check_last_choice(area: str, bodies: Mapping[str, Program]) -> None:
    """Raise if a program makes another choice while others still wait to be asked for in the first one."""
    *others, _ = bodies.items()
    for channel, body in others:
        if any(isinstance(node.action, Choose) and node.action.area == area for node in flow(body.statements)):
            raise ProgramError(
                f"the program of {channel!r} lets {area!r} choose again, before it is told which others were chosen; "
                "let it come last, let other basal ganglia choose there, or take one_of="
            )


def first_chosen(area: str, bodies: Mapping[str, Program], *, certain: bool) -> Program:
    """The program of the one channel that is chosen.

    Whichever it is begins at the same tick, so that the trials of a batch stay in step.

    **Arguments:**

    - `certain`: whether one is chosen for sure; otherwise nothing may be, and then nothing is done.
    """
    *others, (last, last_body) = bodies.items()
    program = last_body if certain else when(Chosen(area, last), last_body)
    left = 0 if certain else 1
    for channel, body in reversed(others):
        program = when(Chosen(area, channel), (hold(left) if left else Program()) + body, program)
        left += 1
    return program


def chosen(area: str | AbstractArea, channel: str) -> Condition:
    """Whether a channel opened at the last choice of basal ganglia; reading it takes one tick.

    **Example:**

        >>> import attractorbind as ab
        >>> print(~ab.chosen("striatum", "word->first"))
        ~chosen('striatum', 'word->first')
    """
    if not isinstance(channel, str):
        raise ProgramError(f"channel is {channel!r}; give its name")
    return Chosen(area_name(area), channel)
