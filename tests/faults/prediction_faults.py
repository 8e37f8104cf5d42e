"""Faults of costs and of what predicts, each with the tests that are to find it."""

from fault import Fault

COSTS = "attractorbind._learning.costs"
FORESEEING = "attractorbind._prediction.foreseeing"
MODEL = "attractorbind._prediction.forward_model"
PREDICTOR = "attractorbind._prediction.area"
PURSUIT = "attractorbind._learning.pursuit"
SEEING = "attractorbind._learning.seeing"

LOOPS = ("tests/prediction/test_predictor.py::test_it_does_what_loops_do",)
GRADIENTS = ("tests/learning/test_costs.py::test_its_gradient_is_that_of_finite_differences",)

PREDICTION_FAULTS = [
    Fault(
        "the command's size is left out of the norm",
        MODEL,
        "jnp.square(read), axis=(1, 2)",
        "jnp.square(before.state), axis=1",
        LOOPS,
    ),
    Fault(
        "the future counts as the present",
        MODEL,
        "upcoming = (1 - discount) * after.state",
        "upcoming = after.state",
        LOOPS,
    ),
    Fault(
        "a command that is given leaves that of none",
        PREDICTOR,
        "none = 1.0 - jnp.max",
        "none = 1.0 - 0 * jnp.max",
        LOOPS,
    ),
    Fault("what is usual is known at once", FORESEEING, "usual.steps >= _FEW", "usual.steps >= 1", LOOPS),
    Fault(
        "slowness is of all examples",
        COSTS,
        "needs_before: ClassVar[bool] = True\n\n    def loss",
        "needs_before: ClassVar[bool] = False\n\n    def loss",
        GRADIENTS,
    ),
    Fault("covariances count once", COSTS, "alike = 2 * self.covariance", "alike = self.covariance", GRADIENTS),
    Fault(
        "a weight counts twice",
        PURSUIT,
        "counts = cost.weight * lesson.opened[number] * share",
        "counts = cost.weight * cost.weight * lesson.opened[number] * share",
        GRADIENTS,
    ),
    Fault(
        "an episode does not end",
        SEEING,
        "followed=past.followed & ~beginning",
        "followed=past.followed",
        ("tests/learning/test_costs.py::test_a_new_episode_has_seen_nothing",),
    ),
]
