"""Conflict resolution by basal ganglia: among all rules that match the one with the highest utility fires."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._basal_ganglia.utilities import Utilities
from attractorbind._program.program import Program, gates

AREA = "utilities"


@dataclass(frozen=True)
class Contest:
    """How the rules that match compete.

    **Attributes:**

    - `channels`: of each rule by name.
    - `noisy`: whether the choice is drawn.
    - `step`: what a firing takes, in seconds.
    - `rewards`: what is given when a rule has fired.
    """

    channels: dict[str, str]
    noisy: bool
    step: float
    rewards: dict[str, Program] = field(default_factory=dict)

    def offer(self, rule: str) -> Program:
        """A rule that matches is put up for the choice."""
        return gates(open=[f"{AREA}:offer", f"{AREA}:{self.channels[rule]}"])

    def choose(self) -> Program:
        """One of those that were put up is chosen."""
        return gates(open=[f"{AREA}:choose", f"{AREA}:compete", *[f"{AREA}:sample"] * self.noisy])

    def passes(self, seconds: float) -> Program:
        """Time passes for what is to be credited, a step at the most."""
        # Half open is nothing, as of the area's other amounts.
        return gates(open={f"{AREA}:pass": 0.5 + 0.5 * seconds / self.step})


def contest_of(rules: Sequence[Rule], settings: Settings) -> Contest | None:
    """How rules compete, or None where the first that matches fires."""
    own = settings.utility
    if own is None:
        return None
    channels = {rule.name: f"rule {rule.name}" for rule in rules}
    largest = _largest(rules)
    rewards = {}
    for rule in rules:
        if rule.reward is not None and own.rate is not None:
            opened = dict.fromkeys([f"{AREA}:outcome", *(f"{AREA}:{channel}" for channel in channels.values())], 1.0)
            opened[f"{AREA}:amount"] = 0.5 + 0.5 * abs(rule.reward) / largest
            opened |= {f"{AREA}:penalty": 1.0} if rule.reward < 0 else {}
            rewards[rule.name] = gates(open=opened)
    return Contest(channels, own.noise > 0, settings.firing, rewards)


def utilities_of(rules: Sequence[Rule], settings: Settings) -> list[Utilities]:
    """The basal ganglia that choose among rules, if some do."""
    own, contest = settings.utility, contest_of(rules, settings)
    if own is None or contest is None:
        return []
    return [
        Utilities(
            AREA,
            gates=[*contest.channels.values()],
            start=[rule.utility for rule in rules],
            rate=own.rate or 0.0,
            noise=own.noise,
            largest=_largest(rules),
            step=settings.firing,
        )
    ]


def _largest(rules: Sequence[Rule]) -> float:
    """The largest reward, of which others are parts."""
    return max((abs(rule.reward) for rule in rules if rule.reward), default=1.0)
