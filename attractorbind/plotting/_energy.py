"""Energy: the landscape between two attractors, and the way down it."""

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from attractorbind._errors import ArgumentError
from attractorbind._measure.descent import Descent
from attractorbind._measure.landscape import Landscape
from attractorbind.plotting._style import CLOSED, IN_LEGEND, OPEN, axes_or_new, line_style


def plot_energy(measure: Landscape | Descent, *, axes: Axes | None = None) -> Axes:
    """The energy on the way from one attractor to another, or over the updates of single units.

    Of a `Landscape`, the mean over its paths and the range of them; below, where the latch leads from there: a bar as
    thick as the share of paths from which it reaches either attractor, or none of the two. Of a `Descent`, a line a
    trial.

    **Arguments:**

    - `measure`: from `landscape` or `descend`.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for something else.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.plotting import plot_energy
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1, rule=ab.Hebbian(),
        ...     key=jax.random.key(0))
        >>> axes = plot_energy(ab.landscape(network, "focus", "dog", "cat", key=jax.random.key(1)))
        >>> [label.get_text() for label in axes.get_xticklabels()]
        ['dog', '25 %', '50 %', '75 %', 'cat']
    """
    if isinstance(measure, Landscape):
        return _landscape(measure, axes_or_new(axes, 6.0, 4.0))
    if isinstance(measure, Descent):
        return _descent(measure, axes_or_new(axes, 6.0, 4.0))
    raise ArgumentError(f"measure is a {type(measure).__name__}; give what landscape() or descend() returns")


def _landscape(measure: Landscape, axes: Axes) -> Axes:
    distance, energy = measure.distance, measure.energy
    axes.fill_between(distance, energy.min(axis=1), energy.max(axis=1), color=CLOSED, alpha=0.5, linewidth=0)
    axes.plot(distance, energy.mean(axis=1), color=OPEN, label=f"mean of {energy.shape[1]} paths")
    span = float(np.ptp(energy)) or 1.0
    bottom = float(energy.min()) - 0.2 * span
    sides = ((measure.first, measure.to_first.fraction), (measure.second, measure.to_second.fraction))
    for place, (symbol, share) in enumerate(sides):
        _bar(axes, distance, bottom, 0.14 * span * share, f"the latch leads to {symbol}", place)
    elsewhere = 1 - measure.to_first.fraction - measure.to_second.fraction
    if elsewhere.any():
        _bar(axes, distance, bottom - 0.13 * span, 0.07 * span * elsewhere, "elsewhere", 2)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [measure.first, "25 %", "50 %", "75 %", measure.second])
    axes.set(
        xlabel="units changed on the way",
        ylabel="energy",
        ylim=(bottom - 0.22 * span, float(energy.max()) + 0.08 * span),
    )
    axes.set_title(f"latch of {measure.buffer}", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1.08), ncols=3)
    return axes


def _bar(
    axes: Axes,
    distance: Float[np.ndarray, " steps"],
    middle: float,
    thickness: Float[np.ndarray, " steps"],
    label: str,
    place: int,
) -> None:
    hatch = (None, "////", None)[place]
    color = (line_style(0)["color"], line_style(1)["color"], CLOSED)[place]
    low, high = middle - thickness / 2, middle + thickness / 2
    axes.fill_between(
        distance,
        low,
        high,
        where=thickness > 0,
        step="mid",
        facecolor=color,
        hatch=hatch,
        edgecolor="white",
        linewidth=0,
        label=label,
    )


def _descent(measure: Descent, axes: Axes) -> Axes:
    sweeps = np.arange(len(measure.energy)) / measure.units
    for place, energy in enumerate(measure.energy.T):
        axes.plot(sweeps, energy, **line_style(place), label=f"trial {place}")
    axes.set(xlabel="sweeps over all units", ylabel="energy")
    if 1 < measure.energy.shape[1] <= IN_LEGEND:
        axes.legend(frameon=False)
    return axes
