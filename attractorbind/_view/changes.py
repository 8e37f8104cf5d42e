"""Columns of a run as their changes: most of what a run holds stays as it is from one tick to the next."""

from typing import Any

import numpy as np
from jaxtyping import Shaped

# From the ticks at which a column changes to what it is from there on.
Column = dict[str, list[Any]]


def column(values: Shaped[np.ndarray, " ticks"]) -> Column:
    """One number for each tick."""
    return columns(values[:, None])[0]


def columns(values: Shaped[np.ndarray, "ticks columns"]) -> list[Column]:
    """Several numbers for each tick, each of them as a column of its own."""
    if not len(values):
        return [{"at": [], "value": []} for _ in range(values.shape[1])]
    new = np.ones(values.shape, bool)
    new[1:] = values[1:] != values[:-1]
    numbers, ticks = np.nonzero(new.T)
    told = values[ticks, numbers]
    cuts = np.flatnonzero(np.diff(numbers)) + 1
    parts = zip(np.split(ticks, cuts), np.split(told, cuts), strict=True)
    return [{"at": at.tolist(), "value": value.tolist()} for at, value in parts]


def together(values: Shaped[np.ndarray, "ticks parts"]) -> Column:
    """Several numbers for each tick as one column of tuples, which changes where any of them does."""
    if not len(values):
        return {"at": [], "value": []}
    new = np.ones(len(values), bool)
    new[1:] = (values[1:] != values[:-1]).any(axis=1)
    at = np.flatnonzero(new)
    return {"at": at.tolist(), "value": values[at].tolist()}
