"""The instruction of a predictor, a sequence of its gates: take a step; and the question whether it was surprised."""

from dataclasses import dataclass

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_bool, check_known
from attractorbind._program.assembler import Assembler, Label
from attractorbind._program.choosing import area_name, opening
from attractorbind._program.condition import Branch, Condition, Question, Reading
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import Instruction, Statement
from attractorbind._wiring import AreaWiring, Wiring

# What is said of what names no predictor.
WRONG = "predictor is {!r}; give its name"


@dataclass(frozen=True)
class Predict(Instruction):
    """Let a predictor compare what it foresaw with what is there, and foresee what comes next."""

    area: str
    learn: bool

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        switches = ["step", *["learn"] * self.learn]
        return gates(open=opening(_predicting(wiring, self.area), *switches)).statements

    def __str__(self) -> str:
        return f"predict({self.area!r}{', learn=False' * (not self.learn)})"


@dataclass(frozen=True)
class Surprised(Question):
    """Was what came at a predictor's last step a surprise?"""

    area: str

    def reading(self, wiring: Wiring) -> Reading:
        """The predictor's one channel."""
        area = _predicting(wiring, self.area)
        return Reading(None, channel=(area.name, area.channels[0]))

    def lower(self, assembler: Assembler, yes: Label, no: Label, *, settle: bool) -> None:
        """One action. No buffer is read, so no latch need settle."""
        assembler.add(Branch(self, settle=False), yes, no)

    def __str__(self) -> str:
        return f"surprised({self.area!r})"


def _predicting(wiring: Wiring, name: str) -> AreaWiring:
    """The wiring of a predictor, or the error for a name that is none."""
    known = {area.name: area for area in wiring.areas if area.channels and not area.chooses}
    return known[check_known("predictor", "predictors", name, known)]


def predict(area: str | AbstractArea, *, learn: bool = True) -> Program:
    """Let a predictor take a step: compare what it foresaw with what is there now, learn, and foresee; one tick.

    **Arguments:**

    - `area`: a predictor, or its name.
    - `learn`: whether its synapses change.

    **Raises:** when compiled, `UnknownNameError` for a predictor that the network does not have.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), areas=[ab.Predictor("cerebellum", reads=["focus"])], key=jax.random.key(0))
        >>> print(ab.predict("cerebellum").expand(network))
        gates(open={'focus->cerebellum', 'cerebellum:step', 'cerebellum:learn'}, ticks=1)
    """
    return Program((Predict(area_name(area, WRONG), check_bool("learn", learn)),))


def surprised(area: str | AbstractArea) -> Condition:
    """Whether the last step of a predictor brought a larger error than usual; reading it takes one tick.

    **Example:**

        >>> import attractorbind as ab
        >>> print(~ab.surprised("cerebellum"))
        ~surprised('cerebellum')
    """
    return Surprised(area_name(area, WRONG))
