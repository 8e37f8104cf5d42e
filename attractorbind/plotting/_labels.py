"""Names in a picture of a network, placed so that none covers another, whatever the picture's size."""

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.text import Text
from matplotlib.transforms import BboxBase

# Where along an arrow, from its source, its name may stand, and how many heights of the name aside. It stands best
# nearer to the target, so that the names of two opposite arrows do not meet.
_BEST = 0.62
_PLACES = sorted(
    itertools.product(np.linspace(0.3, 0.8, 11).tolist(), (0.0, 0.8, -0.8, 1.6, -1.6, 2.4, -2.4)),
    key=lambda place: abs(place[0] - _BEST) + 0.1 * abs(place[1]),
)
# Sizes of the names of nodes, in points; the first at which none covers another is taken, or else the last.
_SIZES = (9.0, 8.0, 7.0, 6.0, 5.0, 4.0)
# Between two names, in pixels.
_GAP = 1.5
_Boxes = Float[np.ndarray, "boxes 4"]


class Disc(NamedTuple):
    """Where a node is, in the units of the axes, how large it is drawn, in points, and its name."""

    position: Float[np.ndarray, "2"]
    radius: float
    text: str


class Labels(Artist):
    """The names of nodes and of the arrows between them; they are placed anew whenever the picture is drawn.

    **Arguments:**

    - `nodes`: where each is, and what is written in it.
    - `arrows`: (source, target) to the name beside it.
    - `bend`: how far arrows bend, as matplotlib's "arc3,rad=".
    """

    def __init__(self, axes: Axes, nodes: Mapping[str, Disc], arrows: Mapping[tuple[str, str], str], bend: float):
        super().__init__()
        centred: dict[str, Any] = {"ha": "center", "va": "center"}
        self._room, self._nodes, self._bend = axes, nodes, bend
        self._names = [
            axes.text(disc.position[0], disc.position[1], disc.text, zorder=4, **centred)
            for disc in nodes.values()
            if disc.text
        ]
        ground = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        self._arrows = {
            ends: axes.text(0, 0, name, fontsize=7, zorder=3, bbox=ground, in_layout=False, **centred)
            for ends, name in arrows.items()
        }
        # Before all that it places.
        self.set_zorder(-1)
        self.set_in_layout(False)
        axes.add_artist(self)

    def draw(self, renderer: Any) -> None:
        """Called by matplotlib when the axes are drawn: place the names, which are drawn after it."""
        axes = self._room
        inside = axes.get_window_extent(renderer)
        taken = self._sized(renderer)
        discs = [self._around(disc, renderer) for disc in self._nodes.values()]
        for ends, name in self._arrows.items():
            name.set_visible(True)
            places, half = self._places(ends, name, renderer), _half(name, renderer)
            boxes = np.concatenate([places - half, places + half], axis=1)
            fits = _within(boxes, inside) & ~_meet(boxes, np.array(taken))
            # Rather over the rim of a disc than not at all, but never over another name.
            best = fits & ~_meet(boxes, np.array(discs))
            free = np.flatnonzero(best if best.any() else fits)
            name.set_visible(bool(len(free)))
            if len(free):
                x, y = axes.transData.inverted().transform(places[free[0]])
                name.set_position((x, y))
                taken.append(boxes[free[0]])

    def _sized(self, renderer: Any) -> list[Float[np.ndarray, " sides"]]:
        """The boxes of the names of nodes, at a size at which none covers another."""
        boxes: list[Float[np.ndarray, " sides"]] = []
        for size in _SIZES:
            for name in self._names:
                name.set_fontsize(size)
            boxes = [_padded(name.get_window_extent(renderer)) for name in self._names]
            if not any(_meet(first[None], second[None]).any() for first, second in itertools.combinations(boxes, 2)):
                break
        return boxes

    def _around(self, disc: Disc, renderer: Any) -> Float[np.ndarray, " sides"]:
        middle, radius = self._room.transData.transform(disc.position), renderer.points_to_pixels(disc.radius)
        return np.concatenate([middle - radius, middle + radius])

    def _places(self, ends: tuple[str, str], name: Text, renderer: Any) -> Float[np.ndarray, "places 2"]:
        """Where the middle of an arrow's name may be, in pixels, the best place first."""
        start, end = (self._room.transData.transform(self._nodes[node].position) for node in ends)
        along = end - start
        aside = np.array([along[1], -along[0]])
        length = max(float(np.hypot(*along)), 1.0)
        # The curve of Bezier that matplotlib draws for "arc3".
        control = (start + end) / 2 + self._bend * aside
        height = name.get_window_extent(renderer).height
        where, shift = np.array(_PLACES).T[:, :, None]
        curve = (1 - where) ** 2 * start + 2 * where * (1 - where) * control + where**2 * end
        return curve + shift * height * aside / length


def _half(name: Text, renderer: Any) -> Float[np.ndarray, "2"]:
    """Half of the name's width and height, with the gap, in pixels."""
    box = name.get_window_extent(renderer)
    return np.array([box.width, box.height]) / 2 + _GAP


def _padded(box: BboxBase) -> Float[np.ndarray, " sides"]:
    return np.array([box.x0 - _GAP, box.y0 - _GAP, box.x1 + _GAP, box.y1 + _GAP])


def _within(boxes: _Boxes, outer: BboxBase) -> Bool[np.ndarray, " boxes"]:
    return np.all((boxes[:, :2] >= outer.min) & (boxes[:, 2:] <= outer.max), axis=1)


def _meet(boxes: _Boxes, others: Float[np.ndarray, "others 4"]) -> Bool[np.ndarray, " boxes"]:
    """Which boxes (left, bottom, right, top) have a part in common with any of the others."""
    first, second = boxes[:, None], others[None]
    in_both = (first[..., :2] < second[..., 2:]) & (second[..., :2] < first[..., 2:])
    return np.any(np.all(in_both, axis=2), axis=1)
