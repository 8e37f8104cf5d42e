"""The devices that a run is spread over: a mesh with an axis of trials and one of units."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import PyTree

from attractorbind._errors import ArgumentError, listed

TRIALS, UNITS = "trials", "units"
_MADE_BY = 'make one with jax.make_mesh((8,), ("trials",)), say, or jax.make_mesh((4, 2), ("trials", "units"))'


@dataclass(frozen=True)
class Devices:
    """Devices in rows and columns: a row has a part of the trials, a column a part of each population's units.

    **Arguments:**

    - `mesh`: with the axes "trials" and "units", either of which may be of length 1.
    """

    mesh: Mesh

    @property
    def parts(self) -> int:
        """Into how many parts the trials are divided."""
        return self.mesh.shape[TRIALS]

    @property
    def columns(self) -> int:
        """Into how many parts the units of a population are divided."""
        return self.mesh.shape[UNITS]

    @property
    def several_processes(self) -> bool:
        """Whether some of the devices belong to other processes."""
        return self.mesh.is_multi_process

    def sharding(self, *axes: str | None) -> NamedSharding:
        """How an array lies on the devices; for each of its axes that of the mesh which divides it, or None."""
        return NamedSharding(self.mesh, PartitionSpec(*axes))

    def put(self, tree: PyTree, shardings: PyTree) -> PyTree:
        """Arrays put where these shardings say. In several processes, all of them hold the same arrays."""
        return jax.tree.map(_put, tree, shardings) if self.several_processes else jax.device_put(tree, shardings)

    def agreed(self, number: int) -> int:
        """What the first process says, where several run the same program and each has measured something else."""
        return int(multihost_utils.broadcast_one_to_all(np.int32(number))) if self.several_processes else number


def check_devices(sharding: Any, trials: int) -> Devices:
    """The devices of a mesh that can be given so many trials, or an error that says why not."""
    if not isinstance(sharding, Mesh):
        raise ArgumentError(f"sharding is a {type(sharding).__name__}; give a jax.sharding.Mesh: {_MADE_BY}")
    names = sharding.axis_names
    if not names or set(names) - {TRIALS, UNITS}:
        raise ArgumentError(f'sharding has the axes {listed(names)}; it can have "trials" and "units": {_MADE_BY}')
    rows = sharding.shape.get(TRIALS, 1)
    if trials % rows:
        fitting = max(count for count in range(1, rows) if trials % count == 0)
        raise ArgumentError(
            f"sharding divides the trials by {rows}, but there are {trials}: give a number of trials that is a "
            f'multiple of {rows}, or a mesh whose axis "trials" has the length {fitting}, say'
        )
    devices = sharding.devices if names[0] == TRIALS else sharding.devices.T
    # A mesh made by jax.make_mesh may want every sharding told; here XLA works out what is not.
    return Devices(Mesh(devices.reshape(rows, -1), (TRIALS, UNITS)))


def check_divided(devices: Devices, sizes: dict[str, int]) -> None:
    """Raise unless the units of all populations can be divided.

    **Arguments:**

    - `sizes`: the populations' names and their numbers of units.
    """
    for name, units in sizes.items():
        if units % devices.columns:
            raise ArgumentError(
                f"sharding divides units by {devices.columns}, but population {name!r} has {units}: build it with a "
                f'multiple of {devices.columns} units, or give a mesh whose axis "units" has a length that divides '
                f"the units of all populations, {math.gcd(*sizes.values())} at the most"
            )


def _put(array: Any, sharding: NamedSharding) -> Any:
    """An array, which all processes hold, on devices of all of them; nothing is sent from one to another."""
    if is_elsewhere(array):
        return jax.device_put(array, sharding)
    if isinstance(array, jax.Array) and jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
        return jax.random.wrap_key_data(_put(jax.random.key_data(array), sharding), impl=jax.random.key_impl(array))
    held = np.asarray(array)
    part: Callable[[Any], np.ndarray] = held.__getitem__
    return jax.make_array_from_callback(held.shape, sharding, part)


def is_elsewhere(array: Any) -> bool:
    """Whether a part of an array lies with another process."""
    return isinstance(array, jax.Array) and not (array.is_fully_addressable or array.is_fully_replicated)


def held_here(array: Any) -> list[np.ndarray]:
    """The parts of an array that this process has; of most arrays that is one, the whole."""
    parts = [shard.data for shard in array.addressable_shards] if is_elsewhere(array) else [array]
    return [np.asarray(part) for part in parts]


def on_host(tree: PyTree) -> PyTree:
    """The same with arrays whose parts lie with several processes as arrays of NumPy; to be called in all of them."""

    def whole(array: Any) -> Any:
        return multihost_utils.process_allgather(array, tiled=True) if is_elsewhere(array) else array

    return jax.tree.map(whole, tree)
