"""The check of a network by random programs, which are run on the network and on the reference machine."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis
import jax
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy

from attractorbind._checks import check_count, check_fraction
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._program.listing import Listing
from attractorbind._program.program import Program
from attractorbind._run import run
from attractorbind._trace import Trace
from attractorbind._waiting import waiting
from attractorbind.testing._cases import TRIALS, Case, cases, drawn_cases
from attractorbind.testing._check_error import OFFER, CheckError, Failing
from attractorbind.testing._comparison import differences, first_difference
from attractorbind.testing._elementary import elementary_cases
from attractorbind.testing._one_size import of_one_size
from attractorbind.testing._reference import Reference, reference
from attractorbind.testing._shorten import bound, simplest
from attractorbind.testing._strategies import check_strategy

# Hypothesis complains of examples that are large or take long: programs are both, for running them compiles.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example, HealthCheck.filter_too_much)
# How many programs are drawn for one that is small enough.
_MOST_DRAWN = 10
# With a rate of errors that is allowed: how probable it may be that a network that keeps to it is told to be faulty.
_FALSE_ALARMS = 1e-6


@dataclass
class Tried:
    """What a check of binding has tried, and what went wrong.

    **Attributes:**

    - `programs`, `trials`: how many there were.
    - `wrong`: how many trials ended otherwise than the reference.
    - `covered`: in how many programs what a program may do was done, as in `Reference.covered`.
    - `failing`: the first case that went wrong, with its number and that of its trial.
    """

    programs: int = 0
    trials: int = 0
    wrong: int = 0
    covered: Counter[str] = field(default_factory=Counter)
    failing: tuple[Case, int, int] | None = None


def check_binding(
    network: Network,
    *,
    max_examples: int = 100,
    noise: Rate = 0.0,
    leak: float = 0.0,
    error_rate: float = 0.0,
    programs: SearchStrategy[Program] | None = None,
    seed: int = 0,
) -> None:
    """Check that programs do on the network what they do in names.

    It first tries every latch, relay and memory alone with a few symbols, unless other programs are asked for. Then it
    draws programs, arguments and inputs, runs each in four trials on the network and on the reference machine, and
    compares buffers, outputs, snapshots and how the program ended. A program that fails is made as short and plain as
    it can be.

    With noise, leak or lesions a network may err now and then. If `error_rate` is p, it fails only if of n trials so
    many are wrong, k, that P(K >= k) is below 1e-6, K being binomial (n, p): in a million checks of networks in which a
    share of p of such trials goes wrong, one at the most fails by chance.

    **Arguments:**

    - `network`: the network.
    - `max_examples`: how many programs.
    - `noise`: probability that a unit's output flips, a tick.
    - `leak`: conductance of a closed gate.
    - `error_rate`: the fraction of trials that may go wrong; by default none.
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
    binding_tried(
        network,
        max_examples=max_examples,
        noise=noise,
        leak=leak,
        error_rate=error_rate,
        programs=programs,
        seed=seed,
    )


def binding_tried(
    network: Network,
    *,
    max_examples: int,
    noise: Rate,
    leak: float,
    error_rate: float,
    programs: SearchStrategy[Program] | None,
    seed: int,
) -> Tried:
    """As `check_binding`, and what was tried."""
    check_network(network)
    noise, leak, allowed = (
        check_fraction(name, value) for name, value in (("noise", noise), ("leak", leak), ("error_rate", error_rate))
    )
    check_strategy("programs", programs)
    count, tried = check_count("max_examples", max_examples), Tried()
    key = jax.random.key(check_count("seed", seed, least=0))

    def try_case(case: Case) -> None:
        expected, number = meant(network, case), tried.programs
        wrong = wrong_trials(case, number, expected)
        tried.programs, tried.trials, tried.wrong = tried.programs + 1, tried.trials + TRIALS, tried.wrong + len(wrong)
        tried.covered.update(set().union(*(machine.covered for machine in expected)))
        if wrong and tried.failing is None:
            tried.failing = case, number, wrong[0]
        if wrong and not allowed:
            # Only ends the search; what failed is kept.
            raise CheckError

    def wrong_trials(case: Case, number: int, expected: list[Reference]) -> list[int]:
        trace = run_of(case, number, "final")
        held = trace.decode()
        return [trial for trial in range(TRIALS) if differences(trace, trial, expected[trial], held)]

    def run_of(case: Case, number: int, record: str) -> Trace:
        # Each case has noise of its own, or its errors would not be independent of the others'.
        keys = jax.random.split(jax.random.fold_in(key, number), TRIALS)
        compiled = _runnable(network, case.program) if record == "final" else None
        compiled = case.program.compile(network) if compiled is None else compiled
        inputs = case.inputs if compiled.reads else None
        how = {"noise": noise, "leak": leak, "key": keys, "throw": False, "record": record}
        return run(network, compiled, args=case.args, inputs=inputs, **how)

    with waiting(lambda: f"check_binding: {tried.programs} programs"), contextlib.suppress(CheckError):
        for case in elementary_cases(network) if programs is None else ():
            try_case(case)
        if programs is not None:
            _search(network, cases(network, programs=programs), try_case, count, seed)
        else:
            drawn = itertools.islice(drawn_cases(network, seed), _MOST_DRAWN * count)
            runnable = (case for case in drawn if _runnable(network, case.program) is not None)
            for case in itertools.islice(runnable, count):
                try_case(case)
    if tried.failing is None or not too_many(tried, allowed):
        return tried
    case, number, trial = tried.failing
    case = _simplest(network, case, trial, lambda simpler: bool(wrong_trials(simpler, number, meant(network, simpler))))
    trace, expected = run_of(case, number, "states"), meant(network, case)
    trial = next((trial for trial in range(TRIALS) if differences(trace, trial, expected[trial])), 0)
    tick, parted = first_difference(trace, trial, expected[trial])
    told = _told(case, trial, trace, expected[trial], parted)
    if allowed:
        told = f"{tried.wrong} of {tried.trials} trials are wrong, too many for an error rate of {allowed:g}; {told}"
    boxes = {buffer: [machine.boxes[buffer] for machine in expected] for buffer in network.buffers}
    raise CheckError(f"{told}\n\n{OFFER}", Failing(trace, trial, tick, parted, boxes))


def _search(
    network: Network, drawn: SearchStrategy[Case], try_case: Callable[[Case], None], count: int, seed: int
) -> None:
    """Let Hypothesis draw cases of a user's strategy, and try each."""

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=_SLOW,
    )
    @hypothesis.given(drawn)
    def agrees(case: Case) -> None:
        hypothesis.assume(_runnable(network, case.program) is not None)
        try_case(case)

    try:
        agrees()
    except Unsatisfiable as error:
        raise ArgumentError(
            "programs= draws no program that can be run in a check: it is empty, filters nearly all out, or draws only "
            "programs that are too large; give a strategy such as attractorbind.testing.programs(network)"
        ) from error


def too_many(tried: Tried, allowed: float) -> bool:
    """Whether so many wrong trials are as good as impossible at the rate of errors that is allowed."""
    from scipy.special import bdtrc

    return not allowed or bool(bdtrc(tried.wrong - 1, tried.trials, allowed) < _FALSE_ALARMS)


def _runnable(network: Network, program: Program) -> Any:
    """The program as it is run, with tables of one size if it branches; None if it is too large."""
    compiled = program.compile(network)
    return of_one_size(compiled) if isinstance(compiled, Listing) else compiled


def meant(network: Network, case: Case) -> list[Reference]:
    """What each trial of a case means."""
    return [
        reference(network, case.program, args=case.args_of(trial), inputs=case.inputs[trial]) for trial in range(TRIALS)
    ]


def _simplest(network: Network, case: Case, trial: int, fails: Callable[[Case], bool]) -> Case:
    """The simplest program that fails with what is given to the case, and then the fewest inputs.

    If it fails in all trials with the arguments of one, it has symbols instead of arguments.
    """
    alike = Case(bound(case.program, case.args_of(trial)), inputs=case.inputs)
    if case.args and fails(alike):
        case = alike

    def with_program(program: Program) -> Case:
        needed = program.compile(network).arguments
        return replace(case, program=program, args={name: case.args[name] for name in needed})

    program = simplest(
        case.program,
        lambda simpler: fails(with_program(simpler)),
        buffers=list(network.buffers),
        symbols=network.vocabulary.names,
    )
    case = with_program(program)
    while any(case.inputs):
        fewer = replace(case, inputs=[inputs[:-1] for inputs in case.inputs])
        if not fails(fewer):
            break
        case = fewer
    return case


def _told(case: Case, trial: int, trace: Trace, expected: Reference, where: str) -> str:
    """The text of the error for a program that fails."""
    parted = "; ".join(differences(trace, trial, expected))
    lines = [f"the network does not do what the program means: {parted}", "", "Program:", str(case.program)]
    if case.args:
        lines += ["", "Arguments: " + ", ".join(f"{name}={symbol!r}" for name, symbol in case.args_of(trial).items())]
    if case.inputs[trial]:
        lines += ["", f"Inputs: {' '.join(case.inputs[trial])}"]
    return "\n".join([*lines, "", where, "", trace.table(trial)])
