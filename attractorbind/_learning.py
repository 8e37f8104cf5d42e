"""From the codes of all populations to the weights of all projections."""

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from attractorbind._rules import AbstractLearningRule
from attractorbind._synapses import Synapses, calm_when_source_is_silent, on_grid
from attractorbind._wiring import Wiring


def learn(
    wiring: Wiring, codes: tuple[Bool[Array, "symbols _units"], ...], rule: AbstractLearningRule
) -> tuple[tuple[Synapses, ...], Float[Array, ""]]:
    """Every projection trained alone, and the external drive, above any field that they can give together.

    **Arguments:**

    - `codes`: of every population, one code per symbol, all with equally many units on.
    """
    learned = []
    for projection in wiring.projections:
        source = codes[projection.source]
        recurrent = projection.source == projection.target
        synapses = rule.learn(source, codes[projection.target], recurrent=recurrent)
        from_nucleus = wiring.populations[projection.source].kind == "nucleus"
        active = source[0].sum()
        learned.append(calm_when_source_is_silent(synapses, active, recurrent=recurrent, from_nucleus=from_nucleus))
    # What a memory gives a unit is its gate's conductance at the most.
    targets = [projection.target for projection in wiring.projections]
    rounded, drive = on_grid(learned, targets, further=len(wiring.memories))
    return rounded, jnp.float32(drive)
