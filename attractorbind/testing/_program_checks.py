"""The check of a given program: what it should leave in the buffers."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Array, Key

from attractorbind._checks import entries
from attractorbind._errors import ArgumentError, ProgramError
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._run import run
from attractorbind.testing._check_error import CheckError
from attractorbind.testing._comparison import differences, first_difference
from attractorbind.testing._reference import reference

_AGREED = "Network and reference agree: it is the program, or what is expected of it, that is wrong.\n\n"


def check_program(
    network: Network,
    program: Program | Schedule | Listing,
    expected: Mapping[str, Any],
    *,
    args: Mapping[str, Any] | None = None,
    inputs: Any = None,
    noise: Rate = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
) -> None:
    """Check what the buffers hold when a program has come to its end, in every trial.

    **Arguments:**

    - `network`: the network.
    - `program`: the program, or what it compiles to.
    - `expected`: buffer to a symbol, or to None for an empty buffer, or to a list with one of these for each trial;
        buffers that are not named may hold anything.
    - `args`, `inputs`, `noise`, `key`: as for `run`.

    **Raises:** `CheckError` that names the first trial that is wrong, with its gating table, and, if the program has a
    meaning in names, with the first tick at which network and reference part; `UnknownNameError` for a buffer or symbol
    that is not there; `ArgumentError` for a list that has not one entry per trial.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.testing import check_program
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 128, "agent": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> check_program(network, ab.load("focus", "dog") + ab.move("focus", "agent"), {"agent": "dog", "focus": None})
        >>> noun = ab.load("agent", ab.arg("noun"))
        >>> check_program(network, noun, {"agent": ["cat", "dog"], "focus": None}, args={"noun": ["cat", "dog"]})
    """
    check_network(network)
    _check_expected(network, expected)
    trace = run(network, program, args=args, inputs=inputs, noise=noise, key=key, record="decoded", throw=False)
    trials = len(trace.ticks)
    symbols = {buffer: _one_per_trial(buffer, names, trials) for buffer, names in expected.items()}
    held = trace.decode()
    wrong = [
        trial
        for trial in range(trials)
        if any(held[buffer][trial] != names[trial] for buffer, names in symbols.items())
    ]
    if not wrong:
        return
    trial = wrong[0]
    told = "; ".join(
        f"{buffer!r} holds {held[buffer][trial]!r}, not {names[trial]!r}"
        for buffer, names in symbols.items()
        if held[buffer][trial] != names[trial]
    )
    if trials > 1:
        told = f"of trial {trial} {told}; {len(wrong)} of {trials} trials {'is' if len(wrong) == 1 else 'are'} wrong"
    parted = ""
    if isinstance(program, Program):
        # A program of single gates has no meaning in names, and nothing to be compared with.
        with contextlib.suppress(ProgramError):
            meant = reference(network, program, args=_args_of(args, trial), inputs=_inputs_of(inputs, trial))
            parted = f"{first_difference(trace, trial, meant)}\n\n" if differences(trace, trial, meant) else _AGREED
    raise CheckError(f"at the end {told}\n\n{program}\n\n{parted}{trace.table(trial)}")


def _check_expected(network: Network, expected: object) -> None:
    """Raise unless it maps buffers of the network to symbols, to None, or to lists of them."""
    if not isinstance(expected, Mapping):
        raise ArgumentError(f"expected is {expected!r}; give a mapping from buffers to the symbols they should hold")
    for buffer, symbols in expected.items():
        network.wiring.buffer(buffer)
        of_trials = entries(symbols)
        for symbol in [symbols] if of_trials is None else of_trials:
            if symbol is not None:
                network.vocabulary[symbol]


def _one_per_trial(buffer: str, symbols: Any, trials: int) -> Sequence[str | None]:
    """What a buffer should hold in each trial, from one symbol for all of them or one for each."""
    if symbols is None or isinstance(symbols, str):
        return [symbols] * trials
    of_trials = entries(symbols) or []
    if len(of_trials) != trials:
        there_are = "there is 1 trial" if trials == 1 else f"there are {trials} trials"
        raise ArgumentError(
            f"expected gives {len(of_trials)} symbols for buffer {buffer!r}, but {there_are}; give one symbol for all "
            "trials, or a list with one for each"
        )
    return of_trials


def _args_of(args: Mapping[str, Any] | None, trial: int) -> dict[str, str]:
    """The arguments of one trial, from what `run` takes: each one symbol, or a list with one for all or for each."""
    return {
        name: symbols if isinstance(symbols, str) else str(symbols[trial if len(symbols) > 1 else 0])
        for name, symbols in (args or {}).items()
    }


def _inputs_of(inputs: Any, trial: int) -> Sequence[str]:
    """The inputs of one trial, from what `run` takes: a list of symbols, or a list of such lists, one per trial."""
    inputs = entries(inputs) if inputs is not None else None
    if inputs is None or all(isinstance(symbol, str) for symbol in inputs):
        return inputs or ()
    return inputs[trial if len(inputs) > 1 else 0]
