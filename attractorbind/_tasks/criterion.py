"""When a task counts as learned."""

from collections.abc import Iterable
from dataclasses import dataclass

from attractorbind._checks import check_count, check_fraction, check_names
from attractorbind._errors import ArgumentError


@dataclass(frozen=True)
class Criterion:
    """When a task counts as learned: so many epochs in a row that are right often enough.

    **Arguments:**

    - `episodes`: how many episodes make an epoch.
    - `accuracy`: the least fraction of an epoch's answers that must be right, from 0 to 1.
    - `in_a_row`: how many such epochs must follow each other.

    **Raises:** `ArgumentError` for numbers out of range.

    **Example:**

        >>> from attractorbind import tasks
        >>> tasks.Criterion(episodes=1, accuracy=1.0, in_a_row=2).reached([0.9, 1.0, 0.8, 1.0, 1.0])
        5
    """

    episodes: int
    accuracy: float
    in_a_row: int

    def __post_init__(self) -> None:
        check_count("episodes", self.episodes)
        check_fraction("accuracy", self.accuracy)
        check_count("in_a_row", self.in_a_row)

    def reached(self, accuracies: Iterable[float]) -> int | None:
        """After how many epochs it was reached first, the last of those in a row included; None if it was not.

        **Arguments:**

        - `accuracies`: the fraction of right answers in each epoch, from the first.

        **Raises:** `ArgumentError` for what is no list of fractions.
        """
        row = 0
        for epoch, given in enumerate(check_names("accuracies", accuracies, "fractions", ArgumentError), 1):
            accuracy = check_fraction(f"accuracy of epoch {epoch}", given)
            row = row + 1 if accuracy >= self.accuracy else 0
            if row == self.in_a_row:
                return epoch
        return None
