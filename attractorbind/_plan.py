"""What a tick must compute: the populations that can change and the open projections into each.

It is data, so that another gating sequence runs in the same compiled program, and closed projections cost nothing.
"""

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._wiring import Wiring


class Plan(eqx.Module):
    """What one tick must compute, or each of several.

    - `conductances`: of each projection; a last axis, if there is one, is over trials.
    - `switches`: conductances of the gates of memories, likewise.
    - `touched`: populations that may change, the first `count` of them.
    - `open`: the open projections, sorted by target; those into the i-th touched population are at places
        `start[i]` to `stop[i]`.
    """

    conductances: Float[np.ndarray, "*ticks projections"] | Float[Array, "projections *trials"]
    switches: Float[np.ndarray, "*ticks switches"] | Float[Array, "switches *trials"]
    touched: Int[np.ndarray, "*ticks populations"] | Int[Array, " populations"]
    count: Int[np.ndarray, "*ticks"] | Int[Array, ""]
    open: Int[np.ndarray, "*ticks projections"] | Int[Array, " projections"]
    start: Int[np.ndarray, "*ticks populations"] | Int[Array, " populations"]
    stop: Int[np.ndarray, "*ticks populations"] | Int[Array, " populations"]


def conducting(
    wiring: Wiring, gates: Float[np.ndarray, "rows gates"], leak: float
) -> tuple[Float[np.ndarray, "rows projections"], Float[np.ndarray, "rows switches"]]:
    """The conductance of every projection, and of every gate of a memory, closed gates leaking."""
    leaking = np.maximum(gates, np.float32(leak))
    of_projections = [projection.gate for projection in wiring.projections]
    return leaking[:, of_projections], leaking[:, len(wiring.pathways) :]


def arriving(wiring: Wiring, is_open: Bool[np.ndarray, "*ticks projections"] | Bool[Array, "*ticks projections"]):
    """How many open projections there are into each population."""
    into = np.zeros((len(wiring.projections), len(wiring.populations)), np.int32)
    into[np.arange(len(into)), [projection.target for projection in wiring.projections]] = 1
    return is_open.astype(np.int32) @ into


def reinstated(wiring: Wiring, is_open: Bool[np.ndarray, "*ticks switches"] | Bool[Array, " switches"]):
    """Which populations some memory may reinstate, through these gates of memories."""
    into = np.zeros((len(wiring.gates) - len(wiring.pathways), len(wiring.populations)), np.int32)
    for memory in wiring.memories:
        into[np.array(memory.reinstatement) - len(wiring.pathways), memory.buffers] = 1
    return is_open.astype(np.int32) @ into > 0


def lay_out(conductances, switches, is_open, incoming, touched) -> Plan:
    """The plan for these conductances, on the host for all ticks of a program or within a run for one tick.

    **Arguments:**

    - `is_open`: which projections are open, shape (..., projections), sorted by target.
    - `incoming`: how many of them there are into each population, shape (..., populations).
    - `touched`: which populations may change, shape (..., populations).
    """
    xp = is_open.__array_namespace__()
    order = xp.argsort(~touched, axis=-1, stable=True).astype(np.int32)
    before = xp.cumulative_sum(incoming, axis=-1, dtype=np.int32) - incoming
    start = xp.take_along_axis(before, order, axis=-1)
    return Plan(
        conductances=conductances,
        switches=switches,
        touched=order,
        count=xp.sum(touched, axis=-1, dtype=np.int32),
        open=xp.argsort(~is_open, axis=-1, stable=True).astype(np.int32),
        start=start.astype(np.int32),
        stop=(start + xp.take_along_axis(incoming, order, axis=-1)).astype(np.int32),
    )


def plan(
    wiring: Wiring,
    gates: Float[np.ndarray, "ticks gates"],
    driven: Bool[np.ndarray, "ticks populations"],
    leak: float,
    everything: bool,
) -> Plan:
    """The plans for all ticks of a straight line.

    A population need not be touched if no projection into it is open, nothing drives it and it is silent already.

    **Arguments:**

    - `driven`: which populations receive an external field.
    - `leak`: conductance of a closed gate.
    - `everything`: touch every population, as noise demands.
    """
    conductances, switches = conducting(wiring, gates, leak)
    is_open = conductances > 0
    incoming = arriving(wiring, is_open)
    may_fire = (incoming > 0) | driven | reinstated(wiring, switches > 0)
    touched = may_fire.copy()
    touched[1:] |= may_fire[:-1]
    # What a run starts from is not known here.
    touched[0] = True
    touched |= everything
    return lay_out(conductances, switches, is_open, incoming, touched)
