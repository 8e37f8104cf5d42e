"""Basal ganglia in plain loops over trials, channels and units, from the equations of the docstrings alone.

Choices are random, so they are given: the oracle says how likely each was, and what is learned from it.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

GRAIN = 2.0**-18


@dataclass
class Learner:
    """The synapses of one learner, in grains."""

    weights: list[list[int]]  # channels, features
    critic: list[int]
    errors: float = 1.0


@dataclass
class Trial:
    """What one trial remembers."""

    traces: list[list[float]]
    offered: list[bool]
    chosen: list[bool]
    rewards: list[float] = field(default_factory=list)
    probability: list[float] = field(default_factory=list)
    value: float = 0.0
    dopamine: float = 0.0
    decided: bool = False
    rewarded: bool = False
    outcomes: int = 0
    total: float = 0.0
    read: list[int] = field(default_factory=list)
    awaiting: bool = False
    credited: list[bool] = field(default_factory=list)


@dataclass
class Told:
    """What a trial is told at a tick: the switches that are open, the channels that are up, and what is read."""

    switches: set[str]
    up: list[bool]
    features: list[int]
    amount: float = 0.0


@dataclass
class Asked:
    """What one trial asks its learner to learn."""

    weights: list[list[float]]
    critic: list[float]
    forgotten: list[list[float]]


class Oracle:
    """Basal ganglia of some settings, for a number of trials."""

    def __init__(self, settings: dict[str, Any], learners: list[Learner], trials: list[Trial]):
        self.settings, self.learners, self.trials = settings, learners, trials

    def learner(self, trial: int) -> Learner:
        return self.learners[0] if self.settings["shared"] else self.learners[trial]

    def tick(self, told: list[Told], chosen: np.ndarray) -> None:
        """One tick, in which each trial that chooses opens these channels."""
        for own, what in zip(self.trials, told, strict=True):
            own.decided = own.rewarded = False
            if "offer" in what.switches:
                own.offered = [a or b for a, b in zip(own.offered, what.up, strict=True)]
            if "begin" in what.switches:
                own.traces = [[0.0] * len(row) for row in own.traces]
                own.offered = [False] * len(own.offered)
                own.awaiting = False
        self._earn(told)
        self._choose(told, chosen)

    def _earn(self, told: list[Told]) -> None:
        lessons: dict[int, Asked] = {}
        errors: dict[int, bool] = {}
        for number, what in enumerate(told):
            if "outcome" not in what.switches:
                continue
            own = self.trials[number]
            if "next" in what.switches:
                earned = own.rewards.pop(0) if own.rewards else 0.0
            else:
                amount = max(2 * what.amount - 1, 0.0)
                earned = -amount if "penalty" in what.switches else amount
            own.value = value(self.learner(number), what.features)
            own.dopamine = earned - own.value
            credited = [row if up else [0.0] * len(row) for row, up in zip(own.traces, what.up, strict=True)]
            lessons[number] = self._asked(own.dopamine, what.features, credited, wrong=earned < 1)
            own.rewarded, own.awaiting, own.read, own.credited = True, True, what.features, list(what.up)
            own.outcomes, own.total = own.outcomes + 1, own.total + earned
            errors[number] = earned < 1
        self._teach(lessons)
        self._count(errors)

    def _count(self, errors: dict[int, bool]) -> None:
        """Of a learner of its own the last outcome counts a fiftieth; where they share, the trials' mean does."""
        groups = [list(errors)] if self.settings["shared"] and errors else [[number] for number in errors]
        for group in groups:
            learner = self.learner(group[0])
            learner.errors += 0.02 * (sum(errors[number] for number in group) / len(group) - learner.errors)

    def _choose(self, told: list[Told], chosen: np.ndarray) -> None:
        choosing = [number for number, what in enumerate(told) if "choose" in what.switches]
        lessons: dict[int, Asked] = {}
        for number in choosing:
            own = self.trials[number]
            own.value = value(self.learner(number), told[number].features)
            if own.awaiting and self.settings["discount"] > 0:
                own.dopamine = self.settings["discount"] * own.value
                pairs = zip(own.traces, own.credited, strict=True)
                credited = [row if up else [0.0] * len(row) for row, up in pairs]
                lessons[number] = self._asked(own.dopamine, own.read, credited, wrong=False)
        self._teach(lessons)
        for number in choosing:
            own, what = self.trials[number], told[number]
            candidates = what.up if any(what.up) else own.offered
            explore = 0.0
            if "sample" in what.switches:
                explore = min(1.0, max(0.0, self.settings["explore"] * self.learner(number).errors))
            own.probability = probabilities(
                self.learner(number), what.features, candidates, explore, compete="compete" in what.switches
            )
            own.chosen = [bool(one) for one in chosen[number]]
            unit = unit_length(what.features)
            for channel, row in enumerate(own.traces):
                surprise = own.chosen[channel] - own.probability[channel] if candidates[channel] else 0.0
                decay = 0.0 if own.chosen[channel] else self.settings["trace"]
                own.traces[channel] = [decay * old + surprise * now for old, now in zip(row, unit, strict=True)]
            own.offered = [False] * len(own.offered)
            own.decided, own.awaiting = True, False

    def _asked(self, dopamine: float, features: list[int], traces: list[list[float]], *, wrong: bool) -> Asked:
        fading = self.settings["forget"] if wrong else 0.0
        return Asked(
            [[self.settings["rate"] * dopamine * trace for trace in row] for row in traces],
            [self.settings["critic"] * dopamine * one for one in unit_length(features)],
            [[fading if trace != 0 else 0.0 for trace in row] for row in traces],
        )

    def _teach(self, lessons: dict[int, Asked]) -> None:
        if not lessons:
            return
        groups = [list(lessons.values())] if self.settings["shared"] else [[one] for one in lessons.values()]
        taught = [self.learners[0]] if self.settings["shared"] else [self.learners[number] for number in lessons]
        for learner, group in zip(taught, groups, strict=True):
            count = len(group)
            for channel, row in enumerate(learner.weights):
                for unit in range(len(row)):
                    grown = row[unit] + grains(sum(one.weights[channel][unit] for one in group) / count)
                    fading = sum(one.forgotten[channel][unit] for one in group) / count
                    row[unit] = grown - round(grown * fading)
            for unit in range(len(learner.critic)):
                learner.critic[unit] += grains(sum(one.critic[unit] for one in group) / count)


def grains(amount: float) -> int:
    return round(amount / GRAIN)


def unit_length(features: list[int]) -> list[float]:
    length = math.sqrt(sum(one * one for one in features))
    return [one / length if length else 0.0 for one in features]


def drive(synapses: list[int], features: list[int]) -> float:
    return sum(weight * GRAIN * one for weight, one in zip(synapses, unit_length(features), strict=True))


def value(learner: Learner, features: list[int]) -> float:
    return drive(learner.critic, features)


def probabilities(
    learner: Learner, features: list[int], candidates: list[bool], explore: float, *, compete: bool
) -> list[float]:
    drives = [drive(row, features) for row in learner.weights]
    if not compete:
        alone = [1 / (1 + math.exp(-one)) if one > -700 else 0.0 for one in drives]
        return [(1 - explore) * one + explore / 2 if up else 0.0 for one, up in zip(alone, candidates, strict=True)]
    standing = [one for one, up in zip(drives, candidates, strict=True) if up]
    powers = [math.exp(one - max(standing)) if up else 0.0 for one, up in zip(drives, candidates, strict=True)]
    return [
        (1 - explore) * one / sum(powers) + explore / len(standing) if up else 0.0
        for one, up in zip(powers, candidates, strict=True)
    ]


def read(activity: list[np.ndarray], reads: list[tuple[int, ...]], dendrites: Any) -> list[int]:
    """The features of one trial: of single buffers what they do, of several the product of their dendrites' signs."""
    features = []
    for entry, weights in zip(reads, dendrites, strict=True):
        if len(entry) == 1:
            features += [int(one) for one in activity[entry[0]]]
            continue
        for unit in range(weights[0].shape[1]):
            product = 1
            for buffer, synapses in zip(entry, weights, strict=True):
                sums = sum(int(synapses[i, unit]) for i in range(len(synapses)) if activity[buffer][i])
                # 0.3 standard deviations, of weights of 32 or so.
                heard = sums**2 > (0.3 * 32) ** 2 * activity[buffer].sum()
                product *= heard * ((sums > 0) - (sums < 0))
            features.append(product)
    return features
