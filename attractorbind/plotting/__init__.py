"""Pictures of runs, networks, programs and measures. Needs the extra `plot`.

Every `plot_` function takes data and, if wished, matplotlib `Axes` to draw on, and returns the `Axes`;
`animate_trace` returns a matplotlib animation.
"""

try:
    import matplotlib as _  # noqa: F401
except ImportError as error:
    raise ImportError("attractorbind.plotting needs matplotlib; pip install 'attractorbind[plot]'") from error

from attractorbind.plotting._animation import animate_trace as animate_trace
from attractorbind.plotting._choices import plot_choices as plot_choices
from attractorbind.plotting._drawings import plot_drawings as plot_drawings
from attractorbind.plotting._energy import plot_energy as plot_energy
from attractorbind.plotting._maps import (
    plot_autocorrelograms as plot_autocorrelograms,
    plot_maps as plot_maps,
    plot_scores as plot_scores,
)
from attractorbind.plotting._measures import plot_capacity as plot_capacity, plot_crosstalk as plot_crosstalk
from attractorbind.plotting._network import plot_network as plot_network
from attractorbind.plotting._program import plot_program as plot_program
from attractorbind.plotting._trace import plot_trace as plot_trace
