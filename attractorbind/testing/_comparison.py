"""How a run on a network compares with the reference machine."""

from collections.abc import Mapping, Sequence

from attractorbind._result import Result
from attractorbind._trace import Trace
from attractorbind.testing._reference import Reference


def differences(
    trace: Trace, trial: int, expected: Reference, held: Mapping[str, Sequence[str | None]] | None = None
) -> list[str]:
    """In words, how one trial of a run has ended otherwise than the reference.

    **Arguments:**

    - `held`: what `trace.decode()` tells, for those who ask about many trials.
    """
    told = []
    for buffer, names in (trace.decode() if held is None else held).items():
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


def first_difference(trace: Trace, trial: int, expected: Reference) -> tuple[int, str]:
    """The first tick at the end of an instruction at which a buffer holds something else than its box, and in words.

    Where there is none, it is the trial's last tick.
    """
    for moment in expected.moments:
        tick = moment.ticks - 1
        if tick >= int(trace.ticks[trial]):
            break
        for buffer, names in trace.decode(tick).items():
            if names[trial] != moment.boxes[buffer]:
                return tick, (
                    f"Network and reference part at tick {tick}, the end of {moment.instruction}: {buffer!r} holds "
                    f"{names[trial]!r} in the network, {moment.boxes[buffer]!r} in the reference."
                )
    last = int(trace.ticks[trial]) - 1
    return last, "Network and reference do not part at the end of an instruction, but in a branch or at the end of all."
