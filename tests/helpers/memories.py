"""Snapshot memory on two machines: names on slips of paper, and a hippocampus of single units, branches and synapses.

Written from the documentation alone. The hippocampus keeps every branch of every unit and every weight, where the
library keeps the factors that they are made of.
"""

import itertools
from typing import NamedTuple

import numpy as np
import oracle
from machines import NameMachine, NumpyMachine


class Plain(NamedTuple):
    """A memory as plain data: `assemblies` has a row of units for each snapshot there is room for."""

    name: str
    units: int
    buffers: list[str]
    assemblies: np.ndarray


class NamesAndSlips(NameMachine):
    """Boxes with names, and a pile of numbered slips on which the names of some boxes stand."""

    def __init__(self, net: oracle.Plain, inputs: list[str], memory: Plain) -> None:
        super().__init__(net, inputs)
        self.memory = memory
        self.slips: dict[int, dict[str, str | None]] = {}
        self.written = 0
        self.context = 0

    def do(self, instruction: tuple) -> None:
        name, *operands = instruction
        if name == "store":
            self.written += 1
            self.context = self.written
            if len(self.slips) == len(self.memory.assemblies):
                del self.slips[min(self.slips)]
            self.slips[self.written] = {box: self.boxes[box] for box in operands[1]}
        elif name == "recall":
            _, cue, into, older = operands
            found = self.find(cue, older)
            self.context = found
            for box in into or [box for box in self.memory.buffers if box not in cue]:
                self.boxes[box] = self.slips[found].get(box) if found else None
        elif name == "forget":
            _, cue, older = operands
            self.context = self.find(cue, older)
            self.slips.pop(self.context, None)
        else:
            super().do(instruction)

    def find(self, cue: list[str], older: bool) -> int:
        """The number of the newest slip that agrees with the boxes, 0 if there is none."""
        agree = [
            number
            for number, slip in self.slips.items()
            if all(self.boxes[box] is not None and slip.get(box) == self.boxes[box] for box in cue)
            and (number < self.context or not older)
        ]
        return max(agree, default=0)


def exceeds_half(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the correlation of two binary vectors exceeds 1/2; in whole numbers, so exact."""
    units, on, held = len(one), int(one.sum()), int(other.sum())
    covariance = units * int((one & other).sum()) - on * held
    return covariance > 0 and 4 * covariance**2 > on * (units - on) * held * (units - held)


class Hippocampus:
    """Every unit with its branches, every synapse onto the buffers; no noise."""

    def __init__(self, net: oracle.Plain, memory: Plain) -> None:
        self.memory = memory
        self.active = np.zeros(memory.units, bool)
        # Per unit: the number of a snapshot to the strength of its branch and what the branch has learned.
        self.branches: list[dict[int, tuple[int, dict[str, np.ndarray]]]] = [{} for _ in range(memory.units)]
        sizes = {buffer: net.codes[buffer].shape[1] for buffer in memory.buffers}
        self.weights = {buffer: np.zeros((size, memory.units), int) for buffer, size in sizes.items()}
        self.stored = self.found = self.context = 0

    def gate(self, openings: dict, label: str) -> float:
        return openings.get(label, 0.0)

    def fields(self, openings: dict) -> dict[str, np.ndarray]:
        """What it gives the buffers now."""
        given = {}
        for buffer in self.memory.buffers:
            opening = self.gate(openings, f"{self.memory.name}->{buffer}")
            if opening > 0 and self.active.any():
                centred = self.memory.units * self.active.astype(int) - int(self.active.sum())
                kept = self.snapshots()
                whole = self.memory.assemblies.shape[1] * (self.memory.units - int(self.active.sum()))
                # Each unit is inhibited by the drive of all snapshots, as far as it is active in them on average.
                everything = sum(int(centred[self.memory.assemblies[slot]].sum()) for slot in kept)
                seen = sum((learned.get(buffer, 0) * 1 for learned in kept.values()), np.zeros(1, int))
                excess = len(kept) * (2 * self.weights[buffer] @ centred - whole) - 2 * (everything - whole) * seen
                given[buffer] = np.where(excess > 0, opening, -opening)
        return given

    def snapshots(self) -> dict[int, dict[str, np.ndarray]]:
        """What has been learned, by slot: every unit of an assembly has learned the same."""
        return {slot: learned for unit in self.branches for slot, (_, learned) in unit.items()}

    def strengths(self) -> list[int]:
        """The strength of every slot's branches, 0 where there are none."""
        found = {slot: strength for unit in self.branches for slot, (strength, _) in unit.items()}
        return [found.get(slot, 0) for slot in range(len(self.memory.assemblies))]

    def tick(self, openings: dict, state: dict[str, np.ndarray]) -> None:
        name = self.memory.name
        cue = [buffer for buffer in self.memory.buffers if self.gate(openings, f"{buffer}->{name}") > 0.5]
        store, older, forget = (self.gate(openings, f"{name}:{what}") > 0.5 for what in ("store", "older", "forget"))
        self.active = np.zeros(self.memory.units, bool)
        if not cue:
            self.context = self.found
            return
        if store:
            slot = int(np.argmin(self.strengths()))
            self.lose(slot)
            self.stored += 1
            self.learn(slot, {buffer: state[buffer] for buffer in cue})
            self.active[self.memory.assemblies[slot]] = True
            self.found = self.context = self.stored
            return
        drive = np.zeros(self.memory.units, int)
        for unit, branches in enumerate(self.branches):
            firing = [
                strength
                for strength, learned in branches.values()
                if (strength < self.context or not older)
                and all(buffer in learned and exceeds_half(learned[buffer], state[buffer]) for buffer in cue)
            ]
            drive[unit] = max(firing, default=0)
        self.found = int(drive.max())
        if self.found:
            # The winners are as many as an assembly has units.
            self.active[np.flatnonzero(drive == self.found)] = True
            assert self.active.sum() == self.memory.assemblies.shape[1]
            if forget:
                unit = int(np.argmax(drive))
                self.lose(next(slot for slot, (strength, _) in self.branches[unit].items() if strength == self.found))
        if forget:
            self.context = self.found

    def learn(self, slot: int, states: dict[str, np.ndarray]) -> None:
        units = self.memory.assemblies[slot]
        for unit in units:
            self.branches[unit][slot] = (self.stored, states)
        for (buffer, held), unit in itertools.product(states.items(), units):
            self.weights[buffer][:, unit] += held

    def lose(self, slot: int) -> None:
        for unit in self.memory.assemblies[slot]:
            _, learned = self.branches[unit].pop(slot, (0, {}))
            for buffer, held in learned.items():
                self.weights[buffer][:, unit] -= held


class NumpyWithMemory(NumpyMachine):
    """The network in NumPy, and its hippocampus."""

    def __init__(self, net: oracle.Plain, inputs: list[str], state: dict, memory: Plain) -> None:
        super().__init__(net, inputs, state)
        self.memory = memory
        self.hippocampus = Hippocampus(net, memory)

    def further(self, openings: dict) -> dict:
        given = self.hippocampus.fields(openings)
        self.hippocampus.tick(openings, self.state)
        return given

    def do(self, instruction: tuple) -> None:
        name, *operands = instruction
        if name == "store":
            self.tick(self.cues(operands[1]) | {f"{operands[0]}:store": 1.0})
        elif name == "forget":
            self.tick(self.cues(operands[1]) | self.older(operands[2]) | {f"{operands[0]}:forget": 1.0})
        elif name == "recall":
            memory, cue, into, older = operands
            into = into or [buffer for buffer in self.memory.buffers if buffer not in cue]
            cues = self.cues(cue) | self.older(older)
            both = cues | {f"{memory}->{buffer}": 1.0 for buffer in into}
            self.tick(cues)
            self.tick(both | dict.fromkeys(into, 0.0))
            for _ in range(max(oracle.delay(self.net, buffer) for buffer in into)):
                self.tick(both)
            for _ in range(oracle.SETTLE):
                self.wait()
        else:
            super().do(instruction)

    def cues(self, buffers: list[str]) -> dict:
        return {f"{buffer}->{self.memory.name}": 1.0 for buffer in buffers}

    def older(self, older: bool) -> dict:
        return {f"{self.memory.name}:older": 1.0} if older else {}
