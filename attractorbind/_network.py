"""The network: vocabulary, populations, projections and gates, frozen."""

import dataclasses
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import networkx as nx
import numpy as np
from jaxtyping import Array, Bool, Float, Key, PyTree, UInt32

from attractorbind._area.base import AbstractArea
from attractorbind._bundled import bundled
from attractorbind._checks import check_count, check_known
from attractorbind._display import table_html
from attractorbind._errors import NetworkError
from attractorbind._files import read_network, write_network
from attractorbind._gating import Gating, conductances, partition
from attractorbind._kept import Few, kept
from attractorbind._on_disk import checked_path
from attractorbind._parts import Parts
from attractorbind._report import Report, codes_reported, reported
from attractorbind._rule.assigned import rule_of_each, rules_in_words
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.batches import kept_together
from attractorbind._rule.train import rounded
from attractorbind._state import Origin, State, buffer_units, check_state as check_state_of, silent
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._synapses.given import checked
from attractorbind._transfers import sending
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Wiring


def check_network(network: object) -> "Network":
    """The network, or an error if it is something else."""
    if not isinstance(network, Network):
        raise NetworkError(f"network is a {type(network).__name__}; make one with attractorbind.build")
    return network


def check_state(network: "Network", state: object) -> None:
    """Raise unless it is a state of this network, or of one that it understands, and holds only zeros and ones."""
    check_state_of(network.wiring, network.areas, network.origin, state)


class Network(eqx.Module):
    """Populations that share one vocabulary of attractors, and the gated projections between them.

    Made by `build`. A frozen pytree: codes, weights and the rule's settings are its leaves, wiring and vocabulary are
    static.

    **Attributes:**

    - `vocabulary`: the symbols.
    - `wiring`: populations, projections and gates, without weights.
    - `all_codes`: the code of every symbol in every population, those of spare symbols after the others, and behind
        them those that are free.
    - `areas`: what is joined to the buffers by gates of its own, such as a `SnapshotMemory`.
    - `area_parameters`: what was drawn for each area, see `AbstractArea.parameters`.
    - `synapses`: `Synapses`, `FactoredSynapses` or others, one per projection, in the order of `wiring.projections`.
    - `drive`: size of the external field of a presented symbol, above any field that the synapses can give.
    - `rule`: the storage rule.
    - `rules`: those of latches and relays that have another, by the names of their gates.
    - `given`: the buffers whose codes were given, not drawn.
    - `key_data`, `key_kind`: of the random key that it was built from, which is `key`.
    - `fingerprint`: of the codes and the wiring that it was built with; tells its states from those of others.
    - `altered`: whether `lesion` or `replace` made it other than the rule would.
    """

    vocabulary: Vocabulary = eqx.field(static=True)
    wiring: Wiring = eqx.field(static=True)
    all_codes: Sequence[Bool[Array, "slots _units"]]
    areas: tuple[AbstractArea, ...]
    area_parameters: tuple[PyTree, ...]
    synapses: Sequence[AbstractSynapses]
    drive: Float[Array, ""]
    rule: AbstractStorageRule
    key_data: UInt32[Array, " words"]
    key_kind: str = eqx.field(static=True)
    fingerprint: str = eqx.field(static=True)
    altered: bool = eqx.field(static=True, default=False)
    rules: dict[str, AbstractStorageRule] = eqx.field(default_factory=dict)
    given: tuple[str, ...] = eqx.field(static=True, default=())

    def __post_init__(self) -> None:
        self.all_codes = bundled(self.all_codes)
        self.synapses = kept_together(self.wiring, self.synapses)

    @property
    def buffers(self) -> dict[str, int]:
        """The buffers' names and their numbers of units."""
        return dict(buffer_units(self.wiring))

    @property
    def key(self) -> Key[Array, ""]:
        """The random key that the network was built from."""
        return jax.random.wrap_key_data(self.key_data, impl=self.key_kind)

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates' names: a latch's is its buffer's name, a relay's is "source->target"."""
        return tuple(gate.name for gate in self.wiring.gates)

    @property
    def graph(self) -> nx.DiGraph:
        """A networkx graph of the wiring: nodes with `kind` and `units`, edges with `gate` and `kind`."""
        return self.wiring.graph.copy()

    @sending
    def codes(self, population: str) -> Bool[Array, "symbols units"]:
        """The code of every symbol in a population, a buffer or a nucleus, in the vocabulary's order.

        Those of spare symbols are the last; what is imprinted may give one another code, see `Ensembles`.
        """
        names = [p.name for p in self.wiring.populations]
        index = names.index(check_known("population", "populations", population, names))
        return self.all_codes[index][: len(self.vocabulary)]

    def synapses_between(self, source: str, target: str) -> AbstractSynapses:
        """Weights and biases of the projection from one population to another, or to itself.

        **Raises:** `UnknownNameError` for a population that does not exist, `NetworkError` if no projection joins them.
        """
        return self.synapses[self.wiring.projection(source, target)]

    @sending
    def replace(self, source: str, target: str, synapses: AbstractSynapses) -> "Network":
        """The network with synapses of one's own in one projection.

        All exact weights are rounded anew to a common grid, on which every field is an exact sum; `PlasticSynapses`
        and other classes of one's own keep their form and their numbers. `FactoredSynapses` are written out. What the
        network stores then is told by `report()`, and whether it binds by `attractorbind.testing.check_binding`.

        **Arguments:**

        - `source`, `target`: the populations that the projection joins.
        - `synapses`: weights of shape (source units, target units), biases of shape (target units,).

        **Raises:** `NetworkError` for synapses of another shape, not finite, with sums that float32 cannot hold, or
        too large to be rounded to one grid with the others, and for a projection that does not exist.

        **Example:**

            >>> import attractorbind as ab, jax, jax.numpy as jnp
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> nothing = ab.Synapses(jnp.zeros((64, 64)), jnp.zeros(64))
            >>> cut = network.replace("focus", "agent", nothing)
            >>> ab.run(cut, ab.load("focus", "dog") + ab.copy("focus", "agent")).decode()
            {'focus': ['dog'], 'agent': [None]}
        """
        index = self.wiring.projection(source, target)
        before = self.synapses[index]
        told = f"for the projection from {source!r} to {target!r}, replace was given"
        own = checked(synapses, before.shape, told, "it takes")
        # Factors belong to codes that the network knows, so these are written out.
        own = own.dense() if isinstance(own, FactoredSynapses) else own
        others = self.synapses
        on_grid, drive = rounded(self.wiring, (*others[:index], own, *others[index + 1 :]))
        changed = dataclasses.replace(self, synapses=on_grid, drive=drive, altered=True)
        # A coarser grid may cost other projections what they store.
        if drive > self.drive and changed.report().loses_to(self.report(), leaving_out=index):
            raise NetworkError(
                f"the synapses from {source!r} to {target!r} are so large that beside them the others would be rounded "
                f"away; scale them down, to fields of about {float(self.drive):g} at the most"
            )
        return changed

    @property
    def free(self) -> int:
        """How many codes there are for symbols yet to come; see `imprint`."""
        return len(self.all_codes[0]) - len(self.vocabulary)

    @sending
    def silent(self, trials: int = 1) -> State:
        """The state of a batch of trials in which every unit is off and nothing has happened in any area."""
        return silent(self.wiring, self.areas, self.area_parameters, self.origin, check_count("trials", trials))

    @property
    @kept
    def origin(self) -> Origin:
        """What a state must be of to mean the same in this network."""
        return Origin(self.fingerprint, tuple(self.vocabulary))

    def gating(
        self, open: Iterable[str] | Mapping[str, Any] = (), closed: Iterable[str] = ()
    ) -> Float[np.ndarray, " gates"]:
        """The conductance of every gate, in the order of `gates`: these open, those closed, the others at rest.

        **Arguments:**

        - `open`: names of gates, or a mapping from name to conductance (0 to 1).
        - `closed`: names of gates.

        **Raises:** `UnknownNameError` for a gate that does not exist, `ArgumentError` for a conductance out of range.

        **Example:**

            >>> import attractorbind as ab, jax
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64},
            ...     relays=[("focus", "agent")], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> network.gates, network.gating(open=["focus->agent"], closed=["agent"]).tolist()
            (('focus', 'agent', 'focus->agent'), [1.0, 0.0, 1.0])
        """
        return self.wiring.gating(open, closed)

    def conductances(self, gates: Gating) -> Float[np.ndarray, " gates"]:
        """One conductance per gate, from names of gates open beyond rest, a mapping to conductances, or the array."""
        return conductances(self.wiring, gates)

    def partition(self, gates: Gating = ()) -> tuple[frozenset[str], ...]:
        """The groups of buffers that the open relays join, and that must therefore come to agree.

        **Arguments:**

        - `gates`: names of the relays that are open, a mapping from name to conductance, or a conductance per gate.

        **Returns:** disjoint groups, in the order of their first buffers; with all relays closed, one per buffer.

        **Reference:** Hayworth 2012, the dynamic partition of a global attractor.

        **Example:**

            >>> import attractorbind as ab, jax
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64, "b": 64, "c": 64}, relays="all",
            ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> [sorted(group) for group in network.partition(["a->c"])]
            [['a', 'c'], ['b']]
        """
        return partition(self.wiring, self.conductances(gates))

    @sending
    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to a file, all of it or nothing; what was there before is replaced.

        Vocabulary, wiring, codes, synapses, storage rule and key, in the format safetensors, with a checksum over
        everything and a version. A file that is there keeps its mode, and a symbolic link is written through. Rules and
        synapses of classes of one's own are written field by field: arrays, numbers, strings, None, and lists, tuples,
        dicts and Equinox modules of such. A state, with the snapshots in it, is not part of a network; it is a pytree
        of arrays, which `equinox.tree_serialise_leaves(path, state)` writes, and
        `equinox.tree_deserialise_leaves(path, network.silent(trials))` reads.

        **Arguments:**

        - `path`: the file.

        **Raises:** `FileError` if it cannot be written, if a field holds what a file cannot, or if the network was put
        together in a way in which it could not be loaded, such as with weights that are not finite.

        **Example:**

            >>> import attractorbind as ab, jax, pathlib, tempfile
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     network.save(pathlib.Path(folder) / "pets.network")
            ...     ab.Network.load(pathlib.Path(folder) / "pets.network")
            Network(2 symbols, buffers {focus: 64}, 0 relays, 1 projections, PseudoInverse())
        """
        write_network(checked_path(path), Parts(*(getattr(self, name) for name in Parts._fields)))

    @staticmethod
    @sending
    def load(path: str | os.PathLike[str], *, classes: Iterable[type] = ()) -> "Network":
        """The network that `save` wrote to a file, bit for bit. Nothing in the file is run.

        **Arguments:**

        - `path`: the file.
        - `classes`: the classes of the user's own that the network is made of, of rules and of synapses.

        **Raises:** `FileError` for a file that cannot be read, is foreign, truncated, altered or of another version,
        holds what makes no network, or needs a class that is not given.
        """
        return Network(**read_network(checked_path(path), classes)._asdict())

    @sending
    def report(self) -> Report:
        """Load, smallest stability and wrong bits of every projection, and of codes that were given what they cost.

        See `Report`.
        """
        rules, symbols = rule_of_each(self.wiring, self.rule, self.rules), len(self.vocabulary.names)
        rows = reported(self.wiring, self.all_codes, self.synapses, symbols, rules)
        given = {buffer: self.codes(buffer)[:symbols] for buffer in self.given}
        codes = codes_reported(given, self.vocabulary.names, rows)
        return Report(rules_in_words(self.rule, self.rules), symbols, rows, codes)

    def _repr_html_(self) -> str:
        return _html(self)

    def __repr__(self) -> str:
        kinds = [gate.kind for gate in self.wiring.gates]
        buffers = ", ".join(f"{name}: {units}" for name, units in self.buffers.items())
        areas = ", ".join(f"{area.name}: {type(area).__name__}" for area in self.areas)
        return (
            f"Network({_symbols(self.vocabulary)}, buffers {{{buffers}}}, {kinds.count('relay')} relays, "
            f"{len(self.synapses)} projections, {f'areas {{{areas}}}, ' if areas else ''}"
            f"{rules_in_words(self.rule, self.rules)})"
        )


# Silent states that are kept: of a network so many, each of so many bytes at the most.
_SILENCES, _SILENCE_BYTES = 8, 2**22


def silence(network: Network, trials: int) -> State:
    """The silent state, the same at every call if it is small: to make one takes as long as a short run."""
    made = _silences(network)
    if (known := made.get(trials)) is not None:
        return known
    state = network.silent(trials)
    small = sum(leaf.nbytes for leaf in jax.tree.leaves(state)) <= _SILENCE_BYTES
    return made.keep(trials, state) if small else state


@kept
def _silences(network: Network) -> Few[int, State]:
    return Few(_SILENCES)


def _symbols(vocabulary: Vocabulary) -> str:
    """How many symbols there are, in words."""
    return f"{len(vocabulary.names)} symbols{f' and {len(vocabulary.spare)} spare' if vocabulary.spare else ''}"


def _html(network: Network) -> str:
    """The buffers and areas, and which buffers each has a relay to."""
    wiring = network.wiring
    relays = [gate for gate in wiring.gates if gate.kind == "relay"]
    rows = [
        ("buffer", name, units, ", ".join(gate.target for gate in relays if gate.source == name))
        for name, units in network.buffers.items()
    ]
    rows += [(area.kind, area.name, area.units, "") for area in wiring.areas]
    rules = rules_in_words(network.rule, network.rules)
    caption = f"Network: {_symbols(network.vocabulary)}, {len(relays)} relays, {rules}"
    return table_html(caption, ("", "name", "units", "relays to"), rows)
