"""The areas' part of a tick: what each is given, and the field that it gives the populations it writes on."""

import itertools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec
from jaxtyping import Array, Bool, Float, Int, PyTree, Shaped

from attractorbind._area.base import AbstractArea, AbstractGatingArea, AreaInputs, AreaNoise, Shared
from attractorbind._area.imprinting import given_parameters
from attractorbind._devices import TRIALS, Devices
from attractorbind._engine.activity import Units, padded_units
from attractorbind._engine.noise import Noise
from attractorbind._network import Network
from attractorbind._wiring import AreaWiring, Heard, Wiring

# From a population to the external field that it receives.
External = Callable[[Int[Array, ""]], Units]
# From the index of a projection to its conductance: one for all trials, or one for each.
Conductance = Callable[[Int[Array, ""]], Float[Array, ""] | Float[Array, " trials"]]
AreaStates = tuple[PyTree, ...]


def areas_tick(
    network: Network,
    states: AreaStates,
    gates: Float[Array, "gates trials"],
    conductance: Conductance,
    activity_of: Callable[[int], Float[Array, "trials _units"]],
    noise: Noise,
    running: Bool[Array, " trials"],
    devices: Devices | None = None,
) -> tuple[AreaStates, list[Float[Array, "writes trials"]], list[tuple[Shaped[Array, "trials _units"], ...]]]:
    """One tick of every area.

    **Arguments:**

    - `gates`: the conductances of the gates of all areas.
    - `conductance`: that of a projection.
    - `activity_of`: from a population to what it did at the tick before.
    - `running`: the trials that take part; the others stay as they are.
    - `devices`: those that the trials are spread over, None for one.

    **Returns:** the areas' states after the tick, and for each area the conductances at which it writes and the fields
    that it writes.
    """
    wiring, following, conductances, fields, first = network.wiring, [], [], [], 0
    for index, (area, connected) in enumerate(zip(network.areas, wiring.areas, strict=True)):
        ends = np.cumsum([first, len(connected.reads), len(connected.writes), len(connected.switches)])
        reads, writes, switches = (gates[start:end] for start, end in itertools.pairwise(ends))
        first = int(ends[-1])
        inputs = AreaInputs(
            reads=reads,
            writes=writes,
            switches=switches,
            activity=tuple(activity_of(wiring.buffers[buffer]) for buffer in connected.reads),
            running=running,
            noise=noise.of_area(len(wiring.populations) + index),
            keys=noise.keys(len(wiring.populations) + index),
            heard=tuple(_heard(network, states, each) for each in connected.hears),
            copies=_copies(wiring, connected, gates, conductance),
            eyes=tuple(_eyes(network, states, name) for name in connected.eyes),
        )
        parameters = given_parameters(area, network.area_parameters[index], network.all_codes)
        tick = area.tick if devices is None else _by_device(area, states[index], inputs, devices)
        state, written = tick(parameters, states[index], inputs)
        following.append(state)
        conductances.append(writes)
        fields.append(written)
    return tuple(following), conductances, fields


def _heard(network: Network, states: AreaStates, heard: Heard) -> Float[Array, "trials _units"]:
    """What an area hears of another, as that was before this tick."""
    index = network.wiring.area(heard.area)
    return network.areas[index].said(states[index], heard.part)


def _eyes(network: Network, states: AreaStates, name: str) -> PyTree:
    """The synapses of the area through whose eyes another sees, as they were before this tick."""
    index = network.wiring.area(name)
    return network.areas[index].eyes(states[index])


def _copies(
    wiring: Wiring, connected: AreaWiring, gates: Float[Array, "gates trials"], conductance: Conductance
) -> Float[Array, "copies trials"] | None:
    """The conductances of the gates that an area is told of, those of relays being what their projections have."""
    if not connected.copies:
        return None
    first_of_areas = len(wiring.pathways)
    projection = {own.gate: number for number, own in enumerate(wiring.projections)}
    numbers = [wiring.gate_index[gate] for gate in connected.copies]
    copied = [
        gates[number - first_of_areas]
        if number >= first_of_areas
        else conductance(jnp.asarray(projection[number], jnp.int32))
        for number in numbers
    ]
    return jnp.stack([jnp.broadcast_to(each, gates.shape[1:]) for each in copied])


def _by_device(area: AbstractArea, state: PyTree, inputs: AreaInputs, devices: Devices) -> Callable[..., Any]:
    """An area's tick, taken by every device for its own trials, which then need not know of each other.

    What an area's trials share they change together, so that devices have to tell each other.
    """
    if any(isinstance(leaf, Shared) for leaf in jax.tree.leaves(state, is_leaf=lambda leaf: isinstance(leaf, Shared))):
        return area.tick
    whole: Any = PartitionSpec()
    first: Any = PartitionSpec(TRIALS)
    second: Any = PartitionSpec(None, TRIALS)
    lying = AreaInputs(
        reads=second,
        writes=second,
        switches=second,
        activity=(first,) * len(inputs.activity),
        running=first,
        noise=None if inputs.noise is None else AreaNoise(whole, first),
        keys=first,
        heard=(first,) * len(inputs.heard),
        copies=None if inputs.copies is None else second,
        eyes=(whole,) * len(inputs.eyes),
    )
    return jax.shard_map(area.tick, mesh=devices.mesh, in_specs=(whole, first, lying), out_specs=first, check_vma=False)


def opened(network: Network, states: AreaStates, trials: int) -> Bool[Array, "trials channels"]:
    """The channels that are open, of all areas that choose gates, in the order of `Wiring.channels`."""
    pairs = zip(network.areas, states, strict=True)
    parts = [area.chosen(state) for area, state in pairs if isinstance(area, AbstractGatingArea)]
    return jnp.concatenate(parts, axis=1) if parts else jnp.zeros((trials, 0), bool)


def gated(
    conductance: Float[Array, " trials"], written: Shaped[Array, "trials _units"]
) -> Float[Array, "trials _units"]:
    """What comes through the gate of an area of the field that it writes; nothing if the gate is closed."""
    is_open = conductance[:, None] > 0
    # Masked before as well as after, so that derivatives of a field that is not finite are zero.
    field = jnp.where(is_open, written.astype(jnp.float32), 0.0)
    return jnp.where(is_open, conductance[:, None] * field, 0.0)


def with_area_field(
    network: Network,
    area: AreaWiring,
    conductances: Float[Array, "writes trials"],
    written: tuple[Shaped[Array, "trials _units"], ...],
    external: External,
    widest: int,
) -> External:
    """The external field of a population, with what an area gives it. An area that writes nothing costs nothing."""
    if not written:
        return external
    fields = jnp.stack([padded_units(field, widest) for field in written])
    row_of = np.full(len(network.wiring.populations), -1, np.int32)
    row_of[[network.wiring.buffers[buffer] for buffer in area.writes]] = np.arange(len(area.writes))
    reached = jnp.any(fields != 0, axis=(1, 2))

    def field(target: Int[Array, ""]) -> Units:
        row = jnp.asarray(row_of)[target]
        return jax.lax.cond(
            (row >= 0) & reached[row],
            lambda total: total + gated(conductances[row], fields[row]),
            lambda total: total,
            external(target),
        )

    return field
