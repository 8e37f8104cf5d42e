"""What the eyes see in Spaun's tasks: digits of handwriting, and printed letters and marks, for architecture.py."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np
from digit_pictures import Pictures, read_pictures, split
from eight_network import BLANK, SEEN

from attractorbind import learning
from attractorbind.tasks import DIGITS

# Letters of 5 x 7 pixels: Copy, Recognise, Bandit, List, Number, Question, Variables, Fluid reasoning, and marks.
_PRINTED = {
    "A0": ".###. #...# #.... #.... #.... #...# .###.",
    "A1": "####. #...# #...# ####. #.#.. #..#. #...#",
    "A2": "####. #...# #...# ####. #...# #...# ####.",
    "A3": "#.... #.... #.... #.... #.... #.... #####",
    "A4": "#...# ##..# ##..# #.#.# #..## #..## #...#",
    "A5": ".###. #...# #...# #...# #.#.# #..#. .##.#",
    "A6": "#...# #...# #...# #...# .#.#. .#.#. ..#..",
    "A7": "##### #.... #.... ####. #.... #.... #....",
    "]": "..### ....# ....# ....# ....# ....# ..###",
    "?": ".###. #...# ....# ...#. ..#.. ..... ..#..",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    BLANK: " ".join(["....."] * 7),
}
# How often each of them is among what the eyes learn from, and how all of it is distorted while they do.
_COPIES = 60
_DISTORTED = {"shift": 0.75, "rotation": 0.25, "scale": 0.15}
SIDE = 8


class Images(NamedTuple):
    """Digits to learn from, and others to be tested on."""

    train: Pictures
    test: Pictures


class Seen(NamedTuple):
    """Images of shape (trials, symbols, pixels), and of each digit which of the test images it is, -1 for others."""

    images: np.ndarray
    which: np.ndarray


def read_images(seed: int) -> Images:
    """scikit-learn's digits, a fifth of each class for testing."""
    train, test = split(read_pictures(None), "stratified", seed)
    # No image is in both: what is tested was never learned from.
    assert not {image.tobytes() for image in train.images} & {image.tobytes() for image in test.images}
    return Images(train, test)


def printed(symbol: str) -> np.ndarray:
    """The image of a letter or mark."""
    rows = _PRINTED[symbol].split()
    image = np.zeros((SIDE, SIDE), np.float32)
    image[: len(rows), 1:6] = [[pixel == "#" for pixel in row] for row in rows]
    return image.reshape(-1)


def lessons(train: Pictures) -> tuple[np.ndarray, list[str]]:
    """What the eyes learn from: digits, and copies of letters and marks; and the name of each."""
    marks = [symbol for symbol in SEEN if symbol not in DIGITS]
    copies = np.repeat([printed(symbol) for symbol in marks], _COPIES, axis=0)
    return np.concatenate([train.images, copies]).astype(np.float32), [
        *train.shown(),
        *(symbol for symbol in marks for _ in range(_COPIES)),
    ]


def distortion() -> learning.Distortion:
    """How images are distorted, anew at each update, while the eyes learn."""
    return learning.Distortion((SIDE, SIDE), **_DISTORTED)


def images_of(questions: Sequence[Sequence[str]], test: Pictures, length: int, *, seed: int) -> Seen:
    """An image for each symbol of each trial, digits drawn from those for testing; blank after the last.

    **Arguments:**

    - `length`: how many images each trial has; as many for all trials, so that their program is compiled once.
    """
    generator = np.random.default_rng(seed)
    of_digit = {digit: np.flatnonzero(test.labels == number) for number, digit in enumerate(DIGITS)}
    which = np.full((len(questions), length), -1)
    images = np.tile(printed(BLANK), (len(questions), length, 1))
    for trial, symbols in enumerate(questions):
        for place, symbol in enumerate(symbols):
            if symbol in of_digit:
                which[trial, place] = generator.choice(of_digit[symbol])
                images[trial, place] = test.images[which[trial, place]]
            else:
                images[trial, place] = printed(symbol)
    return Seen(images, which)


def drawn_symbols(number: int, longest: int, *, key: jax.Array) -> list[list[str]]:
    """Sequences of any symbols of the alphabet, which mostly are no task."""
    generator = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    return [list(generator.choice(SEEN, size=generator.integers(longest + 1))) for _ in range(number)]


def read_right(seen: Seen, misread: np.ndarray) -> np.ndarray:
    """Of each trial, whether the eyes read all of its digits as what they are.

    **Arguments:**

    - `misread`: of each of the test images, whether the eyes take it for something else.
    """
    return ~np.any((seen.which >= 0) & misread[seen.which], axis=1)
