"""What a network is made of: each part with its role, its units and synapses, and where these come from."""

from dataclasses import dataclass

from attractorbind._display import Printed
from attractorbind._network import Network
from attractorbind._table import aligned

# Of each kind of area: its role, and how its synapses came to be what they are.
_ROLES = {
    "hierarchy": ("vision", "learned"),
    "memory": ("memory", "imprinted in one shot"),
    "basal ganglia": ("basal ganglia", "learned by reward"),
    "predictor": ("cerebellum", "learned by prediction"),
    "motor": ("motor", "learned by babbling"),
}
_OTHER = ("area", "")


@dataclass(frozen=True)
class PartAccount:
    """One part of a network.

    - `role`: what it is to the whole: "slot", "thalamus", "vision", "memory", and so on.
    - `units`: how many it has of its own.
    - `synapses`: how many end or begin at them.
    - `origin`: how these came to be what they are: stored before any run, learned, imprinted.
    """

    part: str
    role: str
    units: int
    synapses: int
    origin: str


@dataclass(frozen=True)
class Account(Printed):
    """The parts of a network; `print` shows them as a table."""

    parts: tuple[PartAccount, ...]

    def __str__(self) -> str:
        rows = [("part", "role", "units", "synapses", "which were")]
        rows += [(p.part, p.role, str(p.units), str(p.synapses), p.origin) for p in self.parts]
        return "\n".join(line.rstrip() for line in aligned(rows, right=[2, 3]))


def account(network: Network) -> Account:
    """What a network is made of: its slots with their latches, its relays, and its areas."""
    wiring, sizes = network.wiring, network.buffers
    units = [population.units for population in wiring.populations]
    of_gates = [0] * len(wiring.gates)
    for projection in wiring.projections:
        of_gates[projection.gate] += units[projection.source] * units[projection.target]
    kinds = [gate.kind for gate in wiring.gates]
    latches = {gate.name: count for gate, count in zip(wiring.gates, of_gates, strict=True) if gate.name in sizes}
    relays = sum(count for kind, count in zip(kinds, of_gates, strict=True) if kind == "relay")
    nuclei = sum(population.units for population in wiring.populations if population.name not in sizes)
    parts = [PartAccount(name, "slot", sizes[name], latches[name], "stored") for name in sizes]
    parts.append(PartAccount("relays", "thalamus", nuclei, relays, "stored"))
    for area, joined, parameters in zip(network.areas, wiring.areas, network.area_parameters, strict=True):
        role, origin = _ROLES.get(joined.kind, _OTHER)
        parts.append(PartAccount(area.name, role, joined.units, area.synapses(sizes, parameters), origin))
    return Account(tuple(parts))
