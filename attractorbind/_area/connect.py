"""From the areas that `build` is given to a wiring with their gates."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from attractorbind._area.base import AbstractArea, check_area_name
from attractorbind._checks import check_known, entries
from attractorbind._errors import NetworkError
from attractorbind._wiring import AreaWiring, Wiring


def check_areas(areas: Any) -> tuple[AbstractArea, ...]:
    """The areas, or an error if they are something else than a list of areas."""
    given = entries(areas)
    if given is None:
        raise NetworkError(f"areas is {areas!r}; give a list of areas, such as [SnapshotMemory(name)]")
    for area in given:
        if not isinstance(area, AbstractArea):
            raise NetworkError(f"areas= holds {area!r}; make one with SnapshotMemory(name), say")
    return tuple(given)


def connect(wiring: Wiring, areas: Sequence[AbstractArea]) -> Wiring:
    """The wiring with areas joined to its buffers."""
    for area in areas:
        wiring = _connected(wiring, area)
    # Areas may hear of those that come after them.
    for own in wiring.areas:
        _check_heard(wiring, own)
    return wiring


def _check_heard(wiring: Wiring, own: AreaWiring) -> None:
    """Raise unless what an area hears is said, and the gates that it is told of exist."""
    says = {other.name: other.says for other in wiring.areas}
    for area, part, units in own.hears:
        said = says[check_known("area", f"areas that {own.name!r} could hear", area, says)]
        if not 0 <= part < len(said):
            told = f"parts 0 to {len(said) - 1} of it" if said else "nothing"
            raise NetworkError(f"area {own.name!r} hears part {part} of {area!r}, of which others can hear {told}")
        if said[part] != units:
            raise NetworkError(
                f"area {own.name!r} hears {units} units of part {part} of {area!r}, which has {said[part]}; give it "
                "the area that is in areas="
            )
    for area in own.eyes:
        check_known("area", f"areas through whose eyes {own.name!r} could see", area, says)
    for gate in own.copies:
        wiring.gate(gate)


def _connected(wiring: Wiring, area: AbstractArea) -> Wiring:
    name = area.name
    check_area_name(name)
    if name in wiring.buffers or name in (other.name for other in wiring.areas):
        raise NetworkError(f"the name {name!r} is given twice; an area needs a name that nothing else has")
    buffers = {buffer: wiring.populations[index].units for buffer, index in wiring.buffers.items()}
    try:
        own = area.wire(buffers)
    except KeyError as error:
        # An area that looks up the units of a buffer that there is not.
        check_known("buffer", "buffers", error.args[0], buffers)
        raise
    if not isinstance(own, AreaWiring) or own.name != name:
        raise NetworkError(f"{type(area).__name__}.wire returned {own!r}; it must return an AreaWiring named {name!r}")
    for buffer in (*own.reads, *own.writes):
        check_known("buffer", "buffers", buffer, wiring.buffers)
    if not isinstance(own.kind, str) or own.kind in ("buffer", "nucleus"):
        raise NetworkError(f"kind of area {name!r} is {own.kind!r}; it must be a word, but not 'buffer' or 'nucleus'")
    if not 0 < own.largest_field < float("inf"):
        raise NetworkError(f"largest_field of area {name!r} is {own.largest_field}; it must be a finite number above 0")
    names = [gate.name for gate in own.gates]
    for label in names:
        if label in wiring.gate_index:
            raise NetworkError(f"area {name!r} needs a gate {label!r}, but a buffer has that name; rename one")
        if names.count(label) > 1:
            raise NetworkError(f"area {name!r} has the gate {label!r} twice; name each buffer and each switch once")
    return dataclasses.replace(wiring, gates=(*wiring.gates, *own.gates), areas=(*wiring.areas, own))
