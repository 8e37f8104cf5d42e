"""A network that clamps a new target where it finds that a new object is seen, for surprise.py."""

from typing import NamedTuple

import equinox as eqx
import jax
import numpy as np
from jaxtyping import ArrayLike
from object_streams import Streams

import attractorbind as ab
from attractorbind import gating, learning
from attractorbind.learning import costs

CORTEX, CEREBELLUM, GATE, NAMING, MEMORY = "cortex", "cerebellum", "gate", "naming", "moments"
# The gate's one channel: by it the next target, which stands ready, becomes the one that is clamped.
OPEN = "next->target"
# Streams that are seen side by side while the predictor learns, and where boundaries are told.
FEW, MANY = 8, 24
# Views in a lesson of the gate; and targets for a stream, after which it begins anew.
LESSON, TARGETS = 16, 16


class Plan(NamedTuple):
    """How large a network is, and how much it sees.

    - `hidden`: units of each of two layers, of the cortex and of what learns by targets.
    - `together`: streams that are seen side by side while the cortex learns.
    - `seen`: views in each of them.
    - `foreseen`: views in each of a few streams that the predictor then learns from.
    - `tested`: views in each of many streams where boundaries are told.
    - `lessons`: of the gate, in each of `learners` streams; 0 for none.
    - `learners`: streams of which it learns side by side.
    - `named`: views in each of a few streams that are learned by targets.
    - `replayed`: how often; 0 for not at all.
    """

    hidden: int = 256
    together: int = 128
    seen: int = 1000
    foreseen: int = 500
    tested: int = 100
    lessons: int = 0
    learners: int = 64
    named: int = 100
    replayed: int = 0


LOOK = ab.see(CORTEX, write=False)


def names_of(stream: int, count: int) -> list[str]:
    """New targets for a stream, in the order in which they are clamped."""
    return [f"target {stream % FEW + 1}.{number % TARGETS + 1}" for number in range(count)]


def moment(number: int) -> str:
    return f"moment {number + 1}"


def cortex_of(pixels: int, plan: Plan) -> learning.Hierarchy:
    return learning.Hierarchy(
        CORTEX,
        sizes=[pixels, plan.hidden, plan.hidden],
        target="slow",
        rule=learning.Backpropagation(),
        optimiser=learning.Adam(1e-3),
        readout="linear",
        costs=[costs.Slowness(weight=100.0), costs.Decorrelation(variance=25.0)],
    )


def build_network(pixels: int, plan: Plan, seed: int) -> ab.Network:
    cortex = cortex_of(pixels, plan)
    cerebellum = ab.Predictor(CEREBELLUM, reads=[(cortex, 2)], rate=0.5, normalised=True)
    gate = gating.BasalGanglia(
        GATE,
        reads=[cerebellum.surprise],
        gates=[OPEN],
        rate=4.0,
        trace=1.0,
        explore=0.0,
        restart=False,
        critic=gating.Critic(rate=0.1),
    )
    naming = learning.Hierarchy(
        NAMING,
        sizes=[pixels, plan.hidden, plan.hidden],
        target="target",
        rule=learning.Backpropagation(),
        optimiser=learning.Adam(2e-3),
    )
    names = [name for stream in range(FEW) for name in names_of(stream, TARGETS)]
    return ab.build(
        ab.Vocabulary([*map(moment, range(LESSON)), *names]),
        buffers={"next": 256, "target": 512, "first": 256, "moment": 256, "slow": plan.hidden},
        relays=[("next", "target"), ("target", "first")],
        areas=[
            cortex,
            cerebellum,
            gate,
            naming,
            ab.SnapshotMemory(MEMORY, ["moment", "target"], units=1024, capacity=LESSON),
        ],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(seed),
    )


def with_threshold(network: ab.Network, threshold: float) -> ab.Network:
    """The same network, surprised above another threshold."""
    number = network.wiring.area(CEREBELLUM)
    return eqx.tree_at(lambda own: own.areas[number].threshold, network, threshold)


def learned_to_foresee(network: ab.Network, seen: Streams, foreseen: Streams, plan: Plan, seed: int) -> ab.State:
    """The cortex learns what changes slowly, the predictor what follows; nobody tells of boundaries.

    The cortex learns in a network of its own, for it sees many streams, and needs no other area.
    """
    alone = ab.build(
        ab.Vocabulary(["nothing"]),
        buffers={"slow": plan.hidden},
        areas=[cortex_of(seen.views.shape[2], plan)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(seed),
    )
    slow = LOOK + ab.repeat(seen.views.shape[1] - 1, LOOK + ab.learn(CORTEX))
    learned = ab.train(
        alone,
        slow,
        stimuli=seen.views,
        epochs=1,
        batch=len(seen.views),
        key=jax.random.key(seed),
        progress=False,
    ).state[CORTEX]
    number = network.wiring.area(CORTEX)
    state = eqx.tree_at(lambda own: own.areas[number].learned, network.silent(1), learned.learned)
    follows = ab.repeat(foreseen.views.shape[1], LOOK + ab.predict(CEREBELLUM))
    return of_one(ab.run(network, follows, state, stimuli={CORTEX: foreseen.views}).state)


def of_one(state: ab.State) -> ab.State:
    """The state of one trial, with what all have learned."""

    def first(leaf: jax.Array | ab.Shared) -> jax.Array | ab.Shared:
        return leaf if isinstance(leaf, ab.Shared) else leaf[:1]

    return jax.tree.map(first, state, is_leaf=lambda leaf: isinstance(leaf, ab.Shared))


# What clamps the next new target: surprise, and the gate as it has learned.
BY_SURPRISE = ab.when(ab.surprised(CEREBELLUM), ab.read("target"))
BY_GATE = ab.choose(GATE, gates={OPEN: ab.read("target")}, greedy=True)


class Found(NamedTuple):
    """Of each view but the first: how surprising it was, and whether a new target was clamped."""

    surprise: np.ndarray
    clamped: np.ndarray


def found_by(trace: ab.Trace, *, gate: bool = False) -> Found:
    """What a predictor, or the gate, found in the streams of a run."""
    foreseen = trace.forecasts[CEREBELLUM]
    surprise = _rows(foreseen.surprise, foreseen.stepped)
    if gate:
        own = trace.choices[GATE]
        return Found(surprise, _rows(own.chosen[..., 0], own.decided))
    return Found(surprise, _rows(foreseen.chosen[..., 0], foreseen.stepped))


def _rows(told: ArrayLike, when: ArrayLike) -> np.ndarray:
    """What was told at the ticks of a kind, of which each trial has as many: shape (trials, such ticks)."""
    known, asked = np.asarray(told), np.asarray(when)
    return np.stack([known[asked[:, trial], trial] for trial in range(known.shape[1])])


def parted(network: ab.Network, state: ab.State, streams: Streams, clamp: ab.Program) -> ab.Trace:
    """Foresee each next view and learn from it; where a new object is found a new target is clamped; put it out."""
    count, views = streams.first.shape
    begin = ab.begin_episode(CEREBELLUM) + LOOK + ab.predict(CEREBELLUM) + ab.read("target") + ab.emit("target")
    program = begin + ab.repeat(views - 1, LOOK + ab.predict(CEREBELLUM) + clamp + ab.emit("target"))
    targets = [names_of(stream, views) for stream in range(count)]
    return ab.run(network, program, state, inputs=targets, stimuli={CORTEX: streams.views}, record="decoded")
