"""Lessons in which a gate learns by reward where to clamp a new target, for surprise.py.

In a lesson a few objects are seen, one after the other. At each view the gate may open; if it does, a new target is
clamped. A memory ties the target that stands in the buffer then to the moment. Afterwards the targets of two moments
are recalled. Where the same object was seen at both, there is a reward if the targets are equal; where two objects
were, if they are not. All that the gate did in the lesson is credited.
"""

import numpy as np
from boundaries import (
    CEREBELLUM,
    CORTEX,
    GATE,
    LESSON,
    LOOK,
    MEMORY,
    OPEN,
    moment,
    names_of,
    of_one,
)
from jaxtyping import Array, Key
from object_streams import Streams

import attractorbind as ab

# How many questions follow a lesson, and how many of them are of one object.
QUESTIONS, OF_ONE = 3, 2


def lesson() -> ab.Program:
    """See the views of a lesson, clamp targets and tie them to moments, and be asked about them."""
    look, begin = LOOK + ab.predict(CEREBELLUM), ab.begin_episode(CEREBELLUM) + ab.begin_episode(GATE)
    program = begin + look + ab.read("target") + _tied(0)
    for number in range(1, LESSON):
        program += look + ab.read("next") + ab.choose(GATE, gates=[OPEN]) + _tied(number)
    for number in range(QUESTIONS):
        program += _recalled(f"one {number}") + ab.copy("target", "first") + _recalled(f"other {number}")
        alike = ab.equal("target", "first")
        program += ab.reward(when=alike if number < OF_ONE else ~alike)
    return program


def _tied(number: int) -> ab.Program:
    return ab.load("moment", moment(number)) + ab.store(MEMORY, ["moment", "target"])


def _recalled(argument: str) -> ab.Program:
    return ab.load("moment", ab.arg(argument)) + ab.recall(MEMORY, cue=["moment"], into=["target"])


def questions(streams: Streams, rng: np.random.Generator) -> dict[str, list[str]]:
    """Two moments of each lesson: of one object, or, in the last of the questions, of two that followed each other."""
    asked: dict[str, list[str]] = {}
    for number in range(QUESTIONS):
        pairs = [_moments(np.cumsum(first) - 1, number < OF_ONE, rng) for first in streams.first]
        asked[f"one {number}"] = [moment(one) for one, _ in pairs]
        asked[f"other {number}"] = [moment(other) for _, other in pairs]
    return asked


def _moments(objects: np.ndarray, of_one: bool, rng: np.random.Generator) -> tuple[int, int]:
    views = [np.flatnonzero(objects == number) for number in range(objects[-1] + 1)]
    if of_one:
        several = [own for own in views if len(own) > 1]
        one, other = rng.choice(several[rng.integers(len(several))], size=2, replace=False)
    else:
        before = rng.integers(len(views) - 1)
        one, other = rng.choice(views[before]), rng.choice(views[before + 1])
    return int(one), int(other)


def rewarded(
    network: ab.Network, state: ab.State, streams: Streams, *, key: Key[Array, ""], rng: np.random.Generator
) -> tuple[ab.State, float]:
    """What was learned after a lesson, a stream for each trial, and the share of right answers."""
    trace = ab.run(
        network,
        lesson(),
        state,
        args=questions(streams, rng),
        inputs=[names_of(0, LESSON)] * len(streams.first),
        stimuli={CORTEX: streams.views},
        key=key,
    )
    earned = np.asarray(trace.state[GATE].reward) - np.asarray(state[GATE].reward)
    return of_one(trace.state), float(earned.mean()) / QUESTIONS
