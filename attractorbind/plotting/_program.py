"""A program: its control flow."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from attractorbind._errors import ProgramError
from attractorbind._program.program import Program
from attractorbind.plotting._style import OPEN, axes_or_new

# How many characters fit into a box, and the width of a box on the axes.
_SHOWN = 46
_WIDTH = 3.0


def plot_program(program: Program, *, axes: Axes | None = None) -> Axes:
    """The control flow of a program from top to bottom; from a condition two ways lead on, yes and no.

    **Arguments:**

    - `program`: the program.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `ProgramError` for something else.

    **Example:**

        >>> import attractorbind as ab
        >>> from attractorbind.plotting import plot_program
        >>> program = ab.when(ab.holds("focus", "dog"), ab.copy("focus", "agent")) + ab.clear("focus")
        >>> [text.get_text() for text in plot_program(program).texts if text.get_text()]
        ["0  if holds('focus', 'dog')", "1  copy('focus', 'agent')", "2  clear('focus')", 'end', 'yes', 'no']
    """
    if not isinstance(program, Program):
        raise ProgramError(f"program is a {type(program).__name__}; give a Program, such as load('focus', 'dog')")
    graph = program.graph
    rows = {node: row for row, node in enumerate(graph.nodes)}
    axes = axes_or_new(axes, 6.5, 0.6 + 0.42 * len(rows))
    for node, row in rows.items():
        text = str(node) if node == "end" else f"{node}  {_short(graph.nodes[node]['instruction'])}"
        asks = any(way is not None for _, _, way in graph.out_edges(node, data="when"))
        colour, shape = "#F8E3D3" if asks else "white", "round,pad=0,rounding_size=0.1"
        corner = (0, -row - 0.27)
        axes.add_patch(FancyBboxPatch(corner, _WIDTH, 0.54, boxstyle=shape, edgecolor=OPEN, facecolor=colour))
        axes.text(0.08, -row, text, va="center", fontsize=8)
    # A way to the next box is an arrow between the two. All others are drawn beside the boxes, each in a lane of its
    # own: on the right those that lead down, on the left those that lead up.
    lanes = {True: 0, False: 0}
    for source, target, way in graph.edges(data="when"):
        label = {True: "yes", False: "no", None: ""}[way]
        start, stop = -rows[source], -rows[target]
        if rows[target] == rows[source] + 1:
            axes.annotate("", (0.3, stop + 0.27), (0.3, start - 0.27), arrowprops={"arrowstyle": "->", "color": OPEN})
            if label:
                axes.text(0.36, (start + stop) / 2, label, va="center", fontsize=7)
            continue
        forward = rows[target] > rows[source]
        lanes[forward] += 1
        near = _WIDTH if forward else 0.0
        side = near + (0.1 + 0.14 * lanes[forward]) * (1 if forward else -1)
        axes.plot([near, side, side], [start, start, stop], color=OPEN, linewidth=0.9)
        axes.annotate("", (near, stop), (side, stop), arrowprops={"arrowstyle": "->", "color": OPEN})
        if label:
            edge, align = (near + 0.05, "left") if forward else (near - 0.05, "right")
            axes.text(edge, start + 0.04, label, ha=align, va="bottom", fontsize=7)
    left, right = -0.2 - 0.14 * lanes[False], _WIDTH + 0.2 + 0.14 * lanes[True]
    axes.set(xlim=(left, right), ylim=(0.6 - len(rows), 0.6))
    axes.set_axis_off()
    return axes


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
