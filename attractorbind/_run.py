"""Run a program on a network: the driver around `advance`."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._errors import ArgumentError, NetworkError, ProgramError, check_fraction, listed, unknown_name
from attractorbind._network import Network
from attractorbind._overlap import overlaps
from attractorbind._program import Arg, Program
from attractorbind._schedule import Schedule
from attractorbind._state import State, check_state
from attractorbind._tick import Plan, Stacked, advance, plan, stack, trial_keys, unstack
from attractorbind._trace import Result, Trace

_RECORDS = ("final", "decoded", "states")


def run(
    network: Network,
    program: Program | Schedule,
    state: State | None = None,
    *,
    args: Mapping[str, Any] | None = None,
    noise: float | int = 0.0,
    leak: float | int = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
    record: str = "final",
    throw: bool = True,
) -> Trace:
    """Run a program on a network, for a batch of trials at once.

    Every tick is the one of `tick`. Trials share the gating sequence and differ in what is presented and in their
    noise. Another program of similar length, other symbols or another noise level do not compile anew. A tick costs
    what its open projections cost. Without noise and leak, and with gates open or closed, the result is exact: the same
    bit for bit in any batch, on any machine.

    **Arguments:**

    - `network`: the network.
    - `program`: a `Program`, or the `Schedule` that it compiles to.
    - `state`: where to start; by default every unit is silent. One trial is repeated for the whole batch.
    - `args`: argument name to a symbol, or to a list with one symbol per trial.
    - `noise`: probability that a unit's output flips, drawn anew for every unit at every tick.
    - `leak`: conductance of a closed gate.
    - `key`: a random key, or one per trial; needed if there is noise. Trial i of one key k has the key fold_in(k, i).
    - `record`: "final" keeps the last state, "decoded" also the best symbol of every buffer at every tick, "states"
        every buffer's state at every tick (trials x units bytes a tick and buffer).
    - `throw`: raise `RunError` if a trial ends in trouble; otherwise look at `trace.result`.

    **Returns:** a `Trace`.

    **Raises:** `UnknownNameError`, `ArgumentError`, `NetworkError` or `ProgramError` for input that does not fit,
    before anything is computed; `RunError` after the run.

    **Example:**
        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("focus", ab.arg("noun")) + ab.move("focus", "agent")
        >>> ab.run(network, program, args={"noun": ["dog", "cat"]}).decode()
        {'focus': [None, None], 'agent': ['dog', 'cat']}
    """
    schedule = _scheduled(network, program)
    if record not in _RECORDS:
        raise ArgumentError(f"record is {record!r}; it must be one of {listed(_RECORDS)}")
    noise, leak = check_fraction("noise", noise), check_fraction("leak", leak)
    symbols, trials = _presented_symbols(network, schedule, args or {})
    if state is not None:
        check_state(network.wiring, state)
        if trials is not None and state.trials not in (1, trials):
            raise ArgumentError(
                f"the state holds {state.trials} trials, args= {trials}; give one state or one for each"
            )
        trials = state.trials if trials is None else trials
    trials = _trials(trials, key)
    if symbols.shape[1] != trials:
        symbols = np.broadcast_to(symbols, (len(symbols), trials))
    keys = trial_keys(key, trials, noise)
    start = network.silent(trials) if state is None else state
    activities = tuple(jnp.broadcast_to(a, (trials, a.shape[1])) for a in start.activities)

    slot_population = np.array([network.wiring.buffer(buffer) for buffer, _ in schedule.slots], np.int32)
    population = np.where(schedule.presented >= 0, _at(slot_population, schedule.presented), -1).astype(np.int32)
    driven = population[:, None] == np.arange(len(network.wiring.populations))
    rows = _padded_rows(plan(network.wiring, schedule.gates, driven, leak, everything=noise > 0), population, schedule)
    final, recorded, code = _drive(
        network,
        rows,
        jnp.int32(schedule.ticks),
        jnp.asarray(_padded(symbols, _bucket(len(symbols), 8))),
        jnp.float32(noise),
        keys,
        State(activities, start.names),
        record,
    )
    recorded = jax.tree.map(lambda array: array[: schedule.ticks], recorded)
    trace = Trace(
        network=network,
        schedule=schedule,
        state=final,
        result=np.asarray(code),
        states=recorded if record == "states" else {},
        best_symbol={name: best for name, (best, _) in recorded.items()} if record == "decoded" else {},
        best_overlap={name: most for name, (_, most) in recorded.items()} if record == "decoded" else {},
    )
    if throw:
        trace.check()
    return trace


def _scheduled(network: object, program: object) -> Schedule:
    if not isinstance(network, Network):
        raise NetworkError(f"network is a {type(network).__name__}; make one with attractorbind.build")
    if isinstance(program, Program):
        return program.compile(network)
    if not isinstance(program, Schedule):
        raise ProgramError(f"program is a {type(program).__name__}; give a Program, such as load('focus', 'dog')")
    program.check_fits(network)
    return program


def _presented_symbols(
    network: Network, schedule: Schedule, args: Mapping[str, Any]
) -> tuple[Int[np.ndarray, "slots _trials"], int | None]:
    """The symbols of each slot, one per trial, and the number of trials if the arguments tell."""
    needed = schedule.arguments
    for name in args:
        if name not in needed:
            raise unknown_name("argument", "the program's arguments", name, needed)
    missing = [name for name in needed if name not in args]
    if missing:
        raise ArgumentError(f"argument {missing[0]!r} is missing; the program needs args= for {listed(needed)}")
    lists: dict[str, list[int]] = {}
    single = set()
    for name, value in args.items():
        if isinstance(value, str):
            single.add(name)
            value = [value]
        if not isinstance(value, Sequence) or not value:
            raise ArgumentError(f"argument {name!r} is {value!r}; give a symbol's name or a non-empty list of names")
        lists[name] = [network.vocabulary[symbol] for symbol in value]
    lengths = {name: len(symbols) for name, symbols in lists.items() if name not in single}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise ArgumentError(f"arguments are ragged: {told}; give each one symbol, or one for every trial")
    trials = next(iter(lengths.values()), None)
    width = trials or 1
    rows = [
        lists[symbol.name] if isinstance(symbol, Arg) else [network.vocabulary[symbol]] for _, symbol in schedule.slots
    ]
    table = [np.broadcast_to(np.array(row, np.int32), (width,)) for row in rows]
    return np.stack(table) if table else np.zeros((0, width), np.int32), trials


def _trials(known: int | None, key: Any) -> int:
    """The number of trials: as arguments or state say, else one per random key, else one."""
    if known is not None:
        return known
    return key.shape[0] if key is not None and getattr(key, "ndim", 0) == 1 and key.shape[0] > 0 else 1


def _at(values: Int[np.ndarray, " slots"], places: Int[np.ndarray, " ticks"]) -> Int[np.ndarray, " ticks"]:
    return values[np.maximum(places, 0)] if len(values) else np.full(len(places), -1, np.int32)


def _bucket(size: int, least: int) -> int:
    """The next power of two, so that programs of similar length share one compiled driver."""
    return max(least, 1 << (size - 1).bit_length()) if size else least


def _padded(array: np.ndarray, rows: int) -> np.ndarray:
    return np.concatenate([array, np.zeros((rows - len(array), *array.shape[1:]), array.dtype)])


def _padded_rows(
    plan: Plan, population: Int[np.ndarray, " ticks"], schedule: Schedule
) -> tuple[Plan, Int[np.ndarray, " rows"], Int[np.ndarray, " rows"]]:
    rows = _bucket(schedule.ticks, 32)
    return jax.tree.map(lambda array: _padded(array, rows), (plan, population, schedule.presented))


@partial(jax.jit, static_argnames="record")
def _drive(
    network: Network,
    rows: tuple[Plan, Int[Array, " rows"], Int[Array, " rows"]],
    ticks: Int[Array, ""],
    symbols: Int[Array, "slots trials"],
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    start: State,
    record: str,
) -> tuple[State, dict[str, Any], Int[Array, " trials"]]:
    """All ticks, then two more without noise to see whether the buffers have settled."""
    buffers = network.wiring.buffers
    activity = stack(network.wiring, start)
    trials, widest = activity.shape[1:]
    present = [_presenter(network, population, widest) for population in range(len(network.all_codes))]
    silence = jnp.zeros((trials, widest))

    def step(
        index: Int[Array, ""], noise: Float[Array, ""], activity: Stacked, scratch: Stacked
    ) -> tuple[Stacked, Stacked, Bool[Array, " trials"]]:
        row, population, slot = jax.tree.map(lambda array: jnp.asarray(array)[index], rows)
        external = jax.lax.cond(
            population >= 0, lambda: jax.lax.switch(population, present, symbols[slot]), lambda: silence
        )
        tick_keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, index)
        return advance(network, row, population[None], external[None], noise, tick_keys, activity, scratch)

    def note(activity: Stacked) -> dict[str, Any]:
        seen = {name: activity[place, :, : network.buffers[name]] for name, place in buffers.items()}
        if record == "states":
            return {name: x > 0 for name, x in seen.items()}
        if record == "decoded":
            every = {name: overlaps(x, network.all_codes[buffers[name]]) for name, x in seen.items()}
            return {name: (m.argmax(axis=1), m.max(axis=1)) for name, m in every.items()}
        return {}

    def body(index: Int[Array, ""], carry: tuple) -> tuple:
        activity, scratch, finite, recorded = carry
        activity, scratch, finite_here = step(index, noise, activity, scratch)
        recorded = jax.tree.map(lambda array, value: array.at[index].set(value), recorded, note(activity))
        return activity, scratch, finite & finite_here, recorded

    room = jax.tree.map(lambda a: jnp.zeros((rows[1].shape[0], *a.shape), a.dtype), jax.eval_shape(note, activity))
    carry = (activity, jnp.zeros_like(activity), jnp.ones(trials, bool), room)
    activity, scratch, finite, recorded = jax.lax.fori_loop(0, ticks, body, carry)
    once, scratch, _ = step(ticks - 1, jnp.zeros_like(noise), activity, scratch)
    twice, _, _ = step(ticks - 1, jnp.zeros_like(noise), once, scratch)
    settled = jnp.all(once == twice, axis=(0, 2))
    code = jnp.where(finite, jnp.where(settled, Result.OK, Result.UNSETTLED), Result.NON_FINITE)
    return unstack(network.wiring, activity), recorded, code


def _presenter(network: Network, population: int, widest: int) -> Any:
    """The external field that imposes a symbol on a population, from the trials' symbols."""

    def field(symbols: Int[Array, " trials"]) -> Float[Array, "trials widest"]:
        codes = network.all_codes[population][symbols]
        return jnp.pad(jnp.where(codes, network.drive, -network.drive), ((0, 0), (0, widest - codes.shape[1])))

    return field
