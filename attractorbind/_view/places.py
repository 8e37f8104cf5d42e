"""Where the parts of a network are drawn: boxes that do not cover each other."""

from typing import NamedTuple

import networkx as nx
import numpy as np
from jaxtyping import Float

from attractorbind._wiring import Wiring

# A box and the room around it, in the units of the drawing.
WIDTH, HEIGHT = 132.0, 62.0
# More boxes than these stand in rows: wires between so many tell nothing that the eye could follow.
_MOST_SPREAD = 24
_PUSHES = 400


class Places(NamedTuple):
    """Where boxes are, by their middles, and how large the drawing is."""

    middles: dict[str, tuple[float, float]]
    width: float
    height: float


def places(wiring: Wiring) -> Places:
    """A place for each buffer and area; nuclei are drawn on the way of their wires."""
    names = [*wiring.buffers, *(area.name for area in wiring.areas)]
    joined = nx.Graph()
    joined.add_nodes_from(names)
    joined.add_edges_from((gate.source, gate.target) for gate in wiring.gates if gate.source != gate.target)
    at = _in_rows(len(names)) if len(names) > _MOST_SPREAD else _spread(joined)
    at = at - at.min(axis=0) + np.array([WIDTH, HEIGHT]) / 2
    width, height = at.max(axis=0) + np.array([WIDTH, HEIGHT]) / 2
    middles = {name: (round(float(x), 1), round(float(y), 1)) for name, (x, y) in zip(names, at, strict=True)}
    return Places(middles, round(float(width), 1), round(float(height), 1))


def _in_rows(boxes: int) -> Float[np.ndarray, "boxes 2"]:
    across = int(np.ceil(np.sqrt(boxes * HEIGHT / WIDTH * 1.4)))
    return np.array([(box % across * WIDTH, box // across * HEIGHT) for box in range(boxes)])


def _spread(joined: nx.Graph) -> Float[np.ndarray, "boxes 2"]:
    """Boxes near to those that they are joined with, and then pushed apart where they lie over each other."""
    layout = nx.kamada_kawai_layout if len(joined) > 2 and nx.is_connected(joined) else nx.circular_layout
    found = layout(joined)
    size = np.sqrt(len(joined))
    at = np.array([found[name] for name in joined]) * np.array([WIDTH * size, HEIGHT * size * 1.3]) * 0.75
    room = np.array([WIDTH, HEIGHT])
    for _ in range(_PUSHES):
        apart = at[:, None] - at[None, :]
        missing = room - np.abs(apart)
        over = (missing > 1e-6).all(axis=2) & ~np.eye(len(at), dtype=bool)
        if not over.any():
            return at
        # Along the axis on which less is missing; of two in the same place the later goes down.
        sideways = missing[..., 0] * HEIGHT < missing[..., 1] * WIDTH
        order = np.sign(np.arange(len(at))[:, None] - np.arange(len(at))[None, :])
        sign = np.where(apart != 0, np.sign(apart), order[..., None])
        push = np.where(over[..., None], sign * missing / 2, 0.0)
        push[..., 0] *= sideways
        push[..., 1] *= ~sideways
        at = at + push.sum(axis=1) / np.maximum(over.sum(axis=1), 1)[:, None] * 1.02
    return _in_rows(len(at))
