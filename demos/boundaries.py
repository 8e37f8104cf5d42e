"""A network that is surprised where a new object is seen, and then clamps a new target, for surprise.py."""

from typing import NamedTuple

import jax
import numpy as np
from object_streams import Streams

import attractorbind as ab
from attractorbind import learning
from attractorbind.learning import costs

CORTEX, CEREBELLUM = "cortex", "cerebellum"
# Streams that are seen side by side, other than while the cortex learns.
FEW = 8


class Plan(NamedTuple):
    """How large a network is, and how much it sees.

    - `hidden`: units of each of two layers of the cortex.
    - `together`: streams that are seen side by side while the cortex learns.
    - `seen`: views in each of them.
    - `foreseen`: views in each of a few streams that the predictor then learns from.
    - `tested`: views in each of a few streams where boundaries are told.
    """

    hidden: int = 256
    together: int = 128
    seen: int = 1000
    foreseen: int = 500
    tested: int = 300


LOOK = ab.see(CORTEX, write=False)
TARGETS = 30


def names_of(stream: int, count: int) -> list[str]:
    """New targets for a stream, in the order in which they are clamped; after some it begins anew."""
    return [f"target {stream + 1}.{number % TARGETS + 1}" for number in range(count)]


def build_network(pixels: int, plan: Plan, seed: int) -> ab.Network:
    cortex = learning.Hierarchy(
        CORTEX,
        sizes=[pixels, plan.hidden, plan.hidden],
        target="slow",
        rule=learning.Backpropagation(),
        optimiser=learning.Adam(1e-3),
        readout="linear",
        costs=[costs.Slowness(weight=100.0), costs.Decorrelation(variance=25.0)],
    )
    return ab.build(
        ab.Vocabulary([name for stream in range(FEW) for name in names_of(stream, TARGETS)]),
        buffers={"target": 512, "slow": plan.hidden},
        relays=[],
        areas=[
            cortex,
            ab.Predictor(CEREBELLUM, reads=[(cortex, 2)], rate=0.5, threshold=1.25, normalised=True),
        ],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(seed),
    )


def learned_to_foresee(network: ab.Network, seen: Streams, foreseen: Streams, seed: int) -> ab.State:
    """The cortex learns what changes slowly, the predictor what follows; nobody tells of boundaries."""
    slow = LOOK + ab.repeat(seen.views.shape[1] - 1, LOOK + ab.learn(CORTEX))
    state = ab.train(
        network,
        slow,
        stimuli=seen.views,
        hierarchy=CORTEX,
        epochs=1,
        batch=len(seen.views),
        key=jax.random.key(seed),
        progress=False,
    ).state
    follows = ab.repeat(foreseen.views.shape[1], LOOK + ab.predict(CEREBELLUM))
    return ab.run(network, follows, state, stimuli={CORTEX: foreseen.views}).state


class Found(NamedTuple):
    """Of each view but the first: how surprising it was, and whether a new target was clamped."""

    surprise: np.ndarray
    clamped: np.ndarray


def found_by(trace: ab.Trace) -> Found:
    """What a predictor found in the streams of a run."""
    own = trace.forecasts[CEREBELLUM]
    trials = range(own.stepped.shape[1])
    stepped = [own.stepped[:, trial] for trial in trials]
    surprise = np.stack([own.surprise[rows, trial] for trial, rows in zip(trials, stepped, strict=True)])
    return Found(surprise, np.stack([own.chosen[rows, trial, 0] for trial, rows in zip(trials, stepped, strict=True)]))


def parted(network: ab.Network, state: ab.State, streams: Streams) -> ab.Trace:
    """Foresee each next view and learn from it; where it is a surprise a new target is clamped."""
    count, views = streams.first.shape
    clamp = ab.when(ab.surprised(CEREBELLUM), ab.read("target"))
    begin = ab.begin_episode(CEREBELLUM) + LOOK + ab.predict(CEREBELLUM) + ab.read("target")
    program = begin + ab.repeat(views - 1, LOOK + ab.predict(CEREBELLUM) + clamp)
    targets = [names_of(stream, views) for stream in range(count)]
    return ab.run(network, program, state, inputs=targets, stimuli={CORTEX: streams.views}, record="decoded")
