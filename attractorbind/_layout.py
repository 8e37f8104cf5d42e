"""From what `build` is given for buffers and relays to populations, projections and gates."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from attractorbind._checks import check_known, check_names, entries
from attractorbind._errors import NetworkError, listed
from attractorbind._wiring import Gate, Population, Projection, Wiring

RelayKind = Literal["direct", "nucleus"]
LatchKind = Literal["recurrence", "loop"]


def parse_relays(buffers: Mapping[str, int], relays: Any) -> list[tuple[str, str]]:
    """The ordered (source, target) pairs that "all", "hub:NAME" or a list of pairs asks for."""
    told = f"relays={relays!r} is not understood; give 'all', 'hub:NAME' or a list of pairs"
    if isinstance(relays, str):
        if relays == "all":
            return [(source, target) for source in buffers for target in buffers if source != target]
        kind, colon, hub = relays.partition(":")
        if kind != "hub" or not colon:
            raise NetworkError(told)
        check_known("buffer", "buffers", hub, buffers)
        return [pair for other in buffers if other != hub for pair in ((hub, other), (other, hub))]
    if not isinstance(relays, Iterable):
        raise NetworkError(told)
    pairs: list[tuple[str, str]] = []
    for relay in check_names("relays", relays, "pairs", NetworkError):
        pair = entries(relay)
        if pair is None or len(pair) != 2:
            raise NetworkError(f"relay {relay!r} is not a pair; write (source, target)")
        source, target = pair
        for name in pair:
            check_known("buffer", "buffers", name, buffers)
        if source == target:
            raise NetworkError(f"relay {pair!r} joins a buffer to itself; that is its latch, and every buffer has one")
        pairs.append((source, target))
    repeated = [f"{source}->{target}" for (source, target), count in Counter(pairs).items() if count > 1]
    if repeated:
        raise NetworkError(f"relays given more than once: {listed(repeated)}; give each pair once")
    return pairs


def wire(buffers: Mapping[str, int], pairs: Iterable[tuple[str, str]], relay: RelayKind, latch: LatchKind) -> Wiring:
    """Lay out populations, projections and gates; projections come sorted by their target."""
    populations = [Population(name, "buffer", units) for name, units in buffers.items()]
    population_of = {name: index for index, name in enumerate(buffers)}
    gates: list[Gate] = []
    projections: list[Projection] = []
    links = [(name, name, "latch", name, latch == "loop") for name in buffers]
    links += [(source, target, "relay", f"{source}->{target}", relay == "nucleus") for source, target in pairs]
    for source, target, kind, gate, by_nucleus in links:
        gates.append(Gate(gate, kind, source, target, 2 if by_nucleus else 1))  # pyright: ignore[reportArgumentType]
        stops = [population_of[source], population_of[target]]
        if by_nucleus:
            stops.insert(1, len(populations))
            units = max(buffers[source], buffers[target])
            populations.append(Population(f"{source}->{target}", "nucleus", units))
        projections += [Projection(start, end, len(gates) - 1) for start, end in itertools.pairwise(stops)]
    projections.sort(key=lambda projection: projection.target)
    return Wiring(tuple(populations), tuple(projections), tuple(gates))
