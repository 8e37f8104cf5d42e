"""Ensembles in NumPy and Python loops, written from the documentation alone; networks and areas to try them with.

Beside the instructions of `oracle` there is ("imprint_now", buffer).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

import equinox as eqx
import examples
import jax
import jax.numpy as jnp
import numpy as np
import oracle
from jaxtyping import Array, Float, Key, PyTree

import attractorbind as ab

SPARE = 3


@cache
def network(kind: str, *, units: int = 64) -> ab.Network:
    """Three buffers, their relays and latches direct or through nuclei, and areas, one of which imprints."""
    options = {
        "direct": {"areas": [ab.Ensembles("e")], "rule": ab.Hebbian()},
        "nuclei": {"areas": [ab.Ensembles("e")], "rule": ab.PseudoInverse(), "relay": "nucleus", "latch": "loop"},
        "areas": {
            "areas": [
                ab.SnapshotMemory("m", ["a", "b"], units=256, activity=0.06, capacity=4),
                ab.Ensembles("e", ["c", "a"]),
                Painter("eyes", "a"),
            ],
            "rule": ab.Hebbian(),
        },
    }
    return ab.build(
        ab.Vocabulary(["s0", "s1", "s2", "s3"], spare=SPARE),
        buffers={"a": units, "b": units - 16, "c": units},
        relays=[("a", "b"), ("b", "c"), ("b", "a")],
        activity=0.1,
        key=jax.random.key(5),
        **options[kind],
    )


def agrees(state: np.ndarray, code: np.ndarray) -> bool:
    """Whether two states correlate by more than 1/2; in whole numbers, so exact."""
    units, on, active = len(state), int(state.sum()), int(code.sum())
    covariance = units * int((state & code).sum()) - on * active
    return covariance > 0 and 4 * covariance**2 > on * (units - on) * active * (units - active)


def correlation(state: np.ndarray, code: np.ndarray) -> float:
    units, on, active = len(state), int(state.sum()), int(code.sum())
    variance = on * (units - on) * active * (units - active)
    return (units * int((state & code).sum()) - on * active) / variance**0.5 if variance else 0.0


class Trial:
    """One trial of a network with ensembles: `ensembles` maps a spare symbol to its buffer and its pattern there."""

    def __init__(self, net: oracle.Plain, spare: int, state: dict[str, np.ndarray]) -> None:
        self.net, self.state = net, state
        self.ordinary, self.spare = net.symbols[:-spare], net.symbols[-spare:]
        self.ensembles: dict[str, tuple[str, np.ndarray]] = {}
        self.refused = False

    def code(self, population: str, symbol: str) -> np.ndarray:
        buffer, pattern = self.ensembles.get(symbol, (None, None))
        return pattern if buffer == population else self.net.codes[population][self.net.symbols.index(symbol)]

    def standing(self, population: str) -> str | None:
        """The ensemble that a population's state stands for."""
        state = self.state[population]
        found = [symbol for symbol in self.spare if symbol in self.ensembles]
        best = max(found, key=lambda symbol: correlation(state, self.code(population, symbol)), default=None)
        return best if best is not None and agrees(state, self.code(population, best)) else None

    def imprint(self, buffer: str) -> None:
        state = self.state[buffer]
        known = [*self.ordinary, *self.ensembles]
        if not state.any() or state.all() or any(agrees(state, self.code(buffer, symbol)) for symbol in known):
            return
        free = [symbol for symbol in self.spare if symbol not in self.ensembles]
        if not free:
            self.refused = True
            return
        named = max(free, key=lambda symbol: correlation(state, self.code(buffer, symbol)))
        if agrees(state, self.code(buffer, named)):
            self.ensembles[named] = buffer, self.code(buffer, named)
        else:
            self.ensembles[free[0]] = buffer, state.copy()

    def tick(self, tick: tuple) -> None:
        openings, presented, symbol = tick
        for buffer in self.net.buffers:
            if openings.get(f"{buffer}->e", 0.0) > 0.5:
                self.imprint(buffer)
        following = {}
        for population, activity in self.state.items():
            field = np.zeros(len(activity))
            if openings.get(f"e->{population}", 0.0) > 0 and activity.any():
                stands = self.standing(population)
                whole = activity if stands is None else self.code(population, stands)
                field += openings[f"e->{population}"] * np.where(whole, 1.0, -1.0)
            for link in self.net.links:
                opening = openings.get(link.gate, 1.0 if oracle.is_latch(link.gate) else 0.0)
                if link.target != population or opening == 0:
                    continue
                stands = self.standing(link.source)
                if stands is None:
                    field += opening * (self.state[link.source].astype(float) @ link.weights + link.bias)
                else:
                    field += opening * np.where(self.code(population, stands), 1.0, -1.0)
            if population == presented:
                field += np.where(self.code(population, symbol), self.net.drive, -self.net.drive)
            following[population] = field > 0
        self.state = following

    def run(self, program: list[tuple]) -> list[dict[str, np.ndarray]]:
        """The states after every tick."""
        states = []
        for instruction in program:
            for tick in expand(self.net, instruction):
                self.tick(tick)
                states.append(self.state)
        return states


def expand(net: oracle.Plain, instruction: tuple) -> list[tuple]:
    if instruction[0] != "imprint_now":
        return oracle.expand(net, instruction)
    buffer = instruction[1]
    both = {f"{buffer}->e": 1.0, f"e->{buffer}": 1.0}
    ticks = [both | {buffer: 0.0}] + [both] * oracle.delay(net, buffer) + [{}] * oracle.SETTLE
    return [(openings, None, None) for openings in ticks]


def program(instructions: list[tuple]) -> ab.Program:
    return sum(
        (ab.imprint_now(one[1]) if one[0] == "imprint_now" else examples.program([one]) for one in instructions),
        ab.Program(),
    )


class Painter(ab.AbstractSensoryArea):
    """Paints the trial's stimulus on a buffer, unit by unit, as it is."""

    name: str = eqx.field(static=True)
    target: str = eqx.field(static=True)
    takes: ClassVar[str] = "next"

    def wire(self, buffers: Mapping[str, int]) -> ab.AreaWiring:
        return ab.AreaWiring(self.name, (), (self.target,), (self.takes,), largest_field=1.0)

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> None:
        return None

    def init(self, buffers: Mapping[str, int], trials: int, parameters: None) -> ab.Shown:
        return ab.Shown(jnp.zeros((trials, 0, buffers[self.target]), jnp.float32))

    def tick(self, parameters: None, state: PyTree, inputs: ab.AreaInputs) -> tuple[PyTree, tuple[Array]]:
        seen = state.value[:, :1].sum(axis=1)
        return state, (2 * seen - 1,)

    def check_stimuli(self, stimuli: Any) -> Float[np.ndarray, "trials stimuli inputs"]:
        return np.asarray(stimuli, np.float32)[:, None]

    def shown(self, state: PyTree, stimuli: Any) -> ab.Shown:
        return ab.Shown(jnp.asarray(stimuli, jnp.float32))

    def contents(self, buffers: Mapping[str, int], state: PyTree, decode: Any) -> list[dict[str, str | None]]:
        return []


def patterns(trials: int, units: int, active: int, seed: int) -> np.ndarray:
    """Patterns that no symbol has."""
    generator = np.random.default_rng(seed)
    rows = np.zeros((trials, units), np.float32)
    for row in rows:
        row[generator.choice(units, active, replace=False)] = 1
    return rows
