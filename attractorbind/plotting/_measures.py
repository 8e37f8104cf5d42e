"""Measures as curves and maps: capacity, crosstalk."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from attractorbind._checks import check_positive
from attractorbind._errors import ArgumentError
from attractorbind._measure.crosstalk import Crosstalk
from attractorbind._measure.isolation import Isolation
from attractorbind._measure.proportion import Proportion
from attractorbind.plotting._style import OPEN, axes_or_new, line_style, marker

# The label of the axis along which a condition was swept.
_SWEPT = {
    "leak": "conductance of closed gates",
    "noise": "probability that a unit flips, at each tick",
    "flips": "probability that a unit is flipped at the start",
    "synapses": "share of synapses lost",
    "units": "share of units lost",
}


def plot_capacity(
    curves: Mapping[str, tuple[Sequence[float], Sequence[Proportion]]],
    *,
    limits: Mapping[str, float] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """The share of symbols that are right against the load, with 95 % intervals; limits as upright lines.

    **Arguments:**

    - `curves`: a label to loads S/N and, for each, how many symbols were right.
    - `limits`: a label to a load, of theory.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for a curve without points, or with more loads than shares.

    **Example:**

        >>> import attractorbind as ab, numpy as np
        >>> from attractorbind.plotting import plot_capacity
        >>> shares = [ab.Proportion(np.array(right), 50) for right in (50, 48, 3)]
        >>> axes = plot_capacity({"Hebbian": ([0.05, 0.1, 0.2], shares)}, limits={"Hopfield": 0.138})
        >>> axes.get_ylabel()
        'symbols right'
    """
    _check_curves(curves)
    if not isinstance(limits, Mapping | None):
        raise ArgumentError(f"limits is {limits!r}; give a mapping from labels to loads")
    limits = {label: check_positive(f"the limit {label!r}", load) for label, load in (limits or {}).items()}
    axes = axes_or_new(axes, 6.0, 4.0)
    for line, (label, (loads, shares)) in enumerate(curves.items()):
        _draw_shares(axes, loads, shares, line, label)
    for line, (label, load) in enumerate(limits.items()):
        axes.axvline(load, color=OPEN, linewidth=1.2, linestyle=("-", ":", "--")[line % 3], label=label)
    axes.set(xlabel="load S/N", ylabel="symbols right", ylim=(-0.03, 1.03))
    axes.legend(frameon=False)
    return axes


def _draw_shares(
    axes: Axes, levels: Sequence[float], shares: Sequence[Proportion], line: int, label: str | None
) -> None:
    """Shares against levels, with their intervals, as the line of this number."""
    style = line_style(line)
    axes.plot(levels, [float(share.fraction) for share in shares], marker=marker(line), label=label, **style)
    low, high = np.array([np.ravel(share.interval) for share in shares]).reshape(-1, 2).T
    axes.fill_between(levels, low, high, color=style["color"], alpha=0.2, linewidth=0)


def _check_curves(curves: object) -> None:
    if not isinstance(curves, Mapping) or not curves:
        raise ArgumentError(f"curves is {curves!r}; give a mapping from labels to pairs of loads and shares")
    for label, curve in curves.items():
        if not isinstance(curve, tuple) or len(curve) != 2:
            raise ArgumentError(f"the curve {label!r} is {curve!r}; give a pair (loads, shares)")
        loads, shares = curve
        if isinstance(shares, Proportion):
            raise ArgumentError(
                f"the curve {label!r} has one Proportion; give a list with one for each load, "
                "[shares[i] for i in range(len(shares.right))], say"
            )
        if not len(loads):
            raise ArgumentError(f"the curve {label!r} is empty; give it one load at least")
        if len(loads) != len(shares):
            raise ArgumentError(
                f"the curve {label!r} has {len(loads)} loads and {len(shares)} shares; give one for each"
            )
        for load, share in zip(loads, shares, strict=True):
            check_positive(f"the load {load!r} of {label!r}", load)
            if not isinstance(share, Proportion) or share.right.ndim:
                raise ArgumentError(f"the curve {label!r} has the share {share!r}; give a Proportion of one number")


def plot_crosstalk(measure: Crosstalk | Isolation, *, axes: Axes | None = None) -> Axes:
    """How much of one buffer's content shows in another: a map of bits, or a curve over a condition that was swept.

    Of an `Isolation` that was swept, the share of symbols that the worst buffer holds is drawn at each level, with its
    interval, and the level up to which nothing is lost. Of an `Isolation` that was not, and of a `Crosstalk`, the bits
    that each buffer has about each.

    **Arguments:**

    - `measure`: from `crosstalk` or `isolation`.
    - `axes`: where to draw; by default on a new figure.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.plotting import plot_crosstalk
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> plot_crosstalk(ab.isolation(network)).get_xlabel()
        'in'
    """
    if isinstance(measure, Isolation) and measure.swept:
        return _swept(measure, measure.swept, axes)
    if isinstance(measure, Isolation):
        return _map(measure.information[0], measure.buffers, axes)
    if isinstance(measure, Crosstalk):
        return _map(measure.information, tuple(measure.expected), axes)
    raise ArgumentError(f"measure is a {type(measure).__name__}; give what crosstalk() or isolation() returns")


def _swept(measure: Isolation, condition: str, axes: Axes | None) -> Axes:
    axes = axes_or_new(axes, 6.0, 4.0)
    order = np.argsort(measure.levels)
    worst = [measure.held[int(level), int(measure.held.right[level].argmin())] for level in order]
    _draw_shares(axes, measure.levels[order].tolist(), worst, 0, None)
    if measure.tolerance is not None:
        axes.axvline(measure.tolerance, color=OPEN, linestyle=":", label=f"nothing lost up to {measure.tolerance:g}")
        axes.legend(frameon=False)
    axes.set(xlabel=_SWEPT[condition], ylabel="symbols held, worst buffer", ylim=(-0.03, 1.03))
    return axes


def _map(bits: Float[np.ndarray, "sources targets"], buffers: Sequence[str], axes: Axes | None) -> Axes:
    size = 1.8 + 0.6 * len(buffers)
    axes = axes_or_new(axes, size + 0.8, size)
    image = axes.imshow(bits, cmap="Greys", vmin=0.0, vmax=max(float(bits.max()), 1e-9))
    for (source, target), value in np.ndenumerate(bits):
        colour = "white" if value > bits.max() / 2 else "black"
        axes.text(target, source, f"{value:.2f}", ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(range(len(buffers)), buffers, rotation=30, ha="right")
    axes.set_yticks(range(len(buffers)), buffers)
    axes.set(xlabel="in", ylabel="bits about")
    axes.figure.colorbar(image, ax=axes, shrink=0.8)
    return axes
