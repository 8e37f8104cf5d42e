"""Faults of memories that go by activation, and of rules that compete, each with the tests that are to find it."""

from fault import Fault

ACTIVATED = "attractorbind._area.activated"
ACTIVATION = "attractorbind._area.activation"
ACTIVATIONS = "attractorbind._area.activations"
DELIBERATION = "attractorbind._actr.deliberation"
UTILITIES = "attractorbind._basal_ganglia.utilities"

EQUATIONS = "tests/area/test_memory_activation.py::test_is_what_the_equations_say"
MODELS = "tests/actr/test_activation.py"
LEARNED = "tests/actr/test_utility.py::test_utilities_are_learned_by_the_equation"

ACTIVATION_FAULTS = [
    Fault("what is slower than all traces is left out", ACTIVATION, "own[-1] / (", "0 * own[-1] / (", (EQUATIONS,)),
    Fault(
        "a use at this moment counts nothing", ACTIVATIONS, " + own.fresh * settings", " + 0 * settings", (EQUATIONS,)
    ),
    Fault("sources are not shared", ACTIVATED, " - jnp.log1p(fan)", " - 0 * fan", (EQUATIONS,)),
    Fault("sources of the search before go on", ACTIVATED, "own.group * nothing", "own.group", (EQUATIONS,)),
    Fault("a mismatch costs nothing", ACTIVATED, "settings.mismatch * amiss", "0 * amiss", (EQUATIONS,)),
    Fault("no threshold", ACTIVATED, "(highest >= least) &", "(highest >= -1e9) &", (EQUATIONS,)),
    Fault(
        "uses are counted as often as told",
        ACTIVATED,
        "own.given, following, jnp.where(use, NO_SNAPSHOT, own.given)",
        "own.given, following, own.given",
        (MODELS,),
    ),
    Fault(
        "no time passes while a rule fires",
        DELIBERATION,
        "timing.elapses if name in module.fire_meanwhile else timing.passes",
        "timing.elapses if name in module.fire_meanwhile else Program()",
        (MODELS,),
    ),
    Fault(
        "what is credited grows no older in a firing",
        DELIBERATION,
        "self._ageing + self.contest.rewards",
        "Program() + self.contest.rewards",
        (LEARNED,),
    ),
    Fault("lateness is not shared", UTILITIES, "(1 - self.rate) * lateness", "lateness", (LEARNED,)),
    Fault("noise is left out", UTILITIES, "self.noise * drawn", "0 * drawn", (LEARNED,)),
]
