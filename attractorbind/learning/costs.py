"""Costs: what an area is to make small, each with a weight that a gate scales; any number of them per area."""

from attractorbind._learning.costs import (
    AbstractCost as AbstractCost,
    Decorrelation as Decorrelation,
    Internal as Internal,
    Prediction as Prediction,
    Reward as Reward,
    Slowness as Slowness,
    Statistics as Statistics,
    Target as Target,
    Told as Told,
)
from attractorbind._learning.pursuit import Lesson as Lesson, changes_by as changes_by, pursued as pursued
