"""What a stretch of ticks must compute: the populations that can change and the open projections into each.

A plan is data, so that another gating sequence runs in the same compiled program, and closed projections cost nothing.
Nor do buffers to which nothing new comes: where gates and what is presented stay, a population changes only if one from
which an open projection leads to it, possibly itself, changed at the tick before.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Shaped, UInt32

from attractorbind._engine.activity import at
from attractorbind._wiring import Wiring

_WORD = 32
# One conductance per row and gate, or per row and projection.
Conductances = Float[np.ndarray, "_rows _gates"] | Float[Array, "_rows _gates"]


class Plan(NamedTuple):
    """What a stretch of ticks in one setting of the gates must compute.

    - `open`, `start`, `row`: the open projections as in `Settings`, and the row that counts, read where it is wanted.
    - `entering`: the populations that must be computed at the first tick.
    - `needed`: those that more than their own latch writes on, and that areas may give another field at every tick.
    """

    open: Int[Array, "rows projections"]
    start: Int[Array, "rows ends"]
    row: Int[Array, ""]
    entering: Bool[Array, " populations"]
    needed: Bool[Array, " populations"]

    def projection(self, number: Int[Array, ""]) -> Int[Array, ""]:
        """The open projection of that number in the list."""
        return jax.lax.dynamic_slice(self.open, (self.row, number), (1, 1))[0, 0]

    def ends(self, population: Int[Array, ""]) -> tuple[Int[Array, ""], Int[Array, ""]]:
        """The numbers at which the open projections into a population begin and end."""
        first, last = jax.lax.dynamic_slice(self.start, (self.row, population), (1, 2))[0]
        return first, last

    def reached_from(self, wiring: Wiring, moved: Bool[Array, " populations"]) -> Bool[Array, " populations"]:
        """The populations into which an open projection leads from one that has moved."""
        sources, targets = jnp.asarray(wiring.sources), jnp.asarray(wiring.targets)
        numbers, count = at(self.open, self.row), at(self.start, self.row)[-1]
        passed_on = moved[sources[numbers]] & (np.arange(len(sources), dtype=np.int32) < count)
        return jnp.zeros_like(moved).at[targets[numbers]].max(passed_on)

    def computing(
        self, *, everything: bool | Bool[Array, ""], at_first: Bool[Array, " populations"] | bool = False
    ) -> "Plan":
        """The same plan with all populations computed at every tick, or some of them at the first."""
        return self._replace(entering=self.entering | everything | at_first, needed=self.needed | everything)


class Settings(NamedTuple):
    """What gates in each of several settings let through.

    - `open`: the open projections, sorted by target; those into population p have the numbers `start[p]` up to
        `start[p + 1]`.
    - `reached`, `resting`: as in `Reach`.
    """

    open: Int[np.ndarray, "rows projections"] | Int[Array, "rows projections"]
    start: Int[np.ndarray, "rows ends"] | Int[Array, "rows ends"]
    reached: Bool[np.ndarray, "rows populations"] | Bool[Array, "rows populations"]
    resting: Bool[np.ndarray, "rows populations"] | Bool[Array, "rows populations"]

    def plan(self, row: Int[Array, ""], before: Int[Array, ""]) -> Plan:
        """The plan for ticks in one setting after one in another."""
        resting = at(self.resting, row)
        entering, needed = _computed(at(self.reached, row), resting, at(self.reached, before), at(self.resting, before))
        return Plan(jnp.asarray(self.open), jnp.asarray(self.start), row, entering, needed)


class Reach(NamedTuple):
    """What gates in one setting, or in each of several, let through.

    - `open`: the open projections.
    - `reached`: the populations that anything may write on.
    - `resting`: those on which nothing writes but their own recurrent latch, fully open.
    """

    open: Bool[np.ndarray, "rows projections"]
    reached: Bool[np.ndarray, "rows populations"]
    resting: Bool[np.ndarray, "rows populations"]


def leaking(gates: Any, leak: float | Float[Array, ""]) -> Any:
    """The conductances of gates that leak, as arrays of NumPy, or of JAX where the leak is one."""
    numbers: Any = jnp if isinstance(leak, Array) else np
    conductances = numbers.maximum(gates, numbers.float32(leak))
    # Processors may flush subnormal numbers to 0; here they are 0 on all of them, in plans and in fields alike.
    return numbers.where(conductances < np.finfo(np.float32).tiny, np.float32(0), conductances)


def conducting(
    wiring: Wiring, gates: Float[np.ndarray, "rows gates"], leak: float | Float[Array, ""]
) -> tuple[Conductances, Conductances]:
    """The conductance of every projection, and of every gate of an area, closed gates leaking.

    The leak is a number on the host, or one that JAX traces.
    """
    conductances = leaking(gates, leak)
    of_projections = np.array([projection.gate for projection in wiring.projections])
    return conductances[:, of_projections], conductances[:, len(wiring.pathways) :]


def reach(
    wiring: Wiring,
    conductances: Conductances,
    area_gates: Conductances,
    driven: Bool[np.ndarray, "rows populations"],
) -> Reach:
    """What these settings of the gates let through; `driven` are the populations that are presented something.

    Where a leak is traced, nobody knows yet which gates conduct: then all count as half open. Where an area that
    imprints has a gate open, what latches hold may change, and no population rests.
    """
    if isinstance(conductances, Array):
        conductances = np.full(conductances.shape, 0.5, np.float32)
        area_gates = np.full(area_gates.shape, 0.5, np.float32)
    is_open = conductances > 0
    targets = wiring.targets
    latches = [index for index, projection in enumerate(wiring.projections) if projection.recurrent]
    incoming = np.zeros(driven.shape, np.int32)
    np.add.at(incoming.T, targets, is_open.T)
    written = [wiring.buffers.get(gate.target) if gate.kind == "write" else None for gate in wiring.area_gates]
    driven = driven.copy()
    for gate, population in enumerate(written):
        if population is not None:
            driven[:, population] |= area_gates[:, gate] > 0
    by_latch = np.zeros(driven.shape, bool)
    by_latch[:, [targets[latch] for latch in latches]] = conductances[:, latches] == 1
    imprints = [area.imprints for area in wiring.areas for _ in area.gates]
    imprinting = (area_gates[:, imprints] > 0).any(axis=1, keepdims=True)
    return Reach(is_open, (incoming > 0) | driven, by_latch & (incoming == 1) & ~driven & ~imprinting)


def ends(wiring: Wiring) -> Int[np.ndarray, " ends"]:
    """Where the projections into each population begin among all, which are sorted by target, and where they end."""
    return np.searchsorted(wiring.targets, np.arange(len(wiring.populations) + 1)).astype(np.int32)


def distinct(rows: Shaped[np.ndarray, "ticks columns"]) -> tuple[Int[np.ndarray, " _rows"], Int[np.ndarray, " ticks"]]:
    """The ticks at which each different row is met first, and for every tick the number of its row among them."""
    begins = np.flatnonzero(np.pad((rows[1:] != rows[:-1]).any(axis=1), (1, 0), constant_values=True))
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(rows[tick].tobytes(), len(seen)) for tick in begins]
    of_tick = np.repeat(np.array(numbers, np.int32), np.diff(begins, append=len(rows)))
    return begins[np.unique(numbers, return_index=True)[1]], of_tick


def settings(wiring: Wiring, here: Reach) -> Settings:
    """What plans are made from, for each of these settings of the gates."""
    counts = np.cumsum(here.open, axis=1, dtype=np.int32)
    return Settings(
        open=np.argsort(~here.open, axis=1, stable=True).astype(np.int32),
        start=np.pad(counts, ((0, 0), (1, 0)))[:, ends(wiring)],
        reached=here.reached,
        resting=here.resting,
    )


# Flags, or words of 32 of them.
_Bits = Bool[Array, "*trials populations"] | UInt32[Array, "*trials words"]


def _computed(reached: _Bits, resting: _Bits, reached_before: _Bits, resting_before: _Bits) -> tuple[_Bits, _Bits]:
    """The populations that must be computed at the first tick of a stretch, and those at every later tick.

    A population that nothing reaches is silent after one tick. A population on which only its latch writes, and which
    that latch has left as it was, will be left so again; but only if nothing else wrote on it in the stretch before.
    """
    return (reached | reached_before) & ~(resting & resting_before), reached & ~resting


def packed(here: Reach) -> UInt32[np.ndarray, "rows words"]:
    """The same flags, 32 of them in a word, for `joint`.

    The words of open projections come first, then those of populations that are reached, then those that rest; each
    part begins with a new word. What a batch of trials needs together is then a bitwise or over few words, and a row
    of the table is read in one gather.
    """
    columns = []
    for bits in here:
        bits = np.pad(bits, ((0, 0), (0, -bits.shape[1] % _WORD))).reshape(len(bits), -1, _WORD)
        columns.append((bits.astype(np.uint32) << np.arange(_WORD, dtype=np.uint32)).sum(axis=2, dtype=np.uint32))
    return np.concatenate(columns, axis=1)


def joint(
    wiring: Wiring, now: UInt32[Array, "trials words"], before: UInt32[Array, "trials words"], parts: int = 1
) -> Plan:
    """The plan of a stretch of ticks for trials that are each in a setting of their own, as they were in one before.

    **Arguments:**

    - `now`, `before`: what the settings let through, `packed`; zero for a trial that stays as it is.
    - `parts`: into how many parts the trials are divided among devices.
    """
    projections, populations = len(wiring.projections), len(wiring.populations)
    first, second = -(-projections // _WORD), -(-populations // _WORD)
    kinds = slice(0, first), slice(first, first + second), slice(first + second, None)
    open_now, reached_now, resting_now = (now[:, kind] for kind in kinds)
    _, reached_before, resting_before = (before[:, kind] for kind in kinds)
    entering, needed = _computed(reached_now, resting_now, reached_before, resting_before)
    is_open = _some(open_now, projections, parts)
    counts = jnp.pad(jnp.cumsum(is_open, dtype=jnp.int32), (1, 0))
    return Plan(
        open=jnp.nonzero(is_open, size=projections, fill_value=0)[0].astype(jnp.int32)[None],
        start=counts[ends(wiring)][None],
        row=jnp.int32(0),
        entering=_some(entering, populations, parts),
        needed=_some(needed, populations, parts),
    )


def _some(words: UInt32[Array, "trials words"], count: int, parts: int) -> Bool[Array, " count"]:
    """For each of so many bits, whether it is set in some trial's words."""
    # Devices cannot join words by a bitwise or: each joins those of its own trials, and then they join flags.
    union = jax.lax.reduce(words.reshape(parts, -1, words.shape[1]), jnp.uint32(0), jax.lax.bitwise_or, (1,))
    numbers = np.arange(count)
    bits = (union[:, numbers // _WORD] >> jnp.asarray(numbers % _WORD, jnp.uint32)[None, :]) & 1
    return jnp.any(bits == 1, axis=0)
