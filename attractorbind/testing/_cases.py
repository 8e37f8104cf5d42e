"""Cases: programs, with what several trials of them are given."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from attractorbind._errors import ProgramError
from attractorbind._network import Network, check_network
from attractorbind._program.program import Program
from attractorbind._program.symbol import Arg, arg
from attractorbind.testing._program_strategies import LENGTHS, ProgramWriter
from attractorbind.testing._strategies import check_strategy

# How many trials a case has.
TRIALS = 4
# The arguments that programs may have.
_ARGUMENTS = ("first", "second")
# Of how many inputs: a run pads them to 8, and a fault may show only just before, at or past the end.
_INPUTS = (0, 1, 3, 5, 7, 8)


@dataclass(frozen=True)
class Case:
    """A program, and what each of several trials of it is given.

    **Attributes:**

    - `program`: the program.
    - `args`: argument to one symbol for each trial.
    - `inputs`: what `read` presents, a list for each trial; a program that reads nothing takes none of it.
    """

    program: Program
    args: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inputs: Sequence[Sequence[str]] = ((),) * TRIALS

    def args_of(self, trial: int) -> dict[str, str]:
        """The arguments of one trial."""
        return {name: symbols[trial] for name, symbols in self.args.items()}


def drawn_cases(network: Network, seed: int) -> Iterator[Case]:
    """Cases without end, of programs as `attractorbind.testing.programs` draws them.

    They come from a generator of random numbers: it is quicker than Hypothesis, and draws what is seldom as often as
    it should, while Hypothesis likes to try again what is much like the last.
    """
    writer, generator = ProgramWriter(network), random.Random(seed)
    given = [arg(name) for name in _ARGUMENTS]
    while True:
        symbols = generator.choices(network.vocabulary.names, k=generator.choice([2, 3]))
        program = writer.program(generator.choice, [*symbols, *given], generator.choice(LENGTHS))
        yield with_trials(network, program, generator)


def with_trials(network: Network, program: Program, generator: random.Random) -> Case:
    """The program with different arguments and inputs for four trials.

    They are of few symbols, those of the program among them, so that what is compared and recalled is often the same.
    """
    compiled = program.compile(network)
    named = [symbol for _, symbol in compiled.slots if not isinstance(symbol, Arg)]
    pool = [*dict.fromkeys(named), *generator.choices(network.vocabulary.names, k=2)][:4]
    args = {name: generator.choices(pool, k=TRIALS) for name in compiled.arguments}
    return Case(program, args, [generator.choices(pool, k=length) for length in generator.sample(_INPUTS, TRIALS)])


def cases(network: Network, *, programs: SearchStrategy[Program] | None = None) -> SearchStrategy[Case]:
    """Programs, with different arguments and inputs for four trials of each.

    **Arguments:**

    - `network`: the network.
    - `programs`: by default those that `check_binding` draws; these do not shrink.
    """
    check_network(network)
    check_strategy("programs", programs)
    seeds = st.integers(0, 2**32)
    if programs is None:
        return seeds.map(lambda seed: next(drawn_cases(network, seed)))

    @st.composite
    def drawn(draw: Callable[..., Any]) -> Case:
        program = draw(programs)
        if not isinstance(program, Program):
            raise ProgramError(
                f"programs= has drawn {program!r}; give a strategy of programs, such as programs(network)"
            )
        return with_trials(network, program, random.Random(draw(seeds)))

    return drawn()
