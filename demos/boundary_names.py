"""What a hierarchy learns towards targets that were clamped where new objects were found, for surprise.py."""

from collections import Counter

import jax
import numpy as np
from boundaries import NAMING, Plan, names_of
from object_streams import Streams, posed

import attractorbind as ab

# Views at a time, and other views of each object that is then to be called by its target.
BATCH, OTHERS = 100, 5


def targets_of(new: np.ndarray) -> list[list[str]]:
    """The target that stands in the buffer at each view, where a new one was clamped at some of them."""
    numbers = np.cumsum(new[:, 1:], axis=1)
    names = [names_of(stream, numbers.shape[1] + 1) for stream in range(len(new))]
    return [[own[0], *(own[number] for number in row)] for own, row in zip(names, numbers, strict=True)]


def named(
    network: ab.Network, state: ab.State, streams: Streams, targets: list[list[str]], plan: Plan, seed: int
) -> ab.State:
    """After views are seen again, in any order, each with the target that was clamped then."""
    lesson = ab.load("target", ab.arg("target")) + ab.see(NAMING, write=False) + ab.learn(NAMING)
    views = streams.views.reshape(streams.first.size, -1)
    return ab.train(
        network,
        lesson,
        state,
        stimuli={NAMING: views},
        args={"target": [name for row in targets for name in row]},
        hierarchy=NAMING,
        epochs=plan.replayed,
        batch=min(BATCH, len(views)),
        key=jax.random.key(seed),
        progress=False,
    ).state


def other_views(
    images: np.ndarray, streams: Streams, shift: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Other views of each object in the streams, and which image they show."""
    shown = np.repeat(np.unique(streams.image), OTHERS)
    return posed(images[shown], rng.uniform(-1, 1, size=(len(shown), 4)), shift), shown


def called_right(
    network: ab.Network, state: ab.State, targets: list[list[str]], streams: Streams, others: tuple[np.ndarray, ...]
) -> float:
    """How often the network calls a view by a target that was clamped for its object more than for any other."""
    views, shown = others
    trace = ab.run(network, ab.see(NAMING), state, stimuli={NAMING: views}, throw=False)
    clamped: dict[str, Counter[int]] = {}
    for names, row in zip(targets, streams.image, strict=True):
        for name, image in zip(names, row, strict=True):
            clamped.setdefault(name, Counter())[int(image)] += 1
    means = {name: counts.most_common(1)[0][0] for name, counts in clamped.items()}
    called = trace.decode()["target"]
    return float(
        np.mean([name is not None and means.get(name) == image for name, image in zip(called, shown, strict=True)])
    )


def after_every(views: int, streams: Streams) -> np.ndarray:
    """A new object after each so many views, whatever is seen."""
    return np.broadcast_to(np.arange(streams.first.shape[1]) % views == 0, streams.first.shape)
