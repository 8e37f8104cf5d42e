"""From the codes of all populations to the weights of all projections."""

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._rules import AbstractLearningRule, AbstractOneShotRule
from attractorbind._synapses import Synapses, calm_when_source_is_silent, on_grid
from attractorbind._wiring import Projection, Wiring


def learn(
    wiring: Wiring, codes: Sequence[Bool[Array, "symbols _units"]], rule: AbstractLearningRule
) -> tuple[tuple[Synapses, ...], Float[Array, ""]]:
    """Every projection trained alone, and the external drive, above any field that they can give together.

    **Arguments:**

    - `codes`: of every population, one code per symbol, all with equally many units on.
    """
    learned = []
    for projection in wiring.projections:
        source = codes[projection.source]
        synapses = rule.learn(source, codes[projection.target], recurrent=projection.recurrent)
        learned.append(_calm(wiring, projection, synapses, source[0]))
    return rounded(wiring, learned)


def add(
    wiring: Wiring,
    synapses: Sequence[Synapses],
    codes: Sequence[Bool[Array, " _units"]],
    rule: AbstractOneShotRule,
) -> tuple[tuple[Synapses, ...], Float[Array, ""]]:
    """One more symbol in one shot, from its code in every population alone."""
    learned = []
    for projection, before in zip(wiring.projections, synapses, strict=True):
        source = codes[projection.source]
        after = rule.add(before, source, codes[projection.target], recurrent=projection.recurrent)
        learned.append(_calm(wiring, projection, after, source))
    return rounded(wiring, learned)


def _calm(wiring: Wiring, projection: Projection, synapses: Synapses, code: Bool[Array, " source"]) -> Synapses:
    return calm_when_source_is_silent(
        synapses,
        code.sum(),
        recurrent=projection.recurrent,
        from_nucleus=wiring.populations[projection.source].kind == "nucleus",
    )


def rounded(wiring: Wiring, synapses: Sequence[Synapses]) -> tuple[tuple[Synapses, ...], Float[Array, ""]]:
    """All weights on one grid, on which every field is an exact sum, and the drive above any field."""
    # What a memory gives a unit is its gate's conductance at the most.
    targets = [projection.target for projection in wiring.projections]
    on_one_grid, drive = on_grid(synapses, targets, further=len(wiring.memories))
    return on_one_grid, jnp.float32(drive)
