"""The grid that exact weights lie on, so that fields are exact sums; and the drive, above any field."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from attractorbind._bundled import mapped
from attractorbind._namespace import Numbers, compiled, namespace, on_device
from attractorbind._synapses.base import AbstractExactSynapses, AbstractSynapses
from attractorbind._synapses.factored import without_factors

# float32 counts whole multiples of a quantum exactly up to 2**24 of them.
_EXACT_BITS = 24
# The most that a unit may receive: a quarter more, rounded up to a power of two, is a drive that float32 can still add
# to a field.
LARGEST_FIELD = 2.0**125
# A nucleus is silent for a tick when its gate opens. What it gives its target then must not outdo a symbol's margin, 1,
# and yet hold down what noise stirs up: measured over 0 to 1, in rings of loops with noise, 0.2 to 0.4 do both.
_SILENT_NUCLEUS = -0.3


@compiled("recurrent", "from_nucleus")
def calm_when_source_is_silent(
    synapses: AbstractExactSynapses, active: Float[Numbers, ""], *, recurrent: bool, from_nucleus: bool
) -> AbstractExactSynapses:
    """No excitation from a silent source, and from a silent nucleus a little inhibition.

    What the bias gains or loses is spread over the weights, so that the fields of codes of `active` units stay as they
    are. A unit of a latch that is on sees one unit less; half-way between is the best that one shift can do. Codes of
    more or fewer units see more or less of it.
    """
    xp = namespace(synapses)
    bias = xp.full_like(synapses.bias, _SILENT_NUCLEUS) if from_nucleus else xp.minimum(synapses.bias, 0.0)
    seen = active - 0.5 if recurrent else active
    return synapses.raised((synapses.bias - bias) / seen, bias, recurrent=recurrent)


def on_grid(
    synapses: Sequence[AbstractSynapses], largest_field: float, *, written_out: bool = False
) -> tuple[Sequence[AbstractSynapses], Float[Numbers, ""]]:
    """Round all exact weights to whole multiples of one power of two, small enough that every field is an exact sum.

    A field is a sum over active units and open projections. When its terms are multiples of a quantum and it stays
    below 2**24 quanta, float32 adds it without rounding, in any order. So a state does not depend on batch size,
    thread count or machine: a trial run alone equals the same trial in a batch, bit for bit. Synapses that are not
    exact are left as they are.

    **Arguments:**

    - `largest_field`: the most that any unit can receive, up to `LARGEST_FIELD`.
    - `written_out`: whether factors are made matrices.

    **Returns:** the rounded synapses, and the external drive: a power of two above any field that they can give.
    """
    # A quarter more than the largest field, for what rounding adds to it.
    drive = float(2.0 ** np.ceil(np.log2(1.25 * max(largest_field, 1.0))))
    quantum = np.float32(2.0 * drive / 2.0**_EXACT_BITS)
    quanta = [quantum] * len(synapses)
    return on_device(
        (mapped(_written_out_and_rounded if written_out else _rounded, synapses, quanta), np.float32(drive))
    )


@compiled()
def largest_sum(synapses: AbstractSynapses) -> Float[Numbers, ""]:
    """See `AbstractSynapses.largest_sum`."""
    return synapses.largest_sum()


@compiled()
def _rounded(synapses: AbstractSynapses, quantum: Float[Numbers, ""]) -> AbstractSynapses:
    return synapses.rounded(quantum) if isinstance(synapses, AbstractExactSynapses) else synapses


# In one step, so that there is never a second copy of all matrices.
@compiled()
def _written_out_and_rounded(synapses: AbstractSynapses, quantum: Float[Numbers, ""]) -> AbstractSynapses:
    return _rounded(without_factors(synapses), quantum)


@compiled()
def largest_sum_written_out(synapses: AbstractSynapses) -> Float[Numbers, ""]:
    """`largest_sum` of the matrix that factors make, which is not that of the factors."""
    return without_factors(synapses).largest_sum()
