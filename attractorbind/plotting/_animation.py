"""A run as a film: the network, its open gates and what it holds, tick by tick."""

from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

from attractorbind._checks import check_positive
from attractorbind._keys import Rate
from attractorbind._trace import Trace
from attractorbind.plotting._network import plot_network
from attractorbind.plotting._style import line_style
from attractorbind.plotting._trace import plot_trace, shown_gates


def animate_trace(trace: Trace, trial: int = 0, *, seconds: Rate = 0.4) -> FuncAnimation:
    """One trial of a run as a film: on the left the network with its gates and contents, on the right the whole run.

    Keep what is returned until it is saved: `film.save("run.gif", writer="pillow")`, or in a notebook
    `IPython.display.HTML(film.to_jshtml())`.

    **Arguments:**

    - `trace`: of a run with `record="states"` or `record="decoded"`.
    - `trial`: which trial.
    - `seconds`: how long a tick is shown.

    **Raises:** `ArgumentError` for a trial that is not there, a run that was not recorded, or if `seconds` is not above
    0.

    **Example:**

        >>> import attractorbind as ab, jax, pathlib, tempfile
        >>> from attractorbind.plotting import animate_trace
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> trace = ab.run(network, ab.load("focus", "dog") + ab.copy("focus", "agent"), record="decoded")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     animate_trace(trace).save(pathlib.Path(folder) / "run.gif", writer="pillow", dpi=40)
    """
    gates = shown_gates(trace, trial)
    seconds = check_positive("seconds", seconds)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.0, 5.0), width_ratios=[2, 3], layout="constrained")
    plot_trace(trace, trial, axes=right)
    cursor = right.axvspan(0, 1, color=line_style(1)["color"], alpha=0.25, linewidth=0)

    def draw(tick: int) -> list:
        left.clear()
        held = {buffer: symbols[trial] for buffer, symbols in trace.decode(tick).items()}
        plot_network(trace.network, gates[tick], held=held, axes=left)
        left.set_title(f"tick {tick}")
        cursor.set_x(tick)
        return [cursor]

    return FuncAnimation(figure, draw, frames=len(gates), interval=1000 * seconds)
