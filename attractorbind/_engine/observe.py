"""What a driver looks at: symbols presented to buffers, and what is recorded of buffers at each tick."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._engine.activity import Activity
from attractorbind._network import Network
from attractorbind._overlap import overlaps


def presenters(network: Network, widest: int) -> list[Callable[[Int[Array, " trials"]], Float[Array, "trials widest"]]]:
    """For each population, the function from the trials' symbols to the external field that imposes them."""

    def presenter(population: int) -> Callable[[Int[Array, " trials"]], Float[Array, "trials widest"]]:
        def field(symbols: Int[Array, " trials"]) -> Float[Array, "trials widest"]:
            codes = network.all_codes[population][symbols]
            return jnp.pad(jnp.where(codes, network.drive, -network.drive), ((0, 0), (0, widest - codes.shape[1])))

        return field

    return [presenter(population) for population in range(len(network.all_codes))]


def observe(network: Network, activity: Activity, record: str) -> dict[int, Any]:
    """What is recorded of each buffer's place at a tick: its states, its best symbol and overlap, or nothing."""
    if record == "final":
        return {}
    populations = network.wiring.populations
    seen = {place: activity.of(place)[:, : populations[place].units] for place in network.wiring.buffers.values()}
    if record == "states":
        return {place: states > 0 for place, states in seen.items()}
    every = {place: overlaps(states, network.all_codes[place]) for place, states in seen.items()}
    return {place: (m.argmax(axis=1).astype(jnp.int32), m.max(axis=1)) for place, m in every.items()}


def blank(look: Callable[[], Any], ticks: int) -> Any:
    """Room for what is looked at, once for each of so many ticks."""
    return jax.tree.map(lambda seen: jnp.zeros((ticks, *seen.shape), seen.dtype), jax.eval_shape(look))


def noted(recorded: Any, tick: Int[Array, ""], seen: Any, *, quiet: Bool[Array, ""]) -> Any:
    """What has been recorded, with what is seen at a tick; of quiet ticks nothing is."""

    def put(every: Array, one: Array) -> Array:
        return every.at[jnp.where(quiet, len(every), tick)].set(one, mode="drop")

    return jax.tree.map(put, recorded, seen)
