"""What a snapshot memory is, and how it is connected to the buffers of a network."""

from collections.abc import Iterable, Mapping

import equinox as eqx
import numpy as np
from jaxtyping import Array, Int, Int8, Key

from attractorbind._area.activated import SWITCHES, activated_tick
from attractorbind._area.activation import Activation
from attractorbind._area.activations import nothing_used
from attractorbind._area.base import AbstractArea, AreaInputs, Decode, check_area_name
from attractorbind._area.snapshots import Snapshots, nothing_stored, snapshots_tick
from attractorbind._checks import buffer_names, check_count, check_fraction, check_memory
from attractorbind._codes import active_units, random_units
from attractorbind._errors import NetworkError, ProgramError
from attractorbind._keys import Rate
from attractorbind._wiring import AreaWiring

# Overlaps are counted in whole numbers of 32 bits, summed over snapshots.
_MOST_SYNAPSES = 2**24


class SnapshotMemory(AbstractArea):
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
    - `activation`: an `Activation`, if it is to go by how often and how long ago snapshots were used, and by what else
        is on, instead of by recency alone.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no memory.

    **Reference:** our own design. Marr 1971, Phil. Trans. R. Soc. B 262:23, for the one-shot code and recall from a
    part; Poirazi & Mel 2001, Neuron 29:779, for units that learn by the branch; Howard & Kahana 2002, J. Math. Psych.
    46:269, for a context that recall moves back.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["ann", "ben", "park", "shop"]), buffers={"who": 128, "where": 128},
        ...     relays=[], areas=[ab.SnapshotMemory("episodes", units=512, capacity=16)], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.Program()
        >>> for who, where in [("ann", "park"), ("ben", "park"), ("ann", "shop")]:
        ...     program += ab.load("who", who) + ab.load("where", where) + ab.store("episodes", ["who", "where"])
        >>> program += ab.load("who", ab.arg("asked")) + ab.recall("episodes", cue=["who"])
        >>> ab.run(network, program, args={"asked": ["ann", "ben", "park"]}).decode()["where"]
        ['shop', 'park', None]
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, ...] | None = eqx.field(static=True)
    units: int = eqx.field(static=True)
    activity: float = eqx.field(static=True)
    capacity: int = eqx.field(static=True)
    activation: Activation | None

    def __init__(
        self,
        name: str,
        buffers: Iterable[str] | None = None,
        *,
        units: int = 4096,
        activity: Rate = 0.02,
        capacity: int = 1024,
        activation: Activation | None = None,
    ) -> None:
        check_area_name(name)
        self.name = name
        told = f"buffers of memory {name!r}"
        self.buffers = None if buffers is None else buffer_names(told, buffers, NetworkError)
        self.units = check_count(f"units of memory {name!r}", units, least=2)
        self.activity = check_fraction("activity", activity)
        self.capacity = check_count(f"capacity of memory {name!r}", capacity)
        self.activation = activation

    def __check_init__(self) -> None:
        # Of memories out of files, for which __init__ is not called.
        name, units, activity = self.name, self.units, self.activity
        check_area_name(name)
        if self.buffers is not None:
            buffer_names(f"buffers of memory {name!r}", self.buffers, NetworkError)
        check_count(f"units of memory {name!r}", units, least=2)
        check_fraction("activity", activity)
        check_count(f"capacity of memory {name!r}", self.capacity)
        if not isinstance(self.activation, Activation | None):
            raise NetworkError(f"activation of memory {name!r} is {self.activation!r}; give Activation(...), or None")
        if not 0 < self.active < units:
            raise NetworkError(
                f"activity {activity} puts {self.active} of the {units} units of memory {name!r} in an assembly; at "
                "least one must be in it and one not: change activity= or units="
            )
        if units * self.active > _MOST_SYNAPSES:
            raise NetworkError(
                f"memory {name!r} of {units} units with {self.active} in an assembly is too large to count exactly; "
                f"units times active units can be {_MOST_SYNAPSES} at the most"
            )

        told = f"to draw {self.capacity:,} assemblies among the {self.units:,} units of memory {name!r}"
        check_memory(told, 4 * self.capacity * self.units, "give it fewer units or a lower capacity", NetworkError)

    @property
    def active(self) -> int:
        """How many units an assembly has."""
        return active_units(self.units, self.activity)

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: cues from its buffers and reinstatement in them, and three switches."""
        known, own = self._known(buffers), self.activation
        switches = ("store", "older", "forget", *(() if own is None else SWITCHES))
        draws = ("decide",) if own is not None and own.noise > 0 else ()
        return AreaWiring(
            self.name, known, known, switches, kind="memory", units=self.units, largest_field=1.0, draws=draws
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Int[Array, "capacity active"]:
        """See `AbstractArea.parameters`: the units of every assembly, in the order in which they are used."""
        return random_units(self.capacity, self.units, self.active, key=key)

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Int[Array, "capacity active"]) -> Snapshots:
        """See `AbstractArea.init`: a memory without snapshots."""
        sizes = [buffers[buffer] for buffer in self._known(buffers)]
        own = None if self.activation is None else nothing_used(self.activation, trials, self.capacity)
        return nothing_stored(self.units, self.capacity, sizes, trials, own)

    def synapses(self, buffers: Mapping[str, int], parameters: Int[Array, "capacity active"]) -> int:
        """See `AbstractArea.synapses`: from each buffer to each of its units, and back."""
        return 2 * self.units * sum(buffers[buffer] for buffer in self._known(buffers))

    def tick(
        self, parameters: Int[Array, "capacity active"], state: Snapshots, inputs: AreaInputs
    ) -> tuple[Snapshots, tuple[Int8[Array, "trials _units"], ...]]:
        """See `AbstractArea.tick`: compete, learn or forget, and reinstate."""
        if self.activation is None:
            return snapshots_tick(parameters, state, inputs)
        return activated_tick(self.activation, parameters, state, inputs)

    def contents(self, buffers: Mapping[str, int], state: Snapshots, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: buffer to symbol for each snapshot, the oldest first."""
        strength = np.asarray(state.strength)
        order = [row for row in np.argsort(strength) if strength[row] > 0]
        columns = {}
        for buffer, codes in zip(self._known(buffers), state.codes, strict=True):
            states = np.unpackbits(np.asarray(codes)[order], axis=1, count=buffers[buffer]) > 0
            columns[buffer] = decode(buffer, states)
        return [{buffer: names[row] for buffer, names in columns.items()} for row in range(len(order))]

    def _known(self, buffers: Mapping[str, int]) -> tuple[str, ...]:
        """The buffers that it is connected to: those that were named, or all."""
        return tuple(buffers) if self.buffers is None else self.buffers


def memory_name(memory: object) -> str:
    """The name of a memory, given by itself or by its name."""
    if isinstance(memory, SnapshotMemory):
        return memory.name
    if not isinstance(memory, str):
        raise ProgramError(f"memory is {memory!r}; give a snapshot memory's name")
    return memory
