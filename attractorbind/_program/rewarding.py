"""The instructions by which basal ganglia learn, each a sequence of their gates: reward, begin an episode."""

from collections.abc import Sequence
from dataclasses import dataclass

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_known, check_names, check_signed_fraction
from attractorbind._errors import ProgramError
from attractorbind._program.choosing import Channels, area_name, choosing, opening
from attractorbind._program.condition import Condition, check_condition
from attractorbind._program.control import when
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import Instruction, Statement, Step
from attractorbind._wiring import AreaWiring, Wiring


@dataclass(frozen=True)
class Reward(Instruction):
    """Give basal ganglia a reward, all of them unless some are named; with None, the next of those given to the run."""

    amount: float | None
    through: str | None
    to: tuple[str, ...] | None = None

    @property
    def chooses(self) -> bool:
        """Whether some of its gates are open in some trials only."""
        return self.through is not None

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        areas = [area for area in wiring.areas if area.chooses]
        if not areas:
            raise ProgramError(f"{self} reaches nobody; give gating.BasalGanglia(...) to build(areas=[...])")
        if self.to is not None:
            areas = [choosing(wiring, name) for name in self.to]
        opened: dict[str, float] = {}
        for area in areas:
            opened |= opening(area, "outcome", *(["next"] if self.amount is None else ()), *area.channels)
            if self.amount:
                # Half open is nothing, so that what leaks through a closed gate is no reward.
                opened[f"{area.name}:amount"] = (1 + abs(self.amount)) / 2
                opened |= {f"{area.name}:penalty": 1.0} if self.amount < 0 else {}
        credit = () if self.through is None else self._credit(wiring, choosing(wiring, self.through), areas)
        return (Step(1, tuple(opened.items()), left_to=credit),)

    def _credit(
        self, wiring: Wiring, through: AreaWiring, areas: Sequence[AreaWiring]
    ) -> tuple[tuple[str, Channels], ...]:
        """Of the channels that write on a buffer that is read out through others, each left to those others."""
        relays = {gate.name: gate for gate in wiring.gates if gate.kind == "relay"}
        read_out: dict[str, Channels] = {}
        for channel in through.channels:
            if channel in relays:
                source = relays[channel].source
                read_out[source] = (*read_out.get(source, ()), (through.name, channel))
        return tuple(
            (f"{area.name}:{channel}", read_out[relays[channel].target])
            for area in areas
            if area.name != through.name
            for channel in area.channels
            if channel in relays and relays[channel].target in read_out
        )

    def __str__(self) -> str:
        told = [] if self.amount is None else [f"{self.amount:g}"]
        told += [] if self.through is None else [f"through={self.through!r}"]
        told += [] if self.to is None else [f"to={list(self.to)}"]
        return f"{'next_reward' if self.amount is None else 'reward'}({', '.join(told)})"


@dataclass(frozen=True)
class BeginEpisode(Instruction):
    """Let an area forget what it did before, so that nothing that comes later is credited to it."""

    area: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        known = [area.name for area in wiring.areas if "begin" in area.switches]
        check_known("area with episodes", "areas with episodes", self.area, known)
        return gates(open=[f"{self.area}:begin"]).statements

    def __str__(self) -> str:
        return f"begin_episode({self.area!r})"


def reward(
    amount: float = 1.0,
    *,
    when: Condition | None = None,
    through: str | AbstractArea | None = None,
    to: Sequence[str | AbstractArea] | None = None,
) -> Program:
    """Give a reward to the basal ganglia of the network, which learn from it; one tick.

    **Arguments:**

    - `amount`: the reward, from -1, a punishment, to 1. What is less than 1 counts as an error.
    - `when`: a condition; where it does not hold the reward is 0.
    - `through`: basal ganglia that chose which buffers to read out. Channels of others that write on those buffers are
        credited only where the buffer was read out.
    - `to`: the basal ganglia that it reaches; all of the network by default.

    **Raises:** `ArgumentError` for an amount out of range; `ProgramError` for what is no condition or names no basal
    ganglia and, when compiled, on a network without basal ganglia.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.reward(when=ab.equal("out", "target")))
        when equal('out', 'target'):
            reward(1)
        otherwise:
            reward(0)
    """
    number = check_signed_fraction("amount", amount, "divide rewards by the largest")
    name = None if through is None else area_name(through)
    reached = _reached(to)
    given = Program((Reward(number, name, reached),))
    if when is None:
        return given
    return _when(check_condition(when), given, Program((Reward(0.0, name, reached),)))


def _reached(to: Sequence[str | AbstractArea] | None) -> tuple[str, ...] | None:
    """The names of the basal ganglia that a reward is for; None for all of them."""
    if to is None:
        return None
    names = check_names("to", to, "basal ganglia, ['striatum'], say", ProgramError)
    if not names:
        raise ProgramError(
            "to is empty, and the reward would reach nobody; name basal ganglia, or leave it out for all"
        )
    return tuple(dict.fromkeys(area_name(name) for name in names))


# The argument `when` of `reward` hides the function.
_when = when


def next_reward(
    *, through: str | AbstractArea | None = None, to: Sequence[str | AbstractArea] | None = None
) -> Program:
    """Give each of the basal ganglia the next of the rewards that the run was given for it; 0 after the last.

    For rewards that come from outside, such as those of an environment: `run(stimuli={"striatum": rewards})`, of shape
    (trials,) or (trials, rewards), any finite numbers, which are taken as they are. Divide them by the largest: beyond
    -1 and 1 a single one may shut a gate for good.

    **Arguments:**

    - `through`, `to`: as for `reward`.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.next_reward())
        next_reward()
    """
    return Program((Reward(None, None if through is None else area_name(through), _reached(to)),))


def begin_episode(area: str | AbstractArea) -> Program:
    """Begin an episode: nothing that basal ganglia chose before is credited with a reward that is to come; one tick.

    A predictor forgets its last step, and a hierarchy with costs what it saw: what is read or seen next is compared
    with nothing.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.begin_episode("striatum"))
        begin_episode('striatum')
    """
    return Program((BeginEpisode(area_name(area)),))
