"""How far the mean of a figure over seeds can be trusted, for the demos that tell figures over seeds."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student


def within(values: Sequence[float]) -> float | None:
    """Half the 95% interval of the mean, by Student's t; None for a single value, of which nothing can be said."""
    if len(values) < 2:
        return None
    return float(student.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))


def told(values: Sequence[float]) -> str:
    """Mean, half of the 95 % interval, and the worst."""
    half = within(values)
    if half is None:
        return f"{values[0]:5.1f}"
    return f"{np.mean(values):5.1f} ± {half:3.1f} ({min(values):.1f})"
