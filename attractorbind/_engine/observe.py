"""What the driver looks at: symbols presented to buffers, and what is recorded of buffers at each tick."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from attractorbind._area.base import AbstractGatingArea, Choices, Forecasts
from attractorbind._engine.activity import Activity, Units, padded_units
from attractorbind._engine.coding import Coding, Symbols


def presented(coding: Coding, population: Int[Array, ""], symbols: Int[Array, " trials"], widest: int) -> Units:
    """The external field that imposes the trials' symbols on a population."""
    drive = coding.network.drive

    def field(own: Symbols) -> Units:
        return padded_units(jnp.where(own.code(symbols), drive, -drive), widest)

    return coding.of_population(population, field)


class Record(NamedTuple):
    """What is recorded of a tick, or of many, which are then the first axis; each a tuple with an array per buffer.

    - `rows`: of a program that branches, the row of its table at which each trial is; otherwise None.
    - `states`: what the buffers do.
    - `best_symbol`, `best_overlap`: the symbol that each overlaps most, and by how much.
    - `choices`: what the areas that choose gates, or predict, were doing, for each of them.
    """

    rows: Int[Array, "*ticks trials"] | None
    states: tuple[Bool[Array, "*ticks trials _units"], ...] = ()
    best_symbol: tuple[Int[Array, "*ticks trials"], ...] = ()
    best_overlap: tuple[Float[Array, "*ticks trials"], ...] = ()
    choices: tuple[Choices | Forecasts, ...] = ()


def observe(coding: Coding, activity: Activity, rows: Int[Array, " trials"] | None, record: str) -> Record | None:
    """What is recorded at a tick: "states", the "decoded" symbols, with "firings" rows; with "final", nothing."""
    if record == "final":
        return None
    if record == "firings":
        return Record(rows)
    wiring = coding.network.wiring
    populations, buffers = wiring.populations, wiring.buffers.values()
    seen = [activity.of(buffer)[:, : populations[buffer].units] for buffer in buffers]
    pairs = zip(coding.network.areas, coding.areas, strict=True)
    choices = tuple(area.observed(state) for area, state in pairs if isinstance(area, AbstractGatingArea))
    if record == "states":
        return Record(rows, states=tuple(states > 0 for states in seen), choices=choices)
    matches = [coding.overlaps(buffer, states) for buffer, states in zip(buffers, seen, strict=True)]
    return Record(
        rows,
        best_symbol=tuple(match.argmax(axis=1).astype(jnp.int32) for match in matches),
        best_overlap=tuple(match.max(axis=1) for match in matches),
        choices=choices,
    )


def blank(look: Callable[[], Record | None], ticks: int) -> Record | None:
    """Room for what is looked at, once for each of so many ticks."""
    return jax.tree.map(lambda seen: jnp.zeros((ticks, *seen.shape), seen.dtype), jax.eval_shape(look))


def noted(
    recorded: Record | None, tick: Int[Array, ""], seen: Record | None, *, quiet: Bool[Array, ""]
) -> Record | None:
    """What has been recorded, with what is seen at a tick; of quiet ticks nothing is kept."""

    def put(of_ticks: Array, of_tick: Array) -> Array:
        return of_ticks.at[jnp.where(quiet, len(of_ticks), tick)].set(of_tick, mode="drop")

    return jax.tree.map(put, recorded, seen)
