"""Codes that a user gives for a buffer, such as images: checked, and how much alike they are."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from attractorbind._checks import check_known, real_array
from attractorbind._errors import CodeWarning, NetworkError, abridged
from attractorbind._overlap import THRESHOLD


def check_codes(
    codes: Any, buffers: Mapping[str, int], names: Sequence[str]
) -> dict[str, Bool[np.ndarray, "symbols _units"]]:
    """The codes of some buffers as arrays of bools, or an error if they cannot be codes.

    **Arguments:**

    - `codes`: as given.
    - `buffers`: of the network, name to number of units.
    - `names`: of the symbols, one a row.
    """
    if not isinstance(codes, Mapping):
        raise NetworkError(
            f"codes is a {type(codes).__name__}; give names of buffers and arrays of a row for each symbol, "
            "{'focus': array}, say"
        )
    for buffer in codes:
        check_known("buffer", "buffers", buffer, buffers)
    return {
        buffer: _checked(f"codes[{buffer!r}]", rows, (len(names), buffers[buffer]), names)
        for buffer, rows in codes.items()
    }


def _checked(told: str, rows: Any, shape: tuple[int, int], names: Sequence[str]) -> Bool[np.ndarray, "symbols units"]:
    wanted = f"it must be of zeros and ones, of shape {shape}: a row for each symbol, a column for each unit"
    try:
        given = real_array(rows)
    except (TypeError, ValueError) as error:
        raise NetworkError(f"{told} is no array ({error}); {wanted}") from error
    if given.shape != shape:
        raise NetworkError(f"{told} is of shape {given.shape}; {wanted}")
    wrong = ~((given == 0) | (given == 1))
    if wrong.any():
        symbol, unit = np.argwhere(wrong)[0]
        raise NetworkError(f"{told} is {given[symbol, unit]} for {names[symbol]!r} at unit {unit}; {wanted}")
    on = given == 1
    for name, count in zip(names, on.sum(axis=1), strict=True):
        if count in (0, shape[1]):
            raise NetworkError(
                f"{told} has {'no' if count == 0 else 'every'} unit on for {name!r}; a code needs at least one unit on "
                "and one off, for silence says that a buffer is empty"
            )
    return on


class Likeness(NamedTuple):
    """The two codes of a population that are most alike.

    - `symbols`: the numbers of the two symbols.
    - `correlation`: 1 for equal codes, about 0 for those that are drawn.
    """

    symbols: tuple[int, int]
    correlation: float


def most_alike(codes: Bool[np.ndarray, "symbols units"]) -> Likeness | None:
    """The two codes with the largest correlation; None if there is one code only."""
    if len(codes) < 2:
        return None
    correlations = _correlations(codes)
    np.fill_diagonal(correlations, -np.inf)
    first, second = np.unravel_index(np.argmax(correlations), correlations.shape)
    return Likeness((int(first), int(second)), float(correlations[first, second]))


def _correlations(codes: Bool[np.ndarray, "symbols units"]) -> Float[np.ndarray, "symbols symbols"]:
    units, on = codes.shape[1], codes.sum(axis=1, dtype=np.float64)
    shared = codes.astype(np.float64) @ codes.T.astype(np.float64)
    variances = on * (units - on)
    return (units * shared - np.outer(on, on)) / np.sqrt(np.outer(variances, variances))


def judge_codes(buffer: str, codes: Bool[np.ndarray, "symbols units"], names: Sequence[str]) -> None:
    """Raise if two symbols have one code in a buffer; warn the caller's caller if two are hard to tell apart."""
    alike = most_alike(codes)
    if alike is None or alike.correlation <= THRESHOLD:
        return
    first, second = (names[symbol] for symbol in alike.symbols)
    if (codes[alike.symbols[0]] == codes[alike.symbols[1]]).all():
        raise NetworkError(f"{first!r} and {second!r} have the same code in buffer {buffer!r}; give each its own")
    text = abridged(
        f"the codes of {first!r} and {second!r} in buffer {buffer!r} correlate by {alike.correlation:.2f}; above "
        f"{THRESHOLD:g} `equal` and `holds` take one symbol for the other, and a latch hardly tells them apart; give "
        "codes that differ more"
    )
    warnings.warn(text, CodeWarning, stacklevel=3)
