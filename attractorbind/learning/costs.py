"""Costs: what an area is to make small, each with a weight that a gate scales; any number of them per area."""

from attractorbind._learning.costs.activity import (
    Decorrelation as Decorrelation,
    Slowness as Slowness,
    Statistics as Statistics,
)
from attractorbind._learning.costs.base import AbstractCost as AbstractCost, Told as Told
from attractorbind._learning.costs.given import Internal as Internal, Reward as Reward, Target as Target
from attractorbind._learning.costs.prediction import Prediction as Prediction
from attractorbind._learning.pursuit import Lesson as Lesson, changes_by as changes_by, pursued as pursued
