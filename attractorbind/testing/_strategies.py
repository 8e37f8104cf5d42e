"""Hypothesis strategies: vocabularies, networks, and for a network its states and gatings.

They follow Hypothesis' own strategies: their names are plurals, and their keyword arguments are strategies themselves.
Sizes are drawn from a few values only, for every new shape is compiled anew. Codes, weights and states come from a
seed, which shrinks to 0.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._build import build
from attractorbind._checks import check_count
from attractorbind._errors import ArgumentError
from attractorbind._network import Network, check_network
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.dual import MaximalStability, PseudoInverse
from attractorbind._state import State
from attractorbind._vocabulary import Vocabulary


def check_strategy(name: str, given: object) -> None:
    """Raise unless it is a strategy, or None for the usual one."""
    if given is not None and not isinstance(given, SearchStrategy):
        raise ArgumentError(f"{name} is {given!r}; give a Hypothesis strategy, such as st.just({given!r})")


def vocabularies(*, sizes: SearchStrategy[int] | None = None) -> SearchStrategy[Vocabulary]:
    """Vocabularies of the symbols "s0", "s1", ...

    **Arguments:**

    - `sizes`: how many symbols; by default 2, 5 or 12.
    """
    check_strategy("sizes", sizes)
    return (st.sampled_from([2, 5, 12]) if sizes is None else sizes).map(_vocabulary)


def _vocabulary(size: int) -> Vocabulary:
    return Vocabulary(f"s{number}" for number in range(check_count("the number of symbols", size)))


def networks(
    *,
    vocabularies: SearchStrategy[Vocabulary] | None = None,
    buffers: SearchStrategy[Mapping[str, int]] | None = None,
    relays: SearchStrategy[str | list[tuple[str, str]]] | None = None,
    kinds: SearchStrategy[tuple[str, str]] | None = None,
    rules: SearchStrategy[AbstractStorageRule] | None = None,
    activities: SearchStrategy[float] | None = None,
    memories: SearchStrategy[list[SnapshotMemory]] | None = None,
    seeds: SearchStrategy[int] | None = None,
) -> SearchStrategy[Network]:
    """Networks that store their vocabulary.

    **Arguments:**

    - `vocabularies`: by default those of `vocabularies()`.
    - `buffers`: name to units; by default one to three buffers of 128 or 160 units.
    - `relays`: as for `build`; by default "all" or "hub:" the first buffer.
    - `kinds`: of relay and latch; by default all that `build` knows.
    - `rules`: storage rules; by default maximal stability and pseudo-inverse.
    - `activities`: fraction of units on in a code; by default 0.1.
    - `memories`: snapshot memories; by default none, or one that knows all buffers.
    - `seeds`: of the codes.
    """
    given = {
        "vocabularies": vocabularies,
        "buffers": buffers,
        "relays": relays,
        "kinds": kinds,
        "rules": rules,
        "activities": activities,
        "memories": memories,
        "seeds": seeds,
    }
    for name, strategy in given.items():
        check_strategy(name, strategy)
    return _networks(**given)


@st.composite
def _networks(
    draw: Callable[..., Any],
    *,
    vocabularies: SearchStrategy[Vocabulary] | None,
    buffers: SearchStrategy[Mapping[str, int]] | None,
    relays: SearchStrategy[str | list[tuple[str, str]]] | None,
    kinds: SearchStrategy[tuple[str, str]] | None,
    rules: SearchStrategy[AbstractStorageRule] | None,
    activities: SearchStrategy[float] | None,
    memories: SearchStrategy[list[SnapshotMemory]] | None,
    seeds: SearchStrategy[int] | None,
) -> Network:
    """See `networks`."""
    vocabulary = draw(_vocabularies() if vocabularies is None else vocabularies)
    sizes = st.lists(st.sampled_from([128, 160]), min_size=1, max_size=3)
    units = draw(sizes.map(lambda several: dict(zip("abc", several, strict=False))) if buffers is None else buffers)
    hubs = [f"hub:{name}" for name in units][:1]
    pairs = draw(st.sampled_from(["all", *hubs]) if relays is None else relays)
    known_kinds = st.tuples(st.sampled_from(["direct", "nucleus"]), st.sampled_from(["recurrence", "loop"]))
    relay, latch = draw(known_kinds if kinds is None else kinds)
    memory = SnapshotMemory("memory", units=512, capacity=8)
    return build(
        vocabulary,
        buffers=units,
        relays=pairs,
        activity=0.1 if activities is None else draw(activities),
        rule=draw(st.sampled_from([PseudoInverse(), MaximalStability()]) if rules is None else rules),
        relay=relay,
        latch=latch,
        areas=draw(st.sampled_from([[], [memory]]) if memories is None else memories),
        key=jax.random.key(draw(st.integers(0, 2**16) if seeds is None else seeds)),
    )


# Within `_networks`, the argument `vocabularies` hides the function of this name.
_vocabularies = vocabularies


def states(
    network: Network,
    *,
    trials: SearchStrategy[int] | None = None,
    corruptions: SearchStrategy[float] | None = None,
    seeds: SearchStrategy[int] | None = None,
) -> SearchStrategy[State]:
    """States in which every population holds some symbol's code, or nothing.

    **Arguments:**

    - `network`: the network.
    - `trials`: how many trials; by default 1.
    - `corruptions`: the fraction of all units that are flipped; by default none.
    - `seeds`: of symbols and flips.
    """
    check_network(network)
    for name, given in (("trials", trials), ("corruptions", corruptions), ("seeds", seeds)):
        check_strategy(name, given)

    def draw_state(trials: int, corruption: float, seed: int) -> State:
        generator = np.random.default_rng(seed)
        state = network.silent(trials)
        for population in state.names:
            codes = np.asarray(network.codes(population))[: len(network.vocabulary.names)]
            silence = np.zeros_like(codes[:1])
            held = np.concatenate([codes, silence])[generator.integers(len(codes) + 1, size=trials)]
            flipped = generator.random(held.shape) < corruption
            state = state.replace(population, (held ^ flipped).astype(np.float32))
        return state

    return st.builds(
        draw_state,
        st.just(1) if trials is None else trials,
        st.just(0.0) if corruptions is None else corruptions,
        st.integers(0, 2**16) if seeds is None else seeds,
    )


def gatings(network: Network, *, conductances: SearchStrategy[float] | None = None) -> SearchStrategy[np.ndarray]:
    """Arrays with one conductance per gate, in the order of `network.gates`; they shrink to all gates at rest.

    **Arguments:**

    - `network`: the network.
    - `conductances`: of a gate that is not at rest; by default closed, half open or open.
    """
    gates = check_network(network).gates
    check_strategy("conductances", conductances)
    opening = st.sampled_from([1.0, 0.5, 0.0]) if conductances is None else conductances
    return st.dictionaries(st.sampled_from(gates), opening, max_size=len(gates)).map(network.gating)
