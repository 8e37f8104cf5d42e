"""From the codes of all populations to the weights of all projections."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from attractorbind._errors import NetworkError
from attractorbind._rule.base import AbstractOneShotRule, AbstractStorageRule
from attractorbind._synapses.base import AbstractSynapses, calm_when_source_is_silent, on_grid
from attractorbind._synapses.factored import FactoredSynapses, belong_to, cheaper, keeps_its_margin
from attractorbind._wiring import Projection, Wiring


def learn(
    wiring: Wiring, all_codes: Sequence[Bool[Array, "slots _units"]], symbols: int, rule: AbstractStorageRule
) -> tuple[tuple[AbstractSynapses, ...], Float[Array, ""]]:
    """Every projection trained alone, and the external drive, above any field that they can give together.

    **Arguments:**

    - `all_codes`: of every population, one code per symbol, all with equally many units on, and behind them those that
        are free.
    - `symbols`: how many codes are those of symbols.
    """
    codes, learned = [every[:symbols] for every in all_codes], []
    for projection in wiring.projections:
        source = codes[projection.source]
        synapses = rule.learn(source, codes[projection.target], recurrent=projection.recurrent)
        checked = _checked(wiring, projection, rule, synapses, source)
        learned.append(_calm(wiring, projection, checked, source[0]))
    if any(cheaper(one, len(all_codes[0])) for one in learned):
        sources = [all_codes[projection.source] for projection in wiring.projections]
        lean, drive = rounded(wiring, [_lean(*pair) for pair in zip(learned, sources, strict=True)])
        if all(
            keeps_its_margin(before, after, codes[projection.source], codes[projection.target])
            for before, after, projection in zip(learned, lean, wiring.projections, strict=True)
        ):
            return lean, drive
    return rounded(wiring, [one.dense() for one in learned])


def _lean(synapses: AbstractSynapses, codes: Bool[Array, "slots source"]) -> AbstractSynapses:
    """With factors or a matrix, whichever is cheaper; factors with room for all codes."""
    if isinstance(synapses, FactoredSynapses) and cheaper(synapses, len(codes)):
        return synapses.with_room(codes)
    return synapses.dense()


def add(
    wiring: Wiring,
    synapses: Sequence[AbstractSynapses],
    codes: Sequence[Bool[Array, " _units"]],
    rule: AbstractOneShotRule,
) -> tuple[tuple[AbstractSynapses, ...], Float[Array, ""]]:
    """One more symbol in one shot, from its code in every population alone."""
    learned = []
    for projection, before in zip(wiring.projections, synapses, strict=True):
        source = codes[projection.source]
        after = rule.add(before, source, codes[projection.target], recurrent=projection.recurrent)
        checked = _checked(wiring, projection, rule, after, source[None])
        learned.append(_calm(wiring, projection, checked.dense(), source))
    return rounded(wiring, learned)


def _checked(
    wiring: Wiring,
    projection: Projection,
    rule: AbstractStorageRule,
    synapses: object,
    codes: Bool[Array, "symbols source"],
) -> AbstractSynapses:
    """What a rule returned, as float32, or an error if it is not what the projection takes."""
    source, target = wiring.populations[projection.source], wiring.populations[projection.target]
    shapes = (source.units, target.units), (target.units,)
    wanted = f"Synapses with weights of shape {shapes[0]} and biases of shape {shapes[1]}"
    told = f"for the projection from {source.name!r} to {target.name!r}, {type(rule).__name__} returned"
    if not isinstance(synapses, AbstractSynapses):
        raise NetworkError(f"{told} a {type(synapses).__name__}; it must return {wanted}")
    found = synapses.shape, np.shape(synapses.bias)
    if found != shapes:
        raise NetworkError(
            f"{told} weights of shape {found[0]} and biases of shape {found[1]}; it must return {wanted}"
        )
    if isinstance(synapses, FactoredSynapses) and belong_to(synapses, codes, recurrent=projection.recurrent):
        return _as_float32(synapses)
    written_out = _as_float32(synapses.dense())
    if projection.recurrent and bool((jnp.abs(jnp.diagonal(written_out.weights)) > 0).any()):
        raise NetworkError(
            f"{told} connections from units to themselves, with which a latch holds anything and corrects nothing; "
            "set the diagonal to zero when recurrent is true"
        )
    return written_out


def _as_float32(synapses: AbstractSynapses) -> AbstractSynapses:
    # Other types, and types that are only presumed, would have every driver compiled anew.
    return jax.tree.map(lambda array: jnp.asarray(np.asarray(array), jnp.float32), synapses)


def _calm(
    wiring: Wiring, projection: Projection, synapses: AbstractSynapses, code: Bool[Array, " source"]
) -> AbstractSynapses:
    return calm_when_source_is_silent(
        synapses,
        code.sum(),
        recurrent=projection.recurrent,
        from_nucleus=wiring.populations[projection.source].kind == "nucleus",
    )


def rounded(
    wiring: Wiring, synapses: Sequence[AbstractSynapses]
) -> tuple[tuple[AbstractSynapses, ...], Float[Array, ""]]:
    """All weights on one grid, on which every field is an exact sum, and the drive above any field."""
    # What an area gives a unit is its largest field at the most.
    targets = [projection.target for projection in wiring.projections]
    on_one_grid, drive = on_grid(synapses, targets, further=wiring.largest_area_field)
    return on_one_grid, jnp.float32(drive)
