"""Shares of trials, with their confidence intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from attractorbind._checks import check_count
from attractorbind._errors import ArgumentError

# 95 % of a normal distribution are within so many standard deviations of its mean.
_DEVIATIONS = 1.959963984540054


@dataclass(frozen=True, eq=False)
class Proportion:
    """How many out of a number of independent trials were right, in each cell of an array.

    **Attributes:**

    - `right`: how many trials were right, an array of any shape.
    - `trials`: how many trials there were, the same number in every cell.

    **Raises:** `ArgumentError` if `trials` is no positive whole number, or `right` no array of whole numbers from 0 to
    `trials`.

    **Example:**

        >>> import numpy as np
        >>> from attractorbind import Proportion
        >>> of_fifty = Proportion(np.array([50, 45]), 50)
        >>> of_fifty.fraction.tolist(), of_fifty.interval[0].round(3).tolist()
        ([1.0, 0.9], [0.929, 0.786])
    """

    right: Int[np.ndarray, "*cells"]
    trials: int

    def __post_init__(self) -> None:
        check_count("trials", self.trials)
        right = self.right
        if (
            not isinstance(right, np.ndarray)
            or right.dtype.kind not in "iu"
            or ((right < 0) | (right > self.trials)).any()
        ):
            raise ArgumentError(f"right is {right!r}; it must be an array of whole numbers from 0 to {self.trials}")

    @property
    def fraction(self) -> Float[np.ndarray, "*cells"]:
        """The share that was right, right / trials."""
        return np.asarray(self.right / self.trials)

    @property
    def all_right(self) -> bool:
        """Whether every trial of every cell was right."""
        return bool((self.right == self.trials).all())

    @property
    def interval(self) -> tuple[Float[np.ndarray, "*cells"], Float[np.ndarray, "*cells"]]:
        """Lower and upper end of the interval that holds the true share with a confidence of 95 %.

        **Reference:** E. B. Wilson 1927, J. Am. Stat. Assoc. 22:209.
        """
        share, spread = self.fraction, _DEVIATIONS**2 / self.trials
        middle = (share + spread / 2) / (1 + spread)
        reach = np.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
        # Where all trials agree one end is the share itself, which rounding might miss.
        low = np.where(self.right == 0, 0.0, middle - reach)
        return low, np.where(self.right == self.trials, 1.0, middle + reach)

    def __getitem__(self, cell: Any) -> "Proportion":
        return Proportion(np.asarray(self.right[cell]), self.trials)

    def __str__(self) -> str:
        if self.right.ndim:
            return f"{int(self.right.sum())} of {self.trials * self.right.size} right in {self.right.size} cells"
        low, high = self.interval
        return f"{float(self.fraction):.3f} [{float(low):.3f}, {float(high):.3f}]"
