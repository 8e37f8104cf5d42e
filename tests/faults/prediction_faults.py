"""Faults of costs and of what predicts, each with the tests that are to find it."""

from fault import Fault

BASAL_GANGLIA = "attractorbind._basal_ganglia.area"
COSTS = "attractorbind._learning.costs.activity"
FIT = "attractorbind._learning.fit_costs"
FORESEEING = "attractorbind._prediction.foreseeing"
MODEL = "attractorbind._prediction.forward_model"
PREDICTOR = "attractorbind._prediction.area"
PURSUIT = "attractorbind._learning.pursuit"
SEEING = "attractorbind._learning.seeing"

LOOPS = ("tests/prediction/test_predictor.py::test_it_does_what_loops_do",)
HEARD = ("tests/prediction/test_predictor.py::test_basal_ganglia_hear_how_much_it_is_surprised",)
GRADIENTS = ("tests/learning/test_costs.py::test_its_gradient_is_that_of_finite_differences",)

FITTED = "tests/learning/test_fit_costs.py"

PREDICTION_FAULTS = [
    Fault(
        "what was seen before is what is seen",
        FIT,
        "inputs if same else lesson.before[rows]",
        "inputs if same else lesson.inputs[rows]",
        (f"{FITTED}::test_a_phase_without_targets_is_that_of_a_loop_and_leaves_the_output_alone",),
    ),
    Fault(
        "both views are one",
        FIT,
        "zip((inputs, before), view_keys",
        "zip((inputs, before), view_keys[:1] * 2",
        (f"{FITTED}::test_two_views_of_the_same_are_drawn_apart",),
    ),
    Fault(
        "an amount opens all of a gate",
        FIT,
        "= check_fraction(f",
        "= 1.0 + 0 * check_fraction(f",
        (f"{FITTED}::test_a_phase_without_targets_is_that_of_a_loop_and_leaves_the_output_alone",),
    ),
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
    Fault(
        "the mean of what is read stays at nothing", FORESEEING, "slowly * (share @ state", "0 * (share @ state", LOOPS
    ),
    Fault(
        "cells fire below their level", FORESEEING, "above = surprise[:, None] >", "above = surprise[:, None] <", HEARD
    ),
    Fault("no cell fires below its level", FORESEEING, "[above, ~above]", "[above, above]", HEARD),
    Fault(
        "basal ganglia are deaf",
        BASAL_GANGLIA,
        "(cells.astype(jnp.int8) for",
        "((0 * cells).astype(jnp.int8) for",
        HEARD,
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
