"""Run a program on a network: checks, then `simulate`, then the trace."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from jaxtyping import Array, Bool, Int, Key

from attractorbind._area.base import AbstractGatingArea, Choices, Forecasts, Shared
from attractorbind._batch import batch_of, cut_run, filled, filled_state
from attractorbind._checks import check_bool, check_computed, check_fraction, check_memory, check_outside
from attractorbind._devices import check_devices, check_divided
from attractorbind._engine.driver import Outcome
from attractorbind._engine.observe import Record
from attractorbind._errors import ArgumentError, NetworkError, ProgramError, listed
from attractorbind._inputs import (
    check_after,
    check_given,
    check_length,
    input_symbols,
    number_of_trials,
    slot_symbols,
)
from attractorbind._kept import Few, kept
from attractorbind._keys import Rate, check_key, trial_keys
from attractorbind._nameless import unnamed
from attractorbind._network import Network, check_network, check_state, silence
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._progress import bar_of_run
from attractorbind._result import Result
from attractorbind._simulate import Rates, simulate_recording
from attractorbind._state import State
from attractorbind._stimuli import check_seen, check_stimuli, with_stimuli, without_stimuli
from attractorbind._trace import Trace
from attractorbind._transfers import sending

_RECORDS = ("final", "decoded", "states", "firings")


@sending
def run(
    network: Network,
    program: Program | Schedule | Listing,
    state: State | None = None,
    *,
    args: Mapping[str, Any] | None = None,
    inputs: Any = None,
    stimuli: Mapping[str, Any] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    stuck: Mapping[str, Any] | None = None,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
    after: int | Sequence[int] | Int[np.ndarray, " trials"] = 0,
    record: str = "final",
    sharding: Mesh | None = None,
    progress: bool = False,
    throw: bool = True,
) -> Trace:
    """Run a program on a network, for a batch of trials at once.

    Every tick is the one of `tick`. In a straight line trials share the gating sequence and differ in what is presented
    and in their noise; in a program that branches each goes its own way, and ends when it has come to its end. Another
    program of similar length, other symbols or another noise level, unless from none to some, do not compile anew. A
    tick costs what the projections cost that are open in some trial, but nothing for a buffer at rest on which only its
    latch writes. Without noise and leak, and with gates open or closed, the result is exact: the same bit for bit in
    any batch, on any machine. Each trial does what it would do alone, given its key. Both hold of all but hierarchies:
    what they see is computed in floating point, and what one trial teaches them changes what others see. And they hold
    of finite weights, as all are that `build`, `replace` and files give: of others, `NON_FINITE` is told only where a
    product with them is made.

    It runs compiled, and checks what it is given before: call it from outside of `jax.jit`, `jax.vmap` and `jax.grad`;
    inside of them, `simulate` is the same run without the checks. Another number of trials seldom compiles anew, for
    a batch is filled up to 1, 2, 4, ... 64 trials, and beyond by an eighth at the most, unless its trials learn
    together. A longer program or a longer input may. A long run can be stopped by Ctrl-C.

    **Arguments:**

    - `network`: the network.
    - `program`: a `Program`, or the `Schedule` or `Listing` that it compiles to.
    - `state`: where to start; by default every unit is silent. One trial is repeated for the whole batch.
    - `args`: argument name to a symbol, or to a list with one symbol per trial.
    - `inputs`: what `read` presents: a list of symbols, or one list per trial; the lists may differ in length.
    - `stimuli`: what `see` presents: name of a sensory area to an array of shape (trials, ...) with one stimulus per
        trial, or (trials, stimuli, ...).
    - `noise`: probability that a unit's output flips, drawn anew for every unit at every tick.
    - `leak`: conductance of a closed gate.
    - `stuck`: gate to the conductance at which it is stuck, 0 closed to 1 open, whatever the program says of it; the
        leak is the least that any gate conducts. What conditions read does not pass through gates, and is not stuck.
    - `key`: a random key, or one per trial; needed if there is noise, or if the program chooses. Trial i of one key k
        has the key fold_in(k, i).
    - `after`: how many ticks the trials have had before, one number or one per trial. What is drawn at a tick depends
        on the key and the number of the tick: so a run of `p + q`, and one of `p` and then one of `q` with the same
        key, from `first.state` and `after=first.ticks`, come to the same, bit for bit.
    - `record`: "final" keeps the last state, "firings" also which rules of a `cycle` fired, for `Trace.firings`;
        "decoded" that and the best symbol of every buffer at every tick, "states" that and every buffer's state at
        every tick (trials x units bytes a tick and buffer).
    - `sharding`: a mesh of devices to spread the run over: its axis "trials" divides the trials, an axis "units" the
        target units of every projection. The result is the same, bit for bit. See docs/devices.md.
    - `progress`: show a bar of ticks and of trials that have ended, by tqdm, from the extra `learn`.
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
    compiled = compiled_for(network, program)
    if stuck is not None:
        compiled = compiled.stuck(stuck)
    if not isinstance(record, str) or record not in _RECORDS:
        raise ArgumentError(f"record is {record!r}; it must be one of {listed(_RECORDS)}")
    noise, leak = check_fraction("noise", noise), check_fraction("leak", leak)
    check_bool("throw", throw)
    check_given(compiled, args, inputs)
    symbols, trials = slot_symbols(network, compiled, args or {})
    stream, streams = input_symbols(network.vocabulary, inputs)
    seen, watching = check_stimuli(network, stimuli)
    check_seen(network, compiled, seen, state if isinstance(state, State) else None)
    if state is not None:
        check_state(network, state)
    key = None if key is None else check_key(key)
    check_length(network, after)
    before = check_after(after)
    known = {
        "args=": trials,
        "inputs=": streams,
        "stimuli=": watching,
        "the state": None if state is None else state.trials,
        "after=": None if before is None or before.ndim == 0 else len(before),
        "key=": key.shape[0] if key is not None and key.ndim == 1 and key.shape[0] else None,
    }
    trials = number_of_trials(known)
    _check_recording(network, compiled, trials, record)
    devices = None
    if sharding is not None:
        devices = check_devices(sharding, trials)
        check_divided(devices, {population.name: population.units for population in network.wiring.populations})
    batch = trials if devices else batch_of(network, state, trials)
    keys = trial_keys(key, trials, noise, [gate for gate in network.wiring.drawing if compiled.opens(gate)], batch)
    before = None if before is None else filled(np.broadcast_to(before, (trials,)), batch)
    rates = Rates(noise, leak, filled(keys, batch), before)
    start = silence(network, batch) if state is None else filled_state(state, batch)
    start = with_stimuli(network, start, {name: filled(array, batch) for name, array in seen.items()})
    symbols, stream = filled(symbols, batch, axis=1), filled(stream, batch)
    with bar_of_run(progress, trials, compiled.ticks if isinstance(compiled, Schedule) else None) as tell:
        of_all = simulate_recording(network, compiled, start, symbols, stream, rates, record, tell, devices)
    outcome, recorded = cut_run(*of_all, trials)
    noted: Any = Record(None) if recorded is None else recorded
    trace = Trace(
        network=network,
        program=compiled,
        state=without_stimuli(network, outcome.state, seen),
        result=_judged(outcome),
        ticks=np.asarray(outcome.ticks),
        states=_named(network, noted.states),
        best_symbol=_named(network, noted.best_symbol),
        best_overlap=_named(network, noted.best_overlap),
        rows=noted.rows,
        output_symbols=np.asarray(outcome.outputs),
        output_counts=np.asarray(outcome.output_counts),
        recorded_choices=_of_choosing(network, noted.choices, np.asarray(outcome.ticks)),
    )
    if throw:
        trace.check()
    return trace


def _check_recording(network: Network, compiled: Schedule | Listing, trials: int, record: str) -> None:
    """Raise if what is to be recorded of a straight line is more than can be kept; for others nobody knows."""
    if record in ("final", "firings") or not isinstance(compiled, Schedule):
        return
    # A byte for each unit, or the best symbol and its overlap.
    of_trial = sum(network.buffers.values()) if record == "states" else 8 * len(network.buffers)
    told = f"a recording of {trials:,} trials at {compiled.ticks:,} ticks"
    check_memory(told, compiled.ticks * trials * of_trial, 'record less, as by record="final"', ArgumentError)


def _judged(outcome: Outcome) -> Int[np.ndarray, " trials"]:
    """The trials' results; where what they all share has become something else than numbers, it is no end of any."""
    parts = jax.tree.leaves(outcome.state.areas, is_leaf=lambda leaf: isinstance(leaf, Shared))
    shared = [leaf for part in parts if isinstance(part, Shared) for leaf in jax.tree.leaves(part)]
    finite = all(np.isfinite(leaf).all() for leaf in shared if jnp.issubdtype(leaf.dtype, jnp.floating))
    result = np.asarray(outcome.result)
    return result if finite else np.full_like(result, Result.NON_FINITE)


def _named(network: Network, of_buffers: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    """Buffer to array, for arrays in the order of the buffers; nothing for what was not recorded."""
    return dict(zip(network.buffers, of_buffers, strict=True)) if of_buffers else {}


def _of_choosing(
    network: Network, choices: tuple[Choices | Forecasts, ...], ticks: Int[np.ndarray, " trials"]
) -> dict[str, Choices | Forecasts]:
    """The names of the areas that choose gates, and what was recorded of each: of a trial's own ticks alone."""

    def of_own_ticks(each: Choices | Forecasts) -> Choices | Forecasts:
        # After its last tick a trial stays as it was, and nothing is chosen, earned or foreseen again.
        if isinstance(each, Forecasts):
            return each._replace(stepped=_taken(each.stepped, ticks))
        return each._replace(decided=_taken(each.decided, ticks), rewarded=_taken(each.rewarded, ticks))

    names = [area.name for area in network.areas if isinstance(area, AbstractGatingArea)]
    return dict(zip(names, map(of_own_ticks, choices), strict=True)) if choices else {}


def _taken(
    happened: Bool[Array | np.ndarray, "ticks trials"], ticks: Int[np.ndarray, " trials"]
) -> Bool[np.ndarray, "ticks trials"]:
    return np.asarray(happened) & (np.arange(len(happened))[:, None] < ticks)


def compiled_for(network: object, program: object) -> Schedule | Listing:
    """The program compiled for the network, or an error if either is something else."""
    network = check_network(network)
    check_computed("network", unnamed(network).leaves, NetworkError)
    check_outside(NetworkError)
    if isinstance(program, Program):
        return _compiled(network, program)
    if not isinstance(program, Schedule | Listing):
        raise ProgramError(f"program is a {type(program).__name__}; give a Program, such as load('focus', 'dog')")
    program.check_fits(network)
    return program


# Compiled programs that are kept: of a network so many, each with a table of so many bytes at the most.
_COMPILED, _TABLE_BYTES = 32, 2**20


def _compiled(network: Network, program: Program) -> Schedule | Listing:
    """The program compiled, the same at every call if it is small: with it tables on the device are kept."""
    made = _compilations(network)
    try:
        found = made.get(program)
    except TypeError:
        # A condition of the user's own may have no hash.
        return program.compile(network)
    if found is None:
        found = program.compile(network)
        table = found.gates if isinstance(found, Schedule) else found.rows.gates
        if table.nbytes <= _TABLE_BYTES:
            found = made.keep(program, found)
    return found


@kept
def _compilations(network: Network) -> Few[Program, Schedule | Listing]:
    return Few(_COMPILED)
