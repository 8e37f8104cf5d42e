"""Chunks that a rule makes, with symbols of their own: the next new one, which the network imprints."""

from collections.abc import Iterable

from attractorbind._area.ensembles import Ensembles
from attractorbind._program.control import until
from attractorbind._program.macros import hold
from attractorbind._program.program import Program
from attractorbind._program.question import empty
from attractorbind._program.streams import read


def name_chunk(buffer: str) -> Program:
    """The chunk in a buffer becomes a symbol: the next new one, with codes and one-shot synapses everywhere.

    Which symbol comes next is the trial's input; that it means something is what the network does. Where none is left
    the trial ends with `Result.LIMIT`.
    """
    return read(buffer, imprint=True) + until(~empty(buffer), hold(), limit=0)


def new_symbols(count: int, taken: Iterable[str]) -> tuple[str, ...]:
    """The names of so many new symbols, none of which is taken."""
    names, known = [], set(taken)
    number = 0
    while len(names) < count:
        name = f"new{number}"
        number += 1
        if name not in known:
            names.append(name)
    return tuple(names)


def imprinting(buffers: Iterable[str]) -> list[Ensembles]:
    """The area that imprints chunks of these buffers; none without buffers."""
    asked = list(buffers)
    return [Ensembles("ensembles", asked)] if asked else []
