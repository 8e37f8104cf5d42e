"""A run: when each gate was open, and what each buffer held."""

import itertools

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from attractorbind._engine.coding import Coding
from attractorbind._errors import ArgumentError
from attractorbind._overlap import THRESHOLD
from attractorbind._trace import Trace
from attractorbind.plotting._style import CLOSED, IN_LEGEND, OPEN, axes_or_new, line_style

_GATE_HEIGHT = 0.5


def plot_trace(trace: Trace, trial: int = 0, *, axes: Axes | None = None) -> Axes:
    """One trial of a run: above, a bar for each gate while it is open; below, each buffer's overlap with symbols.

    Only gates that leave their state of rest at some tick are drawn; a bar is as thick as its gate is open. A buffer's
    lane goes from overlap 0 to 1, and above its curves stands what is decoded from it. With `record="states"` a curve
    is drawn for each symbol that the buffer holds at some tick, in the symbol's own style; with `record="decoded"` a
    single curve, the overlap with the symbol that is nearest at each tick. Save the picture with
    `axes.figure.savefig(path)`; axes of your own should be of a figure with `layout="constrained"`.

    **Arguments:**

    - `trace`: of a run with `record="states"` or `record="decoded"`.
    - `trial`: which trial.
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
    gates = shown_gates(trace, trial)
    ticks, trial = len(gates), trace._trial(trial)
    wiring, buffers = trace.network.wiring, list(trace.network.buffers)
    changing = [gate for gate in range(gates.shape[1]) if (gates[:, gate] != wiring.resting[gate]).any()]
    rows = len(buffers) + _GATE_HEIGHT * len(changing)
    labels = [gate.name + (" latch" if gate.kind == "latch" else "") for gate in wiring.gates]
    longest = max(map(len, [*buffers, *(labels[gate] for gate in changing), *trace.network.vocabulary]))
    axes = axes_or_new(axes, min(14.0, max(4.0, 0.28 * ticks) + 2 + 0.15 * longest), 0.8 + 0.75 * rows)
    lanes: list[tuple[float, str]] = []
    # Lanes are stacked from the bottom: the last buffer, ..., the first one, the last gate, ..., the first one.
    for row, buffer in enumerate(buffers):
        low = float(len(buffers) - 1 - row)
        _draw_buffer(axes, trace, trial, buffer, ticks, low)
        lanes.append((low + 0.4, buffer))
    for row, gate in enumerate(reversed(changing)):
        low = len(buffers) + _GATE_HEIGHT * row
        _draw_gate(axes, gates[:, gate], low)
        lanes.append((low + 0.2, labels[gate]))
    axes.set_yticks([middle for middle, _ in lanes], [name for _, name in lanes])
    axes.set(xlim=(0, ticks), ylim=(-0.05, rows + 0.05), xlabel="tick")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", length=0)
    for low in range(len(buffers) + 1):
        axes.axhline(low - 0.03, color=CLOSED, linewidth=0.6)
    axes.spines[["top", "right", "left"]].set_visible(False)
    drawn = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    # In the vocabulary's order, whatever was held first.
    curves = {name: drawn[name] for name in sorted(drawn, key=[*trace._slots, *drawn].index)}
    # Without a legend, the names above the curves still tell which symbols they are.
    if 0 < len(curves) <= IN_LEGEND:
        beside = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "frameon": False}
        axes.legend(curves.values(), curves.keys(), title="overlap with", **beside)
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


def _draw_buffer(axes: Axes, trace: Trace, trial: int, buffer: str, ticks: int, low: float) -> None:
    """The lane of one buffer, of height 1: below 0.75 its overlaps, above it the names that are decoded."""
    edges, names = np.arange(ticks + 1), trace._slots
    if trace.states:
        states = jnp.asarray(trace.states[buffer][:ticks, trial], jnp.float32)
        coding = Coding(trace.network, trace.state.areas).of_trial(trial, ticks)
        with_symbols = np.asarray(coding.overlaps(trace.network.wiring.buffer(buffer), states))
        best, height = with_symbols.argmax(axis=1), with_symbols.max(axis=1)
        for symbol in np.unique(best[height >= THRESHOLD]).tolist():
            curve = low + 0.75 * np.clip(with_symbols[:, symbol], 0, 1)
            axes.stairs(curve, edges, baseline=None, label=names[symbol], **line_style(symbol))
    else:
        best, height = trace.best_symbol[buffer][:ticks, trial], trace.best_overlap[buffer][:ticks, trial]
        curve = low + 0.75 * np.clip(height, 0, 1)
        axes.stairs(curve, edges, baseline=None, label="the best symbol", color=OPEN)
    held = [names[symbol] if overlap >= THRESHOLD else None for symbol, overlap in zip(best, height, strict=True)]
    tick = 0
    for name, run in itertools.groupby(held):
        length = len(list(run))
        if tick:
            axes.vlines(tick, low + 0.8, low + 0.95, color=CLOSED, linewidth=0.8)
        if name is not None:
            axes.text(tick + length / 2, low + 0.93, name, ha="center", va="top", fontsize=8, clip_on=True)
        tick += length
