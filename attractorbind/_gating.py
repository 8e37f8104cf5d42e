"""Which gates are open: what names a gating, and which buffers it joins."""

from collections.abc import Iterable, Mapping
from typing import Any

import jax
import networkx as nx
import numpy as np
from jaxtyping import Array, Float

from attractorbind._checks import check_computed, is_real
from attractorbind._errors import NetworkError
from attractorbind._wiring import Wiring

# What names a gating: the gates that are not at rest, or the conductance of every gate.
Gating = Iterable[str] | Mapping[str, Any] | Float[np.ndarray, " gates"] | Float[Array, " gates"]


def conductances(wiring: Wiring, gates: Gating) -> Float[np.ndarray, " gates"]:
    """See `Network.conductances`."""
    check_computed("gates", gates, NetworkError)
    if isinstance(gates, np.ndarray | jax.Array) and gates.ndim and not _holds_names(gates):
        return _checked(wiring, gates, (len(wiring.gates),))
    return wiring.gating(gates, argument="gates=")  # pyright: ignore[reportArgumentType]


def _holds_names(gates: np.ndarray | Array) -> bool:
    """Whether an array is of strings, or of whatever may be some, rather than of numbers."""
    return isinstance(gates, np.ndarray) and gates.dtype.kind in "UO"


def conductances_of_trials(wiring: Wiring, gates: Any, trials: int) -> Float[np.ndarray, "*trials gates"]:
    """As `conductances`, for all trials; or from an array of two axes one conductance per trial and gate."""
    if isinstance(gates, np.ndarray | jax.Array) and gates.ndim == 2:
        check_computed("gates", gates, NetworkError)
        return _checked(wiring, gates, (trials, len(wiring.gates)))
    return conductances(wiring, gates)


def _checked(wiring: Wiring, gates: np.ndarray | Array, shape: tuple[int, ...]) -> Float[np.ndarray, "*trials gates"]:
    """The conductances as an array of this shape, or an error if they are none."""
    of_trials = f" and of {shape[0]} trials, or one setting for all" if len(shape) == 2 else ""
    wanted = (
        f"give one conductance from 0 to 1 for each of {len(wiring.gates)} gates, in the order of network.gates"
        f"{of_trials}; or names of gates"
    )
    if gates.shape != shape or not is_real(gates.dtype):
        raise NetworkError(f"gates is an array of shape {gates.shape} and type {gates.dtype}; {wanted}")
    values = np.asarray(gates)
    if not np.all((values >= 0) & (values <= 1)):
        raise NetworkError(f"gates is an array with numbers below 0 or above 1, or that are none; {wanted}")
    return values.astype(np.float32)


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
