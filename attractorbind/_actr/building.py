"""The network of a model, and the program that stores what it knows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from jaxtyping import Array, Key

from attractorbind._actr.actions import relays_of
from attractorbind._actr.activation import MEMORY
from attractorbind._actr.chunks import Chunk
from attractorbind._actr.deliberation import Deliberation
from attractorbind._actr.layout import MODULE, Layout, place
from attractorbind._area.activation import Activation
from attractorbind._area.base import AbstractArea
from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._build import build
from attractorbind._checks import check_count
from attractorbind._network import Network
from attractorbind._program.condition import And, Condition, Not, Or
from attractorbind._program.program import Program, gates, present
from attractorbind._program.question import Equal
from attractorbind._program.recollection import store
from attractorbind._program.statement import SETTLE
from attractorbind._rule.dual import MaximalStability
from attractorbind._vocabulary import Vocabulary

_UNITS, _ACTIVITY = 256, 0.1
# Units of the memory for each chunk that has a symbol in common with others, and the least and the most of them.
_PER_SHARED, _FEWEST, _MOST = 100, 1024, 16384
# Room for chunks that are made during a run.
_ROOM = 256


def memory_of(layout: Layout, chunks: Sequence[Chunk], activation: Activation | None) -> list[AbstractArea]:
    """The declarative memory, if something is asked of it."""
    if MODULE not in layout.slots:
        return []
    # How many chunks have the most frequent symbol of a slot.
    shared = max(Counter(item for chunk in chunks for item in chunk.held.items()).values(), default=1)
    room = len(chunks) + (_ROOM if layout.remembered else 1)
    size = min(max(_FEWEST, _PER_SHARED * shared), _MOST)
    return [SnapshotMemory(MEMORY, layout.whole(MODULE), units=size, capacity=room, activation=activation)]


def network_of(
    cycle: Deliberation,
    layout: Layout,
    areas: Sequence[AbstractArea],
    symbols: Vocabulary,
    units: int | None,
    *,
    key: Key[Array, ""],
) -> Network:
    """The network with the buffers of a layout, the relays that a cycle needs, and these areas."""
    size = max(_UNITS, 64 * -(-len(symbols) // 64)) if units is None else check_count("units", units)
    programs = [rule.then for rule in cycle.rules]
    programs += [outcome.program for module in cycle.modules for outcome in module.outcomes]
    relays = dict.fromkeys(pair for program in programs for pair in relays_of(program))
    for rule in cycle.rules:
        for first, second in _compared(rule.when):
            if (second, first) not in relays:
                relays[first, second] = None
    buffers = dict.fromkeys(layout.buffers, size)
    rule = MaximalStability()
    return build(symbols, buffers=buffers, relays=list(relays), activity=_ACTIVITY, rule=rule, areas=areas, key=key)


def storing(layout: Layout, chunks: Iterable[Chunk]) -> Program:
    """Each chunk is presented to the declarative module and stored, one after the other."""
    if MODULE not in layout.slots:
        return gates()
    program, slots = Program(), layout.slots[MODULE]
    for chunk in chunks:
        held = {place(MODULE, slot): value for slot, value in chunk.held.items() if slot in slots}
        for buffer, symbol in {MODULE: chunk.name, **held}.items():
            program += present(buffer, symbol)
        program += gates(ticks=SETTLE) + store(MEMORY, [MODULE, *held])
        program += gates(closed=layout.whole(MODULE))
    return program if program.statements else gates()


def _compared(condition: Condition) -> Iterator[tuple[str, str]]:
    """The pairs of buffers whose contents a condition compares."""
    match condition:
        case Equal(first, second):
            yield first, second
        case Not(inner):
            yield from _compared(inner)
        case And(first, second) | Or(first, second):
            yield from _compared(first)
            yield from _compared(second)
