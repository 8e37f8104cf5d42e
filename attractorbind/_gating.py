"""Which gates are open: what names a gating, and which buffers it joins."""

from collections.abc import Iterable, Mapping
from typing import Any

import equinox as eqx
import networkx as nx
import numpy as np
from jaxtyping import Array, Float

from attractorbind._checks import check_computed
from attractorbind._errors import NetworkError
from attractorbind._wiring import Wiring

# What names a gating: the gates that are not at rest, or the conductance of every gate.
Gating = Iterable[str] | Mapping[str, Any] | Float[np.ndarray, " gates"] | Float[Array, " gates"]


def conductances(wiring: Wiring, gates: Gating) -> Float[np.ndarray, " gates"]:
    """See `Network.conductances`."""
    check_computed("gates", gates, NetworkError)
    if isinstance(gates, np.ndarray) or eqx.is_array(gates):
        values = np.asarray(gates)
        numbers = np.issubdtype(values.dtype, np.number)
        if values.shape != (len(wiring.gates),) or not numbers or not np.all((values >= 0) & (values <= 1)):
            raise NetworkError(
                f"a gating has one conductance from 0 to 1 for each of {len(wiring.gates)} gates, in the order of "
                f"network.gates; got an array of shape {values.shape}"
            )
        return values.astype(np.float32)
    return wiring.gating(gates, argument="gates=")  # pyright: ignore[reportArgumentType]


def partition(wiring: Wiring, conductances: Float[np.ndarray, " gates"]) -> tuple[frozenset[str], ...]:
    """See `Network.partition`."""
    joined = nx.Graph()
    joined.add_nodes_from(wiring.buffers)
    joined.add_edges_from(
        (gate.source, gate.target)
        for gate, conductance in zip(wiring.gates, conductances, strict=True)
        if gate.kind == "relay" and conductance > 0
    )
    return tuple(frozenset(group) for group in nx.connected_components(joined))
