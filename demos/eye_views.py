"""Images, and what an eye sees of them that moves by commands, for moving_eye.py."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.ndimage import zoom

import attractorbind as ab


class Images(NamedTuple):
    """Images to learn from and images never shown, each of shape (images, side, side), pixels from 0 to 1."""

    shown: np.ndarray
    held_out: np.ndarray


class Eye(NamedTuple):
    """An eye's window of so many pixels a side, which a command moves so many pixels at the most, up and sideways."""

    window: int
    moves: int

    @property
    def commands(self) -> np.ndarray:
        """All moves, of shape (commands, 2)."""
        steps = np.arange(-self.moves, self.moves + 1)
        return np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)


class Moves(NamedTuple):
    """Views before a move and after it, and the number of the command that made it."""

    before: np.ndarray
    after: np.ndarray
    command: np.ndarray


def digits(seed: int, *, enlarged: int = 1) -> Images:
    """scikit-learn's digits, 8 x 8 pixels or so many times enlarged, a fifth of them held out."""
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ab.ArgumentError("the moving eye needs scikit-learn; pip install 'attractorbind[demos]'") from error
    digits: Any = load_digits()
    images = resized(digits.images.astype(np.float32) / 16, enlarged)
    order = np.random.default_rng(seed).permutation(len(images))
    return Images(images[order[360:]], images[order[:360]])


def resized(images: np.ndarray, factor: float) -> np.ndarray:
    """The images larger or smaller by this factor, between pixels linear."""
    return np.asarray(zoom(images, (1, factor, factor), order=1))


def characters(path: Path, side: int, seed: int) -> Images:
    """Omniglot's characters out of its zip file, made smaller; a fifth of the characters, by all hands, held out."""
    images, kinds = drawn_characters(path, side)
    order = np.random.default_rng(seed).permutation(np.unique(kinds))
    out = np.isin(kinds, order[: len(order) // 5])
    return Images(images[~out], images[out])


def drawn_characters(path: Path, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Omniglot's characters out of its zip file, made smaller, by all hands; and which character each is."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ab.ArgumentError(
            "reading images needs Pillow, which comes with matplotlib; pip install 'attractorbind[plot]'"
        ) from error
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".png"))
            drawn = [np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("L"), float) for name in names]
    except (zipfile.BadZipFile, zlib.error) as error:
        raise ab.ArgumentError(
            f"{path} is no zip file that can be read; give images_background_small1.zip of Omniglot"
        ) from error
    if not drawn or len({image.shape for image in drawn}) > 1 or drawn[0].shape[0] != drawn[0].shape[1]:
        raise ab.ArgumentError(f"{path} has no square pictures, .png, of one size; give Omniglot's, say")
    drawn = [1 - image / 255 for image in drawn]
    images = resized(np.stack(drawn), side / len(drawn[0]))
    images = np.clip(images / np.maximum(images.max(axis=(1, 2), keepdims=True), 0.1), 0, 1).astype(np.float32)
    return images, np.array([name.rpartition("/")[0] for name in names])


def moved(images: np.ndarray, eye: Eye, count: int, rng: np.random.Generator) -> Moves:
    """Moves of the eye over images drawn at random, from places from which every command stays inside."""
    which, command = rng.integers(len(images), size=count), rng.integers(len(eye.commands), size=count)
    most = images.shape[1] - eye.window - eye.moves
    if most < eye.moves:
        raise ab.ArgumentError(f"a window of {eye.window} cannot move by {eye.moves} in images of {images.shape[1:]}")
    corner = rng.integers(eye.moves, most + 1, size=(count, 2))
    before = ab.learning.window(images[which], corner, size=eye.window)
    after = ab.learning.window(images[which], corner + eye.commands[command], size=eye.window)
    return Moves(before.astype(np.float32), after.astype(np.float32), command)


def places(side: int, eye: Eye) -> np.ndarray:
    """All places of the window in an image of that side, of shape (places, 2)."""
    along = np.arange(side - eye.window + 1)
    return np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1).reshape(-1, 2)


def views(image: np.ndarray, eye: Eye) -> np.ndarray:
    """What the eye sees of an image from every place."""
    corners = places(len(image), eye)
    return ab.learning.window(np.repeat(image[None], len(corners), axis=0), corners, size=eye.window)


def walk(side: int, eye: Eye, steps: int, rng: np.random.Generator) -> np.ndarray:
    """The places that an eye comes to which moves at random, and stops at the border."""
    most, place = side - eye.window, rng.integers(0, side - eye.window + 1, size=2)
    passed = [place]
    for move in rng.integers(-eye.moves, eye.moves + 1, size=(steps, 2)):
        passed.append(np.clip(passed[-1] + move, 0, most))
    return np.array(passed) @ np.array([most + 1, 1])


def what_follows(side: int, eye: Eye, timescale: float) -> np.ndarray:
    """From places to the exact discounted mean of the places that follow: (1 - g) (1 - g T)^-1 T of the walk T."""
    along = side - eye.window + 1
    one = np.zeros((along, along))
    for place in range(along):
        for move in range(-eye.moves, eye.moves + 1):
            one[place, np.clip(place + move, 0, along - 1)] += 1 / (2 * eye.moves + 1)
    both, discount = np.kron(one, one), 1 - 1 / timescale
    return (1 - discount) * np.linalg.solve(np.eye(len(both)) - discount * both, both)
