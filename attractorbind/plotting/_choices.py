"""Learned gates over a trial: how likely each was to open, which did, and how it went."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from attractorbind._area.base import AbstractArea
from attractorbind._checks import check_known
from attractorbind._errors import ArgumentError
from attractorbind._trace import Trace
from attractorbind.plotting._style import CLOSED, OPEN, axes_or_new, line_style

# Of an upright lane of height 1, the part that a cell or a curve takes.
_FILLED = 0.86


class _Chosen(NamedTuple):
    """What basal ganglia did in one trial; of `Choices`, the ticks of that trial."""

    decided: Bool[np.ndarray, " ticks"]
    chosen: Bool[np.ndarray, "ticks channels"]
    probability: Float[np.ndarray, "ticks channels"]
    rewarded: Bool[np.ndarray, " ticks"]
    value: Float[np.ndarray, " ticks"]
    dopamine: Float[np.ndarray, " ticks"]


def plot_choices(trace: Trace, area: str | AbstractArea, trial: int = 0, *, axes: Axes | None = None) -> Axes:
    """Learned gates over one trial: a row for each channel, then expected reward and dopamine, then what was read.

    A channel's row is the darker the likelier it was to open at a choice, up to the next choice; a dot marks those that
    did. Below them are the reward that was expected and, at outcomes, the dopamine, both on one scale with 0 at the
    thin line; and, at each choice, the symbols in the buffers that were read. To look at a part of a long trial, set
    the limits: `axes.set_xlim(0, 100)`.

    **Arguments:**

    - `trace`: of a run with `record="states"` or `record="decoded"`.
    - `area`: basal ganglia, or their name.
    - `trial`: which trial.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `UnknownNameError` for basal ganglia that are not there; `ArgumentError` for a trial that is not there
    or a run that was not recorded.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.plotting import plot_choices
        >>> striatum = ab.gating.BasalGanglia("striatum", reads=["word"], gates=["word->first", "word->second"])
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers=dict.fromkeys(["word", "first", "second"], 64),
        ...     relays=[("word", "first"), ("word", "second")], areas=[striatum], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("word", "dog") + ab.choose("striatum", gates=["word->first", "word->second"])
        >>> trace = ab.run(network, program + ab.reward(), key=jax.random.key(0), record="decoded")
        >>> [label.get_text() for label in plot_choices(trace, "striatum").get_yticklabels()]
        ['word->first', 'word->second', 'expected', 'dopamine', 'word']
    """
    if not isinstance(trace, Trace):
        raise ArgumentError(f"trace is a {type(trace).__name__}; give what run() returns")
    trace._row(0)
    name = area.name if isinstance(area, AbstractArea) else area
    check_known("basal ganglia", "basal ganglia here", name, trace.choices)
    trial = trace._trial(trial)
    own = _Chosen(*(np.asarray(part)[: trace.ticks[trial], trial] for part in trace.choices[name]))
    wiring = next(each for each in trace.network.wiring.areas if each.name == name)
    starts = np.flatnonzero(own.decided).tolist()
    read = {tick: trace.decode(tick) for tick in starts}
    words = [(tick, [read[tick][buffer][trial] or "" for buffer in wiring.reads]) for tick in starts]
    lanes = [*wiring.channels, "expected", "dopamine", *wiring.reads]
    longest = max((len(word) for _, own_words in words for word in own_words), default=1)
    width = min(24.0, max(4.0, (0.15 + 0.09 * longest) * len(starts))) + 2.0 + 0.09 * max(map(len, lanes))
    axes = axes_or_new(axes, width, 0.9 + 0.4 * len(lanes))
    ticks, edges = len(own.decided), np.array([*starts, len(own.decided)])
    # Lanes are stacked from the top, the first at 0 and the others below it.
    _draw_channels(axes, own, edges)
    _draw_reward(axes, own, -len(wiring.channels))
    for lane, _ in enumerate(wiring.reads):
        low = -(len(wiring.channels) + 2 + lane)
        for (tick, own_words), end in zip(words, edges[1:], strict=True):
            middle = (tick + end) / 2
            axes.text(middle, low + 0.5, own_words[lane], ha="center", va="center", fontsize=8, clip_on=True)
    axes.set_yticks([0.5 - lane for lane in range(len(lanes))], lanes)
    axes.set(xlim=(0, ticks), ylim=(1 - len(lanes), 1), xlabel="tick")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    shades = ScalarMappable(Normalize(0, 1), "Greys")
    axes.figure.colorbar(shades, ax=axes, shrink=0.8, label="probability to open")
    return axes


def _draw_channels(axes: Axes, own: _Chosen, edges: np.ndarray) -> None:
    """The shade of each channel from one choice to the next, and dots where it opened."""
    starts, lengths = edges[:-1], np.diff(edges)
    spans = list(zip(starts.tolist(), lengths.tolist(), strict=True))
    for lane in range(own.chosen.shape[1]):
        shades = ScalarMappable(Normalize(0, 1), "Greys").to_rgba(own.probability[starts, lane])
        cells = (-lane + (1 - _FILLED) / 2, _FILLED)
        axes.broken_barh(spans, cells, facecolors=shades, edgecolor=CLOSED, linewidth=0.6, zorder=1)
        opened = own.chosen[starts, lane]
        middles = (starts + lengths / 2)[opened]
        dot = {"marker": "o", "facecolor": "white", "edgecolor": OPEN, "zorder": 2}
        axes.scatter(middles, np.full(len(middles), 0.5 - lane), s=28, **dot)


def _draw_reward(axes: Axes, own: _Chosen, lane: int) -> None:
    """Two lanes, on one scale: the expected reward as a curve, and below it dopamine as bars at its ticks."""
    ticks = len(own.value)
    half = _FILLED / 2 / max(1.0, np.abs(own.value).max(), np.abs(own.dopamine).max())
    for low in (lane, lane - 1):
        axes.hlines(low + 0.5, 0, ticks, color=CLOSED, linewidth=0.6, zorder=1)
    curve, blue = lane + 0.5 + half * own.value, line_style(0)["color"]
    axes.stairs(curve, np.arange(ticks + 1), baseline=lane + 0.5, color=blue, alpha=0.25, fill=True)
    axes.stairs(curve, np.arange(ticks + 1), baseline=None, color=blue)
    # At a choice dopamine is new where the critic looks ahead.
    told = own.rewarded | (own.decided & (np.diff(own.dopamine, prepend=0.0) != 0))
    for tick in np.flatnonzero(told).tolist():
        axes.fill_between(
            [tick, tick + 1], lane - 0.5, lane - 0.5 + half * own.dopamine[tick], color=OPEN, linewidth=0, zorder=2
        )
