"""The instruction that imprints what a buffer holds: a sequence of the gates of the area that imprints."""

from dataclasses import dataclass

from attractorbind._checks import check_known
from attractorbind._errors import NetworkError, ProgramError
from attractorbind._program.macros import latch_of
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import SETTLE, Instruction, Statement
from attractorbind._wiring import AreaWiring, Wiring


def imprinting_area(wiring: Wiring) -> AreaWiring | None:
    """The area that imprints spare symbols, if there is one."""
    return next((area for area in wiring.areas if area.imprints), None)


@dataclass(frozen=True)
class ImprintNow(Instruction):
    """Imprint what a buffer holds."""

    buffer: str

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        latch, area = latch_of(wiring, self.buffer), imprinting_area(wiring)
        if area is None:
            raise NetworkError(
                f"{self} needs an area that imprints, and the network has none; build it with "
                "areas=[Ensembles('ensembles')] and a vocabulary with spare symbols"
            )
        check_known(f"buffer of area {area.name!r}:", "its buffers", self.buffer, area.reads)
        both = [f"{self.buffer}->{area.name}", f"{area.name}->{self.buffer}"]
        # The area gives back what it reads while the latch is closed, and while a latch through a nucleus is filled.
        return (
            gates(open=both, closed=[latch.name]) + gates(open=both, ticks=latch.delay) + gates(ticks=SETTLE)
        ).statements

    def __str__(self) -> str:
        return f"imprint_now({self.buffer!r})"


def imprint_now(buffer: str) -> Program:
    """Give what a buffer holds a spare symbol: codes in all populations and one-shot synapses, as state of the run.

    If the buffer holds the code of a spare symbol, that symbol is imprinted; if it holds a pattern that no symbol has,
    the next that is free. From then on it is held, copied, stored, recalled from a part and decoded as any other. What
    is a symbol already stays as it is, and so does an empty buffer.

    The buffer is read in the first tick, before its latch can act on what the latch does not know. So a pattern has to
    stand there at that moment: right after `present`, not after `load`, which waits for the latch; or right after an
    area has driven the buffer, its latch closed, `gates(open=["eyes->focus"], closed=["focus"])`, say; or in the state
    that the run starts from. Symbols from the inputs are imprinted by `read(buffer, imprint=True)`.

    **Arguments:**

    - `buffer`: the buffer's name.

    **Raises:** `ProgramError` for what is no name; when compiled, `NetworkError` for a network without an area that
    imprints, `UnknownNameError` for a buffer that this area does not read. A trial in which no spare symbol is left
    ends with `Result.NO_FREE_CODE`, for which `run` raises `RunError`.

    **Reference:** Carrillo-Reid et al. 2016; see `Ensembles`.

    **Example:** a word that the network has no synapses for, and one that it has.

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"], spare=2), buffers={"word": 64, "agent": 64},
        ...     areas=[ab.Ensembles("ensembles")], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.present("word", ab.arg("x")) + ab.imprint_now("word") + ab.copy("word", "agent")
        >>> trace = ab.run(network, program + ab.clear("word"), args={"x": ["new1", "dog"]})
        >>> trace.decode()["agent"], trace.snapshots("ensembles", trial=0), trace.snapshots("ensembles", trial=1)
        (['new1', 'dog'], [{'word': 'new1'}], [])
        >>> ab.run(network, ab.load("agent", ab.arg("x")), trace.state, args={"x": "new1"}).decode()["agent"]
        ['new1', None]
    """
    if not isinstance(buffer, str):
        raise ProgramError(f"cannot imprint what {buffer!r} holds; give the name of a buffer")
    return Program((ImprintNow(buffer),))
