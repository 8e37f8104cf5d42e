"""Maps of units, how they repeat themselves, and how their grid scores are distributed."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from attractorbind._checks import as_numbers, check_count
from attractorbind._errors import ArgumentError
from attractorbind._spatial.rate_maps import autocorrelogram, check_maps
from attractorbind.plotting._style import axes_or_new, line_style

# Between maps, as a part of their width; above each there is room for its score.
_GAP = 0.12
_TITLE = 0.22


def plot_maps(maps: Any, *, scores: Any = None, columns: int = 8, axes: Axes | None = None) -> Axes:
    """The rate map of each unit as shades, from its least rate to its highest, with its score above.

    **Arguments:**

    - `maps`: of shape (units, bins, bins); the first axis of each goes to the right, the second one up.
    - `scores`: a number for each unit, from `grid_score`, say.
    - `columns`: how many maps stand side by side.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for arrays that do not fit.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind.plotting import plot_maps
        >>> axes = plot_maps(np.random.default_rng(0).random((10, 8, 8)), scores=np.arange(10) / 10)
        >>> axes.texts[9].get_text(), len(axes.images)
        ('0.90', 10)
    """
    maps = _three_axes(check_maps(maps))
    return _tiled(maps, scores, columns, axes, limits=None)


def plot_autocorrelograms(maps: Any, *, scores: Any = None, columns: int = 8, axes: Axes | None = None) -> Axes:
    """The spatial autocorrelogram of each unit's map as shades from -1 to 1, with its score above.

    **Arguments:**

    - `maps`: of shape (units, bins, bins), as for `plot_maps`.
    - `scores`: a number for each unit, from `grid_score`, say.
    - `columns`: how many stand side by side.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for arrays that do not fit.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind.plotting import plot_autocorrelograms
        >>> plot_autocorrelograms(np.random.default_rng(0).random((2, 8, 8))).images[0].get_array().shape
        (15, 15)
    """
    return _tiled(autocorrelogram(_three_axes(check_maps(maps))), scores, columns, axes, limits=(-1.0, 1.0))


def _three_axes(maps: Float[np.ndarray, "..."]) -> Float[np.ndarray, "units bins bins"]:
    if maps.ndim != 3:
        raise ArgumentError(f"maps have the shape {maps.shape}; give (units, bins, bins)")
    return maps


def _tiled(
    pictures: Float[np.ndarray, "units size size"],
    scores: Any,
    columns: int,
    axes: Axes | None,
    *,
    limits: tuple[float, float] | None,
) -> Axes:
    columns = min(check_count("columns", columns), len(pictures))
    written = None if scores is None else as_numbers("scores", scores, f"({len(pictures)},)")
    if written is not None and written.shape != (len(pictures),):
        raise ArgumentError(f"scores have the shape {written.shape}; give one for each of the {len(pictures)} units")
    rows = -(-len(pictures) // columns)
    height = 1 + _GAP + (0.0 if written is None else _TITLE)
    axes = axes_or_new(axes, 0.2 + 1.1 * columns, 0.2 + 1.1 * height * rows)
    for unit, picture in enumerate(pictures):
        row, column = divmod(unit, columns)
        left, low = column * (1 + _GAP), -(row * height + 1)
        low_high = (picture.min(), picture.max()) if limits is None else limits
        extent = (left, left + 1, low, low + 1)
        axes.imshow(picture.T, origin="lower", extent=extent, cmap="viridis", vmin=low_high[0], vmax=low_high[1])
        if written is not None:
            axes.text(left + 0.5, low + 1.03, f"{written[unit]:.2f}", ha="center", va="bottom", fontsize=8)
    axes.set(xlim=(-_GAP, columns * (1 + _GAP)), ylim=(-rows * height, height - 1))
    axes.set_axis_off()
    return axes


def plot_scores(
    scores: Mapping[str, Any], *, thresholds: Mapping[str, Any] | None = None, axes: Axes | None = None
) -> Axes:
    """How scores are distributed: for each label the share of units that score at least as much as each number.

    **Arguments:**

    - `scores`: a label to the grid scores of units.
    - `thresholds`: a label to what the units' shuffled maps score, 95th percentiles; their median is an upright line.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for scores that are no finite numbers, or none, and for thresholds of other labels.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind.plotting import plot_scores
        >>> axes = plot_scores({"trained": [0.1, 0.5], "untrained": [0.0, 0.1]}, thresholds={"trained": [0.2, 0.3]})
        >>> axes.get_ylabel(), len(axes.lines)
        ('share of units that score as much', 3)
    """
    if not isinstance(scores, Mapping) or not scores:
        raise ArgumentError(f"scores is {scores!r}; give a mapping from labels to scores of units")
    thresholds = {} if thresholds is None else thresholds
    if not isinstance(thresholds, Mapping) or set(thresholds) - set(scores):
        raise ArgumentError("thresholds has labels that scores has not; give a mapping with the same labels")
    numbers = {label: _numbers(f"the scores {label!r}", given) for label, given in scores.items()}
    bounds = {label: _numbers(f"the thresholds {label!r}", given) for label, given in thresholds.items()}
    axes = axes_or_new(axes, 6.0, 4.0)
    for line, (label, own) in enumerate(numbers.items()):
        own, style = np.sort(own), line_style(line)
        axes.step(own, 1 - np.arange(len(own)) / len(own), where="pre", label=label, **style)
        if label in bounds:
            axes.axvline(float(np.median(bounds[label])), color=style["color"], linewidth=0.8, linestyle=":")
    axes.set(xlabel="grid score", ylabel="share of units that score as much", ylim=(0, 1.03))
    axes.legend(frameon=False)
    return axes


def _numbers(told: str, given: Any) -> Float[np.ndarray, " units"]:
    numbers = as_numbers(told, given, "(units,)")
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise ArgumentError(f"{told} have the shape {numbers.shape}; give finite numbers, (units,), one at least")
    return numbers
