"""Checks of what programs do on a network: random ones, and a given one.

Each returns nothing if all is well, and raises `CheckError` with the smallest failure found, the gating table and the
first tick at which network and reference part.
"""

import contextlib
import itertools
from collections.abc import Mapping, Sequence

import hypothesis
import jax
from hypothesis import HealthCheck, Phase, strategies as st
from hypothesis.strategies import SearchStrategy
from jaxtyping import Array, Key

from attractorbind._checks import check_count, check_fraction
from attractorbind._errors import ArgumentError, ProgramError
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._program.schedule import Schedule
from attractorbind._result import Result
from attractorbind._run import run
from attractorbind._trace import Trace
from attractorbind.testing._check_error import CheckError
from attractorbind.testing._reference import Reference, reference
from attractorbind.testing._shorten import simplest
from attractorbind.testing._strategies import elementary_programs, programs as all_programs

_AGREED = "Network and reference agree: it is the program, or what is expected of it, that is wrong.\n\n"
# Tables beyond this size would compile anew.
_MOST_ROWS = 64
# Programs are large data, and running them compiles.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much)


def check_binding(
    network: Network,
    *,
    max_examples: int = 100,
    noise: Rate = 0.0,
    programs: SearchStrategy[Program] | None = None,
    seed: int = 0,
) -> None:
    """Check that programs do on the network what they do in names.

    First tries every latch, relay and memory alone with a few symbols, unless other programs are asked for. Then draws
    programs and inputs, runs each on the network and on the reference machine, and compares buffers, outputs, snapshots
    and how it ended. A program that fails is made as short and plain as it can be.

    **Arguments:**

    - `network`: the network.
    - `max_examples`: how many programs.
    - `noise`: probability that a unit's output flips, a tick.
    - `programs`: which programs; by default those of `attractorbind.testing.programs(network)`.
    - `seed`: of programs and noise.

    **Raises:** `CheckError` with the shortest program found, its gating table and the first tick of difference.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.testing import check_binding
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 128, "agent": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> check_binding(network, max_examples=5)
    """
    check_network(network)
    noise, key = check_fraction("noise", noise), jax.random.key(check_count("seed", seed, least=0))
    words = st.lists(st.sampled_from(network.vocabulary.names), max_size=4)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=check_count("max_examples", max_examples),
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=_SLOW,
    )
    @hypothesis.given(all_programs(network) if programs is None else programs, words)
    def agrees(program: Program, inputs: list[str]) -> None:
        hypothesis.assume(len(program.compile(network).labels) <= _MOST_ROWS)
        if fails(program, inputs):
            found.append((program, inputs))
            raise CheckError

    def fails(program: Program, inputs: list[str]) -> bool:
        trace = run_of(program, inputs, "final")
        return bool(_differences(trace, 0, reference(network, program, inputs=inputs)))

    def run_of(program: Program, inputs: list[str], record: str) -> Trace:
        compiled = program.compile(network)
        given = inputs if compiled.reads else None
        return run(network, compiled, inputs=given, noise=noise, key=key, throw=False, record=record)

    first = elementary_programs(network) if programs is None else ()
    found = [(program, []) for program in itertools.islice((one for one in first if fails(one, [])), 1)]
    if not found:
        with contextlib.suppress(CheckError):
            agrees()
    if not found:
        return
    program, inputs = found[0]
    program = simplest(
        program,
        lambda simpler: fails(simpler, inputs),
        buffers=list(network.buffers),
        symbols=network.vocabulary.names,
    )
    while inputs and fails(program, inputs[:-1]):
        inputs = inputs[:-1]
    trace = run_of(program, inputs, "decoded")
    raise CheckError(_told(program, trace, reference(network, program, inputs=inputs), inputs))


def _differences(trace: Trace, trial: int, expected: Reference) -> list[str]:
    """What is not as in the reference at the end, in words."""
    told = []
    for buffer, names in trace.decode().items():
        if names[trial] != expected.boxes[buffer]:
            told.append(f"{buffer!r} holds {names[trial]!r}, not {expected.boxes[buffer]!r}")
    if trace.outputs[trial] != expected.outputs:
        told.append(f"the outputs are {trace.outputs[trial]!r}, not {expected.outputs!r}")
    limit = trace.result[trial] == Result.LIMIT
    if limit != (expected.result == Result.LIMIT):
        told.append("it ends at a limit" if limit else "it does not end at the limit")
    for memory, slips in expected.slips.items():
        kept = [{name: box for name, box in slips[number].items() if box} for number in sorted(slips)]
        found = [{name: box for name, box in slip.items() if box} for slip in trace.snapshots(memory, trial)]
        if found != kept:
            told.append(f"memory {memory!r} holds {found!r}, not {kept!r}")
    return told


def _first_difference(trace: Trace, trial: int, expected: Reference) -> str:
    """After which instruction, and at which tick, a buffer first holds something else than its box."""
    for moment in expected.moments:
        tick = moment.ticks - 1
        if tick >= int(trace.ticks[trial]):
            break
        for buffer, names in trace.decode(tick).items():
            if names[trial] != moment.boxes[buffer]:
                return (
                    f"Network and reference part at tick {tick}, the end of {moment.instruction}: {buffer!r} holds "
                    f"{names[trial]!r} in the network, {moment.boxes[buffer]!r} in the reference."
                )
    return "Network and reference do not part at the end of an instruction, but in a branch or at the end of all."


def _told(program: object, trace: Trace, expected: Reference, inputs: Sequence[str]) -> str:
    differences = "; ".join(_differences(trace, 0, expected))
    lines = ["the network does not do what the program means: " + differences, "", "Program:", str(program)]
    if inputs:
        lines += ["", f"Inputs: {' '.join(inputs)}"]
    return "\n".join([*lines, "", _first_difference(trace, 0, expected), "", trace.table()])


def check_program(
    network: Network,
    program: Program | Schedule | Listing,
    expected: Mapping[str, str | None],
    *,
    args: Mapping[str, str] | None = None,
    inputs: Sequence[str] | None = None,
    noise: Rate = 0.0,
    key: Key[Array, ""] | None = None,
) -> None:
    """Check what the buffers hold when a program has come to its end.

    **Arguments:**

    - `network`: the network.
    - `program`: the program, or what it compiles to.
    - `expected`: buffer to a symbol, or to None for an empty one; buffers that are not named may hold anything.
    - `args`, `inputs`, `noise`, `key`: as for `run`, of one trial.

    **Raises:** `CheckError` with the gating table, and where the program has a meaning in names the first tick at which
    network and reference part; `UnknownNameError` for a buffer or symbol that is not there.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.testing import check_program
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 128, "agent": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> check_program(network, ab.load("focus", "dog") + ab.move("focus", "agent"), {"agent": "dog", "focus": None})
    """
    check_network(network)
    if not isinstance(expected, Mapping):
        raise ArgumentError(f"expected is {expected!r}; give a mapping from buffers to the symbols they should hold")
    for buffer, symbol in expected.items():
        network.wiring.buffer(buffer)
        if symbol is not None:
            network.vocabulary[symbol]
    trace = run(network, program, args=args, inputs=inputs, noise=noise, key=key, record="decoded", throw=False)
    held = {buffer: names[0] for buffer, names in trace.decode().items()}
    wrong = [
        f"{buffer!r} holds {held[buffer]!r}, not {symbol!r}"
        for buffer, symbol in expected.items()
        if held[buffer] != symbol
    ]
    if not wrong:
        return
    parted = ""
    if isinstance(program, Program):
        try:
            meant = reference(network, program, args=args, inputs=inputs or ())
            parted = _first_difference(trace, 0, meant) + "\n\n" if _differences(trace, 0, meant) else _AGREED
        except ProgramError:
            parted = ""
    raise CheckError(f"at the end {'; '.join(wrong)}\n\n{program}\n\n{parted}{trace.table()}")
