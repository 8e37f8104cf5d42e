"""A network: buffers, nuclei, memories, and the gates between them."""

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
from matplotlib.axes import Axes

from attractorbind._errors import ArgumentError
from attractorbind._network import Gating, Network, check_network
from attractorbind.plotting._style import CLOSED, OPEN, axes_or_new

_SHAPES = {"buffer": ("o", 1500), "nucleus": ("s", 320), "memory": ("h", 2600)}
_FILLS = {"buffer": "#DCEBF5", "nucleus": "#F8E3D3", "memory": "#E5F2EC"}
# More names of gates than these cannot be read.
_NAMED = 14


def plot_network(
    network: Network,
    gates: Gating | None = None,
    *,
    held: Mapping[str, str | None] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """The wiring: buffers as discs, nuclei as small squares, memories as hexagons, an arrow for every gated pathway.

    Open gates are drawn dark and full, closed ones light and dashed. A latch is its buffer's outline.

    **Arguments:**

    - `network`: the network.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate,
        such as `trace.gates[tick]`; at rest if not given.
    - `held`: buffer to the symbol that it holds, written below its name; None where it holds none.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `NetworkError` or `UnknownNameError` for gates or buffers that do not fit, `ArgumentError` for contents
    that are no mapping.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.plotting import plot_network
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> sorted(text.get_text() for text in plot_network(network, ["focus->agent"]).texts if text.get_text())
        ['agent', 'agent->focus', 'focus', 'focus->agent']
    """
    check_network(network)
    graph, wiring = network.graph, network.wiring
    if not isinstance(held, Mapping | None):
        raise ArgumentError(f"held is {held!r}; give a mapping from buffers to symbols")
    for buffer in held or {}:
        wiring.buffer(buffer)
    conductances = network.conductances(() if gates is None else gates)
    axes = axes_or_new(axes, 7.0, 6.0)
    places = _layout(network)
    is_open = {gate.name: conductances[place] > 0 for place, gate in enumerate(wiring.gates)}
    for kind, (shape, size) in _SHAPES.items():
        nodes = [name for name, of in graph.nodes(data="kind") if of == kind]
        drawn = nx.draw_networkx_nodes(
            graph, places, nodelist=nodes, node_shape=shape, node_size=size, node_color=_FILLS[kind], ax=axes
        )
        opened = [is_open.get(name, True) for name in nodes]
        drawn.set_edgecolor([OPEN if full else CLOSED for full in opened])
        drawn.set_linestyle(["solid" if full else "dashed" for full in opened])
        drawn.set_linewidth(1.8)
    named = [name for name, kind in graph.nodes(data="kind") if kind != "nucleus"]
    nx.draw_networkx_labels(
        graph, places, labels={name: _label(name, held or {}) for name in named}, font_size=9, ax=axes
    )
    edges = [edge for edge in graph.edges(data="gate") if edge[0] != edge[1]]
    for opened, colour, style, width in ((False, CLOSED, "dashed", 1.0), (True, OPEN, "solid", 1.8)):
        here = [(source, target) for source, target, gate in edges if is_open[gate] == opened]
        sizes = [_SHAPES[graph.nodes[name]["kind"]][1] for name in graph]
        nx.draw_networkx_edges(
            graph,
            places,
            edgelist=here,
            edge_color=colour,
            style=style,
            width=width,
            node_size=sizes,
            nodelist=list(graph),
            connectionstyle="arc3,rad=0.12",
            arrowsize=12,
            ax=axes,
        )
    relays = _first_legs(edges)
    if len(relays) <= _NAMED:
        nx.draw_networkx_edge_labels(
            graph, places, edge_labels=relays, font_size=7, connectionstyle="arc3,rad=0.12", rotate=False, ax=axes
        )
    axes.margins(0.15)
    axes.set_axis_off()
    return axes


def _label(name: str, held: Mapping[str, str | None]) -> str:
    return name if name not in held else f"{name}\n[{held[name] or ''}]"


def _first_legs(edges: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """The edges that bear the name of their gate: of two that share one, the first; a latch is named by its buffer."""
    seen: dict[str, tuple[str, str]] = {}
    for source, target, gate in edges:
        if source != target:
            seen.setdefault(gate, (source, target))
    return {ends: gate for gate, ends in seen.items() if gate not in {end for pair in seen.values() for end in pair}}


def _layout(network: Network) -> dict[str, np.ndarray]:
    """Buffers on a circle, nuclei beside the way that they serve, memories in the middle."""
    graph = network.graph
    places = {name: np.array(place) for name, place in nx.circular_layout(graph.subgraph(network.buffers)).items()}
    for name, kind in graph.nodes(data="kind"):
        if kind == "nucleus":
            source, target = (next(iter(ends)) for ends in (graph.predecessors(name), graph.successors(name)))
            along = places[target] - places[source]
            aside = np.array([along[1], -along[0]])
            # Of a latch by way of a nucleus, outside of the circle.
            places[name] = 1.35 * places[source] if source == target else places[source] + along / 2 + 0.08 * aside
    memories = [name for name, kind in graph.nodes(data="kind") if kind == "memory"]
    for number, name in enumerate(memories):
        places[name] = np.array([0.0, 0.5 * (number - (len(memories) - 1) / 2)])
    return places
