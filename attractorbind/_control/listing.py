"""The controller of programs that branch: every trial at a row of the instruction table of its own.

What must be computed is worked out for all trials together: projections that are open in no trial, questions that no
trial asks and buffers that no trial puts out cost nothing.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, UInt32

from attractorbind._each import NONE, any_at, for_each, of_each
from attractorbind._engine.activity import Units, at
from attractorbind._engine.advance import Incoming
from attractorbind._engine.areas import opened
from attractorbind._engine.asking import NO_SYMBOL, Asked, answers, put_out
from attractorbind._engine.coding import Coding
from attractorbind._engine.controller import AbstractController, Given, Progress, Readings, Stretch
from attractorbind._engine.observe import presented as presented_field
from attractorbind._engine.plan import Conductances, conducting, joint, packed, reach
from attractorbind._inputs import bucket, padded
from attractorbind._program.assembler import HALT
from attractorbind._program.listing import Listing
from attractorbind._wiring import Wiring


class _Table(NamedTuple):
    """The instruction table as arrays, padded; see `Rows`."""

    conductances: Conductances  # of each projection at each row: read by projection first
    area_gates: Conductances
    left_to: Bool[Array, "rows gates channels"]
    resting: Conductances  # of each projection and each gate of an area
    reach: UInt32[Array, "rows words"]
    ticks: Int[Array, " rows"]
    present: Int[Array, " rows"]
    slot: Int[Array, " rows"]
    emit: Int[Array, " rows"]
    question: Int[Array, " rows"]
    counter: Int[Array, " rows"]
    limit: Int[Array, " rows"]
    fails: Bool[Array, " rows"]
    then: Int[Array, " rows"]
    otherwise: Int[Array, " rows"]


class _Position(NamedTuple):
    """Where each trial stands.

    - `row`: in the table, `HALT` after its end.
    - `left`: how many ticks of that row are left.
    - `counters`: of loops.
    - `taken`: how many inputs have been read.
    - `row_before`: the row of the stretch before, `HALT` where there was none or the trial did not take part.
    - `limit_reached`: whether it has ended at a limit.
    - `last_row`: the last row that it was at.
    - `ticks`: how many it has taken.
    """

    row: Int[Array, " trials"]
    left: Int[Array, " trials"]
    counters: Int[Array, "trials counters"]
    taken: Int[Array, " trials"]
    row_before: Int[Array, " trials"]
    limit_reached: Bool[Array, " trials"]
    last_row: Int[Array, " trials"]
    ticks: Int[Array, " trials"]


class Branching(AbstractController):
    """Goes through the rows of a `Listing`, each trial its own way.

    A stretch has as many ticks as there are until some trial changes its row or reads. To read is to answer a question
    or to put out a symbol, before a row's last tick. A trial that has come to its end stays as it is.
    """

    table: _Table
    asked: Asked
    counters: int = eqx.field(static=True)
    emits: bool = eqx.field(static=True)
    chooses: bool = eqx.field(static=True)

    def init(self, trials: int) -> _Position:
        """See `AbstractController.init`."""
        nothing: Any = np.zeros(trials, np.int32)
        none: Any = np.zeros((trials, self.counters), np.int32)
        return _Position(
            row=nothing,
            left=nothing + self.table.ticks[0],
            counters=none,
            taken=nothing,
            row_before=nothing + HALT,
            limit_reached=nothing > 0,
            last_row=nothing,
            ticks=nothing,
        )

    def going_on(self, carry: _Position) -> Bool[Array, ""]:
        """See `AbstractController.going_on`."""
        return jnp.any(carry.row != HALT)

    def next(self, carry: _Position, readings: Readings) -> tuple[_Position, Stretch]:
        """See `AbstractController.next`."""
        network, activity, quiet, table = readings.network, readings.activity, readings.quiet, self.table
        given = readings.given
        running = carry.row != HALT
        row = jnp.where(running, carry.row, 0)
        # A run that `jax.vmap` takes beside others is asked when it has ended, too, and what it says then is dropped.
        ended = ~self.going_on(carry)
        ticks = jnp.where(quiet | ended, 1, jnp.minimum(self._until(carry, row), readings.most))
        last = running & (carry.left == ticks)
        symbol, from_stream = self._symbols(carry, row, given)
        presented = jnp.where(running & (symbol != NO_SYMBOL), table.present[row], NONE)

        question = jnp.where(last, table.question[row], NONE)
        channels = opened(network, readings.coding.areas, len(row))
        answer, unanswered = answers(
            readings.coding, readings.readers, activity, self.asked, given.symbols, question, channels
        )
        outputs, unread = readings.outputs, jnp.zeros(1, bool)
        if self.emits:
            outputs, unread = put_out(readings.coding, activity, outputs, jnp.where(last, table.emit[row], NONE))

        moving, gating_row = running | quiet, jnp.where(quiet, carry.last_row, row)
        now = jnp.where(moving, gating_row, HALT)
        plan = joint(network.wiring, self._reach(now), self._reach(carry.row_before), activity.parts)
        # The plan depends on what the loops that read have left to do, which is nothing: so XLA sees that all reading
        # comes before the first writing, and writes states in place.
        plan = plan.computing(everything=jnp.any(unanswered) | jnp.any(unread))
        imposed = _imposed(readings.coding, presented, symbol, activity.halves.shape[2])
        of_projections, of_areas = self._conductances(network.wiring, gating_row, channels)
        incoming = Incoming(
            lambda projection: jnp.where(moving, of_projections(projection), 0.0),
            jnp.where(moving[None, :], of_areas, 0.0),
            lambda target: jnp.where((presented == target)[:, None], imposed, 0.0),
            moving,
        )
        following, counters, failed = self._following(carry, row, last, question, answer)
        position = _Position(
            row=following,
            left=jnp.where(last, table.ticks[jnp.maximum(following, 0)], carry.left - ticks),
            counters=counters,
            taken=carry.taken + (last & (table.present[row] != NONE) & from_stream).astype(jnp.int32),
            row_before=now,
            limit_reached=carry.limit_reached | failed,
            last_row=jnp.where(running, row, carry.last_row),
            ticks=carry.ticks + jnp.where(running, ticks, 0),
        )
        return position, Stretch(plan, incoming, ticks, outputs)

    def progress(self, carry: _Position) -> Progress:
        """See `AbstractController.progress`."""
        return Progress(*map(jnp.asarray, (carry.row, carry.ticks, carry.limit_reached)))

    def _conductances(
        self, wiring: Wiring, row: Int[Array, " trials"], channels: Bool[Array, "trials channels"]
    ) -> tuple[Callable[[Int[Array, ""]], Float[Array, " trials"]], Float[Array, "gates trials"]]:
        """The conductances of a projection, and of all gates of areas; gates left to closed channels are at rest."""
        table = self.table

        def as_said(projection: Int[Array, ""]) -> Float[Array, " trials"]:
            return at(table.conductances, projection)[row]

        of_areas = table.area_gates[row].T
        if not self.chooses:
            return as_said, of_areas
        left_to = table.left_to[row]
        said = ~jnp.any(left_to, axis=2) | jnp.any(left_to & channels[:, None, :], axis=2)
        gates = jnp.array([projection.gate for projection in wiring.projections], jnp.int32)
        said_of_projections = said.T[gates]
        resting, areas_resting = table.resting[0, : len(gates)], table.resting[0, len(gates) :]

        def chosen(projection: Int[Array, ""]) -> Float[Array, " trials"]:
            return jnp.where(at(said_of_projections, projection), as_said(projection), at(resting, projection))

        return chosen, jnp.where(said.T[len(wiring.pathways) :], of_areas, areas_resting[:, None])

    def _until(self, carry: _Position, row: Int[Array, " trials"]) -> Int[Array, ""]:
        """How many ticks there are until some trial changes its row or reads."""
        reads = (self.table.question[row] != NONE) | (self.table.emit[row] != NONE)
        left = carry.left - (reads & (carry.left > 1)).astype(jnp.int32)
        return jnp.where(carry.row != HALT, left, jnp.int32(np.iinfo(np.int32).max)).min()

    def _symbols(
        self, carry: _Position, row: Int[Array, " trials"], given: Given
    ) -> tuple[Int[Array, " trials"], Bool[Array, " trials"]]:
        """The symbols that rows present, `NO_SYMBOL` where the input has ended, and whether they come from it."""
        length, slot = given.stream.shape[1], self.table.slot[row]
        upcoming = of_each(given.stream, jnp.minimum(carry.taken, length - 1))
        upcoming = jnp.where(carry.taken < length, upcoming, NO_SYMBOL)
        return jnp.where(slot == NONE, upcoming, of_each(given.symbols.T, jnp.maximum(slot, 0))), slot == NONE

    def _following(
        self,
        carry: _Position,
        row: Int[Array, " trials"],
        last: Bool[Array, " trials"],
        question: Int[Array, " trials"],
        answer: Bool[Array, " trials"],
    ) -> tuple[Int[Array, " trials"], Int[Array, "trials counters"], Bool[Array, " trials"]]:
        """The trials' next rows, by what is answered and counted in a row's last tick; their counters; who failed."""
        table = self.table
        counting = last & (table.counter[row] != NONE)
        counter, limit = jnp.maximum(table.counter[row], 0), table.limit[row]
        value = of_each(carry.counters, counter)
        within = value < limit
        counted = jnp.where(limit == NONE, 0, value + within.astype(jnp.int32))
        numbers = jnp.arange(self.counters, dtype=jnp.int32)
        counts = counting[:, None] & (numbers[None, :] == counter[:, None])
        counters = jnp.where(counts, counted[:, None], carry.counters)
        yes = jnp.where(question != NONE, answer, jnp.where(counting & (limit != NONE), within, True))
        failed = last & ~yes & table.fails[row]
        following = jnp.where(yes, table.then[row], jnp.where(failed, HALT, table.otherwise[row]))
        return jnp.where(last, following, carry.row), counters, failed

    def _reach(self, rows: Int[Array, " trials"]) -> UInt32[Array, "trials words"]:
        """What the gates of these rows let through; nothing, where a trial is at none."""
        return jnp.where((rows == HALT)[:, None], jnp.uint32(0), self.table.reach[jnp.maximum(rows, 0)])


def _imposed(coding: Coding, presented: Int[Array, " trials"], symbol: Int[Array, " trials"], widest: int) -> Units:
    """The external field of each trial's symbol on the population that it is presented on."""

    def impose(population: Int[Array, ""], imposed: Units) -> Units:
        field = presented_field(coding, population, jnp.maximum(symbol, 0), widest)
        return jnp.where((presented == population)[:, None], field, imposed)

    silence = jnp.zeros((len(presented), widest), jnp.float32)
    return for_each(any_at(presented, len(coding.network.wiring.populations)), impose, silence)[0]


def branching(wiring: Wiring, listing: Listing, leak: float | Float[Array, ""]) -> Branching:
    """The controller of a program that branches; tables are padded so that programs of similar length compile once."""
    rows, questions = listing.rows, listing.questions
    row_count, question_count = bucket(len(rows.ticks), 32), bucket(len(questions.target), 8)

    def of_rows(column: np.ndarray, fill: int = 0) -> Any:
        return padded(column, row_count, fill)

    def of_questions(column: np.ndarray) -> Any:
        return padded(column, question_count)

    conductances, area_gates = conducting(wiring, of_rows(rows.gates), leak)
    present = of_rows(rows.present, fill=NONE)
    driven = present[:, None] == np.arange(len(wiring.populations))
    # A gate that is left to channels is open in some trials and at rest in others: half open counts as either.
    left_to = of_rows(rows.left_to)
    either = np.where(left_to.any(axis=2), np.float32(0.5), of_rows(rows.gates))
    reached: Any = packed(reach(wiring, *conducting(wiring, either, leak), driven))
    resting = conducting(wiring, wiring.resting[None, :], leak)
    table = _Table(
        conductances=conductances.T,
        area_gates=area_gates,
        left_to=left_to,
        resting=(np if isinstance(leak, float) else jnp).concatenate(resting, axis=1),
        reach=reached,
        ticks=of_rows(rows.ticks),
        present=present,
        slot=of_rows(rows.slot),
        emit=of_rows(rows.emit),
        question=of_rows(rows.question),
        counter=of_rows(rows.counter),
        limit=of_rows(rows.limit),
        fails=of_rows(rows.fails),
        then=of_rows(rows.then),
        otherwise=of_rows(rows.otherwise),
    )
    asked = Asked(*map(of_questions, (questions.gate, questions.slot, questions.target, questions.channel)))
    return Branching(
        table=table,
        asked=asked,
        counters=bucket(listing.counters, 4),
        emits=bool((rows.emit != NONE).any()),
        chooses=bool(rows.left_to.any()),
    )
