"""Images and what they show, for drawing.py: some to learn from, and others to be drawn."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from eye_views import drawn_characters, resized

import attractorbind as ab


class Labelled(NamedTuple):
    """Images, flattened, from 0 to 1, and what each shows.

    - `shown`, `shown_as`: those to learn from.
    - `new`, `new_as`: those to be drawn, a fifth of each kind.
    """

    shown: np.ndarray
    shown_as: np.ndarray
    new: np.ndarray
    new_as: np.ndarray


def labelled(file: Path | None, side: int, seed: int, *, tuning: bool) -> Labelled:
    """scikit-learn's digits, enlarged to that side if it is above 8, or Omniglot's characters made smaller.

    With `tuning` those to be drawn are a fifth of those that there are to learn from otherwise.
    """
    try:
        from sklearn.datasets import load_digits
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise ab.ArgumentError("drawing needs scikit-learn; pip install 'attractorbind[demos]'") from error
    if file is None:
        digits: Any = load_digits()
        images = resized(digits.images.astype(np.float32) / 16, side / 8)
        names = digits.target.astype(str)
    else:
        images, kinds = drawn_characters(file, side)
        _, numbers = np.unique(kinds, return_inverse=True)
        names = np.array([f"character {number + 1}" for number in numbers])
    images = images.reshape(len(images), -1).astype(np.float32)
    # Each image once, so that none to be drawn has been learned from.
    _, first = np.unique(images, axis=0, return_index=True)
    rows = np.sort(first)
    shown, new = train_test_split(rows, test_size=0.2, random_state=seed, stratify=names[rows])
    if tuning:
        shown, new = train_test_split(shown, test_size=0.2, random_state=seed, stratify=names[shown])
    parted = Labelled(images[shown], names[shown], images[new], names[new])
    if {image.tobytes() for image in parted.shown} & {image.tobytes() for image in parted.new}:
        raise ab.ArgumentError("an image that is to be drawn is among those that were learned from")
    return parted
