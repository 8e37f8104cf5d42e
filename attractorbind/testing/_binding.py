"""The check of a network by random programs, which are run on the network and on the reference machine."""

import contextlib
from collections.abc import Sequence

import hypothesis
import jax
from hypothesis import HealthCheck, Phase, strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._checks import check_count, check_fraction
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.program import Program
from attractorbind._run import run
from attractorbind._trace import Trace
from attractorbind.testing._check_error import CheckError
from attractorbind.testing._comparison import differences, first_difference
from attractorbind.testing._program_strategies import elementary_programs, programs as all_programs
from attractorbind.testing._reference import Reference, reference
from attractorbind.testing._shorten import simplest

# A program whose table has more rows than this is not tried, for each size of tables compiles anew.
_MOST_ROWS = 64
# Hypothesis complains of examples that are large or take long: programs are both, for running them compiles.
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

    It first tries every latch, relay and memory alone with a few symbols, unless other programs are asked for. Then it
    draws programs and inputs, runs each on the network and on the reference machine, and compares buffers, outputs,
    snapshots and how the program ended. A program that fails is made as short and plain as it can be.

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
        return bool(differences(trace, 0, reference(network, program, inputs=inputs)))

    def run_of(program: Program, inputs: list[str], record: str) -> Trace:
        compiled = program.compile(network)
        given = inputs if compiled.reads else None
        return run(network, compiled, inputs=given, noise=noise, key=key, throw=False, record=record)

    found: list[tuple[Program, list[str]]] = []
    elementary = elementary_programs(network) if programs is None else ()
    failing = next((program for program in elementary if fails(program, [])), None)
    if failing is not None:
        found.append((failing, []))
    else:
        # The error only ends the search; what failed is in `found`.
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


def _told(program: object, trace: Trace, expected: Reference, inputs: Sequence[str]) -> str:
    """The text of the error for a program that fails."""
    parted = "; ".join(differences(trace, 0, expected))
    lines = [f"the network does not do what the program means: {parted}", "", "Program:", str(program)]
    if inputs:
        lines += ["", f"Inputs: {' '.join(inputs)}"]
    return "\n".join([*lines, "", first_difference(trace, 0, expected), "", trace.table()])
