"""Energy: the landscape between two attractors, and the way down it."""

from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from attractorbind._errors import ArgumentError
from attractorbind._measure.descent import Descent
from attractorbind._measure.landscape import Landscape
from attractorbind.plotting._style import CLOSED, IN_LEGEND, OPEN, axes_or_new, line_style


def plot_energy(measure: Landscape | Descent, *, axes: Axes | None = None) -> Axes:
    """The energy on the way from one attractor to another, or over the updates of single units.

    Of a `Landscape`, the mean energy of its paths and their range. Below, bars show where the latch leads from each
    step: to either attractor, or to none of the two; a bar is as thick as the share of paths. Of a `Descent`, a line
    for each trial.

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
    to_first, to_second = measure.to_first.fraction, measure.to_second.fraction
    to_none = 1 - to_first - to_second
    colours = [line_style(line)["color"] for line in range(2)]
    label = f"the latch leads to {measure.first}"
    _bar(axes, distance, bottom, 0.14 * span * to_first, label=label, facecolor=colours[0])
    # Hatched, so that the two are told apart without colours.
    label = f"the latch leads to {measure.second}"
    _bar(axes, distance, bottom, 0.14 * span * to_second, label=label, facecolor=colours[1], hatch="////")
    if to_none.any():
        _bar(axes, distance, bottom - 0.13 * span, 0.07 * span * to_none, label="elsewhere", facecolor=CLOSED)
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
    **style: Any,
) -> None:
    """A bar along the way, as thick at each step as is told; matplotlib's `style` says how it looks."""
    low, high = middle - thickness / 2, middle + thickness / 2
    axes.fill_between(distance, low, high, where=thickness > 0, step="mid", edgecolor="white", linewidth=0, **style)


def _descent(measure: Descent, axes: Axes) -> Axes:
    sweeps = np.arange(len(measure.energy)) / measure.units
    for trial, energy in enumerate(measure.energy.T):
        axes.plot(sweeps, energy, **line_style(trial), label=f"trial {trial}")
    axes.set(xlabel="sweeps over all units", ylabel="energy")
    if 1 < measure.energy.shape[1] <= IN_LEGEND:
        axes.legend(frameon=False)
    return axes
