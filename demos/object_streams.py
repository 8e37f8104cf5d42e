"""Streams of views of objects that change now and then, for surprise.py."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates

import attractorbind as ab

# How many views of an object follow each other, at the least and at the most; how far it is turned, and scaled.
FEWEST, MOST, ROTATION, SCALE = 5, 15, 0.26, 0.12
# Of a pose that drifts: what stays of it from view to view, and how far it then moves.
STAYS, MOVES = 0.8, 0.6


class Streams(NamedTuple):
    """Views of shape (streams, views, pixels), and of each which image it shows and whether it is the first of it."""

    views: np.ndarray
    image: np.ndarray
    first: np.ndarray


def posed(images: np.ndarray, poses: np.ndarray, shift: float) -> np.ndarray:
    """Each image turned, scaled and shifted by its pose, four numbers from -1 to 1; bilinear, 0 outside."""
    side, middle = images.shape[1], (images.shape[1] - 1) / 2
    rows, columns = np.meshgrid(np.arange(side) - middle, np.arange(side) - middle, indexing="ij")
    angle, size = (ROTATION * poses[:, 0])[:, None, None], (1 + SCALE * poses[:, 1])[:, None, None]
    across = np.cos(angle) * rows - np.sin(angle) * columns, np.sin(angle) * rows + np.cos(angle) * columns
    down, right = (
        size * along + shift * poses[:, place, None, None] for place, along in zip((2, 3), across, strict=True)
    )
    which = np.broadcast_to(np.arange(len(images))[:, None, None], down.shape)
    # A frame of nothing, for what lies outside fades from the last pixel on.
    framed = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    seen = map_coordinates(framed, [which, down + middle + 1, right + middle + 1], order=1)
    return seen.reshape(len(images), -1).astype(np.float32)


def poses_of(streams: int, views: int, *, drift: bool, rng: np.random.Generator) -> np.ndarray:
    """A pose for each view: drawn anew for each, or one that drifts, also from an object to the next."""
    drawn = rng.uniform(-1, 1, size=(views, streams, 4))
    if not drift:
        return drawn.swapaxes(0, 1)
    poses = np.zeros_like(drawn)
    for number in range(1, views):
        poses[number] = STAYS * poses[number - 1] + MOVES * drawn[number]
    return np.clip(poses, -1, 1).swapaxes(0, 1)


def streams_of(
    images: np.ndarray, streams: int, views: int, *, shift: float, drift: bool, rng: np.random.Generator
) -> Streams:
    """Streams of images drawn at random, each seen in a few poses before the next."""
    if min(streams, views) < 1:
        raise ab.ArgumentError(f"there are {streams} streams of {views} views; give 1 or more of each")
    image = np.zeros((streams, views), int)
    first = np.zeros((streams, views), bool)
    for stream in range(streams):
        lengths = rng.integers(FEWEST, MOST + 1, size=views)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        starts = starts[starts < views]
        first[stream, starts] = True
        shown = rng.choice(len(images), size=len(starts), replace=len(starts) > len(images))
        image[stream] = shown[np.cumsum(first[stream]) - 1]
    poses = poses_of(streams, views, drift=drift, rng=rng).reshape(-1, 4)
    return Streams(posed(images[image.reshape(-1)], poses, shift).reshape(streams, views, -1), image, first)
