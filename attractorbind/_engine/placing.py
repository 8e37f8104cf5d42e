"""Where the arrays of a run lie if it is spread over devices: trials are divided, and of synapses the units."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import PyTree

from attractorbind._area.base import Shared
from attractorbind._bundled import Bundled
from attractorbind._devices import TRIALS, UNITS, Devices
from attractorbind._engine.controller import AbstractController
from attractorbind._flat import Flat, flat
from attractorbind._kept import kept
from attractorbind._nameless import nameless
from attractorbind._network import Network
from attractorbind._synapses.base import AbstractSynapses, PlasticSynapses, Synapses
from attractorbind._synapses.factored import FactoredSynapses

# The arrays of synapses whose last axis is divided among devices: that of target units or, of factors' codes, of source
# units, whose counts are added up. Synapses of other classes are whole on every device.
_BY_UNITS: dict[type[AbstractSynapses], tuple[str, ...]] = {
    Synapses: ("weights", "bias"),
    PlasticSynapses: ("weights", "bias"),
    FactoredSynapses: ("codes", "coefficients", "shift", "bias"),
}


def by_trials(devices: Devices, tree: PyTree, axis: int = 0) -> PyTree:
    """The shardings of arrays that have the trials as their axis of this number; what is `Shared` has not."""

    def sharding(leaf: Any) -> Any:
        if isinstance(leaf, Shared) or np.ndim(leaf) <= axis:
            return whole(devices, leaf)
        return devices.sharding(*[None] * axis, TRIALS)

    return jax.tree.map(sharding, tree, is_leaf=lambda leaf: isinstance(leaf, Shared))


def whole(devices: Devices, tree: PyTree) -> PyTree:
    """The shardings of arrays that every device has."""
    return jax.tree.map(lambda _: devices.sharding(), tree)


def of_network(devices: Devices, network: Network) -> PyTree:
    """The shardings of a network's arrays: every device has all of them, but of synapses those of its own units."""
    synapses = _of_all(devices, network.synapses)
    return eqx.tree_at(lambda tree: tree.synapses, whole(devices, network), synapses)


def placed_network(network: Network, devices: Devices) -> Flat:
    """The nameless network on these devices, taken apart; kept for later runs on the same ones."""
    known = _placed_networks(network)
    if devices not in known:
        # There may be no room for two.
        known.clear()
        own = nameless(network)
        known[devices] = flat(devices.put(own, of_network(devices, own)))
    return known[devices]


def placed_controller(controller: AbstractController, devices: Devices) -> Flat:
    """A controller's tables on these devices, whole on every one, taken apart; kept for later runs."""
    known = _placed_controllers(controller)
    if devices not in known:
        known.clear()
        known[devices] = flat(devices.put(controller, whole(devices, controller)))
    return known[devices]


@kept
def _placed_networks(network: Network) -> dict[Devices, Flat]:
    return {}


@kept
def _placed_controllers(controller: AbstractController) -> dict[Devices, Flat]:
    return {}


def _of_all(devices: Devices, synapses: Sequence[AbstractSynapses]) -> PyTree:
    """The shardings of all projections' synapses."""
    if isinstance(synapses, Bundled):
        return dataclasses.replace(synapses, bundles=tuple(_of_synapses(devices, each) for each in synapses.bundles))
    return tuple(_of_synapses(devices, each) for each in synapses)


def _of_synapses(devices: Devices, synapses: AbstractSynapses) -> PyTree:
    """The shardings of a projection's synapses, or of several that are bundled."""
    names = _BY_UNITS.get(type(synapses), ())

    def arrays(synapses: AbstractSynapses) -> list[Any]:
        return [getattr(synapses, name) for name in names]

    divided = [devices.sharding(*[None] * (np.ndim(array) - 1), UNITS) for array in arrays(synapses)]
    return eqx.tree_at(arrays, whole(devices, synapses), divided)
