"""Hypothesis strategies for the programs that a network can carry out; they shrink to short ones without blocks."""

import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import networkx as nx
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._network import Network, check_network
from attractorbind._program import macros
from attractorbind._program.condition import Condition
from attractorbind._program.control import repeat, until, when
from attractorbind._program.imprinting import imprint_now, imprinting_area
from attractorbind._program.program import Program
from attractorbind._program.question import empty, equal, holds
from attractorbind._program.recollection import forget, memories_of, recall, store
from attractorbind._program.streams import emit, read
from attractorbind._wiring import AreaWiring, Wiring

# How many symbols are tried in every latch and relay; `check_capacity` tries them all.
_MOST_SYMBOLS = 4


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


@st.composite
def _filled(draw: Callable[..., Any], buffer: str, symbols: SearchStrategy[str]) -> Program:
    """A load of a symbol into the buffer, three times out of four; otherwise nothing."""
    return macros.load(buffer, draw(symbols)) if draw(st.integers(0, 3)) else Program()


def elementary_programs(network: Network) -> Iterator[Program]:
    """Programs that try every latch, relay and memory alone, each with several symbols."""
    wiring, vocabulary = network.wiring, network.vocabulary
    symbols = itertools.cycle(vocabulary.names)
    for _ in range(min(len(vocabulary.names), _MOST_SYMBOLS)):
        for buffer in wiring.buffers:
            yield macros.load(buffer, next(symbols)) + macros.hold(2)
        for source, target in wiring.relays.edges:
            yield macros.load(source, next(symbols)) + macros.copy(source, target)
        area = imprinting_area(wiring)
        for buffer in area.reads if area is not None else ():
            yield macros.load(buffer, next(symbols)) + imprint_now(buffer)
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
    area = imprinting_area(wiring)
    if area is not None:
        possible.append(st.sampled_from(area.reads).map(imprint_now))
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
