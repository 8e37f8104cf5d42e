"""The instructions of a snapshot memory, each a sequence of its gates: store, recall, forget."""

from collections.abc import Iterable
from dataclasses import dataclass

from attractorbind._area.hippocampus import SnapshotMemory, memory_name
from attractorbind._checks import buffer_names, check_known
from attractorbind._errors import ProgramError
from attractorbind._program.program import Program, gates
from attractorbind._program.statement import SETTLE, Instruction, Statement
from attractorbind._wiring import AreaWiring, Wiring

_SWITCHES = {"store", "older", "forget"}


def memories_of(wiring: Wiring) -> tuple[AreaWiring, ...]:
    """The areas that have the switches of a snapshot memory, and so can be told to store, recall and forget."""
    return tuple(area for area in wiring.areas if set(area.switches) >= _SWITCHES)


def buffers_of(wiring: Wiring, memory: str) -> tuple[str, ...]:
    """The names of the buffers that a memory is connected to, or the error for an unknown memory."""
    known = {area.name: area for area in memories_of(wiring)}
    return known[check_known("memory", "memories", memory, known)].reads


def _remembered(wiring: Wiring, memory: str, buffers: Iterable[str]) -> tuple[str, ...]:
    """The buffers, or an error if the memory is not connected to one of them."""
    connected = buffers_of(wiring, memory)
    return tuple(check_known(f"buffer of memory {memory!r}:", "its buffers", buffer, connected) for buffer in buffers)


@dataclass(frozen=True)
class Store(Instruction):
    """Take a snapshot."""

    memory: str
    buffers: tuple[str, ...]

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        cues = [f"{buffer}->{self.memory}" for buffer in _remembered(wiring, self.memory, self.buffers)]
        return gates(open=[*cues, f"{self.memory}:store"]).statements

    def __str__(self) -> str:
        return f"store({self.memory!r}, {list(self.buffers)!r})"


@dataclass(frozen=True)
class Recall(Instruction):
    """Reinstate a snapshot."""

    memory: str
    cue: tuple[str, ...]
    into: tuple[str, ...] | None
    older: bool

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        cue = _remembered(wiring, self.memory, self.cue)
        others = [name for name in buffers_of(wiring, self.memory) if name not in cue]
        into = others if self.into is None else self.into
        if not into:
            raise ProgramError(f"{self} has nothing to recall: all buffers of memory {self.memory!r} are in the cue")
        _remembered(wiring, self.memory, into)
        latches = [wiring.gate(buffer) for buffer in into]
        cues = [f"{buffer}->{self.memory}" for buffer in cue] + [f"{self.memory}:older"] * self.older
        joining = max(latch.delay for latch in latches)
        if f"{self.memory}:decide" in wiring.gate_index:
            race = gates(open=cues) + gates(open=[f"{self.memory}:decide"])
            given_back = given(self.memory, into, by="finish", ticks=joining)
            return (race + given_back + gates(ticks=SETTLE)).statements
        cues_and_writers = [*cues, *(f"{self.memory}->{buffer}" for buffer in into)]
        return (
            gates(open=cues)
            + gates(open=cues_and_writers, closed=[latch.name for latch in latches])
            + gates(open=cues_and_writers, ticks=joining)
            + gates(ticks=SETTLE)
        ).statements

    def __str__(self) -> str:
        into = "" if self.into is None else f", into={list(self.into)!r}"
        return f"recall({self.memory!r}, cue={list(self.cue)!r}{into}{', older=True' * self.older})"


def given(memory: str, buffers: Iterable[str], *, by: str, ticks: int = 1) -> Program:
    """Time passes for a memory that goes by activation; if its race is over then, the winner comes back.

    **Arguments:**

    - `buffers`: those that are reinstated.
    - `by`: "pass" for a step of time, "finish" for all that the race still takes.
    - `ticks`: how long the latches take to join in.
    """
    give, closed = f"{memory}:give", list(buffers)
    writing = [give, *(f"{memory}->{buffer}" for buffer in closed)]
    begins = gates(open=[f"{memory}:{by}", give])
    return begins + gates(open=writing, closed=closed) + gates(open=writing, ticks=ticks)


@dataclass(frozen=True)
class Forget(Instruction):
    """Remove a snapshot."""

    memory: str
    cue: tuple[str, ...]
    older: bool

    def expand(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The primitives, or other macros, that it stands for."""
        cues = [f"{buffer}->{self.memory}" for buffer in _remembered(wiring, self.memory, self.cue)]
        modes = [f"{self.memory}:older"] * self.older + [f"{self.memory}:forget"]
        return gates(open=[*cues, *modes]).statements

    def __str__(self) -> str:
        return f"forget({self.memory!r}, cue={list(self.cue)!r}{', older=True' * self.older})"


def _check_older(older: object) -> bool:
    """The flag, or an error if it is something else."""
    if not isinstance(older, bool):
        raise ProgramError(f"older is {older!r}; give True or False")
    return older


def store(memory: str | SnapshotMemory, buffers: Iterable[str]) -> Program:
    """Take a joint snapshot of what some buffers hold, in one tick; the buffers stay as they are.

    The gates from these buffers to the memory and its store gate open for a tick. A buffer that is empty is stored as
    empty; of a buffer that is not named the snapshot holds nothing.

    **Arguments:**

    - `memory`: the name of a `SnapshotMemory`.
    - `buffers`: the buffers' names.

    **Raises:** `ProgramError` for no buffers or the same one twice; when compiled, `UnknownNameError` for a memory that
    the network does not have or a buffer that it is not connected to.

    **Reference:** our own design; see `SnapshotMemory`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["ann", "park"]), buffers={"who": 64, "where": 64}, relays=[],
        ...     areas=[ab.SnapshotMemory("episodes", units=256)], activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> print(ab.store("episodes", ["who", "where"]).expand(network))
        gates(open={'who->episodes', 'where->episodes', 'episodes:store'}, ticks=1)
    """
    return Program((Store(memory_name(memory), buffer_names("buffers", buffers, ProgramError)),))


def recall(
    memory: str | SnapshotMemory,
    cue: Iterable[str],
    *,
    into: Iterable[str] | None = None,
    older: bool = False,
) -> Program:
    """Reinstate, in the other buffers, the most recent snapshot that agrees with what the cue's buffers hold.

    The gates from the cue to the memory open; the assembly that wins drives the other buffers, whose latches are closed
    for a tick and then join in. The cue stays as it is. Where no snapshot agrees with all of the cue, as with a cue of
    which a buffer is empty, the other buffers are left empty, for `empty` to tell. So is a buffer of which the snapshot
    holds nothing.

    **Arguments:**

    - `memory`: the name of a `SnapshotMemory`.
    - `cue`: the buffers that must agree.
    - `into`: the buffers to reinstate; by default all others that the memory is connected to.
    - `older`: look only at snapshots older than the one that was recalled or stored last, whatever its cue: with the
        same cue, for the next older match. After a recall that found nothing, there is none.

    **Raises:** `ProgramError` for an empty cue, a buffer named twice or on both sides; when compiled,
    `UnknownNameError` for a memory or a buffer that is not there, `ProgramError` if the cue leaves nothing to recall.

    **Reference:** our own design; see `SnapshotMemory`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["ann", "park", "shop"]), buffers={"who": 128, "where": 128}, relays=[],
        ...     areas=[ab.SnapshotMemory("episodes", units=256)], activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> program = ab.load("who", "ann")
        >>> for where in ("park", "shop"):
        ...     program += ab.load("where", where) + ab.store("episodes", ["who", "where"])
        >>> program += ab.recall("episodes", cue=["who"]) + ab.recall("episodes", cue=["who"], older=True)
        >>> ab.run(network, program).decode()
        {'who': ['ann'], 'where': ['park']}
    """
    cues = buffer_names("cue", cue, ProgramError)
    targets = None if into is None else buffer_names("into", into, ProgramError)
    in_both = [name for name in cues if name in (targets or ())]
    if in_both:
        raise ProgramError(f"buffer {in_both[0]!r} is in the cue and in into=; a recall never changes its cue")
    return Program((Recall(memory_name(memory), cues, targets, _check_older(older)),))


def forget(memory: str | SnapshotMemory, cue: Iterable[str], *, older: bool = False) -> Program:
    """Remove the snapshot that `recall` with this cue would find; where there is none, nothing happens.

    The branches that fire lose their strength, and the assembly its weights onto the buffers.

    **Arguments:** as for `recall`.

    **Raises:** as `recall`.

    **Reference:** our own design; see `SnapshotMemory`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["ann", "park", "shop"]), buffers={"who": 128, "where": 128}, relays=[],
        ...     areas=[ab.SnapshotMemory("episodes", units=256)], activity=0.1, rule=ab.PseudoInverse(),
        ...     key=jax.random.key(0))
        >>> program = ab.load("who", "ann")
        >>> for where in ("park", "shop"):
        ...     program += ab.load("where", where) + ab.store("episodes", ["who", "where"])
        >>> program += ab.forget("episodes", cue=["who"]) + ab.recall("episodes", cue=["who"])
        >>> ab.run(network, program).decode()
        {'who': ['ann'], 'where': ['park']}
    """
    return Program((Forget(memory_name(memory), buffer_names("cue", cue, ProgramError), _check_older(older)),))
