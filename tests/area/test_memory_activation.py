"""A memory that goes by activation, against ACT-R's equations in NumPy: who comes back, and how long it takes."""

import functools
import math
import random

import jax
import numpy as np
import pytest

import attractorbind as ab

WORDS = ["ann", "ben", "cat", "park", "shop", "zoo", "dawn", "noon", "dusk"]
SLOTS = {"who": WORDS[:3], "where": WORDS[3:6], "when": WORDS[6:]}
PLAIN = ab.Activation(base=0.3, decay=0.5, race=ab.Race(factor=0.7, exponent=0.8, threshold=-2.0, step=0.05))


@functools.cache
def built(activation: ab.Activation | None, capacity: int = 12) -> ab.Network:
    memory = ab.SnapshotMemory("m", units=512, capacity=capacity, activation=activation)
    return ab.build(
        ab.Vocabulary(WORDS),
        buffers=dict.fromkeys(SLOTS, 128),
        relays=[],
        areas=[memory],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


class Equations:
    """The same memory by ACT-R's equations: chunks, the times at which each was used, and the time that it is."""

    def __init__(self, activation: ab.Activation) -> None:
        self.of = activation
        self.now = 0.0
        self.chunks: list[dict[str, str]] = []
        self.uses: list[list[float]] = []
        self.given: int | None = None
        self.sources: list[str] = []
        self.latencies: list[float] = []

    def store(self, chunk: dict[str, str]) -> None:
        self.chunks.append(dict(chunk))
        self.uses.append([self.now])

    def level(self, number: int) -> float:
        of, level, times = self.of, self.of.base, self.uses[number]
        if of.decay is not None and of.optimized:
            life = max(self.now - times[0], 0.05)
            level += math.log(len(times) / (1 - of.decay)) - of.decay * math.log(life)
        elif of.decay is not None:
            level += math.log(sum(max(self.now - time, 0.05) ** -of.decay for time in times))
        if of.spreading is not None and self.sources:
            held = [set(chunk.values()) for chunk in self.chunks]
            given = [
                of.spreading.strength - math.log(1 + sum(source in values for values in held))
                for source in self.sources
                if source in held[number]
            ]
            level += of.spreading.weight / len(self.sources) * sum(given)
        return level

    def recall(self, cue: dict[str, str]) -> dict[str, str] | None:
        of, best, highest = self.of, None, -math.inf
        for number, chunk in enumerate(self.chunks):
            amiss = sum(chunk.get(slot) != value for slot, value in cue.items())
            if (of.mismatch is None and amiss) or any(slot not in chunk for slot in cue):
                continue
            level = self.level(number) - (of.mismatch or 0.0) * amiss
            if level >= highest:
                best, highest = number, level
        least = -math.inf if of.race.threshold is None else of.race.threshold
        if highest < least:
            best, highest = None, least
        self.latencies.append(of.race.factor * math.exp(-of.race.exponent * (highest if highest > -math.inf else 0.0)))
        self.now += self.latencies[-1]
        self.given, self.sources = best, []
        return None if best is None else self.chunks[best]

    def strengthen(self) -> None:
        if self.given is not None:
            self.uses[self.given].append(self.now)
        self.given = None


def together(activation: ab.Activation, seed: int) -> tuple[ab.Program, list[str | None], Equations]:
    """A random program, what it should emit, and the equations after it."""
    dice, plain, emitted = random.Random(seed), Equations(activation), []
    program = ab.Program()
    for _ in range(6):
        chunk = {slot: dice.choice(words) for slot, words in SLOTS.items()}
        program += sum((ab.load(slot, word) for slot, word in chunk.items()), ab.Program())
        program += ab.store("m", list(SLOTS))
        plain.store(chunk)
        if steps := dice.randrange(20):
            program += ab.elapse("m", steps)
            plain.now += 0.05 * steps
    for _ in range(12):
        cue = dice.choice(list(SLOTS))
        if activation.spreading is not None:
            for slot in dice.sample(list(SLOTS), 2):
                word = dice.choice(SLOTS[slot])
                program += ab.load(slot, word) + ab.prime("m", [slot])
                plain.sources.append(word)
        word = dice.choice(SLOTS[cue])
        program += ab.load(cue, word) + ab.recall("m", cue=[cue])
        found = plain.recall({cue: word})
        for slot in SLOTS:
            if slot != cue:
                program += ab.emit(slot)
                emitted.append(None if found is None else found[slot])
        if dice.random() < 0.6:
            program += ab.strengthen("m")
            plain.strengthen()
        if steps := dice.choice([0, 0, 1, 7, 40]):
            program += ab.elapse("m", steps)
            plain.now += 0.05 * steps
    return program, emitted, plain


KINDS = {
    "decay": PLAIN,
    "optimized": ab.Activation(decay=0.4, optimized=True, race=PLAIN.race),
    "spreading": ab.Activation(spreading=ab.Spreading(strength=1.6, weight=0.8)),
    # So little decay that years count, and a threshold that about half of the searches do not reach.
    "all": ab.Activation(
        base=-0.2, decay=0.2, spreading=ab.Spreading(strength=2.0), mismatch=0.7, race=ab.Race(threshold=0.3)
    ),
}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind != "all")) for kind in KINDS])
def test_is_what_the_equations_say(kind):
    network = built(KINDS[kind])
    for seed in range(3):
        program, emitted, plain = together(KINDS[kind], seed)
        trace = ab.run(network, program)
        assert list(trace.outputs[0]) == emitted
        own = trace.state["m"].activation
        assert int(own.searches[0]) == len(plain.latencies)
        np.testing.assert_allclose(own.latencies[0, : len(plain.latencies)], plain.latencies, rtol=1e-3)
