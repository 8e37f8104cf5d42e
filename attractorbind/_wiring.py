"""What is connected to what, under which gate: the static part of a network."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import networkx as nx
import numpy as np
from jaxtyping import Float

from attractorbind._checks import check_fraction, check_known, check_names
from attractorbind._errors import NetworkError, listed

RelayKind = Literal["direct", "nucleus"]
LatchKind = Literal["recurrence", "loop"]


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


GateKind = Literal["latch", "relay", "cue", "reinstatement", "store", "older", "forget"]


@dataclass(frozen=True)
class Gate:
    """A named control channel; at rest latches are open (1) and all others closed (0).

    `kind` is "latch" or "relay", or one of the gates of a `SnapshotMemory`. `delay` is the number of ticks a symbol
    takes from `source` to `target`: 1, or 2 by way of a nucleus.
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


@dataclass(frozen=True)
class MemoryWiring:
    """A snapshot memory as it is connected: `buffers` and gates are places in the wiring.

    `cue[i]` and `reinstatement[i]` are the gates from and to `buffers[i]`; `store`, `older` and `forget` are single.
    """

    name: str
    units: int
    active: int
    capacity: int
    buffers: tuple[int, ...]
    cue: tuple[int, ...]
    reinstatement: tuple[int, ...]
    store: int
    older: int
    forget: int


@dataclass(frozen=True)
class Wiring:
    """Populations, projections, gates and memories of a network, without weights: hashable, fixed under jit.

    The gates of latches and relays come first, those of memories after them.
    """

    populations: tuple[Population, ...]
    projections: tuple[Projection, ...]
    gates: tuple[Gate, ...]
    memories: tuple[MemoryWiring, ...] = ()

    @cached_property
    def buffers(self) -> dict[str, int]:
        """The buffers' names and their places among the populations."""
        return {p.name: i for i, p in enumerate(self.populations) if p.kind == "buffer"}

    @cached_property
    def gate_index(self) -> dict[str, int]:
        return {gate.name: i for i, gate in enumerate(self.gates)}

    @cached_property
    def resting(self) -> Float[np.ndarray, " gates"]:
        """The conductance of every gate at rest; to be copied, not changed."""
        return np.array([gate.rest for gate in self.gates], np.float32)

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
        for memory in self.memories:
            graph.add_node(memory.name, kind="memory", units=memory.units)
            for gate in (self.gates[place] for place in (*memory.cue, *memory.reinstatement)):
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
        number = {population.name: str(place) for place, population in enumerate(self.populations)}
        number |= {memory.name: f"memory {place}" for place, memory in enumerate(self.memories)}
        return Wiring(
            tuple(replace(population, name=number[population.name]) for population in self.populations),
            self.projections,
            tuple(
                replace(gate, name=str(place), source=number[gate.source], target=number[gate.target])
                for place, gate in enumerate(self.gates)
            ),
            tuple(replace(memory, name=number[memory.name]) for memory in self.memories),
        )

    def buffer(self, name: str) -> int:
        """The place of a buffer among the populations, or the error for an unknown one."""
        return self.buffers[check_known("buffer", "buffers", name, self.buffers)]

    @cached_property
    def pathways(self) -> tuple[Gate, ...]:
        """The gates of latches and relays, through which one buffer writes on another or on itself."""
        return tuple(gate for gate in self.gates if gate.kind in ("latch", "relay"))

    def memory(self, name: str) -> MemoryWiring:
        """The snapshot memory of that name, or the error for an unknown one."""
        named = {memory.name: memory for memory in self.memories}
        return named[check_known("memory", "memories", name, named)]

    def remembered(self, memory: str) -> list[str]:
        """The names of the buffers that a snapshot memory is connected to."""
        return [self.populations[place].name for place in self.memory(memory).buffers]

    def gate(self, name: str) -> Gate:
        """The gate of that name, or the error for an unknown one."""
        return self.gates[self.gate_index[check_known("gate", "gates", name, self.gate_index)]]

    def projection(self, source: str, target: str) -> int:
        """The place of the projection from one population to another, or the error if there is none."""
        names = [population.name for population in self.populations]
        ends = [(names[projection.source], names[projection.target]) for projection in self.projections]
        for name in (source, target):
            check_known("population", "populations", name, names)
        if (source, target) not in ends:
            told = ", ".join(f"{one!r} to {other!r}" for one, other in ends[:12])
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
        names = check_names(argument, open, "gate names", NetworkError)
        for name, conductance in open.items() if isinstance(open, Mapping) else ((name, 1.0) for name in names):
            conductances[self.gate_index[self.gate(name).name]] = check_fraction(
                f"the opening of gate {name!r}", conductance, booleans=True
            )
        for name in check_names("closed=", closed, "gate names", NetworkError):
            conductances[self.gate_index[self.gate(name).name]] = 0.0
        return conductances


def parse_relays(buffers: Mapping[str, int], relays: Any) -> list[tuple[str, str]]:
    """The ordered (source, target) pairs that "all", "hub:NAME" or a list of pairs asks for."""
    if not isinstance(relays, Iterable):
        raise NetworkError(f"relays={relays!r} is not understood; give 'all', 'hub:NAME' or a list of pairs")
    if isinstance(relays, str):
        if relays == "all":
            return [(source, target) for source in buffers for target in buffers if source != target]
        kind, _, hub = relays.partition(":")
        if kind != "hub":
            raise NetworkError(f"relays={relays!r} is not understood; give 'all', 'hub:NAME' or a list of pairs")
        check_known("buffer", "buffers", hub, buffers)
        return [pair for other in buffers if other != hub for pair in ((hub, other), (other, hub))]
    pairs = []
    for pair in relays:
        if isinstance(pair, str) or not isinstance(pair, Iterable) or len(pair := tuple(pair)) != 2:
            raise NetworkError(f"relay {pair!r} is not a pair; write (source, target)")
        source, target = pair
        for name in pair:
            check_known("buffer", "buffers", name, buffers)
        if source == target:
            raise NetworkError(f"relay {pair!r} joins a buffer to itself; that is its latch, and every buffer has one")
        pairs.append((source, target))
    repeated = [f"{source}->{target}" for source, target in dict.fromkeys(pairs) if pairs.count((source, target)) > 1]
    if repeated:
        raise NetworkError(f"relays given more than once: {listed(repeated)}; give each pair once")
    return pairs


def wire(buffers: Mapping[str, int], pairs: Iterable[tuple[str, str]], relay: RelayKind, latch: LatchKind) -> Wiring:
    """Lay out populations, projections and gates; projections come sorted by their target."""
    populations = [Population(name, "buffer", units) for name, units in buffers.items()]
    place = {name: i for i, name in enumerate(buffers)}
    gates: list[Gate] = []
    projections: list[Projection] = []
    links = [(name, name, "latch", name, latch == "loop") for name in buffers]
    links += [(source, target, "relay", f"{source}->{target}", relay == "nucleus") for source, target in pairs]
    for source, target, kind, gate, by_nucleus in links:
        gates.append(Gate(gate, kind, source, target, 2 if by_nucleus else 1))  # pyright: ignore[reportArgumentType]
        stops = [place[source], place[target]]
        if by_nucleus:
            stops.insert(1, len(populations))
            units = max(buffers[source], buffers[target])
            populations.append(Population(f"{source}->{target}", "nucleus", units))
        projections += [Projection(a, b, len(gates) - 1) for a, b in itertools.pairwise(stops)]
    projections.sort(key=lambda projection: projection.target)
    return Wiring(tuple(populations), tuple(projections), tuple(gates))
