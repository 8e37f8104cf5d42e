"""The network: vocabulary, populations, projections and gates, frozen."""

import dataclasses
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import networkx as nx
import numpy as np
from jaxtyping import Array, Bool, Float, Key, PyTree, UInt32

from attractorbind._area.base import AbstractArea, renamed
from attractorbind._checks import check_computed, check_count, check_known
from attractorbind._display import table_html
from attractorbind._errors import FileError, NetworkError
from attractorbind._files import read_network, write_network
from attractorbind._report import Report, reported
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.hebbian import Hebbian
from attractorbind._rule.train import rounded
from attractorbind._state import Origin, State, buffer_units, check_state as check_state_of, silent
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._synapses.given import checked
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Wiring, nameless_area

# What names a gating: the gates that are not at rest, or the conductance of every gate.
Gating = Iterable[str] | Mapping[str, Any] | Float[np.ndarray, " gates"] | Float[Array, " gates"]


def check_network(network: object) -> "Network":
    """The network, or an error if it is something else."""
    if not isinstance(network, Network):
        raise NetworkError(f"network is a {type(network).__name__}; make one with attractorbind.build")
    return network


def check_state(network: "Network", state: object) -> None:
    """Raise unless it is a state of this network, or of one that it understands, and holds only zeros and ones."""
    check_state_of(_silence(network.wiring, network.areas, network.origin), state)


def _silence(wiring: Wiring, areas: tuple[AbstractArea, ...], origin: Origin) -> State:
    """Shapes of a silent state; kept, for every run and every tick by hand asks for them."""
    try:
        return _silence_kept(wiring, areas, origin)
    except TypeError:
        # An area with arrays among its fields has no hash.
        return _silence_kept.__wrapped__(wiring, areas, origin)


@lru_cache(maxsize=64)
def _silence_kept(wiring: Wiring, areas: tuple[AbstractArea, ...], origin: Origin) -> State:
    return jax.eval_shape(lambda: silent(wiring, areas, origin, 1))


def _path(path: object) -> Path:
    if not isinstance(path, str | os.PathLike) or not os.fspath(path):
        raise FileError(f"path is {path!r}; give the name of a file")
    return Path(path)


_NOBODY = Vocabulary(["symbol"])


def nameless(network: "Network") -> "Network":
    """The network as the compiled drivers see it, so that other names or another rule do not compile anew."""
    numbers = {buffer: str(index) for buffer, index in network.wiring.buffers.items()}
    return dataclasses.replace(
        network,
        vocabulary=_NOBODY,
        wiring=network.wiring.nameless,
        areas=tuple(renamed(area, nameless_area(index), numbers) for index, area in enumerate(network.areas)),
        rule=Hebbian(),
        fingerprint="",
        altered=False,
    )


class Network(eqx.Module):
    """Populations that share one vocabulary of attractors, and the gated projections between them.

    Made by `build`. A frozen pytree: codes, weights and the rule's settings are its leaves, wiring and vocabulary are
    static.

    **Attributes:**

    - `vocabulary`: the symbols.
    - `wiring`: populations, projections and gates, without weights.
    - `all_codes`: the code of every symbol in every population, and behind them those that are free.
    - `areas`: what is joined to the buffers by gates of its own, such as a `SnapshotMemory`.
    - `area_parameters`: what was drawn for each area, see `AbstractArea.parameters`.
    - `synapses`: `Synapses` or `FactoredSynapses`, one per projection, in the order of `wiring.projections`.
    - `drive`: size of the external field of a presented symbol, above any field that the synapses can give.
    - `rule`: the learning rule.
    - `key_data`, `key_kind`: of the random key that it was built from, which is `key`.
    - `fingerprint`: of the codes and the wiring that it was built with; tells its states from those of others.
    - `altered`: whether `lesion` or `replace` made it other than the rule would.
    """

    vocabulary: Vocabulary = eqx.field(static=True)
    wiring: Wiring = eqx.field(static=True)
    all_codes: tuple[Bool[Array, "slots _units"], ...]
    areas: tuple[AbstractArea, ...]
    area_parameters: tuple[PyTree, ...]
    synapses: tuple[AbstractSynapses, ...]
    drive: Float[Array, ""]
    rule: AbstractStorageRule
    key_data: UInt32[Array, " words"]
    key_kind: str = eqx.field(static=True)
    fingerprint: str = eqx.field(static=True)
    altered: bool = eqx.field(static=True, default=False)

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

    def codes(self, population: str) -> Bool[Array, "symbols units"]:
        """The code of every symbol in a population, a buffer or a nucleus, in the vocabulary's order."""
        names = [p.name for p in self.wiring.populations]
        place = names.index(check_known("population", "populations", population, names))
        return self.all_codes[place][: len(self.vocabulary)]

    def synapses_between(self, source: str, target: str) -> AbstractSynapses:
        """Weights and biases of the projection from one population to another, or to itself.

        **Raises:** `UnknownNameError` for a population that does not exist, `NetworkError` if no projection joins them.
        """
        return self.synapses[self.wiring.projection(source, target)]

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

    def silent(self, trials: int = 1) -> State:
        """The state of a batch of trials in which every unit is off and nothing has happened in any area."""
        return silent(self.wiring, self.areas, self.origin, check_count("trials", trials))

    @property
    def origin(self) -> Origin:
        """What a state must be of to mean the same in this network."""
        return Origin(self.fingerprint, self.vocabulary.names)

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
        check_computed("gates", gates, NetworkError)
        if isinstance(gates, np.ndarray) or eqx.is_array(gates):
            values = np.asarray(gates)
            numbers = np.issubdtype(values.dtype, np.number)
            if values.shape != (len(self.gates),) or not numbers or not np.all((values >= 0) & (values <= 1)):
                raise NetworkError(
                    f"a gating has one conductance from 0 to 1 for each of {len(self.gates)} gates, in the order of "
                    f"network.gates; got an array of shape {values.shape}"
                )
            return values.astype(np.float32)
        return self.wiring.gating(gates, argument="gates=")  # pyright: ignore[reportArgumentType]

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
        conductances = self.conductances(gates)
        joined = nx.Graph()
        joined.add_nodes_from(self.buffers)
        joined.add_edges_from(
            (gate.source, gate.target)
            for gate, conductance in zip(self.wiring.gates, conductances, strict=True)
            if gate.kind == "relay" and conductance > 0
        )
        return tuple(frozenset(group) for group in nx.connected_components(joined))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network to a file, all of it or nothing; what was there before is replaced.

        Vocabulary, wiring, codes, weights, learning rule and key, with a checksum over everything and a version of the
        format. A state, with the snapshots in it, is not part of a network; it is a pytree of arrays, which
        `equinox.tree_serialise_leaves(path, state)` writes, and `equinox.tree_deserialise_leaves(path,
        network.silent(trials))` reads.

        **Arguments:**

        - `path`: the file.

        **Raises:** `FileError` if it cannot be written.

        **Example:**

            >>> import attractorbind as ab, jax, pathlib, tempfile
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     network.save(pathlib.Path(folder) / "pets.network")
            ...     ab.Network.load(pathlib.Path(folder) / "pets.network")
            Network(2 symbols, buffers {focus: 64}, 0 relays, 1 projections, PseudoInverse())
        """
        write_network(_path(path), {field.name: getattr(self, field.name) for field in dataclasses.fields(self)})

    @staticmethod
    def load(path: str | os.PathLike[str], *, rule: AbstractStorageRule | None = None) -> "Network":
        """The network that `save` wrote to a file, bit for bit. Nothing in the file is run.

        **Arguments:**

        - `path`: the file.
        - `rule`: the learning rule, if the network was built with one of the user's own.

        **Raises:** `FileError` for a file that cannot be read, is foreign, truncated, altered or newer than this
        version, or needs a rule that is not given.
        """
        return Network(**read_network(_path(path), rule))

    def report(self) -> Report:
        """Load, smallest stability and wrong bits of every projection; see `Report`."""
        return reported(self.wiring, self.all_codes, self.synapses, len(self.vocabulary), repr(self.rule))

    def _repr_html_(self) -> str:
        return _html(self)

    def __repr__(self) -> str:
        kinds = [gate.kind for gate in self.wiring.gates]
        buffers = ", ".join(f"{name}: {units}" for name, units in self.buffers.items())
        areas = ", ".join(f"{area.name}: {type(area).__name__}" for area in self.areas)
        return (
            f"Network({len(self.vocabulary)} symbols, buffers {{{buffers}}}, {kinds.count('relay')} relays, "
            f"{len(self.synapses)} projections, {f'areas {{{areas}}}, ' if areas else ''}{self.rule})"
        )


def _html(network: Network) -> str:
    """The buffers and areas, and which buffers each has a relay to."""
    wiring = network.wiring
    relays = [gate for gate in wiring.gates if gate.kind == "relay"]
    rows = [
        ("buffer", name, units, ", ".join(gate.target for gate in relays if gate.source == name))
        for name, units in network.buffers.items()
    ]
    rows += [(area.kind, area.name, area.units, "") for area in wiring.areas]
    caption = f"Network: {len(network.vocabulary)} symbols, {len(relays)} relays, {network.rule!r}"
    return table_html(caption, ("", "name", "units", "relays to"), rows)
