"""What is connected to what, under which gate: the static part of a network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import networkx as nx
import numpy as np
from jaxtyping import Float, Int

from attractorbind._checks import check_fraction, check_known, check_names
from attractorbind._errors import AttractorBindError, NetworkError


@dataclass(frozen=True)
class Population:
    """A named group of binary units: a cortical buffer or a thalamic nucleus."""

    name: str
    kind: Literal["buffer", "nucleus"]
    units: int


@dataclass(frozen=True)
class Projection:
    """A bundle of connections from one population to another (or to itself) under one gate."""

    source: int
    target: int
    gate: int

    @property
    def recurrent(self) -> bool:
        """Whether it joins a population to itself."""
        return self.source == self.target


GateKind = Literal["latch", "relay", "read", "write", "switch"]


@dataclass(frozen=True)
class Gate:
    """A named control channel; at rest latches are open (1) and all others closed (0).

    `kind` is "latch" or "relay", or says what a gate of an area does: "read" lets a buffer in, "write" lets the area
    write on a buffer, "switch" tells the area what to do. `delay` is the number of ticks that a symbol takes from
    `source` to `target`: 1, or 2 by way of a nucleus.
    """

    name: str
    kind: GateKind
    source: str
    target: str
    delay: int

    @property
    def rest(self) -> float:
        """Its conductance at rest."""
        return 1.0 if self.kind == "latch" else 0.0


class Heard(NamedTuple):
    """What one area hears of another: so many units, of those parts of it that others can hear.

    - `area`: the name of the other.
    - `part`: which of its parts, such as a layer of a hierarchy.
    - `units`: how many units that part has.
    """

    area: str
    part: int
    units: int


@dataclass(frozen=True)
class AreaWiring:
    """How an area is joined to the buffers of a network; returned by `AbstractArea.wire`.

    An area "m" has a gate "b->m" for every buffer b that it reads, "m->b" for every buffer that it writes on, and
    "m:s" for every switch s; in this order.

    **Attributes:**

    - `name`: the area's name.
    - `reads`, `writes`: names of buffers.
    - `switches`: what else a program can tell the area to do.
    - `kind`: what pictures and tables call such an area.
    - `units`: how many units it has, for pictures and tables.
    - `largest_field`: the largest field that it gives a unit while its gate is fully open. A presented symbol must
        outdo it.
    - `channels`: of an area that chooses gates, what it chooses among.
    - `draws`: the switches at which it draws random numbers, so that a run needs a key.
    - `imprints`: whether what it does may change what projections carry.
    - `says`: the units of each part of it that other areas can hear, see `AbstractArea.said`.
    - `hears`: what it hears of other areas, as `Heard`.
    - `copies`: the gates whose conductances it is told: efference copies of what a program commands.
    - `eyes`: the areas through whose eyes it sees, see `AbstractArea.eyes`.
    """

    name: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    kind: str = "area"
    units: int = 0
    largest_field: float = 1.0
    # The following are not told, for the fingerprint of a network is made from what its wiring tells.
    channels: tuple[str, ...] = field(default=(), repr=False)
    draws: tuple[str, ...] = field(default=(), repr=False)
    imprints: bool = field(default=False, repr=False)
    says: tuple[int, ...] = field(default=(), repr=False, compare=False)
    hears: tuple[Heard, ...] = field(default=(), repr=False)
    copies: tuple[str, ...] = field(default=(), repr=False)
    eyes: tuple[str, ...] = field(default=(), repr=False)

    @property
    def chooses(self) -> bool:
        """Whether programs can let it choose among its channels; a predictor's opens by itself."""
        return bool(self.channels) and self.kind != "predictor"

    @property
    def gates(self) -> tuple[Gate, ...]:
        """All its gates: of what it reads, of what it writes on, and the switches."""
        return (
            *(Gate(f"{buffer}->{self.name}", "read", buffer, self.name, 1) for buffer in self.reads),
            *(Gate(f"{self.name}->{buffer}", "write", self.name, buffer, 1) for buffer in self.writes),
            *(Gate(f"{self.name}:{switch}", "switch", self.name, self.name, 1) for switch in self.switches),
        )


@dataclass(frozen=True)
class Wiring:
    """Populations, projections, gates and areas of a network, without weights: hashable, fixed under jit.

    The gates of latches and relays come first, and after them those of one area after the other.
    """

    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]
    gates: tuple[Gate, ...]
    areas: tuple[AreaWiring, ...] = ()

    @cached_property
    def buffers(self) -> dict[str, int]:
        """The buffers' names and their indices among the populations."""
        return {p.name: index for index, p in enumerate(self.populations) if p.kind == "buffer"}

    @cached_property
    def gate_index(self) -> dict[str, int]:
        """The gates' names and their indices."""
        return {gate.name: index for index, gate in enumerate(self.gates)}

    @cached_property
    def resting(self) -> Float[np.ndarray, " gates"]:
        """The conductance of every gate at rest; to be copied, not changed."""
        return np.array([gate.rest for gate in self.gates], np.float32)

    @cached_property
    def sources(self) -> Int[np.ndarray, " projections"]:
        """The population that each projection leads from."""
        return np.array([projection.source for projection in self.projections], np.int32)

    @cached_property
    def targets(self) -> Int[np.ndarray, " projections"]:
        """The population that each projection leads to."""
        return np.array([projection.target for projection in self.projections], np.int32)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The populations as nodes (`kind`, `units`), the projections as edges (`gate`, `kind`)."""
        graph = nx.DiGraph()
        for population in self.populations:
            graph.add_node(population.name, kind=population.kind, units=population.units)
        for projection in self.projections:
            gate = self.gates[projection.gate]
            source, target = self.populations[projection.source], self.populations[projection.target]
            graph.add_edge(source.name, target.name, gate=gate.name, kind=gate.kind)
        for area in self.areas:
            graph.add_node(area.name, kind=area.kind, units=area.units)
            for gate in area.gates:
                if gate.kind != "switch":
                    graph.add_edge(gate.source, gate.target, gate=gate.name, kind=gate.kind)
        return graph

    @cached_property
    def relays(self) -> nx.DiGraph:
        """The buffers as nodes, the relays as edges, whatever their relays are built from."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.buffers)
        graph.add_edges_from((gate.source, gate.target) for gate in self.gates if gate.kind == "relay")
        return graph

    @cached_property
    def nameless(self) -> "Wiring":
        """The same wiring with numbers for names."""
        number = {population.name: str(index) for index, population in enumerate(self.populations)}
        number |= {area.name: nameless_area(index) for index, area in enumerate(self.areas)}
        return Wiring(
            tuple(replace(population, name=number[population.name]) for population in self.populations),
            self.projections,
            tuple(
                replace(gate, name=str(index), source=number[gate.source], target=number[gate.target])
                for index, gate in enumerate(self.gates)
            ),
            tuple(
                replace(
                    area,
                    name=number[area.name],
                    reads=tuple(number[buffer] for buffer in area.reads),
                    writes=tuple(number[buffer] for buffer in area.writes),
                    hears=tuple(heard._replace(area=number[heard.area]) for heard in area.hears),
                    copies=tuple(str(self.gate_index[gate]) for gate in area.copies),
                    eyes=tuple(number[eyes] for eyes in area.eyes),
                )
                for area in self.areas
            ),
        )

    def buffer(self, name: str) -> int:
        """The index of a buffer among the populations, or the error for an unknown one."""
        return self.buffers[check_known("buffer", "buffers", name, self.buffers)]

    @cached_property
    def pathways(self) -> tuple[Gate, ...]:
        """The gates of latches and relays, through which one buffer writes on another or on itself."""
        return tuple(gate for gate in self.gates if gate.kind in ("latch", "relay"))

    @cached_property
    def area_gates(self) -> tuple[Gate, ...]:
        """The gates of areas."""
        return self.gates[len(self.pathways) :]

    def area(self, name: object) -> int:
        """The index of the area of that name, or the error for an unknown one."""
        names = [area.name for area in self.areas]
        return names.index(check_known("area", "areas", name, names))

    @cached_property
    def channels(self) -> dict[tuple[str, str], int]:
        """The channels of all areas that choose gates, by the names of area and channel, and their numbers."""
        names = [(area.name, channel) for area in self.areas for channel in area.channels]
        return {name: number for number, name in enumerate(names)}

    def channel(self, area: str, channel: object) -> int:
        """The number of a channel, or the error for one that the area does not have."""
        own = self.areas[self.area(area)].channels
        return self.channels[area, check_known(f"channel of {area!r}", "its channels", channel, own)]

    @cached_property
    def drawing(self) -> tuple[str, ...]:
        """The gates at which areas draw random numbers."""
        return tuple(f"{area.name}:{switch}" for area in self.areas for switch in area.draws)

    @property
    def largest_area_field(self) -> float:
        """The largest field that all areas together can give a unit."""
        return float(sum(area.largest_field for area in self.areas))

    def gate(self, name: str) -> Gate:
        """The gate of that name, or the error for an unknown one."""
        return self.gates[self.gate_index[check_known("gate", "gates", name, self.gate_index)]]

    def projection(self, source: str, target: str) -> int:
        """The index of the projection from one population to another, or the error if there is none."""
        names = [population.name for population in self.populations]
        ends = [(names[projection.source], names[projection.target]) for projection in self.projections]
        for name in (source, target):
            check_known("population", "populations", name, names)
        if (source, target) not in ends:
            told = ", ".join(f"{start!r} to {end!r}" for start, end in ends[:12])
            raise NetworkError(f"no projection leads from {source!r} to {target!r}; there are {told}")
        return ends.index((source, target))

    def chain(self, source: str, target: str) -> list[str]:
        """The buffers along the shortest chain of relays from source to target, both ends included."""
        self.buffer(source)
        self.buffer(target)
        if source == target:
            raise NetworkError(f"buffer {source!r} cannot be copied to itself; its latch holds it as it is")
        try:
            return nx.shortest_path(self.relays, source, target)
        except nx.NetworkXNoPath:
            raise NetworkError(
                f"no chain of relays leads from {source!r} to {target!r}; "
                f"the relay '{source}->{target}' is missing: add ({source!r}, {target!r}) to relays="
            ) from None

    def gating(
        self, open: Iterable[str] | Mapping[str, Any] = (), closed: Iterable[str] = (), *, argument: str = "open="
    ) -> Float[np.ndarray, " gates"]:
        """The conductance of every gate when these are open, those closed and all others at rest.

        `argument` is what the user knows the open ones by.
        """
        conductances = self.resting.copy()
        for name, conductance in openings(argument, open, NetworkError):
            conductances[self.gate_index[self.gate(name).name]] = check_fraction(
                f"the opening of gate {name!r}", conductance, booleans=True
            )
        for name in check_closed(closed, NetworkError):
            conductances[self.gate_index[self.gate(name).name]] = 0.0
        return conductances


def openings(argument: str, open: Any, error: type[AttractorBindError]) -> list[tuple[Any, Any]]:
    """Names of gates, each with its conductance: those that a mapping gives, or 1 for each of a list."""
    if isinstance(open, Mapping):
        return list(open.items())
    return [(name, 1.0) for name in check_names(argument, open, "gate names", error, ordered=False)]


def check_closed(closed: Any, error: type[AttractorBindError]) -> list[Any]:
    """The names of the gates that are closed, or an error for conductances, which only open ones have."""
    if isinstance(closed, Mapping) and closed:
        raise error(f"closed={closed!r} gives conductances; give a list of gate names, or open={closed!r}")
    return check_names("closed=", closed, "gate names", error, ordered=False)


def nameless_area(index: int) -> str:
    """What stands for an area's name where names do not matter."""
    return f"area {index}"
