"""The controller of straight lines: a table of settings of the gates, and the order in which they are gone through."""

from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._engine.activity import at
from attractorbind._engine.advance import Incoming
from attractorbind._engine.controller import AbstractController, Progress, Readings, Stretch
from attractorbind._engine.observe import presented
from attractorbind._engine.plan import Conductances, Settings, conducting, distinct, reach, settings
from attractorbind._inputs import bucket, padded
from attractorbind._program.schedule import Schedule
from attractorbind._wiring import Wiring


class _Table(NamedTuple):
    """The settings of the gates that a straight line goes through, and the population presented a symbol, or -1."""

    settings: Settings
    conductances: Conductances
    area_gates: Conductances
    presented: Int[Array, " rows"]


class _Line(NamedTuple):
    """A straight line, stretch by stretch: rows of the table, slots of what is presented, and how many ticks."""

    row: Int[Array, " stretches"]
    slot: Int[Array, " stretches"]
    ticks: Int[Array, " stretches"]


class _Position(NamedTuple):
    """How many stretches and ticks have been taken, by all trials together, and how many ticks of a stretch begun."""

    stretch: Int[Array, ""]
    tick: Int[Array, ""]
    begun: Int[Array, ""]


class Straight(AbstractController):
    """Goes through the ticks of a `Schedule`, which all trials share. It is given room to record all of them."""

    table: _Table
    line: _Line
    ticks: Any  # a whole number, of NumPy until the loop is compiled
    emits: bool = eqx.field(static=True, default=False)

    @property
    def longest(self) -> int:
        """See `AbstractController.longest`."""
        return int(self.ticks)

    def init(self, trials: int) -> _Position:
        """See `AbstractController.init`."""
        nothing: Any = np.int32(0)
        return _Position(nothing, nothing, nothing)

    def going_on(self, carry: _Position) -> Bool[Array, ""]:
        """See `AbstractController.going_on`."""
        return carry.tick < self.ticks

    def next(self, carry: _Position, readings: Readings) -> tuple[_Position, Stretch]:
        """See `AbstractController.next`."""
        quiet, (trials, widest) = readings.quiet, readings.activity.halves.shape[1:]
        # A quiet tick is one more under the gates of the last stretch.
        number = carry.stretch - quiet.astype(jnp.int32)
        row = at(self.line.row, number)
        population = jnp.where(quiet, -1, at(self.table.presented, row))
        silence = jnp.zeros((trials, widest), jnp.float32)
        symbols = at(readings.given.symbols, at(self.line.slot, number))
        imposed = jax.lax.cond(
            population >= 0,
            lambda: presented(readings.coding, jnp.maximum(population, 0), symbols, widest),
            lambda: silence,
        )
        conductances = jnp.asarray(self.table.conductances)
        incoming = Incoming(
            lambda projection: jax.lax.dynamic_slice(conductances, (row, projection), (1, 1))[0, 0],
            at(self.table.area_gates, row),
            lambda target: jnp.where(target == population, imposed, 0.0),
        )
        before = jnp.where(carry.begun > 0, number, jnp.maximum(carry.stretch - 1, 0))
        plan = self.table.settings.plan(row, at(self.line.row, before))
        left = at(self.line.ticks, number) - carry.begun
        ticks = jnp.where(quiet, 1, jnp.minimum(left, readings.most))
        ended = ~quiet & (ticks == left)
        position = _Position(
            stretch=carry.stretch + ended.astype(jnp.int32),
            tick=carry.tick + jnp.where(quiet, 0, ticks),
            begun=jnp.where(quiet | ended, 0, carry.begun + ticks),
        )
        return position, Stretch(plan, incoming, ticks, readings.outputs)

    def progress(self, carry: _Position) -> Progress:
        """See `AbstractController.progress`."""
        return Progress(None, jnp.asarray(carry.tick), jnp.bool_(False))


def straight(wiring: Wiring, schedule: Schedule, leak: float | Float[Array, ""]) -> Straight:
    """The controller of a straight line.

    A program takes many ticks in few settings of the gates: each setting has a row of the table.
    """
    populations = np.array([wiring.buffer(buffer) for buffer, _ in schedule.slots] or [0], np.int32)
    presented = np.where(schedule.presented >= 0, populations[schedule.presented], -1).astype(np.int32)
    first, row = distinct(np.column_stack([schedule.gates, presented.astype(np.float32)]))
    rows = bucket(len(first), 32)
    shown: Any = padded(presented[first], rows, fill=-1)
    conductances, area_gates = conducting(wiring, padded(schedule.gates[first], rows), leak)
    driven = shown[:, None] == np.arange(len(wiring.populations))
    reached = reach(wiring, conductances, area_gates, driven)
    table = _Table(settings(wiring, reached), conductances, area_gates, shown)
    return Straight(
        table=table,
        line=_stretches(row, schedule.presented),
        ticks=np.int32(schedule.ticks),
    )


def _stretches(row: Int[np.ndarray, " ticks"], slot: Int[np.ndarray, " ticks"]) -> _Line:
    """The line of ticks in these rows with these slots."""
    begins = np.flatnonzero(np.pad((row[1:] != row[:-1]) | (slot[1:] != slot[:-1]), (1, 0), constant_values=True))
    columns = row[begins], slot[begins], np.diff(begins, append=len(row))
    padded_columns: Any = [padded(column.astype(np.int32), bucket(len(begins), 32)) for column in columns]
    return _Line(*padded_columns)
