"""A sound network, and faults to plant in it."""

import dataclasses
from functools import cache

import equinox as eqx
import jax
import jax.numpy as jnp

import attractorbind as ab

WORDS = ["dog", "cat", "yak"]


@cache
def sound(rule: ab.AbstractStorageRule | None = None) -> ab.Network:
    return ab.build(
        ab.Vocabulary(WORDS),
        buffers={"a": 128, "b": 128, "c": 128},
        relays=[("a", "b"), ("b", "a"), ("b", "c")],
        areas=[ab.SnapshotMemory("m", units=1024, capacity=3)],
        activity=0.1,
        rule=rule or ab.MaximalStability(),
        key=jax.random.key(0),
    )


def shorted(network: ab.Network, source: str, target: str) -> ab.Network:
    """The network with the projection from one buffer to another once more, under the target's latch."""
    wiring = network.wiring
    names = [population.name for population in wiring.populations]
    place = next(i for i, p in enumerate(wiring.projections) if (names[p.source], names[p.target]) == (source, target))
    short = dataclasses.replace(wiring.projections[place], gate=wiring.gate_index[target])
    projections = (*wiring.projections[: place + 1], short, *wiring.projections[place + 1 :])
    synapses = (*network.synapses[: place + 1], network.synapses[place], *network.synapses[place + 1 :])
    return dataclasses.replace(network, wiring=dataclasses.replace(wiring, projections=projections), synapses=synapses)


def with_swapped_codes(network: ab.Network, buffer: int) -> ab.Network:
    """The network with the codes of the first two symbols exchanged in one buffer, after learning."""
    return eqx.tree_at(lambda n: n.all_codes[buffer], network, network.all_codes[buffer][jnp.array([1, 0, 2])])
