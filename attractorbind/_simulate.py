"""A run as a pure function of arrays, which JAX can trace: `simulate`, and what `run` shares with it."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_array
from attractorbind._control.listing import branching
from attractorbind._control.straight import straight
from attractorbind._devices import Devices
from attractorbind._engine.controller import AbstractController, Given
from attractorbind._engine.driver import Outcome, drive
from attractorbind._engine.noise import Draws
from attractorbind._engine.observe import Record
from attractorbind._errors import ArgumentError, NetworkError, ProgramError, listed
from attractorbind._inputs import bucket, padded, padded_stream
from attractorbind._kept import Few, kept
from attractorbind._keys import Rate, check_key_type, check_rate, is_noiseless, unused_keys
from attractorbind._network import Network, check_network
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._progress import Tell
from attractorbind._state import State, check_origin
from attractorbind._transfers import sending

# Ticks of a program that branches that are recorded in one call of the compiled loop.
_RECORDED_TICKS = 128
_LEAKS_KEPT = 8


class Rates(NamedTuple):
    """The noise, the leak, a random key for each trial, and how many ticks each has had before."""

    noise: Rate
    leak: Rate
    keys: Key[Array, " trials"]
    before: Int[Array, " trials"] | Int[np.ndarray, " trials"] | None = None


Symbols = Int[np.ndarray, "slots trials"] | Int[Array, "slots trials"]


@sending
def simulate(
    network: Network,
    compiled: Schedule | Listing,
    state: State,
    *,
    symbols: Symbols | None = None,
    stream: Int[np.ndarray, "trials length"] | Int[Array, "trials length"] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    keys: Key[Array, " trials"] | None = None,
    after: Int[Array, " trials"] | Int[np.ndarray, " trials"] | None = None,
) -> Outcome:
    """A run as a pure function of arrays, for use inside `jax.jit` and `jax.vmap`: what `run` does after its checks.

    Noise, leak, keys, weights and start states may be traced, so that a sweep over many of them is one call of
    `jax.vmap`. The program is compiled for the network outside, by `program.compile(network)`. Only what is known while
    JAX traces is checked: numbers out of range give results without meaning.

    For derivatives take `step` with its `surrogate=`: those of whole runs are zero, since a threshold is flat.

    Called from outside, it leaves out what need not be computed, as `run` does. Inside a function that JAX traces every
    population is computed at every tick, and with a traced leak every projection; the results are the same, bit for
    bit. Under `vmap` over whatever a program that branches depends on, all projections, questions and symbols are
    computed for every trial: there, trials of one batch cost less than a `vmap`.

    **Arguments:**

    - `network`: the network.
    - `compiled`: what `program.compile(network)` returns; `compiled.stuck(...)` of it has gates that are stuck.
    - `state`: where to start, with the number of trials.
    - `symbols`: the symbol of every slot of `compiled.slots` in each trial, as indices into the vocabulary, shape
        (slots, trials); only needed if the program has arguments, which the slots name.
    - `stream`: what `read` presents, as indices into the vocabulary, shape (trials, length), -1 beyond the end.
    - `noise`: probability that a unit's output flips, drawn anew for every unit at every tick.
    - `leak`: conductance of a closed gate.
    - `keys`: one random key per trial; needed with noise, and for a program that chooses.
    - `after`: as for `run`, one whole number per trial.

    **Returns:** an `Outcome`.

    **Raises:** `ProgramError` for a program that is not compiled, or compiled for another network; `NetworkError` for a
    state of another network; `ArgumentError` for noise without a key per trial, or arguments without symbols. Values
    are not checked.

    **Example:** how often a symbol survives 20 ticks, at eight levels of noise.

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> compiled = (ab.load("focus", "dog") + ab.hold(20)).compile(network)
        >>> keys = jax.random.split(jax.random.key(1), 10)
        >>> def held(noise):
        ...     outcome = ab.simulate(network, compiled, network.silent(10), noise=noise, keys=keys)
        ...     return jnp.mean(ab.overlaps(outcome.state["focus"], network.codes("focus"))[:, 0] > 0.5)
        >>> jax.vmap(held)(jnp.linspace(0, 0.2, 8)).shape
        (8,)
    """
    _check_static(network, compiled, state)
    check_rate("noise", noise)
    check_rate("leak", leak)
    trials = state.trials
    if symbols is None:
        if compiled.arguments:
            raise ArgumentError(f"the program needs symbols= for its arguments {listed(compiled.arguments)}")
        own = [[network.vocabulary[str(symbol)]] * trials for _, symbol in compiled.slots]
        symbols = np.array(own, np.int32).reshape(-1, trials)
    if keys is None:
        drawing = [gate for gate in network.wiring.drawing if compiled.opens(gate)]
        if drawing or not is_noiseless(noise):
            told = f"choices are made by the gate {drawing[0]!r}" if drawing else "noise is given"
            raise ArgumentError(f"{told} but no keys; give keys=, one random key per trial")
        keys = unused_keys(trials)
    check_key_type("keys", keys, (trials,))
    _check_symbols("symbols", symbols, (len(compiled.slots), trials))
    if after is not None:
        _check_symbols("after", after, (trials,))
    if stream is not None:
        _check_symbols("stream", stream, (trials, None))
    stream = np.zeros((trials, 0), np.int32) if stream is None else stream
    return simulate_recording(network, compiled, state, symbols, stream, Rates(noise, leak, keys, after), "final")[0]


def _check_static(network: Network, compiled: object, state: State) -> None:
    """Raise for what does not belong together, as far as it is known even while JAX traces."""
    check_network(network)
    if not isinstance(state, State):
        raise NetworkError(f"state is a {type(state).__name__}; make one with network.silent(trials)")
    if not isinstance(compiled, Schedule | Listing):
        raise ProgramError(f"compiled is a {type(compiled).__name__}; give what program.compile(network) returns")
    compiled.check_fits(network)
    check_origin(network.origin, state)


def _check_symbols(name: str, symbols: object, shape: tuple[int | None, ...]) -> None:
    """Raise unless it is an array of whole numbers of this shape."""
    check_array(name, symbols, shape, ArgumentError)
    if isinstance(symbols, np.ndarray | jax.Array) and not jnp.issubdtype(symbols.dtype, jnp.integer):
        meant = "ticks" if name == "after" else "indices into the vocabulary"
        raise ArgumentError(f"{name} is of type {symbols.dtype}; give whole numbers, {meant}")


def simulate_recording(
    network: Network,
    compiled: Schedule | Listing,
    state: State,
    symbols: Symbols,
    stream: Int[np.ndarray, "trials length"] | Int[Array, "trials length"],
    rates: Rates,
    record: str,
    tell: Tell | None = None,
    devices: Devices | None = None,
) -> tuple[Outcome, Record | None]:
    """As `simulate`, with all that it takes given, and what was recorded of the ticks.

    **Arguments:**

    - `record`: as for `run`.
    - `tell`: is told how far the run has come.
    - `devices`: those that the trials are spread over, None for one.
    """
    noise, leak, keys, before = rates
    leak = jnp.asarray(leak, jnp.float32) if isinstance(leak, Tracer) else float(leak)
    level = None if is_noiseless(noise) else _float32(noise)
    given: Any = symbols
    inputs: Any = stream
    controller = _kept_controller(compiled, leak) if isinstance(leak, float) else _controller(compiled, leak)
    slots = padded(given, bucket(len(given), 8))
    if isinstance(compiled, Schedule):
        room = bucket(compiled.ticks, 32)
    else:
        room, inputs = _RECORDED_TICKS, padded_stream(inputs)
    room = 0 if record == "final" else room
    trials = Given(slots, inputs)
    draws = Draws(level, keys, before)
    return drive(network, controller, trials, draws, state, record=record, room=room, tell=tell, devices=devices)


def _controller(compiled: Schedule | Listing, leak: float | Float[Array, ""]) -> AbstractController:
    make: Any = straight if isinstance(compiled, Schedule) else branching
    return make(compiled.wiring, compiled, leak)


def _kept_controller(compiled: Schedule | Listing, leak: float) -> AbstractController:
    """The controller, made once for each of the last few leaks."""
    controllers = _controllers(compiled)
    known = controllers.get(leak)
    return controllers.keep(leak, _controller(compiled, leak)) if known is None else known


@kept
def _controllers(compiled: Schedule | Listing) -> Few[float, AbstractController]:
    return Few(_LEAKS_KEPT)


def _float32(number: Rate) -> Float[Array, ""] | np.float32:
    return jnp.asarray(number, jnp.float32) if isinstance(number, jax.Array) else np.float32(number)
