"""A run: when each gate was open, and what each buffer held."""

import itertools

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes

from attractorbind._checks import check_count
from attractorbind._errors import ArgumentError
from attractorbind._overlap import THRESHOLD, overlaps
from attractorbind._trace import Trace
from attractorbind.plotting._style import CLOSED, OPEN, axes_or_new, line_style

_GATE_HEIGHT = 0.5


def plot_trace(trace: Trace, trial: int = 0, *, symbols: int = 5, axes: Axes | None = None) -> Axes:
    """One trial of a run: above, a bar for each gate while it is open; below, each buffer's overlap with symbols.

    Gates are drawn that are not at rest at some tick. Above a buffer's curves stands what is decoded from it. With
    `record="states"` a buffer's overlaps with the symbols it comes closest to are drawn, with `record="decoded"` that
    with the best one.

    **Arguments:**

    - `trace`: of a run with `record="states"` or `record="decoded"`.
    - `trial`: which trial.
    - `symbols`: how many symbols are drawn at the most.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ArgumentError` for a trial that is not there or a run that was not recorded.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.plotting import plot_trace
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> trace = ab.run(network, ab.load("focus", "dog") + ab.copy("focus", "agent"), record="states")
        >>> [label.get_text() for label in plot_trace(trace).get_yticklabels()]
        ['focus', 'agent', 'focus->agent', 'agent latch']
    """
    gates, symbols = shown_gates(trace, trial), check_count("symbols", symbols)
    ticks, trial = len(gates), trace._trial(trial)
    wiring, buffers = trace.network.wiring, list(trace.network.buffers)
    changing = [place for place in range(gates.shape[1]) if (gates[:, place] != wiring.resting[place]).any()]
    rows = len(buffers) + _GATE_HEIGHT * len(changing)
    axes = axes_or_new(axes, min(14.0, max(5.0, 0.28 * ticks + 2)), 0.8 + 0.75 * rows)
    lanes: list[tuple[float, str]] = []
    drawn: dict[int, None] = {}
    for place, buffer in enumerate(buffers):
        low = float(len(buffers) - 1 - place)
        _draw_buffer(axes, trace, trial, buffer, ticks, low, symbols, drawn)
        lanes.append((low + 0.4, buffer))
    for place, gate in enumerate(reversed(changing)):
        low = len(buffers) + _GATE_HEIGHT * place
        _draw_gate(axes, gates[:, gate], low)
        latch = " latch" if wiring.gates[gate].kind == "latch" else ""
        lanes.append((low + 0.2, wiring.gates[gate].name + latch))
    axes.set_yticks([middle for middle, _ in lanes], [name for _, name in lanes])
    axes.set(xlim=(0, ticks), ylim=(-0.05, rows + 0.05), xlabel="tick")
    axes.tick_params(axis="y", length=0)
    for low in range(len(buffers) + 1):
        axes.axhline(low - 0.03, color=CLOSED, linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if drawn:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, title="overlap with")
    return axes


def shown_gates(trace: Trace, trial: int) -> Float[np.ndarray, "ticks gates"]:
    """The conductances of all gates at every tick of one trial of a recorded run."""
    if not isinstance(trace, Trace):
        raise ArgumentError(f"trace is a {type(trace).__name__}; give what run() returns")
    trial = trace._trial(trial)
    trace._row(0)
    ticks = int(trace.ticks[trial])
    return trace.gates[:ticks] if trace.gates.ndim == 2 else trace.gates[:ticks, trial]


def _draw_gate(axes: Axes, conductance: Float[np.ndarray, " ticks"], low: float) -> None:
    axes.hlines(low + 0.2, 0, len(conductance), color=CLOSED, linewidth=0.6, zorder=1)
    for tick, value in enumerate(conductance):
        if value > 0:
            axes.fill_between(
                [tick, tick + 1], low + 0.2 - 0.15 * value, low + 0.2 + 0.15 * value, color=OPEN, linewidth=0, zorder=2
            )


def _draw_buffer(
    axes: Axes, trace: Trace, trial: int, buffer: str, ticks: int, low: float, most: int, drawn: dict[int, None]
) -> None:
    """The lane of one buffer, of height 1: overlaps from 0 to 0.75 of it, decoded names above."""
    edges = np.arange(ticks + 1)
    names = trace._slots
    if trace.states:
        codes = trace.network.codes(buffer)
        every = np.asarray(overlaps(trace.states[buffer][:ticks, trial], codes))
        best, height = every.argmax(axis=1), every.max(axis=1)
        shown = [symbol for symbol in np.argsort(-every.max(axis=0)) if every[:, symbol].max() >= THRESHOLD][:most]
        for symbol in sorted(shown):
            drawn.setdefault(int(symbol))
            style = line_style(list(drawn).index(int(symbol)))
            label = names[symbol] if axes.get_legend_handles_labels()[1].count(names[symbol]) == 0 else None
            axes.stairs(low + 0.75 * np.clip(every[:, symbol], 0, 1), edges, baseline=None, label=label, **style)
    else:
        best, height = trace.best_symbol[buffer][:ticks, trial], trace.best_overlap[buffer][:ticks, trial]
        axes.stairs(low + 0.75 * np.clip(height, 0, 1), edges, baseline=None, color=OPEN)
    held = [names[symbol] if overlap >= THRESHOLD else None for symbol, overlap in zip(best, height, strict=True)]
    tick = 0
    for name, run in itertools.groupby(held):
        length = len(list(run))
        if tick:
            axes.vlines(tick, low + 0.8, low + 0.95, color=CLOSED, linewidth=0.8)
        if name is not None:
            axes.text(tick + length / 2, low + 0.93, name, ha="center", va="top", fontsize=8, clip_on=True)
        tick += length
