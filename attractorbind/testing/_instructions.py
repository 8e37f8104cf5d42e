"""Instructions and questions that a network can carry out, for programs that are drawn."""

import itertools
import operator
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import networkx as nx

from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._network import Network
from attractorbind._program import macros
from attractorbind._program.condition import Condition
from attractorbind._program.imprinting import imprint_now, imprinting_area
from attractorbind._program.program import Program
from attractorbind._program.question import empty, equal, holds
from attractorbind._program.recollection import buffers_of
from attractorbind._program.streams import emit, read
from attractorbind._program.symbol import Arg
from attractorbind.testing._recollections import Chooser, episodes, overfull, recollection

Symbols = Sequence[str | Arg]
# What writes an instruction, given what chooses and the symbols that there are.
Writer = Callable[[Chooser, Symbols], Program]

# Up to how many snapshots a memory is filled.
_MOST_SNAPSHOTS = 16


def writers(network: Network, *, streams: bool) -> list[Writer]:
    """What writes the instructions that this network can carry out, one for each kind."""
    wiring, buffers = network.wiring, list(network.buffers)
    relays = set(wiring.relays.edges)
    # A swap without a spare buffer needs latches without a nucleus.
    loops = {gate.name for gate in wiring.gates if gate.kind == "latch" and gate.delay > 1}
    pairs = list(itertools.permutations(buffers, 2))
    reachable = [pair for pair in pairs if nx.has_path(wiring.relays, *pair)]
    mutual = [pair for pair in pairs if {pair, pair[::-1]} <= relays and not loops.intersection(pair)]
    through = [
        legs
        for legs in itertools.permutations(buffers, 3)
        if {(legs[0], legs[2]), (legs[1], legs[0]), (legs[2], legs[1])} <= relays
    ]
    imprinting = imprinting_area(wiring)
    possible: list[tuple[Sequence[Any], Callable[..., Program]]] = [
        (buffers, macros.clear),
        ([1, 2, 3], macros.hold),
        (reachable, lambda pair: macros.copy(*pair)),
        (reachable, lambda pair: macros.move(*pair)),
        (mutual, lambda pair: macros.swap(*pair)),
        (through, lambda legs: macros.swap(legs[0], legs[1], via=legs[2])),
        (imprinting.reads if imprinting is not None else (), imprint_now),
        (buffers if streams else (), read),
        (buffers if streams else (), emit),
    ]
    simple: list[Writer] = [partial(_written, options, make) for options, make in possible if options]
    memories = [area for area in network.areas if isinstance(area, SnapshotMemory)]
    return [partial(_load, buffers), *simple, *itertools.chain(*(_of_memory(wiring, own, streams) for own in memories))]


def _load(buffers: Sequence[str], choose: Chooser, symbols: Symbols) -> Program:
    return macros.load(choose(buffers), choose(symbols))


def _written(options: Sequence[Any], make: Callable[..., Program], choose: Chooser, symbols: Symbols) -> Program:
    return make(choose(options))


def _of_memory(wiring: Any, memory: SnapshotMemory, streams: bool) -> list[Writer]:
    """Single instructions of a memory, episodes, and, with streams, more snapshots than there is room for."""
    name, buffers = memory.name, buffers_of(wiring, memory.name)
    own: list[Writer] = [lambda choose, symbols: recollection(name, buffers, choose)]
    own += [partial(episodes, name, buffers)] * 2
    if streams and memory.capacity <= _MOST_SNAPSHOTS:
        own.append(lambda choose, symbols: overfull(name, buffers, choose, memory.capacity))
    return own


def condition(network: Network, choose: Chooser, symbols: Symbols) -> Condition:
    """One to three questions that this network can answer, joined by `~ & |`."""
    asked = reduce(
        lambda first, second: choose([operator.and_, operator.or_])(first, second),
        (goal(network, choose, symbols)[0] for _ in range(choose([1, 1, 2, 3]))),
    )
    return ~asked if choose(range(4)) == 3 else asked


def goal(network: Network, choose: Chooser, symbols: Symbols) -> tuple[Condition, Program]:
    """A question, and an instruction after which its answer is yes, or with some input may be."""
    buffer, symbol = choose(list(network.buffers)), choose(symbols)
    ways = [
        (holds(buffer, symbol), macros.load(buffer, symbol)),
        (holds(buffer, symbol), read(buffer)),
        (empty(buffer), macros.clear(buffer)),
    ]
    relays = list(network.wiring.relays.edges)
    if relays:
        pair = choose(relays)
        ways += [(equal(*pair), macros.copy(*pair))] * 2
    return choose(ways)
