"""A network: buffers, nuclei, areas, and the gates between them."""

from collections.abc import Container, Mapping, Sequence

import networkx as nx
import numpy as np
from matplotlib.axes import Axes

from attractorbind._checks import check_finite, check_known, entries
from attractorbind._errors import ArgumentError
from attractorbind._gating import Gating
from attractorbind._network import Network, check_network
from attractorbind.plotting._labels import Disc, Labels
from attractorbind.plotting._style import CLOSED, OPEN, axes_or_new

_SHAPES = {"buffer": ("o", 1500), "nucleus": ("s", 320), "memory": ("h", 2600)}
_FILLS = {"buffer": "#DCEBF5", "nucleus": "#F8E3D3", "memory": "#E5F2EC"}
# Areas of all other kinds.
_OTHER_SHAPE, _OTHER_FILL = ("8", 2600), "#EFEAF4"
# If there are more relays than these, their names would lie over each other, and only open ones are named.
_NAMED = 14
# How far arrows bend, so that two opposite ones lie apart.
_BEND = 0.12
# How far from its buffer the nucleus of a latch lies, and in which of how many directions.
_BESIDE, _ANGLES = 0.35, 16


def plot_network(
    network: Network,
    gates: Gating | None = None,
    *,
    held: Mapping[str, str | None] | None = None,
    positions: Mapping[str, Sequence[float]] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """The wiring: buffers as discs, nuclei as small squares, memories as hexagons, other areas as octagons, an
    arrow for every gated pathway.

    Open gates are drawn dark and solid, closed ones light and dashed. A latch is drawn as its buffer's outline. What an
    area is told to do, such as to store, is written in it. Where there are many relays, only open ones are named. No
    name covers another; one for which there is no room beside its arrow is left out.

    **Arguments:**

    - `network`: the network.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate,
        such as `trace.gates[tick]`, or `trace.gates[tick, trial]` of a program that branches; at rest if not given.
    - `held`: buffer to the symbol that it holds, written below its name; None where it holds none. For one trial of a
        run it is `{buffer: symbols[trial] for buffer, symbols in trace.decode(tick).items()}`.
    - `positions`: where buffers and areas lie, each two numbers; those not named lie as near as they are
        connected.
    - `axes`: where to draw; by default on a new figure.

    **Raises:** `NetworkError` or `UnknownNameError` for gates or buffers that do not fit, `ArgumentError` if `held` is
    no mapping to single symbols, or a position is not two numbers.

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
    _check_held(network, held)
    conductances = network.conductances(() if gates is None else gates)
    axes = axes_or_new(axes, 7.0, 6.0)
    placed = _layout(network, _given_positions(network, {} if positions is None else positions))
    # networkx bends arrows in the units of the axes, so their limits must be set before arrows are drawn.
    corners = np.array([np.min(list(placed.values()), axis=0), np.max(list(placed.values()), axis=0)])
    half = 0.65 * max(float(np.ptp(corners, axis=0).max()), 1.0)
    (left, low), (right, high) = corners.mean(axis=0) - half, corners.mean(axis=0) + half
    axes.set(xlim=(left, right), ylim=(low, high), autoscale_on=False)
    is_open = {gate.name: bool(conductances[number] > 0) for number, gate in enumerate(wiring.gates)}
    texts = {name: _text(name, held or {}, is_open) for name, kind in graph.nodes(data="kind") if kind != "nucleus"}
    longest = max(len(line) for text in texts.values() for line in text.splitlines())
    kinds = {**_SHAPES, **{kind: _OTHER_SHAPE for _, kind in graph.nodes(data="kind") if kind not in _SHAPES}}
    shapes = {kind: (shape, size * max(1.0, longest / 8) ** 2) for kind, (shape, size) in kinds.items()}
    shapes["nucleus"] = _SHAPES["nucleus"]
    for kind, (shape, size) in shapes.items():
        nodes = [name for name, kind_of_node in graph.nodes(data="kind") if kind_of_node == kind]
        drawn = nx.draw_networkx_nodes(
            graph,
            placed,
            nodelist=nodes,
            node_shape=shape,
            node_size=size,
            node_color=_FILLS.get(kind, _OTHER_FILL),
            ax=axes,
        )
        # Nuclei and areas have no latch, and a solid outline.
        solid = [is_open.get(name, True) for name in nodes]
        drawn.set_edgecolor([OPEN if is_solid else CLOSED for is_solid in solid])
        drawn.set_linestyle(["solid" if is_solid else "dashed" for is_solid in solid])
        drawn.set_linewidth(1.8)
    edges = [edge for edge in graph.edges(data="gate") if edge[0] != edge[1]]
    for opened, colour, style, width in ((False, CLOSED, "dashed", 1.0), (True, OPEN, "solid", 1.8)):
        drawn_now = [(source, target) for source, target, gate in edges if is_open[gate] == opened]
        sizes = [shapes[graph.nodes[name]["kind"]][1] for name in graph]
        nx.draw_networkx_edges(
            graph,
            placed,
            edgelist=drawn_now,
            edge_color=colour,
            style=style,
            width=width,
            node_size=sizes,
            nodelist=list(graph),
            connectionstyle=f"arc3,rad={_BEND}",
            arrowsize=12,
            ax=axes,
        )
    relays = _first_legs(edges, network.buffers)
    shown = relays if len(relays) <= _NAMED else {ends: gate for ends, gate in relays.items() if is_open[gate]}
    discs = {
        name: Disc(placed[name], np.sqrt(shapes[kind][1]) / 2, texts.get(name, ""))
        for name, kind in graph.nodes(data="kind")
    }
    Labels(axes, discs, shown, _BEND)
    axes.set_axis_off()
    return axes


def _check_held(network: Network, held: object) -> None:
    if not isinstance(held, Mapping | None):
        raise ArgumentError(f"held is {held!r}; give a mapping from buffers to symbols")
    for buffer, symbol in (held or {}).items():
        network.wiring.buffer(buffer)
        if symbol is not None and not isinstance(symbol, str):
            raise ArgumentError(
                f"held[{buffer!r}] is {symbol!r}; give the symbol of one trial, such as trace.decode()[{buffer!r}][0]"
            )
        if symbol is not None:
            network.vocabulary[symbol]


def _text(name: str, held: Mapping[str, str | None], is_open: Mapping[str, bool]) -> str:
    """A buffer's or area's name, and below it what the buffer holds, or what the area is told to do."""
    doing = [gate.partition(":")[2] for gate, opened in is_open.items() if opened and gate.startswith(f"{name}:")]
    contents = [held[name] or ""] if name in held else doing
    return "\n".join([name, *(f"[{content}]" for content in contents)])


def _first_legs(edges: Sequence[tuple[str, str, str]], latches: Container[str]) -> dict[tuple[str, str], str]:
    """The edges that are labelled with the name of a relay: (source, target) to the name.

    Of the two edges of a relay through a nucleus it is the first. Those of a latch through a nucleus have no label, as
    a latch has its buffer's name.
    """
    first: dict[str, tuple[str, str]] = {}
    for source, target, gate in edges:
        if gate not in latches:
            first.setdefault(gate, (source, target))
    return {ends: gate for gate, ends in first.items()}


def _given_positions(network: Network, positions: object) -> dict[str, np.ndarray]:
    """The positions that were given, as arrays."""
    known = (*network.buffers, *(area.name for area in network.areas))
    if not isinstance(positions, Mapping):
        raise ArgumentError(f"positions is {positions!r}; give a mapping from buffers and areas to two numbers")
    for name, position in positions.items():
        check_known("buffer or area", "buffers and areas", name, known)
        found = entries(position)
        if found is None or len(found) != 2:
            raise ArgumentError(f"positions[{name!r}] is {position!r}; give two numbers")
        for number in found:
            check_finite(f"a number in positions[{name!r}]", number)
    return {name: np.array(entries(position), float) for name, position in positions.items()}


def _layout(network: Network, given: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A position for each node: buffers by how many relays lie between them, nuclei beside the way they are on."""
    graph = network.graph
    # Not by `graph.subgraph`, whose nodes may come in the order of a set: the picture would change from run to run.
    outside = [name for name, kind in graph.nodes(data="kind") if kind != "nucleus"]
    cortex = nx.Graph()
    cortex.add_nodes_from(outside)
    cortex.add_edges_from((source, target) for source, target in graph.edges() if {source, target} <= {*outside})
    for gate in network.wiring.gates:
        if gate.kind == "relay":
            cortex.add_edge(gate.source, gate.target)
    layout = nx.kamada_kawai_layout if len(cortex) > 2 and nx.is_connected(cortex) else nx.circular_layout
    drawn = {} if len(given) == len(cortex) else layout(cortex)
    positions = {name: np.array(position) for name, position in {**drawn, **given}.items()}
    for name, kind in graph.nodes(data="kind"):
        if kind == "nucleus":
            source, target = (next(iter(ends)) for ends in (graph.predecessors(name), graph.successors(name)))
            along = positions[target] - positions[source]
            aside = np.array([along[1], -along[0]])
            beside = positions[source] + along / 2 + 0.08 * aside
            positions[name] = _apart(positions, source) if source == target else beside
    return positions


def _apart(positions: Mapping[str, np.ndarray], source: str) -> np.ndarray:
    """Where the nucleus of a latch lies: beside its buffer, as far from all other nodes as can be."""
    angles = np.linspace(0, 2 * np.pi, _ANGLES, endpoint=False)
    places = positions[source] + _BESIDE * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    others = np.array([position for name, position in positions.items() if name != source] or [np.zeros(2)])
    nearest = np.linalg.norm(places[:, None] - others[None], axis=2).min(axis=1)
    return places[int(nearest.round(6).argmax())]
