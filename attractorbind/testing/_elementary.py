"""Programs that try each latch, relay and memory of a network alone, each with several symbols."""

import itertools
from collections.abc import Iterator, Sequence

from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._network import Network
from attractorbind._program import macros
from attractorbind._program.control import repeat
from attractorbind._program.imprinting import imprint_now, imprinting_area
from attractorbind._program.program import Program
from attractorbind._program.recollection import buffers_of, forget, recall, store
from attractorbind._program.streams import emit, read
from attractorbind._program.symbol import arg
from attractorbind.testing._cases import TRIALS, Case
from attractorbind.testing._program_strategies import joined

# Latches and relays are tried with a symbol in each trial; `check_capacity` tries them all.
_SYMBOL = arg("symbol")
# A memory is filled if it takes no more snapshots than this.
_MOST_SNAPSHOTS = 8
# A run pads inputs to 8 or 16, so they end just before, at and just after these.
_LENGTHS = ((8, 7, 1, 0), (16, 15, 9, 8))


def elementary_cases(network: Network) -> Iterator[Case]:
    """Programs that try every latch, relay and memory alone, and inputs that end where an array might."""
    wiring, names = network.wiring, network.vocabulary.names
    symbols = itertools.cycle(names)
    for buffer in wiring.buffers:
        yield _with_symbols(macros.load(buffer, _SYMBOL) + macros.hold(2), names)
    for source, target in wiring.relays.edges:
        yield _with_symbols(macros.load(source, _SYMBOL) + macros.copy(source, target), names)
    area = imprinting_area(wiring)
    for buffer in area.reads if area is not None else ():
        yield _with_symbols(macros.load(buffer, _SYMBOL) + imprint_now(buffer), names)
    for memory in (area for area in network.areas if isinstance(area, SnapshotMemory)):
        for program in _memory_programs(memory.name, buffers_of(wiring, memory.name), memory.capacity, symbols):
            yield Case(program)
    first = next(iter(wiring.buffers))
    for lengths in _LENGTHS:
        inputs = [list(itertools.islice(symbols, length)) for length in lengths]
        yield Case(repeat(max(lengths) + 2, read(first) + emit(first)), inputs=inputs)


def _with_symbols(program: Program, names: tuple[str, ...]) -> Case:
    """A case with another symbol in each trial."""
    return Case(program, args={_SYMBOL.name: list(itertools.islice(itertools.cycle(names), TRIALS))})


def _memory_programs(memory: str, buffers: Sequence[str], capacity: int, symbols: Iterator[str]) -> Iterator[Program]:
    """Programs in which each buffer is once the cue: of one snapshot, of several, of more than there is room for.

    What is recalled is put out each time, for the next recollection is of another snapshot.
    """
    for cue in buffers:
        others = [buffer for buffer in buffers if buffer != cue]
        if not others:
            continue
        first, second = next(symbols), next(symbols)
        told = joined(emit(buffer) for buffer in others)
        newest, older = (recall(memory, [cue], older=flag) + told for flag in (False, True))

        def snapshots(count: int, others: list[str] = others) -> Program:
            """The others hold something new each time, the cue stays as it is; then the others are emptied."""
            loads = (joined(macros.load(buffer, next(symbols)) for buffer in others) for _ in range(count))
            return joined(load + store(memory, buffers) for load in loads) + joined(map(macros.clear, others))

        start = macros.load(cue, first)
        yield start + snapshots(1) + newest
        yield start + snapshots(3) + newest + older * 3
        yield start + snapshots(2) + forget(memory, [cue]) + newest + older
        yield start + snapshots(2) + forget(memory, [cue], older=True) + newest + older
        # A cue that is unknown leaves nothing that could be older.
        yield start + snapshots(2) + macros.load(cue, second) + newest + macros.load(cue, first) + older + newest
        yield start + snapshots(1) + recall(memory, [cue], into=others[:1]) + told
        # Of two buffers of a cue only one is as it was.
        if len(others) > 1:
            yield start + snapshots(2) + macros.load(others[0], second) + recall(memory, [cue, others[0]]) + told
        if capacity <= _MOST_SNAPSHOTS:
            yield start + snapshots(capacity + 1) + newest + older * capacity
