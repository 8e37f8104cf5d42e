"""The check of a given program: what it should leave in the buffers."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from jaxtyping import Array, Key

from attractorbind._checks import entries
from attractorbind._errors import ProgramError
from attractorbind._expected import check_expected, missed
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._run import run
from attractorbind.testing._check_error import OFFER, CheckError, Failing
from attractorbind.testing._comparison import differences, first_difference
from attractorbind.testing._reference import reference

_AGREED = "Network and reference agree: it is the program, or what is expected of it, that is wrong."


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
    check_expected(network, expected)
    trace = run(network, program, args=args, inputs=inputs, noise=noise, key=key, record="decoded", throw=False)
    trials = len(trace.ticks)
    wrong = {trial: told for trial, told in enumerate(missed(expected, trace.decode(), trials)) if told}
    if not wrong:
        return
    trial, reasons = next(iter(wrong.items()))
    told = "; ".join(reasons)
    if trials > 1:
        told = f"of trial {trial} {told}; {len(wrong)} of {trials} trials {'is' if len(wrong) == 1 else 'are'} wrong"
    parted, tick = "", int(trace.ticks[trial]) - 1
    if isinstance(program, Program):
        # A program of single gates has no meaning in names, and nothing to be compared with.
        with contextlib.suppress(ProgramError):
            meant = reference(network, program, args=_args_of(args, trial), inputs=_inputs_of(inputs, trial))
            parted = _AGREED
            if differences(trace, trial, meant):
                tick, parted = first_difference(trace, trial, meant)
    failing = Failing(trace, trial, tick, " ".join([f"At the end {told}.", parted]).strip(), expected)
    parted = f"{parted}\n\n" if parted else ""
    raise CheckError(f"at the end {told}\n\n{program}\n\n{parted}{trace.table(trial)}\n\n{OFFER}", failing)


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
