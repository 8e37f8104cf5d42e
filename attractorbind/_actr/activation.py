"""Retrieval by activation: a model's numbers for it, and what the declarative memory is told."""

from dataclasses import dataclass

from attractorbind._actr.layout import MODULE, Layout, place
from attractorbind._actr.settings import Activation, Settings
from attractorbind._area.activation import Activation as MemoryActivation, Race, Spreading
from attractorbind._program.activating import prime
from attractorbind._program.control import when
from attractorbind._program.program import Program, gates
from attractorbind._program.question import empty
from attractorbind._program.recollection import given
from attractorbind._program.statement import Step

MEMORY = "memory"


@dataclass(frozen=True)
class Timing:
    """How time passes for a module that keeps it by itself.

    **Attributes:**

    - `passes`: a firing's time passes while it is not at work.
    - `elapses`: it passes while it is at work; what it has found by then comes.
    - `finishes`: all that it still takes passes.
    """

    passes: Program
    elapses: Program
    finishes: Program


def timing_of(layout: Layout) -> Timing:
    """How time passes for the declarative memory."""
    everything = layout.whole(MODULE)
    return Timing(
        gates(open=[f"{MEMORY}:pass"]), given(MEMORY, everything, by="pass"), given(MEMORY, everything, by="finish")
    )


def activation_of(settings: Settings) -> MemoryActivation | None:
    """What the declarative memory goes by, or None where all chunks have the same activation."""
    own = settings.activation
    if own is None or not settings.activated:
        return None
    spreading = None
    if own.strength is not None and own.sources:
        spreading = Spreading(strength=own.strength, weight=max(own.sources.values()))
    race = Race(
        factor=settings.latency_factor,
        exponent=settings.latency_exponent,
        threshold=settings.threshold,
        step=settings.firing,
    )
    return MemoryActivation(
        base=settings.base_level,
        decay=own.decay,
        optimized=own.optimized,
        spreading=spreading,
        mismatch=own.mismatch,
        noise=own.noise,
        race=race,
    )


def search(cue: list[str | None], layout: Layout, settings: Settings, own: Activation) -> Program:
    """The cue makes candidates; each slot of the buffers that spread is a source in turn; and the race begins."""
    slots = layout.slots[MODULE]
    program = gates(open=[f"{place(MODULE, slot)}->{MEMORY}" for slot in cue])
    targets = [place(MODULE, slot) for slot in slots]
    spreads = [buffer for buffer in own.sources if buffer in layout.slots] if own.strength is not None else []
    for buffer in spreads:
        for slot in layout.slots[buffer]:
            # What a source is associated with does not depend on where it stands: all slots are asked for it at once.
            relays = tuple((f"{place(buffer, slot)}->{target}", 1.0) for target in targets)
            told = Program((Step(1, relays, tuple(targets)),)) + prime(MEMORY, targets)
            program += when(~empty(place(buffer, slot)), told)
        program += gates(open=[f"{MEMORY}:gather"])
    program += gates(open=[f"{MEMORY}:decide"], closed=layout.whole(MODULE))
    if settings.latency_factor == 0:
        program += given(MEMORY, layout.whole(MODULE), by="finish")
    return program
