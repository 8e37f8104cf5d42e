"""The instructions of a hand, each a sequence of its gates: babble, imagine, draw, write."""

from dataclasses import dataclass

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_count, check_known
from attractorbind._errors import ProgramError, listed
from attractorbind._program.choosing import area_name
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import Instruction, Statement
from attractorbind._wiring import AreaWiring, Wiring

# What is said of what names no hand.
WRONG = "hand is {!r}; give its name"
# How often it looks and corrects what it draws, unless told otherwise.
_STEPS = 10


@dataclass(frozen=True)
class Babble(Instruction):
    """Let a hand draw strokes at random, and learn from what it sees of them."""

    area: str
    strokes: int

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return gates(open=[f"{_hand(wiring, self.area).name}:babble"], ticks=self.strokes).statements

    def __str__(self) -> str:
        return f"babble({self.area!r}, {self.strokes})"


@dataclass(frozen=True)
class Imagine(Instruction):
    """Let a hand learn what that looks like which a buffer holds."""

    area: str
    buffer: str | None

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return gates(open=[_read(wiring, self), f"{self.area}:imagine"]).statements

    def __str__(self) -> str:
        return f"imagine({self.area!r}{_told(self.buffer)})"


@dataclass(frozen=True)
class Draw(Instruction):
    """Let a hand draw what its eye has seen last."""

    area: str
    steps: int

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return _drawing(_hand(wiring, self.area).name, [], self.steps).statements

    def __str__(self) -> str:
        return f"draw({self.area!r}{_corrected(self.steps)})"


@dataclass(frozen=True)
class Write(Instruction):
    """Let a hand draw what a buffer holds."""

    area: str
    buffer: str | None
    steps: int

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        return _drawing(self.area, [_read(wiring, self), f"{self.area}:write"], self.steps).statements

    def __str__(self) -> str:
        return f"write({self.area!r}{_told(self.buffer)}{_corrected(self.steps)})"


def _drawing(hand: str, reads: list[str], steps: int) -> Program:
    """A new sheet, and then looking and correcting."""
    drawn = gates(open=[*reads, f"{hand}:new"])
    return drawn + gates(open=[*reads, f"{hand}:draw", f"{hand}:foresee"], ticks=steps) if steps else drawn


def _hand(wiring: Wiring, name: str) -> AreaWiring:
    """The wiring of a hand, or the error for a name that is none."""
    known = {area.name: area for area in wiring.areas if area.kind == "motor"}
    return known[check_known("hand", "hands", name, known)]


def _read(wiring: Wiring, instruction: Imagine | Write) -> str:
    """The gate by which the hand reads the buffer, or the one that it reads if none is named."""
    area, buffer = _hand(wiring, instruction.area), instruction.buffer
    if buffer is None:
        buffer, *others = area.reads
        if others:
            raise ProgramError(f"{instruction} names no buffer, and {area.name!r} reads {listed(area.reads)}; name one")
    check_known("buffer", f"buffers that {area.name!r} reads", buffer, area.reads)
    return f"{buffer}->{area.name}"


def _buffer(buffer: object) -> str | None:
    if buffer is not None and not isinstance(buffer, str):
        raise ProgramError(f"buffer is {buffer!r}; give its name")
    return buffer


def _told(buffer: str | None) -> str:
    return "" if buffer is None else f", {buffer!r}"


def _corrected(steps: int) -> str:
    return "" if steps == _STEPS else f", steps={steps}"


def babble(hand: str | AbstractArea, strokes: int = 1) -> Program:
    """Let a hand draw strokes at random, look at each through its eye, and learn how to draw what it sees.

    One stroke a tick, of each trial; a run of a batch of trials learns from those of all of them. Needs a random key
    for the run. What the eye has seen, and what is on the hand's sheet, stay as they are.

    **Arguments:**

    - `hand`: a `Motor`, or its name.
    - `strokes`: how many. A thousand teach an eye's 512 units.

    **Raises:** `ArgumentError` for a number below 1; when compiled, `UnknownNameError` for a hand that the network does
    not have.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.babble("hand", 1000))
        babble('hand', 1000)
    """
    return Program((Babble(area_name(hand, WRONG), check_count("strokes", strokes)),))


def imagine(hand: str | AbstractArea, buffer: str | None = None) -> Program:
    """Let a hand learn what that looks like which a buffer holds: like what its eye has seen last; one tick.

    A silent buffer teaches nothing.

    **Arguments:**

    - `hand`: a `Motor`, or its name.
    - `buffer`: one that it reads; may be left out where it reads only one.

    **Raises:** when compiled, `UnknownNameError` for a hand that the network does not have or a buffer that it does not
    read, `ProgramError` if it is not clear which.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.imagine("hand", "answer"))
        imagine('hand', 'answer')
    """
    return Program((Imagine(area_name(hand, WRONG), _buffer(buffer)),))


def draw(hand: str | AbstractArea, *, steps: int = _STEPS) -> Program:
    """Let a hand draw on a new sheet what its eye has seen last, and look and correct; 1 + `steps` ticks.

    **Arguments:**

    - `hand`: a `Motor`, or its name.
    - `steps`: how often it looks and corrects; from 0.

    **Raises:** `ArgumentError` for no number of steps; when compiled, `UnknownNameError` for a hand that the network
    does not have.

    **Example:** `Trace.drawings` has the images; see `Motor`.

        >>> import attractorbind as ab
        >>> print(ab.see("eyes", write=False) + ab.draw("hand", steps=5))
        see('eyes', write=False)
        draw('hand', steps=5)
    """
    return Program((Draw(area_name(hand, WRONG), check_count("steps", steps, least=0)),))


def write(hand: str | AbstractArea, buffer: str | None = None, *, steps: int = _STEPS) -> Program:
    """Let a hand draw on a new sheet what a buffer holds, as it has learned to `imagine` it; 1 + `steps` ticks.

    Of a silent buffer it draws nothing: the sheet stays empty.

    **Arguments:**

    - `hand`: a `Motor`, or its name.
    - `buffer`: one that it reads; may be left out where it reads only one.
    - `steps`: how often it looks and corrects; from 0.

    **Raises:** `ArgumentError` for no number of steps; when compiled, `UnknownNameError` for a hand that the network
    does not have or a buffer that it does not read, `ProgramError` if it is not clear which.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.write("hand", "answer"))
        write('hand', 'answer')
    """
    return Program((Write(area_name(hand, WRONG), _buffer(buffer), check_count("steps", steps, least=0)),))
