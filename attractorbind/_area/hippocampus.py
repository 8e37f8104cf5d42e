"""What a snapshot memory is, and how it is connected to the buffers of a network."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from attractorbind._checks import buffer_names, check_count, check_fraction, check_known
from attractorbind._codes import active_units
from attractorbind._errors import NetworkError, ProgramError
from attractorbind._keys import Rate
from attractorbind._wiring import Gate, GateKind, MemoryWiring, Wiring

# Overlaps are counted in whole numbers of 32 bits, summed over snapshots.
_MOST_SYNAPSES = 2**24


@dataclass(frozen=True)
class SnapshotMemory:
    r"""A hippocampal population that takes joint snapshots of buffers in one shot, and gives them back from a part.

    To **store** ties an assembly, k of M units at random, to the present states $x^b$ of some buffers, both ways. Every
    unit of the assembly $a^s$ learns all of snapshot s on one dendritic branch of its own, and whatever noise there is
    in the buffers with it; the way back is Hebbian:

    $W^b = \sum_s x^b_s (a^s)^T$.

    To **recall** drives the units from the cued buffers alone. A branch fires if its overlap with each of them exceeds
    1/2 (the correlation of `overlaps`); the strongest branch that fires decides, and its k units win. They reinstate

    $x^b = 1[(W^b - \bar x^b w^T)(a - \bar a) + K \bar x^b > K / 2]$, with $K = k (1 - \bar a)$ and $w = \sum_s a^s$,

    in the other buffers: a covariance rule, $\bar a$ being the mean activity of the M units and $\bar x^b$ the mean of
    what was stored of b. Each buffer's latch cleans up. Where no branch fires the memory stays silent, noise and all,
    and the buffers are left empty: nothing is made up. That a branch fires for another symbol takes two codes with a
    correlation above 1/2, see `equal`; measured, 0 of 10,000 cues that were never stored (`benchmarks/snapshot.py`).

    **Recency.** The strength of a branch decays with every snapshot that comes after, so the most recent one that
    matches the cue wins. A recall (or a store) also sets the memory's context to the snapshot it came upon;
    `older=True` takes the strongest branch among those that are weaker than that. There are `capacity` assemblies; a
    new snapshot takes one that is free, or else the one with the weakest branches: its weights are overwritten, those
    of the oldest snapshot.

    **Load.** What is reinstated is a sum over assemblies that overlap. Of n snapshots, r of which have a symbol in
    common in a buffer, that symbol comes back wrongly, or where it should not, with a probability of about
    $\Phi(-\frac{1}{2} \sqrt{M / (r (1 - r / n))})$: 7e-4 for M = 4096, r = 100 and large n; below 1e-6 for r up to 45.
    Noise adds to it. Take M of 100 r and more.

    **Gates**, all closed at rest, for a memory "m" and a buffer "b": "b->m" lets the buffer cue, "m->b" lets it be
    reinstated; "m:store" makes what the open cues bring a new snapshot; "m:older" and "m:forget" change what a cue
    does. They act as switches above a conductance of 1/2, save "m->b", which scales the field. While nothing cues it,
    the memory is held silent, noise and all.

    The fast weights are part of the `State`, one set per trial. They are kept as the factors that the sums above are
    made of, packed: capacity * (sum over buffers of ceil(N / 8) + 4) + M bytes per trial; 71 kB for 256 snapshots of
    four buffers of 512 units and 4,096 units, 18 MB in a batch of 256.

    **Arguments:**

    - `name`: the population's name.
    - `buffers`: names of the buffers it is connected to, by default all.
    - `units`: how many units, M.
    - `activity`: fraction of the units in an assembly; k = round(activity * units).
    - `capacity`: how many snapshots there are assemblies for.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no memory.

    **Reference:** our own design. Marr 1971, Phil. Trans. R. Soc. B 262:23, for the one-shot code and recall from a
    part; Poirazi & Mel 2001, Neuron 29:779, for units that learn by the branch; Howard & Kahana 2002, J. Math. Psych.
    46:269, for a context that recall moves back.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["ann", "ben", "park", "shop"]), buffers={"who": 128, "where": 128},
        ...     relays=[], memories=[ab.SnapshotMemory("episodes", units=512, capacity=16)], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.Program()
        >>> for who, where in [("ann", "park"), ("ben", "park"), ("ann", "shop")]:
        ...     program += ab.load("who", who) + ab.load("where", where) + ab.store("episodes", ["who", "where"])
        >>> program += ab.load("who", ab.arg("asked")) + ab.recall("episodes", cue=["who"])
        >>> ab.run(network, program, args={"asked": ["ann", "ben", "park"]}).decode()["where"]
        ['shop', 'park', None]
    """

    name: str
    buffers: Iterable[str] | None = None
    units: int = field(default=4096, kw_only=True)
    activity: Rate = field(default=0.02, kw_only=True)
    capacity: int = field(default=1024, kw_only=True)

    def __post_init__(self) -> None:
        name = self.name
        if not isinstance(name, str) or not name.strip() or "->" in name or ":" in name:
            raise NetworkError(
                f"memory name {name!r} is not a non-empty string without '->' and ':', which mark its gates"
            )
        if self.buffers is not None:
            object.__setattr__(self, "buffers", buffer_names(f"buffers of memory {name!r}", self.buffers, NetworkError))
        units = check_count(f"units of memory {name!r}", self.units, least=2)
        active = active_units(units, check_fraction("activity", self.activity))
        check_count(f"capacity of memory {name!r}", self.capacity)
        if not 0 < active < units:
            raise NetworkError(
                f"activity {self.activity} puts {active} of the {units} units of memory {name!r} in an assembly; at "
                "least one must be in it and one not: change activity= or units="
            )
        if units * active > _MOST_SYNAPSES:
            raise NetworkError(
                f"memory {name!r} of {units} units with {active} in an assembly is too large to count exactly; units "
                f"times active units can be {_MOST_SYNAPSES} at the most"
            )


def memory_name(memory: object) -> str:
    """The name of a memory, given by itself or by its name."""
    if isinstance(memory, SnapshotMemory):
        return memory.name
    if not isinstance(memory, str):
        raise ProgramError(f"memory is {memory!r}; give a snapshot memory's name")
    return memory


def connect(wiring: Wiring, memories: Any) -> Wiring:
    """The wiring with snapshot memories connected to its buffers."""
    if isinstance(memories, SnapshotMemory) or not isinstance(memories, Sequence):
        raise NetworkError(f"memories is {memories!r}; give a list of SnapshotMemory objects")
    for memory in memories:
        if not isinstance(memory, SnapshotMemory):
            raise NetworkError(f"memories= holds {memory!r}; make one with SnapshotMemory(name)")
        wiring = _connected(wiring, memory)
    return wiring


def _connected(wiring: Wiring, memory: SnapshotMemory) -> Wiring:
    name, buffers = memory.name, tuple(memory.buffers or wiring.buffers)
    if name in wiring.buffers or name in (other.name for other in wiring.memories):
        raise NetworkError(f"the name {name!r} is given twice; a memory needs a name that nothing else has")
    for buffer in buffers:
        check_known("buffer", "buffers", buffer, wiring.buffers)
    gates = list(wiring.gates)

    def gate(label: str, kind: GateKind, source: str = name, target: str = name) -> int:
        if label in wiring.gate_index:
            raise NetworkError(f"memory {name!r} needs a gate {label!r}, but a buffer has that name; rename one")
        gates.append(Gate(label, kind, source, target, 1))
        return len(gates) - 1

    connected = MemoryWiring(
        name=name,
        units=memory.units,
        active=active_units(memory.units, float(memory.activity)),
        capacity=memory.capacity,
        buffers=tuple(wiring.buffers[buffer] for buffer in buffers),
        cue=tuple(gate(f"{buffer}->{name}", "cue", source=buffer) for buffer in buffers),
        reinstatement=tuple(gate(f"{name}->{buffer}", "reinstatement", target=buffer) for buffer in buffers),
        store=gate(f"{name}:store", "store"),
        older=gate(f"{name}:older", "older"),
        forget=gate(f"{name}:forget", "forget"),
    )
    return dataclasses.replace(wiring, gates=tuple(gates), memories=(*wiring.memories, connected))
