"""A whole made of parts, each by what it is to the whole: eyes, slots, memories, gates, a predictor, a hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from jaxtyping import Array, Key

from attractorbind._architecture.account import Account, account
from attractorbind._area.base import AbstractArea, AbstractGatingArea
from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._build import build
from attractorbind._checks import check_known
from attractorbind._errors import NetworkError
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._motor.area import Motor
from attractorbind._network import Network, check_network
from attractorbind._prediction.area import Predictor
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._vocabulary import Vocabulary

Areas = tuple[AbstractArea, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Architecture:
    """A network as a whole of parts that each stand by themselves: what it sees, holds, remembers, gates and does.

    It is a list of parts with the roles that they have, and builds the network of them: nothing is computed beside the
    network. Every area may be left out, and is found in the network under its name.

    **Arguments:**

    - `slots`: the buffers, name to units.
    - `relays`: between which of them; as for `build`.
    - `vision`: hierarchies that see and drive slots.
    - `memories`: snapshot memories, the hippocampus among them.
    - `basal_ganglia`: what chooses gates and learns from reward.
    - `predictors`: what foresees.
    - `motor`: hands.

    **Raises:** `NetworkError` for a part that cannot have the role that it is given.

    **Reference:** A. H. Marblestone, G. Wayne & K. P. Kording 2016, Front. Comput. Neurosci. 10:94; C. Eliasmith et al.
    2012, Science 338:1202.

    **Example:** a network of two slots and a memory, and what it loses without one of its parts.

        >>> import attractorbind as ab, jax
        >>> whole = ab.Architecture(slots={"who": 128, "where": 128}, relays=[],
        ...     memories=[ab.SnapshotMemory("hippocampus", units=256, capacity=8)])
        >>> network = whole.build(ab.Vocabulary(["ann", "park"]), activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> program = ab.load("who", "ann") + ab.load("where", "park") + ab.store("hippocampus", ["who", "where"])
        >>> program += ab.clear("where") + ab.recall("hippocampus", cue=["who"])
        >>> for stuck in ({}, whole.lesion(network, "hippocampus")):
        ...     print(ab.run(network, program, stuck=stuck).decode()["where"])
        ['park']
        [None]
        >>> print(whole.report(network))
        part         role       units  synapses  which were
        who          slot         128     16384  stored
        where        slot         128     16384  stored
        relays       thalamus       0         0  stored
        hippocampus  memory       256    131072  imprinted in one shot
    """

    slots: Mapping[str, int]
    relays: str | Sequence[tuple[str, str]]
    vision: Sequence[Hierarchy] = ()
    memories: Sequence[SnapshotMemory] = ()
    basal_ganglia: Sequence[AbstractGatingArea] = ()
    predictors: Sequence[Predictor] = ()
    motor: Sequence[Motor] = ()

    def __post_init__(self) -> None:
        kinds: dict[str, type] = {
            "vision": Hierarchy,
            "memories": SnapshotMemory,
            "basal_ganglia": AbstractGatingArea,
            "predictors": Predictor,
            "motor": Motor,
        }
        for role, kind in kinds.items():
            given = getattr(self, role)
            if not isinstance(given, Sequence) or isinstance(given, str):
                raise NetworkError(f"{role} is {given!r}; give a list of {kind.__name__}")
            for area in given:
                if not isinstance(area, kind):
                    raise NetworkError(f"{role} has {area!r}; give a list of {kind.__name__}")
            object.__setattr__(self, role, tuple(given))
        if not isinstance(self.relays, str | Sequence):
            raise NetworkError(f'relays is {self.relays!r}; give a list of pairs of slots, or "all"')
        if not isinstance(self.slots, Mapping):
            raise NetworkError(f"slots is {self.slots!r}; give names of buffers with their units, {{'item': 512}}, say")
        object.__setattr__(self, "slots", MappingProxyType(dict(self.slots)))

    @property
    def areas(self) -> Areas:
        """All areas, from what sees to what acts."""
        return (*self.vision, *self.memories, *self.basal_ganglia, *self.predictors, *self.motor)

    def build(
        self,
        vocabulary: Vocabulary,
        *,
        activity: float,
        rule: AbstractStorageRule,
        key: Key[Array, ""],
        codes: Mapping[str, Any] = MappingProxyType({}),
    ) -> Network:
        """The network of all parts. See `build`, which raises errors for what does not fit together.

        **Arguments:**

        - `vocabulary`, `activity`, `rule`, `key`, `codes`: as for `build`.
        """
        return build(
            vocabulary,
            buffers=dict(self.slots),
            relays=self.relays,
            areas=list(self.areas),
            activity=activity,
            rule=rule,
            codes=codes,
            key=key,
        )

    def lesion(self, network: Network, part: str) -> dict[str, float]:
        """The gates of a part, all of them stuck closed: `run(stuck=...)` is then the network without it.

        **Arguments:**

        - `network`: one that this architecture built.
        - `part`: the name of a slot or an area, or of a single gate, such as a relay's, "item->answer".

        **Raises:** `UnknownNameError` for what is no part.
        """
        check_network(network)
        gates = [gate.name for gate in network.wiring.gates]
        parts = (*network.buffers, *(area.name for area in network.areas))
        check_known("part", "parts", part, tuple(dict.fromkeys((*parts, *gates))))
        if part not in parts:
            return {part: 0.0}
        # Switches of areas, such as "store:choose", may have arrows in what follows the colon.
        own = [gate for gate in gates if part in ([gate.partition(":")[0]] if ":" in gate else gate.split("->"))]
        return dict.fromkeys(own, 0.0)

    def report(self, network: Network) -> Account:
        """What each part is, its units and synapses, and where these come from; `print` shows it as a table.

        **Arguments:**

        - `network`: of this architecture.
        """
        return account(check_network(network))
