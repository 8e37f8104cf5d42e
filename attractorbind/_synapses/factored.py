"""Weights kept as the factors they are a product of: cheaper than the matrix where there are few symbols."""

from collections.abc import Sequence

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Float

from attractorbind._bundled import mapped
from attractorbind._namespace import Held, Numbers, compiled, namespace
from attractorbind._synapses.base import AbstractExactSynapses, AbstractSynapses, nearest, product, without_diagonal
from attractorbind._synapses.quality import margins


class FactoredSynapses(AbstractExactSynapses):
    r"""Weights as a sum over symbols of source codes times coefficients: $W = C^T Z + 1 u^T$, of rank S + 1.

    The field is $h = (x C^T) Z + |x| u + b$, two products of S rows instead of one of N, less what a unit of a latch
    would get from itself. `PseudoInverse` and `MaximalStability` learn such weights; `build` keeps the factors where
    they are cheaper, and otherwise the matrix. In a network either gives the same fields, to the last bit.

    **Arguments:**

    - `codes`: C, the source's code of every symbol, shape (symbols, source units).
    - `coefficients`: Z, shape (symbols, target units).
    - `shift`: u, shape (target units,).
    - `bias`: b, shape (target units,).
    - `recurrent`: whether source and target are one population, whose units have no connection to themselves.
    """

    codes: Float[Held, "symbols source"]
    coefficients: Float[Held, "symbols target"]
    shift: Float[Held, " target"]
    bias: Float[Held, " target"]
    recurrent: bool = eqx.field(static=True)

    def __init__(
        self,
        codes: Float[Numbers, "symbols source"],
        coefficients: Float[Numbers, "symbols target"],
        shift: Float[Numbers, " target"],
        bias: Float[Numbers, " target"],
        recurrent: bool,
    ) -> None:
        self.codes, self.coefficients, self.shift, self.bias = codes, coefficients, shift, bias
        self.recurrent = recurrent

    @property
    def shape(self) -> tuple[int, int]:
        """See `AbstractSynapses.shape`."""
        return self.codes.shape[1], self.coefficients.shape[1]

    @property
    def weights(self) -> Float[Held, "source target"]:
        """W, written out."""
        weights = product(self.codes.T, self.coefficients) + self.shift[None, :]
        return without_diagonal(weights, self.recurrent)

    def weighted(self, activity: Float[Numbers, "batch source"]) -> Float[Numbers, "batch target"]:
        """See `AbstractSynapses.weighted`."""
        shared = product(product(activity, self.codes.T), self.coefficients)
        weighted = shared + activity.sum(axis=1, keepdims=True) * self.shift[None, :]
        return weighted - activity * self._own()[None, :] if self.recurrent else weighted

    def _own(self) -> Float[Numbers, " target"]:
        """What each unit would give itself."""
        return (self.codes * self.coefficients).sum(axis=0) + self.shift

    def scaled(self, scale: Float[Numbers, " target"]) -> "FactoredSynapses":
        """See `AbstractExactSynapses.scaled`."""
        return FactoredSynapses(
            self.codes, self.coefficients * scale[None, :], self.shift * scale, self.bias * scale, self.recurrent
        )

    def raised(
        self, by: Float[Numbers, " target"], bias: Float[Numbers, " target"], *, recurrent: bool
    ) -> "FactoredSynapses":
        """See `AbstractExactSynapses.raised`."""
        return FactoredSynapses(self.codes, self.coefficients, self.shift + by, bias, recurrent)

    def largest_sum(self) -> Float[Numbers, ""]:
        """See `AbstractSynapses.largest_sum`."""
        most = self.codes.sum(axis=1)[:, None]
        of_codes = (most * abs(self.coefficients)).sum(axis=0)
        # A unit's share of itself is a part of these sums.
        return (of_codes + (self.codes.shape[1] + 1) * abs(self.shift) + abs(self.bias)).max()

    def rounded(self, quantum: Float[Numbers, ""]) -> "FactoredSynapses":
        """See `AbstractExactSynapses.rounded`."""
        coefficients, shift, bias = (nearest(each, quantum) for each in (self.coefficients, self.shift, self.bias))
        return FactoredSynapses(self.codes, coefficients, shift, bias, self.recurrent)

    def with_room(self, codes: Bool[Numbers, "slots source"]) -> "FactoredSynapses":
        """The same for more codes, which are not used yet."""
        coefficients = namespace(codes, self.coefficients).pad(
            self.coefficients, ((0, len(codes) - len(self.codes)), (0, 0))
        )
        return FactoredSynapses(codes.astype(np.float32), coefficients, self.shift, self.bias, self.recurrent)


# benchmarks/weights.py: with fewer units, or more symbols, the matrix is about as fast, or faster.
_FEWEST_UNITS = 256
_CHEAPER = 0.6
# How much of the smallest margin the coarser grid of the factors may cost.
_MARGIN = 0.98


def cheaper(synapses: AbstractSynapses, slots: int) -> bool:
    """Whether to multiply by factors of so many rows takes clearly less time than by the matrix."""
    if not isinstance(synapses, FactoredSynapses):
        return False
    source, target = synapses.shape
    return min(source, target) >= _FEWEST_UNITS and slots * (source + target) <= _CHEAPER * source * target


def without_factors(synapses: AbstractSynapses) -> AbstractSynapses:
    """The same synapses, the matrix written out if they are factors."""
    return synapses.dense() if isinstance(synapses, FactoredSynapses) else synapses


def belong_to(synapses: FactoredSynapses, codes: Bool[Numbers, "symbols source"], *, recurrent: bool) -> bool:
    """Whether these are factors of a projection from a population with just these codes."""
    same = synapses.codes.shape == codes.shape and bool((synapses.codes == codes.astype(np.float32)).all())
    return same and len(synapses.coefficients) == len(codes) and synapses.recurrent == recurrent


def keep_their_margins(
    before: Sequence[AbstractSynapses],
    after: Sequence[AbstractSynapses],
    sources: Sequence[Bool[Numbers, "symbols _source"]],
    targets: Sequence[Bool[Numbers, "symbols _target"]],
) -> bool:
    """Whether rounding has left the smallest margin of any unit and symbol nearly as it was, in every projection."""
    margins_of = [mapped(_smallest_margin, each, sources, targets) for each in (before, after)]
    smallest, left = (np.array([float(margin) for margin in each]) for each in margins_of)
    return bool((np.isfinite(left) & (smallest > 0) & (_MARGIN * smallest <= left)).all())


@compiled()
def _smallest_margin(
    synapses: AbstractSynapses, source: Bool[Numbers, "symbols source"], target: Bool[Numbers, "symbols target"]
) -> Float[Numbers, ""]:
    return margins(synapses, source, target).min()
