"""What hands have drawn in a run."""

from collections.abc import Sequence

from matplotlib.axes import Axes

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_known, entries
from attractorbind._errors import ArgumentError
from attractorbind._trace import Trace
from attractorbind.plotting._style import axes_or_new

# Between drawings, as a part of their width; above each there is room for its tick.
_GAP, _TITLE = 0.12, 0.22


def plot_drawings(
    trace: Trace, area: str | AbstractArea, trials: int | Sequence[int] = 0, *, axes: Axes | None = None
) -> Axes:
    """The drawings of one trial after the other, a row for each, and above each drawing the tick it was finished at.

    **Arguments:**

    - `trace`: of a run.
    - `area`: a hand, or its name.
    - `trials`: which trial, or several.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `UnknownNameError` for a hand that is not there; `ArgumentError` for trials that are not there, or that
    have drawn nothing.

    **Example:**

        >>> import attractorbind as ab, jax, numpy as np
        >>> from attractorbind.plotting import plot_drawings
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[9, 20], target="focus", rule=ab.learning.Backpropagation())
        >>> network = ab.build(ab.Vocabulary(["bar", "dot"]), buffers={"focus": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), areas=[eyes, ab.Motor("hand", eye=eyes, reads="focus", layers=[1])],
        ...     key=jax.random.key(0))
        >>> look = ab.see("eyes", write=False) + ab.draw("hand", steps=0) + ab.draw("hand", steps=5)
        >>> program = ab.babble("hand", 100) + look
        >>> trace = ab.run(network, program, stimuli={"eyes": np.eye(3)[None, None]}, key=jax.random.key(1))
        >>> [text.get_text() for text in plot_drawings(trace, "hand").texts]
        ['trial 0', 'tick 102', 'tick 108']
    """
    if not isinstance(trace, Trace):
        raise ArgumentError(f"trace is a {type(trace).__name__}; give what run() returns")
    name = area.name if isinstance(area, AbstractArea) else area
    drawn = trace.drawings[check_known("hand", "hands", name, trace.drawings)]
    chosen = [trace._trial(trial) for trial in entries(trials) or [trials]]
    columns = max(len(drawn[trial]) for trial in chosen)
    if not columns:
        raise ArgumentError(f"{name!r} has drawn nothing in trial {chosen[0]}; give it draw() or write() to do")
    height = 1 + _GAP + _TITLE
    axes = axes_or_new(axes, 0.9 + 1.1 * columns, 0.2 + 1.1 * height * len(chosen))
    for row, trial in enumerate(chosen):
        low = -(row * height + 1)
        axes.text(-_GAP, low + 0.5, f"trial {trial}", ha="right", va="center", fontsize=8)
        for column, (image, tick) in enumerate(drawn[trial]):
            left = column * (1 + _GAP)
            axes.imshow(image, extent=(left, left + 1, low, low + 1), cmap="gray_r", vmin=0, vmax=1)
            axes.text(left + 0.5, low + 1.03, f"tick {tick}", ha="center", va="bottom", fontsize=8)
    axes.set(xlim=(-0.8, columns * (1 + _GAP)), ylim=(-len(chosen) * height, height - 1))
    axes.set_axis_off()
    return axes
