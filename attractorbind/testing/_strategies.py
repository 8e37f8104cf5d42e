"""Hypothesis strategies: vocabularies, networks, and for a network its programs, states and gatings.

They follow Hypothesis' own strategies: their names are plurals, and their keyword arguments are strategies themselves.
Sizes are drawn from a few values only, for every new shape is compiled anew. Codes, weights and states come from a
seed, which shrinks to 0; programs shrink to short ones without blocks.
"""

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import networkx as nx
import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._build import build
from attractorbind._checks import check_count
from attractorbind._network import Network, check_network
from attractorbind._program import macros
from attractorbind._program.condition import Condition
from attractorbind._program.control import repeat, until, when
from attractorbind._program.program import Program
from attractorbind._program.question import empty, equal, holds
from attractorbind._program.recollection import forget, memories_of, recall, store
from attractorbind._program.streams import emit, read
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.dual import MaximalStability, PseudoInverse
from attractorbind._state import State
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import AreaWiring, Wiring


def vocabularies(*, sizes: SearchStrategy[int] | None = None) -> SearchStrategy[Vocabulary]:
    """Vocabularies of the symbols "s0", "s1", ...

    **Arguments:**

    - `sizes`: how many symbols; by default 2, 5 or 12.
    """
    return (st.sampled_from([2, 5, 12]) if sizes is None else sizes).map(_vocabulary)


def _vocabulary(size: int) -> Vocabulary:
    return Vocabulary(f"s{number}" for number in range(check_count("the number of symbols", size)))


@st.composite
def networks(
    draw: Callable[..., Any],
    *,
    vocabularies: SearchStrategy[Vocabulary] | None = None,
    buffers: SearchStrategy[Mapping[str, int]] | None = None,
    relays: SearchStrategy[str | list[tuple[str, str]]] | None = None,
    kinds: SearchStrategy[tuple[str, str]] | None = None,
    rules: SearchStrategy[AbstractStorageRule] | None = None,
    activities: SearchStrategy[float] | None = None,
    memories: SearchStrategy[list[SnapshotMemory]] | None = None,
    seeds: SearchStrategy[int] | None = None,
) -> Network:
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


# Within `networks`, its argument `vocabularies` hides the function of this name.
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

    def draw_state(trials: int, corruption: float, seed: int) -> State:
        generator = np.random.default_rng(seed)
        state = network.silent(trials)
        for population in state.names:
            codes = np.asarray(network.codes(population))
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
    opening = st.sampled_from([1.0, 0.5, 0.0]) if conductances is None else conductances
    return st.dictionaries(st.sampled_from(gates), opening, max_size=len(gates)).map(network.gating)


def programs(
    network: Network,
    *,
    symbols: SearchStrategy[str] | None = None,
    lengths: SearchStrategy[int] | None = None,
    branches: bool = True,
) -> SearchStrategy[Program]:
    """Programs that have a meaning in names, which `reference` tells, and that this network can carry out.

    They first load symbols into most of the buffers, so that a fault has something to destroy. Then comes whatever
    programs are made of, except single gates: loads and copies, streams, the network's memories, branches and loops
    inside each other. Draw inputs for `read` separately.

    **Arguments:**

    - `network`: the network.
    - `symbols`: to load and to ask for; by default all of the vocabulary.
    - `lengths`: how many instructions and blocks in a row at the most, after the first loads; by default 1 to 6.
    - `branches`: whether there are blocks and streams.
    """
    wiring = check_network(network).wiring
    names = st.sampled_from(network.vocabulary.names) if symbols is None else symbols
    instructions = _instructions(wiring, names, streams=branches)
    conditions = _conditions(wiring, names)

    def blocks(inner: SearchStrategy[Program]) -> SearchStrategy[Program]:
        body = st.lists(inner, min_size=1, max_size=3).map(_joined)
        return st.one_of(
            st.builds(when, conditions, body),
            st.builds(when, conditions, body, body),
            st.builds(repeat, st.integers(0, 2), body),
            st.builds(until, conditions, body, limit=st.integers(0, 3)),
        )

    statements = st.recursive(instructions, blocks, max_leaves=5) if branches else instructions
    count = st.integers(1, 6) if lengths is None else lengths
    first = st.tuples(*[_filled(buffer, names) for buffer in wiring.buffers]).map(_joined)
    rest = count.flatmap(lambda most: st.lists(statements, max_size=most)).map(_joined)
    whole = st.builds(Program.__add__, first, rest)
    return whole.map(lambda program: program if program.statements else macros.hold())


# How many symbols are tried in every latch and relay; `check_capacity` tries them all.
_MOST_SYMBOLS = 4


@st.composite
def _filled(draw: Callable[..., Any], buffer: str, symbols: SearchStrategy[str]) -> Program:
    """A load of a symbol into the buffer, three times out of four; otherwise nothing."""
    return macros.load(buffer, draw(symbols)) if draw(st.integers(0, 3)) else Program()


def elementary_programs(network: Network) -> Iterator[Program]:
    """Programs that try every latch, relay and memory alone, each with several symbols."""
    wiring, vocabulary = network.wiring, network.vocabulary
    symbols = itertools.cycle(vocabulary.names)
    for _ in range(min(len(vocabulary), _MOST_SYMBOLS)):
        for buffer in wiring.buffers:
            yield macros.load(buffer, next(symbols)) + macros.hold(2)
        for source, target in wiring.relays.edges:
            yield macros.load(source, next(symbols)) + macros.copy(source, target)
        for memory in memories_of(wiring):
            buffers = memory.reads
            stored = _joined(macros.load(buffer, next(symbols)) for buffer in buffers) + store(memory.name, buffers)
            for cue in buffers:
                others = [buffer for buffer in buffers if buffer != cue]
                yield (
                    stored + _joined(map(macros.clear, others)) + (recall(memory.name, [cue]) if others else Program())
                )


def _joined(parts: Iterable[Program]) -> Program:
    """The programs one after the other."""
    return sum(parts, Program())


def _instructions(wiring: Wiring, symbols: SearchStrategy[str], *, streams: bool) -> SearchStrategy[Program]:
    """Programs of one instruction that this network can carry out."""
    names = list(wiring.buffers)
    buffers = st.sampled_from(names)
    # A swap without a spare buffer needs latches without a nucleus.
    loops = {gate.name for gate in wiring.gates if gate.kind == "latch" and gate.delay > 1}
    possible = [
        st.builds(macros.load, buffers, symbols),
        buffers.map(macros.clear),
        st.integers(1, 3).map(macros.hold),
    ]
    reachable = [pair for pair in itertools.permutations(names, 2) if nx.has_path(wiring.relays, *pair)]
    if reachable:
        possible += [
            st.sampled_from(reachable).map(lambda pair, macro=macro: macro(*pair))
            for macro in (macros.copy, macros.move)
        ]
    mutual = [
        pair
        for pair in itertools.permutations(names, 2)
        if wiring.relays.has_edge(*pair) and wiring.relays.has_edge(*pair[::-1]) and not loops.intersection(pair)
    ]
    if mutual:
        possible.append(st.sampled_from(mutual).map(lambda pair: macros.swap(*pair)))
    through = [
        (first, second, via)
        for first, second, via in itertools.permutations(names, 3)
        if all(wiring.relays.has_edge(*leg) for leg in ((first, via), (second, first), (via, second)))
    ]
    if through:
        possible.append(st.sampled_from(through).map(lambda legs: macros.swap(legs[0], legs[1], via=legs[2])))
    if streams:
        possible += [buffers.map(read), buffers.map(emit)]
    possible += [_recollections(memory) for memory in memories_of(wiring)]
    return st.one_of(possible)


@st.composite
def _recollections(draw: Callable[..., Any], memory: AreaWiring) -> Program:
    """Programs of one instruction of a snapshot memory."""
    buffers = draw(st.permutations(memory.reads))
    cue = buffers[: draw(st.integers(1, len(buffers)))]
    kinds = ["store", "forget"] + ["recall"] * (len(cue) < len(buffers))
    kind = draw(st.sampled_from(kinds))
    if kind == "store":
        return store(memory.name, cue)
    older = draw(st.booleans())
    return recall(memory.name, cue, older=older) if kind == "recall" else forget(memory.name, cue, older=older)


def _conditions(wiring: Wiring, symbols: SearchStrategy[str]) -> SearchStrategy[Condition]:
    """Questions that this network can answer, joined by `~ & |`."""
    buffers = st.sampled_from(list(wiring.buffers))
    questions = [st.builds(holds, buffers, symbols), buffers.map(empty)]
    pairs = list(wiring.relays.edges)
    if pairs:
        questions.append(st.sampled_from(pairs).map(lambda pair: equal(*pair)))
    return st.recursive(
        st.one_of(questions),
        lambda inner: st.one_of(
            inner.map(operator.invert),
            st.builds(operator.and_, inner, inner),
            st.builds(operator.or_, inner, inner),
        ),
        max_leaves=3,
    )
