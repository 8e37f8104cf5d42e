"""The instructions of a sensory hierarchy, each a sequence of its gates: see, learn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_bool, check_count, check_fraction, check_known
from attractorbind._errors import ProgramError
from attractorbind._learning.pursuit import SWITCHES
from attractorbind._program.choosing import area_name
from attractorbind._program.macros import latch_of
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import Instruction, Statement
from attractorbind._wiring import AreaWiring, Wiring, openings

# Ticks in which the attractor of a buffer cleans up what a hierarchy has driven it to.
_CLEANING = 6

# What is said of what names no hierarchy.
WRONG = "hierarchy is {!r}; give its name"


@dataclass(frozen=True)
class See(Instruction):
    """Take the next stimuli through a hierarchy."""

    area: str
    views: int
    write: bool

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        area = _sensory(wiring, self.area, ("next", "add"))
        following, adding = f"{self.area}:next", f"{self.area}:add"
        looks = gates(open=[following])
        if self.views > 1:
            looks += gates(open=[following, adding], ticks=self.views - 1)
        if not self.write:
            return (looks + gates()).statements
        writes = [f"{self.area}->{buffer}" for buffer in area.writes]
        latches = [latch_of(wiring, buffer) for buffer in area.writes]
        return (
            looks
            + gates(open=writes, closed=[latch.name for latch in latches])
            + gates(open=writes, ticks=max(latch.delay for latch in latches))
            + gates(ticks=_CLEANING)
        ).statements

    def __str__(self) -> str:
        views = f", views={self.views}" if self.views > 1 else ""
        return f"see({self.area!r}{views}{', write=False' * (not self.write)})"


@dataclass(frozen=True)
class Learn(Instruction):
    """Train a hierarchy towards what its buffer holds."""

    area: str
    costs: tuple[tuple[str, float], ...] | None = None  # each with how much gets through its gate

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        area = _sensory(wiring, self.area, ("learn",))
        opened = dict.fromkeys([*(f"{buffer}->{self.area}" for buffer in area.reads), f"{self.area}:learn"], 1.0)
        known = area.switches[len(SWITCHES) :]
        for cost, amount in [(cost, 1.0) for cost in known] if self.costs is None else self.costs:
            if not known:
                raise ProgramError(f"{self} names costs, and {self.area!r} has none; give it costs=[...]")
            check_known(f"cost of {self.area!r}", "its costs", cost, known)
            # Half open is nothing, so that what leaks through a closed gate does not count.
            opened[f"{self.area}:{cost}"] = (1 + amount) / 2 if amount else 0.0
        return (gates(open=opened) + gates()).statements

    def __str__(self) -> str:
        if self.costs is None:
            return f"learn({self.area!r})"
        told = ", ".join(f"{cost!r}: {amount:g}" for cost, amount in self.costs)
        return f"learn({self.area!r}, costs={{{told}}})"


def _sensory(wiring: Wiring, name: str, switches: tuple[str, ...]) -> AreaWiring:
    """The wiring of an area that has these switches, or the error for a name that is none."""
    known = {area.name: area for area in wiring.areas if set(area.switches) >= set(switches)}
    return known[check_known("hierarchy", "hierarchies", name, known)]


def see(area: str | AbstractArea, *, views: int = 1, write: bool = True) -> Program:
    """See the trial's next stimulus through a hierarchy, and drive its buffer with what it makes of it.

    The gate from the hierarchy to the buffer opens while the buffer's latch is closed; the latch joins in, the gate
    closes, and the attractor cleans up what was driven. Past the last stimulus nothing is seen, and the buffer is left
    empty. What looks like nothing that was learned may leave a buffer that does not come to rest, for which `run`
    raises: evaluate with `throw=False`.

    **Arguments:**

    - `area`: the name of a hierarchy. Its stimuli are given to `run` as `stimuli=`.
    - `views`: how many stimuli to see, one after the other, before the buffer is driven by the sum of their outputs.
    - `write`: whether the buffer is driven; otherwise it stays as it is.

    **Raises:** `ArgumentError` for `views` that is no number; when compiled, `UnknownNameError` for a hierarchy that
    the network does not have.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[64, 32], target="focus", rule=ab.learning.Backpropagation())
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, relays=[], areas=[eyes],
        ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> print(ab.see("eyes").expand(network))
        gates(open={'eyes:next'}, ticks=1)
        gates(open={'eyes->focus'}, closed={'focus'}, ticks=1)
        gates(open={'eyes->focus'}, ticks=1)
        gates(ticks=6)
    """
    return Program((See(area_name(area, WRONG), check_count("views", views), check_bool("write", write)),))


def learn(area: str | AbstractArea, *, costs: Sequence[str] | Mapping[str, float] | None = None) -> Program:
    """Train a hierarchy by one update towards what its buffer holds now, given the stimulus that it saw last.

    The relay from the buffer to the hierarchy opens for a tick, and with it the gate that lets synapses change. All
    trials that learn at the same tick are one batch. Where nothing was seen, or the buffer is empty, nothing is
    learned. Trials that came to it by different branches, or by a condition joined by & or |, may learn one after the
    other, in updates of their own.

    **Arguments:**

    - `area`: the name of a hierarchy.
    - `costs`: of a hierarchy with `costs`, the names of those to learn by now, or a mapping from these to what gets
        through their gates, from 0 to 1; by default all of them.

    **Raises:** `ArgumentError` for what is no part; when compiled, `UnknownNameError` for a hierarchy that the network
    does not have, or a cost that the hierarchy has not.

    **Reference:** Hayworth & Marblestone 2018, deep training through thalamic relays.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[64, 32], target="focus", rule=ab.learning.Backpropagation())
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, relays=[], areas=[eyes],
        ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> print(ab.learn("eyes").expand(network))
        gates(open={'focus->eyes', 'eyes:learn'}, ticks=1)
        gates(ticks=1)
    """
    if costs is None:
        return Program((Learn(area_name(area, WRONG)),))
    amounts = tuple(
        (name, check_fraction(f"cost {name!r}", amount)) for name, amount in openings("costs=", costs, ProgramError)
    )
    return Program((Learn(area_name(area, WRONG), amounts),))
