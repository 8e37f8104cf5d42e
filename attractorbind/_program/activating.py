"""The instructions of a memory that goes by activation: prime it, let time pass for it, strengthen what it gave."""

from collections.abc import Iterable
from dataclasses import dataclass

from attractorbind._area.hippocampus import SnapshotMemory, memory_name
from attractorbind._checks import buffer_names, check_count, check_known
from attractorbind._errors import ProgramError
from attractorbind._program.program import Program, gates
from attractorbind._program.recollection import memories_of
from attractorbind._program.statement import Instruction, Statement
from attractorbind._wiring import Wiring

# What each instruction is called, by the switch that it opens.
_CALLED = {"prime": "prime", "pass": "elapse", "use": "strengthen"}


@dataclass(frozen=True)
class Tell(Instruction):
    """Open a switch of a memory that goes by activation, and perhaps let buffers in."""

    memory: str
    switch: str
    buffers: tuple[str, ...] = ()
    ticks: int = 1

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        known = {area.name: area for area in memories_of(wiring) if set(_CALLED) <= set(area.switches)}
        area = known[check_known("memory with an activation", "such memories", self.memory, known)]
        told = f"buffer of memory {self.memory!r}:"
        cues = [check_known(told, "its buffers", buffer, area.reads) for buffer in self.buffers]
        opened = [*(f"{buffer}->{self.memory}" for buffer in cues), f"{self.memory}:{self.switch}"]
        return gates(open=opened, ticks=self.ticks).statements

    def __str__(self) -> str:
        told = [repr(self.memory), *([repr(list(self.buffers))] if self.buffers else [])]
        return f"{_CALLED[self.switch]}({', '.join([*told, *[str(self.ticks)] * (self.switch == 'pass')])})"


def prime(memory: str | SnapshotMemory, buffers: Iterable[str]) -> Program:
    """Let what buffers hold be a source of activation for the next search of a memory; it takes a tick.

    Snapshots in which the branch of one of the buffers fires become more active, the more the fewer they are; see
    `Spreading`. The cue of the search may come before or after its sources.

    **Arguments:**

    - `memory`: the name of a `SnapshotMemory` with an `Activation`.
    - `buffers`: the buffers' names; all of them together are one source.

    **Raises:** `ProgramError` for no buffers or the same one twice; when compiled, `UnknownNameError` for a memory that
    does not go by activation, or a buffer that it is not connected to.

    **Example:** of two memories of a park, the one comes back that what is on in another buffer belongs to.

        >>> import attractorbind as ab, jax
        >>> activation = ab.Activation(spreading=ab.Spreading(strength=2.0))
        >>> network = ab.build(ab.Vocabulary(["ann", "ben", "park", "ball", "dog"]), buffers={"who": 128, "where": 128,
        ...     "what": 128}, relays=[], areas=[ab.SnapshotMemory("m", units=512, capacity=16, activation=activation)],
        ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("where", "park")
        >>> for who, what in [("ann", "ball"), ("ben", "dog")]:
        ...     program += ab.load("who", who) + ab.load("what", what) + ab.store("m", ["who", "where", "what"])
        >>> program += ab.load("what", ab.arg("seen")) + ab.prime("m", ["what"]) + ab.recall("m", cue=["where"])
        >>> ab.run(network, program, args={"seen": ["ball", "dog"]}).decode()["who"]
        ['ann', 'ben']
    """
    return Program((Tell(memory_name(memory), "prime", buffer_names("buffers", buffers, ProgramError)),))


def elapse(memory: str | SnapshotMemory, steps: int) -> Program:
    """Let time pass for a memory that goes by activation: a number of steps of its `Race`, one a tick.

    **Arguments:**

    - `memory`: the name of a `SnapshotMemory` with an `Activation`.
    - `steps`: how many, 1 or more.

    **Raises:** `ArgumentError` for a wrong number; when compiled, `UnknownNameError` for another memory.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.elapse("episodes", 20))
        elapse('episodes', 20)
    """
    return Program((Tell(memory_name(memory), "pass", ticks=check_count("steps", steps)),))


def strengthen(memory: str | SnapshotMemory) -> Program:
    """Let what a memory gave back last be used once more, so that it is found more easily; see `Activation`.

    Once for each time that something was given back; where nothing was, nothing happens.

    **Arguments:**

    - `memory`: the name of a `SnapshotMemory` with an `Activation`.

    **Raises:** when compiled, `UnknownNameError` for another memory.

    **Example:**

        >>> import attractorbind as ab
        >>> print(ab.strengthen("episodes"))
        strengthen('episodes')
    """
    return Program((Tell(memory_name(memory), "use"),))
