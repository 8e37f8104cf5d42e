"""Stimuli that users give, as arrays of numbers; and what an eye sees of images through a window."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float

from attractorbind._checks import as_numbers, check_count
from attractorbind._errors import ArgumentError


def check_images(told: str, images: Any, inputs: int) -> Float[np.ndarray, "trials stimuli inputs"]:
    """Stimuli as one array: of each trial so many, each flattened.

    **Arguments:**

    - `told`: what the user knows them by.
    - `images`: of shape (trials, ...) or (trials, stimuli, ...), where ... is any shape of so many inputs.
    """
    array = as_numbers(told, images, f"(trials, {inputs})")
    if array.ndim > 1 and array.size and math.prod(array.shape[1:]) == inputs:
        array = array.reshape(len(array), 1, inputs)
    elif array.ndim > 2 and array.size and math.prod(array.shape[2:]) == inputs:
        array = array.reshape(*array.shape[:2], inputs)
    else:
        raise ArgumentError(
            f"{told} have the shape {array.shape}, and each stimulus has {inputs} inputs; give an array of shape "
            f"(trials, {inputs}) or (trials, stimuli, {inputs}), or images of {inputs} pixels"
        )
    if not np.isfinite(array).all():
        raise ArgumentError(f"{told} hold values that are not finite; leave out the trials that they belong to")
    return array


def window(images: Any, corners: Any, *, size: int) -> Float[np.ndarray, "views pixels"]:
    """What an eye sees of images through a square window.

    **Arguments:**

    - `images`: of shape (views, height, width), one for each view.
    - `corners`: row and column of each window's upper left pixel, whole numbers of shape (views, 2).
    - `size`: pixels along a side of the window.

    **Raises:** `ArgumentError` for images smaller than the window, and for a window that is not inside its image.

    **Returns:** the pixels of each view, row by row.

    **Example:**

        >>> import attractorbind as ab, numpy as np
        >>> image = np.arange(12.0).reshape(3, 4)
        >>> ab.learning.window(image[None], [(1, 2)], size=2).tolist()
        [[6.0, 7.0, 10.0, 11.0]]
    """
    size, seen = check_count("size", size), as_numbers("images", images, "(views, height, width)")
    if seen.ndim != 3 or not len(seen) or min(seen.shape[1:]) < size:
        raise ArgumentError(
            f"images have the shape {seen.shape}; give (views, height, width), of {size} pixels or more"
        )
    where = as_numbers("corners", corners, "(views, 2)")
    if where.shape != (len(seen), 2) or (where != np.round(where)).any():
        raise ArgumentError(
            f"corners have the shape {where.shape}; give two whole numbers for each of {len(seen)} views"
        )
    most = np.array(seen.shape[1:]) - size
    outside = np.flatnonzero(((where < 0) | (where > most)).any(axis=1))
    if len(outside):
        told = tuple(map(int, where[outside[0]]))
        raise ArgumentError(f"the window at {told} is not inside its image; corners go to {tuple(map(int, most))}")
    rows, columns = where.astype(np.int64).T[:, :, None] + np.arange(size)
    return seen[np.arange(len(seen))[:, None, None], rows[:, :, None], columns[:, None, :]].reshape(len(seen), -1)
