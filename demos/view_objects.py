"""Objects in several views, for views.py, and what pixels and slow features make of them."""

import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from sklearn.datasets import load_digits

import attractorbind as ab

# Views of an object in its first episode and in its later one, and those in none.
FIRST, LATER, TEST = 5, 5, 10
VIEWS = FIRST + LATER + TEST
# One of so many digits is set aside to choose settings by, with --tuning.
ASIDE = 4
SIDE = 26


class Objects(NamedTuple):
    """Views of objects, flattened, and what the objects are called."""

    names: list[str]
    views: np.ndarray

    @property
    def pixels(self) -> int:
        """How many a view has."""
        return self.views.shape[2]


def distorted_digits(count: int, seed: int, *, tuning: bool = False) -> Objects:
    """Images of digits, each an object of its own, seen from other sides."""
    images = load_digits(return_X_y=True)[0].astype(np.float32) / 16
    aside = np.arange(len(images)) % ASIDE == 0
    images = images[aside if tuning else ~aside]
    if not 2 <= count <= len(images):
        raise ab.ArgumentError(f"--objects is {count}; there are 2 to {len(images)} digits")
    chosen = np.random.default_rng(seed).choice(len(images), count, replace=False)
    look = ab.learning.Distortion((8, 8), shift=0.7, rotation=0.3, scale=0.15)
    views = look(jax.numpy.asarray(np.repeat(images[chosen], VIEWS, axis=0)), jax.random.key(seed))
    return Objects([f"object {number + 1}" for number in range(count)], np.asarray(views).reshape(count, VIEWS, -1))


def drawn_characters(path: Path, count: int, seed: int) -> Objects:
    """Omniglot's characters, each an object of its own, seen as drawn by others."""
    characters: dict[str, list[bytes]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".png"):
                    characters.setdefault("/".join(name.split("/")[-3:-1]), []).append(archive.read(name))
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ab.ArgumentError(
            f"{path} is no zip file that can be read; give images_background_small1.zip of Omniglot"
        ) from error
    known = [name for name, drawings in characters.items() if len(drawings) >= VIEWS]
    if not 2 <= count <= len(known):
        raise ab.ArgumentError(
            f"--objects is {count}; {path} has {len(known)} characters in folders of {VIEWS} or more .png files"
        )
    random = np.random.default_rng(seed)
    chosen = [known[row] for row in random.choice(len(known), count, replace=False)]
    views = [[reduced(path, characters[name][row]) for row in random.permutation(VIEWS)] for name in chosen]
    return Objects(chosen, np.asarray(views, np.float32))


def reduced(path: Path, image: bytes) -> np.ndarray:
    """How much ink there is in each of 26 x 26 squares."""
    try:
        from matplotlib.image import imread
    except ImportError as error:
        raise ab.ArgumentError(
            "reading images needs matplotlib, and Pillow, which comes with it; pip install 'attractorbind[plot]'"
        ) from error
    try:
        paper = imread(io.BytesIO(image), format="png")
    except (OSError, SyntaxError, ValueError) as error:
        raise ab.ArgumentError(f"an image in {path} cannot be read: {error}") from error
    edge = min(paper.shape[:2]) // SIDE
    if paper.ndim != 2 or not edge:
        raise ab.ArgumentError(
            f"an image in {path} has the shape {paper.shape}; give grey ones of {SIDE} x {SIDE} or more"
        )
    squares = 1 - paper[: edge * SIDE, : edge * SIDE].reshape(SIDE, edge, SIDE, edge)
    return squares.mean(axis=(1, 3)).reshape(-1)


def percent(given: Sequence[str | None], wanted: Sequence[str | None]) -> float:
    return 100 * float(np.mean([mine == right for mine, right in zip(given, wanted, strict=True)]))


def slow_features(episodes: Sequence[np.ndarray], features: int) -> Callable[[np.ndarray], np.ndarray]:
    """The directions, after whitening, that change least from view to view within an episode."""
    pixels = episodes[0].shape[2]
    views = np.concatenate([views.reshape(-1, pixels) for views in episodes])
    mean = views.mean(axis=0)
    _, spread, axes = np.linalg.svd(views - mean, full_matrices=False)
    kept = int(np.sum(spread > 0.01 * spread[0]))
    white = axes[:kept].T / spread[:kept] * np.sqrt(len(views))
    changes = np.concatenate([np.diff((views - mean) @ white, axis=1).reshape(-1, kept) for views in episodes])
    _, directions = np.linalg.eigh(changes.T @ changes / len(changes))
    slowest = white @ directions[:, :features]
    return lambda images: (images - mean) @ slowest


def nearest_mean(features: Callable[[np.ndarray], np.ndarray], named: np.ndarray, unseen: np.ndarray) -> float:
    """In percent, how often a view is nearest, by the angle, to the mean of its object's named views."""
    means = features(named).mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    nearest = np.argmax(features(unseen) @ means.T, axis=2)
    return 100 * float(np.mean(nearest == np.arange(len(named))[:, None]))


def baselines(objects: Objects, seed: int) -> dict[str, float]:
    """What pixels and slow features make of the same views; numbers of features chosen as settings are."""
    episodes = objects.views[:, : FIRST + LATER]
    mean = episodes.reshape(-1, objects.pixels).mean(axis=0)
    synapses = np.random.default_rng(seed).normal(size=(objects.pixels, 512)) / np.sqrt(objects.pixels)
    inputs = {
        "": lambda images: images - mean,
        " of 512 random units": lambda images: np.maximum(0, (images - mean) @ synapses),
    }
    figures = {}
    for name, count, of in (
        ("pixels", 0, ""),
        ("8 slow features", 8, ""),
        ("16 slow features", 16, ""),
        ("32 slow features", 32, " of 512 random units"),
    ):
        first, later, unseen = np.split(inputs[of](objects.views), [FIRST, FIRST + LATER], axis=1)
        features = slow_features([first, later], count) if count else lambda inputs: inputs
        both = np.concatenate([first, later], axis=1)
        figures[f"{name}{of}, names of first"] = nearest_mean(features, first, unseen)
        figures[f"{name}{of}, names of all"] = nearest_mean(features, both, unseen)
    return figures
