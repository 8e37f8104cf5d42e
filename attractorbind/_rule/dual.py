"""The rules that solve for weights as a sum over patterns: pseudo-inverse and maximal stability.

The patterns are the symbols and silence. Weights are W = Phi^T Z with one row of coefficients Z per pattern, Phi the
standardised source codes over sqrt(units), and the bias as one more input of constant 1. Everything is then said in
terms of the kernel K = Phi Phi^T + 1, which all target units share. A unit of a latch has no connection to itself: its
own kernel is K minus the outer product of its column of Phi, and the Sherman-Morrison formula serves all at once.
"""

from typing import ClassVar, NamedTuple

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from attractorbind._checks import check_count, check_positive
from attractorbind._keys import Rate
from attractorbind._namespace import Numbers, at_hand, compiled, namespace, on_device, repeated, while_loop
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.patterns import signs, standardised_with_silence, with_silence
from attractorbind._rule.scaling import scaled_to_margin_one
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._synapses.quality import moments, stabilities

# With more numbers in the codes than this JAX is faster, many projections taken with what there is to compile.
_AT_HAND = 2**15


class _Kernel(eqx.Module):
    """The kernel of the source codes, one target unit a column, with self-connections left out when recurrent."""

    inputs: Float[Numbers, "patterns source"]
    kernel: Float[Numbers, "patterns patterns"]
    recurrent: bool = eqx.field(static=True)

    def __init__(self, source: Bool[Numbers, "symbols source"], recurrent: bool) -> None:
        self.inputs = standardised_with_silence(source) / np.sqrt(np.float32(source.shape[1]))
        self.kernel = self.inputs @ self.inputs.T + np.float32(1)
        self.recurrent = recurrent

    def apply(self, columns: Float[Numbers, "patterns target"]) -> Float[Numbers, "patterns target"]:
        """K z for each target unit's own K: the fields that the coefficients give."""
        fields = self.kernel @ columns
        return fields - self.inputs * (self.inputs * columns).sum(axis=0, keepdims=True) if self.recurrent else fields

    def inverse(self, ridge: Rate) -> "_Inverse":
        """(K + ridge I)^-1, to be applied many times."""
        inverse = _inverse(self.kernel + ridge * np.eye(len(self.kernel), dtype=np.float32))
        if not self.recurrent:
            return _Inverse(inverse, None, None)
        mapped = inverse @ self.inputs
        return _Inverse(inverse, self.inputs, mapped / (1 - (self.inputs * mapped).sum(axis=0, keepdims=True)))

    def synapses(
        self, coefficients: Float[Numbers, "patterns target"], source: Bool[Numbers, "symbols source"]
    ) -> FactoredSynapses:
        """The weights and biases that the coefficients stand for."""
        mean, deviation = moments(source)
        codes = source.astype(np.float32)
        total = coefficients.sum(axis=0)
        # Silence, the last pattern, has no unit on, and only shifts all weights alike.
        scaled = coefficients[:-1] / (deviation**2 * source.shape[1])
        shift = -mean * total / (deviation**2 * source.shape[1])
        weights = codes.sum(axis=1) @ scaled + source.shape[1] * shift
        own = (codes * scaled).sum(axis=0) + shift if self.recurrent else np.float32(0)
        return FactoredSynapses(codes, scaled, shift, total - mean * (weights - own), self.recurrent)


class _Inverse(eqx.Module):
    inverse: Float[Numbers, "patterns patterns"]
    inputs: Float[Numbers, "patterns source"] | None
    correction: Float[Numbers, "patterns source"] | None

    def apply(self, columns: Float[Numbers, "patterns target"]) -> Float[Numbers, "patterns target"]:
        solved = self.inverse @ columns
        if self.inputs is None or self.correction is None:
            return solved
        return solved + self.correction * (self.inputs * solved).sum(axis=0, keepdims=True)


def _inverse(matrix: Float[Numbers, "patterns patterns"]) -> Float[Numbers, "patterns patterns"]:
    """The inverse, and what is no number for a matrix that has none."""
    xp = namespace(matrix)
    try:
        return xp.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)


class PseudoInverse(AbstractStorageRule):
    r"""Pseudo-inverse rule: every target unit gets the field +1 or -1 exactly, by least squares.

    Over the symbols and silence, $W = \Phi^T (K + \lambda I)^{-1} Y$ with $Y = \pm 1$; not local, one solve, exact
    while the symbols are linearly independent (up to about as many symbols as source units), with little tolerance to
    errors near that load.

    **Arguments:**

    - `ridge`: $\lambda$, in units of a code's squared norm; keeps the solve well-posed.

    **Reference:** Personnaz, Guyon & Dreyfus 1985, J. Physique Lett. 46:359; Kanter & Sompolinsky 1987, Phys. Rev. A
    35:380, for the zero diagonal.
    """

    in_batches: ClassVar[bool] = True
    ridge: float = 1e-4

    def __check_init__(self) -> None:
        check_positive("ridge", self.ridge)

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """See `AbstractStorageRule.learn`."""
        return on_device(_pseudo_inverse(*at_hand((source, target, self.ridge), _AT_HAND), recurrent=recurrent))


@compiled("recurrent")
def _pseudo_inverse(
    source: Bool[Numbers, "symbols source"],
    target: Bool[Numbers, "symbols target"],
    ridge: Rate,
    recurrent: bool,
) -> AbstractSynapses:
    kernel = _Kernel(source, recurrent)
    return kernel.synapses(kernel.inverse(ridge).apply(signs(with_silence(target))), source)


class StabilitySolution(NamedTuple):
    """What `MaximalStability.solve` found.

    - `synapses`: weights and biases, each unit's smallest field scaled to 1 where all its signs are right.
    - `stability`: per target unit, the stability reached, in Gardner's units.
    - `bound`: per target unit, the largest stability of any weights whatever, from the dual problem. The bias counts as
        one more weight in it, which moves it by a fraction of about 1 / units.
    - `iterations`: how many were needed.
    """

    synapses: AbstractSynapses
    stability: Float[Array, " target"]
    bound: Float[Array, " target"]
    iterations: Int[Array, ""]


class MaximalStability(AbstractStorageRule):
    r"""Maximal stability: the weights whose worst symbol is as stable as any weights can make it.

    For each target unit, minimise $\frac12 |w|^2$ subject to $y_s (w \cdot \phi_s + b) \ge 1$ for every symbol s, and
    for silence: the hard-margin support vector machine, solved in its dual by the alternating direction method of
    multipliers. All units share one factorised kernel, so an iteration is one matrix product. Training ends when the
    stability reached is within `tolerance` of what the dual says is the largest, for every unit.

    **Arguments:**

    - `tolerance`: largest shortfall from the bound, a fraction.
    - `max_iterations`: when to give up; beyond capacity no solution exists and all of them are used.

    **Reference:** Gardner 1988, J. Phys. A 21:257; Krauth & Mezard 1987, J. Phys. A 20:L745; Boyd et al. 2011,
    Found. Trends Mach. Learn. 3:1, for the solver.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> codes = jax.random.bernoulli(jax.random.key(0), 0.5, (20, 64))
        >>> solution = ab.MaximalStability().solve(codes, codes, recurrent=True)
        >>> bool((solution.stability >= 0.99 * solution.bound).all())
        True
    """

    in_batches: ClassVar[bool] = True
    tolerance: float = 0.01
    max_iterations: int = 1000

    def __check_init__(self) -> None:
        check_positive("tolerance", self.tolerance)
        check_count("max_iterations", self.max_iterations)

    def learn(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> AbstractSynapses:
        """See `AbstractStorageRule.learn`."""
        return self.solve(source, target, recurrent=recurrent).synapses

    def solve(
        self, source: Bool[Array, "symbols source"], target: Bool[Array, "symbols target"], *, recurrent: bool
    ) -> StabilitySolution:
        """As `learn`, and the stability reached beside the bound; see `StabilitySolution`."""
        settings = self.tolerance, self.max_iterations
        return on_device(_maximal_stability(*at_hand((source, target, *settings), _AT_HAND), recurrent=recurrent))


# Weight of the quadratic term, in units of a code's squared norm, and over-relaxation: measured over activities 0.1 and
# 0.5 and loads 0.1 to 2.5, these converge fastest or nearly so.
_PENALTY = 0.3
_RELAXATION = 1.7
_ITERATIONS_PER_CHECK = 20


@compiled("recurrent")
def _maximal_stability(
    source: Bool[Numbers, "symbols source"],
    target: Bool[Numbers, "symbols target"],
    tolerance: Rate,
    max_iterations: int | Int[Numbers, ""],
    recurrent: bool,
) -> StabilitySolution:
    xp = namespace(source, target)
    kernel = _Kernel(source, recurrent)
    inverse = kernel.inverse(_PENALTY)
    desired = signs(with_silence(target))
    root_units = np.sqrt(np.float32(source.shape[1]))

    def improve(carry: tuple[Numbers, Numbers]) -> tuple[Numbers, Numbers]:
        feasible, multiplier = carry
        optimum = inverse.apply(desired + _PENALTY * (feasible - multiplier))
        relaxed = _RELAXATION * optimum + (1 - _RELAXATION) * feasible + multiplier
        feasible = xp.where(desired * relaxed > 0, relaxed, np.float32(0))
        return feasible, relaxed - feasible

    def reached_and_bound(feasible: Float[Numbers, "patterns target"]) -> tuple[Numbers, Numbers]:
        fields = kernel.apply(feasible)
        # Beyond capacity the length tends to 0, and rounding can make its square negative.
        length = xp.sqrt(xp.maximum((feasible * fields).sum(axis=0), np.finfo(np.float32).tiny))
        # (sum |z|)^2 / (z K z) bounds the squared length of any weights with margin 1 from below.
        bound = root_units * length / abs(feasible).sum(axis=0)
        return root_units * (desired * fields).min(axis=0) / length, bound

    def unfinished(carry: tuple) -> Bool[Numbers, ""]:
        _, reached, bound, iterations = carry
        return (iterations < max_iterations) & ~(reached >= (1 - tolerance) * bound).all()

    def round_of_iterations(carry: tuple) -> tuple:
        state, _, _, iterations = carry
        state = repeated(improve, state, _ITERATIONS_PER_CHECK)
        return (state, *reached_and_bound(state[0]), iterations + np.int32(_ITERATIONS_PER_CHECK))

    zeros = xp.zeros_like(desired)
    nothing = xp.zeros(target.shape[1], np.float32)
    start = ((zeros, zeros), nothing, nothing + 1, xp.int32(0))
    (feasible, _), _, bound, iterations = while_loop(unfinished, round_of_iterations, start)
    synapses = scaled_to_margin_one(kernel.synapses(feasible, source), source, target)
    return StabilitySolution(synapses, stabilities(synapses, source, target, recurrent=recurrent), bound, iterations)
