"""How a predictor is joined to a network: what it reads, and the commands that it is told of."""

from typing import Any

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_names, whole_number
from attractorbind._errors import NetworkError
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._wiring import Heard


def read_entries(name: str, reads: Any) -> tuple[tuple[str, ...], tuple[Heard, ...]]:
    """The buffers that a predictor reads, and the layers of hierarchies that it hears."""
    buffers, layers = [], []
    for entry in check_names(f"reads of {name!r}", reads, "buffers and layers", NetworkError):
        if isinstance(entry, str):
            buffers.append(entry)
        else:
            layers.append(_layer(f"reads of {name!r}", entry))
    if not buffers and not layers:
        raise NetworkError(f"{name!r} reads nothing; give it at least one buffer, reads=['focus'], say")
    _check_once(f"reads of {name!r}", [*buffers, *layers])
    return tuple(buffers), tuple(layers)


def efference_entries(name: str, efference: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The buffers that hold commands, and the gates whose opening is one."""
    told = f"efference of {name!r}"
    given = check_names(told, efference, "gates and buffers", NetworkError)
    for entry in given:
        if not isinstance(entry, str):
            raise NetworkError(f"{told} has {entry!r}; give names of gates, and of buffers that hold a command")
    _check_once(told, given)
    gates = tuple(entry for entry in given if "->" in entry or ":" in entry)
    return tuple(entry for entry in given if entry not in gates), gates


def _layer(told: str, entry: Any) -> Heard:
    """A layer of a hierarchy, given by the hierarchy and the layer's number."""
    if not isinstance(entry, tuple | list) or len(entry) != 2 or not isinstance(entry[0], AbstractArea):
        raise NetworkError(f"{told} has {entry!r}; give names of buffers, or (hierarchy, number of a layer)")
    area, layer = entry[0], whole_number(entry[1])
    if not isinstance(area, Hierarchy):
        raise NetworkError(f"{told} has layers of {area.name!r}, which is no hierarchy; give a learning.Hierarchy")
    if layer is None or not 0 <= layer < len(area.sizes):
        raise NetworkError(
            f"{told} has layer {entry[1]!r} of {area.name!r}; give a number from 0, what it sees, to "
            f"{len(area.sizes) - 1}; what its outputs say stands in its buffer"
        )
    return Heard(area.name, layer, area.sizes[layer])


def _check_once(told: str, given: list[Any]) -> None:
    for entry in given:
        if given.count(entry) > 1:
            raise NetworkError(f"{told} names {entry!r} more than once; name each once")
