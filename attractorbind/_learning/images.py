"""Stimuli that users give, as arrays of numbers."""

import math
from typing import Any

import numpy as np
from jaxtyping import Float

from attractorbind._checks import as_numbers
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
