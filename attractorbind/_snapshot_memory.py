"""What a snapshot memory is, and how it is connected to the buffers of a network."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from attractorbind._checks import Rate, check_count, check_fraction, check_known, check_names
from attractorbind._codes import active_units
from attractorbind._errors import NetworkError, listed
from attractorbind._wiring import Gate, GateKind, MemoryWiring, Wiring


@dataclass(frozen=True)
class SnapshotMemory:
    r"""A hippocampal population that takes joint snapshots of buffers in one shot, and gives them back from a part.

    To **store** ties an assembly, k of M units at random, to the present states $x^b$ of some buffers, both ways. Every
    unit of the assembly $a^s$ learns all of snapshot s on one dendritic branch of its own; the way back is Hebbian:

    $W^b = \sum_s x^b_s (a^s)^T$.

    To **recall** drives the units from the cued buffers alone. A branch fires if its overlap with each of them exceeds
    1/2 (the correlation of `overlaps`); the strongest branch that fires decides, and its k units win. They reinstate

    $x^b = 1[W^b (a - \bar a) > k / 2]$

    in the other buffers, $\bar a$ being the mean activity of the M units, and each buffer's latch cleans up. Where no
    branch fires the memory is silent and the buffers are left empty: nothing is made up.

    **Recency.** The strength of a branch decays with every snapshot that comes after, so the most recent one that
    matches the cue wins. A recall (or a store) also sets the memory's context to the snapshot it came upon;
    `older=True` takes the strongest branch among those that are weaker than that. There are `capacity` assemblies; a
    new snapshot takes one that is free, or else the one with the weakest branches: its weights are overwritten, those
    of the oldest snapshot.

    **Load.** What is reinstated is a sum over all assemblies, which overlap. A symbol that n snapshots have in common
    comes back wrongly with a probability of about $\Phi(-\sqrt{M / 4 n})$ (crosstalk of n overlaps of mean and variance
    $k^2 / M$ against half an assembly): 7e-4 for M = 4096 and n = 100, 1e-6 for n = 45. Noise adds to it. Take M
    of 100 n and more.

    **Gates**, all closed at rest, for a memory "m" and a buffer "b": "b->m" lets the buffer cue, "m->b" lets it be
    reinstated; "m:store" makes what the open cues bring a new snapshot; "m:older" and "m:forget" change what a cue
    does. They act as switches above a conductance of 1/2, save "m->b", which scales the field. While nothing cues it,
    the memory is held silent, noise and all.

    The fast weights are part of the `State`, one set per trial. They are kept as the factors that the sums above are
    made of, packed: capacity * (sum over buffers of ceil(N / 8) + 4) + M bytes per trial; 67 kB for 256 snapshots of
    four buffers of 512 units and 4,096 units, 17 MB in a batch of 256.

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
    buffers: tuple[str, ...] | None = None
    units: int = 4096
    activity: float = 0.02
    capacity: int = 1024

    def __init__(
        self,
        name: str,
        buffers: Iterable[str] | None = None,
        *,
        units: int = 4096,
        activity: Rate = 0.02,
        capacity: int = 1024,
    ) -> None:
        if not isinstance(name, str) or not name.strip() or "->" in name or ":" in name:
            raise NetworkError(
                f"memory name {name!r} is not a non-empty string without '->' and ':', which mark its gates"
            )
        if buffers is not None:
            buffers = tuple(check_names("buffers=", buffers, "buffer names", NetworkError))
            repeated = [buffer for buffer in dict.fromkeys(buffers) if buffers.count(buffer) > 1]
            if repeated or not buffers:
                problem = f"names {listed(repeated)} more than once" if repeated else "names no buffer"
                raise NetworkError(f"memory {name!r} {problem}; name each of its buffers once, or leave out buffers=")
        units, activity = check_count(f"units of memory {name!r}", units, least=2), check_fraction("activity", activity)
        if not 0 < active_units(units, activity) < units:
            raise NetworkError(
                f"activity {activity} puts {active_units(units, activity)} of the {units} units of memory {name!r} in "
                "an assembly; at least one must be in it and one not: change activity= or units="
            )
        values = (name, buffers, units, activity, check_count(f"capacity of memory {name!r}", capacity))
        for field, value in zip(dataclasses.fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)


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
    name, buffers = memory.name, memory.buffers or tuple(wiring.buffers)
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
        active=active_units(memory.units, memory.activity),
        capacity=memory.capacity,
        buffers=tuple(wiring.buffers[buffer] for buffer in buffers),
        cue=tuple(gate(f"{buffer}->{name}", "cue", source=buffer) for buffer in buffers),
        reinstatement=tuple(gate(f"{name}->{buffer}", "reinstatement", target=buffer) for buffer in buffers),
        store=gate(f"{name}:store", "store"),
        older=gate(f"{name}:older", "older"),
        forget=gate(f"{name}:forget", "forget"),
    )
    return dataclasses.replace(wiring, gates=tuple(gates), memories=(*wiring.memories, connected))
