"""What a compiled program has, whether it is a straight line or branches."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from attractorbind._checks import check_fraction
from attractorbind._display import Printed
from attractorbind._errors import ArgumentError, ProgramError, listed
from attractorbind._network import Network
from attractorbind._program.statement import Instruction, Statement, Step
from attractorbind._program.symbol import Arg, Next
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Wiring

# A buffer, and the symbol that is presented to it or asked for.
Slot = tuple[str, str | Arg]
# An instruction that begins at a step, and how many macros it stands in.
Beginning = tuple[int, Instruction]


@dataclass(frozen=True, eq=False)
class Compiled(Printed):
    """A program made fit for one wiring and vocabulary.

    **Attributes:**

    - `slots`: the (buffer, symbol or arg) pairs that are presented or asked for.
    - `notes`: what the instructions have to say, such as buffers that a copy passes through.
    """

    wiring: Wiring
    vocabulary: Vocabulary
    slots: tuple[Slot, ...]
    notes: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that a run must give, in order of use."""
        return tuple(dict.fromkeys(symbol.name for _, symbol in self.slots if isinstance(symbol, Arg)))

    @property
    def reads(self) -> bool:
        """Whether it takes symbols from the trial's input sequence."""
        return False

    @property
    @abstractmethod
    def settings(self) -> Float[np.ndarray, "settings gates"]:
        """The conductances of all gates in every setting that it goes through."""

    def opens(self, gate: str) -> bool:
        """Whether it opens a gate at any time."""
        return bool((self.settings[:, self.wiring.gate_index[gate]] > 0).any())

    @abstractmethod
    def stuck(self, conductances: Mapping[str, Any]) -> "Compiled":
        """The program as it runs where some gates are stuck at a conductance, whatever it says of them."""

    def check_fits(self, network: Network) -> None:
        """Raise unless the network has the wiring and the vocabulary that this was compiled for."""
        if self.vocabulary != network.vocabulary:
            difference = f"the vocabulary {self.vocabulary!r}; this network has {network.vocabulary!r}"
        elif self.wiring != network.wiring:
            difference = f"{_summary(self.wiring)}; this network has {_summary(network.wiring)}"
        else:
            return
        raise ProgramError(f"the program was compiled for {difference}; compile it for this network")


def with_stuck(
    wiring: Wiring, gates: Float[np.ndarray, "rows gates"], conductances: Mapping[str, Any]
) -> Float[np.ndarray, "rows gates"]:
    """The conductances of all gates in every row, with some of them stuck."""
    if not isinstance(conductances, Mapping):
        raise ArgumentError(
            f"stuck is {conductances!r}; give a mapping from gates to conductances, {{'agent': 0}}, say"
        )
    stuck = gates.copy()
    for name, conductance in conductances.items():
        gate = wiring.gate_index[wiring.gate(name).name]
        stuck[:, gate] = check_fraction(f"the conductance of the stuck gate {name!r}", conductance, booleans=True)
    return stuck


def _summary(wiring: Wiring) -> str:
    buffers = ", ".join(
        f"{population.name}: {population.units}" for population in wiring.populations if population.kind == "buffer"
    )
    nuclei = sum(population.kind == "nucleus" for population in wiring.populations)
    return f"buffers {{{buffers}}} and {nuclei} nuclei with gates {listed(wiring.gate_index)}"


def flatten(
    wiring: Wiring, statements: Sequence[Statement], depth: int = 0
) -> Iterator[tuple[Step, tuple[Beginning, ...]]]:
    """The primitive steps of instructions in order, each with the instructions that begin at it, outermost first."""
    for statement in statements:
        if isinstance(statement, Step):
            yield statement, (((0, statement),) if depth == 0 else ())
        elif isinstance(statement, Instruction):
            begins: tuple[Beginning, ...] = ((depth, statement),)
            for step, inner in flatten(wiring, statement.expand(wiring), depth + 1):
                yield step, begins + inner
                # The instruction begins at the first of its steps only.
                begins = ()
        else:
            raise ProgramError(f"an instruction stands for instructions only, not for {statement}")


def slot_of(network: Network, slots: dict[Slot, int], buffer: str, symbol: str | Arg) -> int:
    """The number of the slot for a buffer and a symbol, added to `slots` if it is new; unknown names are errors."""
    network.wiring.buffer(buffer)
    if not isinstance(symbol, Arg):
        network.vocabulary[symbol]
    return slots.setdefault((buffer, symbol), len(slots))


def gate_columns(wiring: Wiring, conductances: Float[np.ndarray, " gates"]) -> tuple[str, str]:
    """The gates that are not at rest, as text: the latches, then all others."""
    latches: list[str] = []
    others: list[str] = []
    for gate, conductance in zip(wiring.gates, conductances, strict=True):
        if conductance != gate.rest:
            text = gate.name if conductance == 1 - gate.rest else f"{gate.name}={conductance:g}"
            (latches if gate.kind == "latch" else others).append(text)
    return ", ".join(latches), ", ".join(others)


def presented_text(buffer: str, symbol: str | Arg | Next) -> str:
    """What is presented, as text."""
    return f"{buffer} <- {symbol if isinstance(symbol, str) else repr(symbol)}"


def step_label(begins: Sequence[Beginning], procedures: Sequence[str] = ()) -> str:
    """The procedures and instructions that begin at a step, outermost first.

    Indented by the depth of the first instruction, where no procedure begins.
    """
    text = " > ".join([*procedures, *(str(instruction) for _, instruction in begins)])
    return "  " * (begins[0][0] if begins and not procedures else 0) + text
