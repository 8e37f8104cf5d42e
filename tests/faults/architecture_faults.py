"""Faults of wholes, each with the tests that are to find it."""

from fault import Fault

ARCHITECTURE = "attractorbind._architecture.architecture"
ACCOUNT = "attractorbind._architecture.account"
REWARDING = "attractorbind._program.rewarding"
SPAUN = "attractorbind._tasks.spaun"
STATE = "attractorbind._state"

WHOLE = "tests/architecture/test_architecture.py"
TASKS = "tests/tasks/test_spaun.py"

ARCHITECTURE_FAULTS = [
    Fault(
        "what trials share is not taken over",
        STATE,
        "[theirs if is_shared(mine) else mine",
        "[mine if is_shared(mine) else theirs",
        (f"{WHOLE}::test_what_is_learned_in_one_network_is_known_in_another_of_the_same_codes",),
    ),
    Fault(
        "a lesion closes a switch of another area",
        ARCHITECTURE,
        '[gate.partition(":")[0]] if ":" in gate else gate.split("->")',
        'gate.replace(":", "->").split("->")',
        (f"{WHOLE}::test_a_lesion_closes_all_gates_of_a_part_and_no_others",),
    ),
    Fault(
        "synapses are counted by their sources alone",
        ACCOUNT,
        "units[projection.source] * units[projection.target]",
        "units[projection.source] * units[projection.source]",
        (f"{WHOLE}::test_the_report_counts_units_and_synapses",),
    ),
    Fault(
        "a reward reaches all",
        REWARDING,
        "areas = [choosing(wiring, name) for name in self.to]",
        "[choosing(wiring, name) for name in self.to]",
        ("tests/basal_ganglia/test_reward_reaches.py::test_only_those_learn_that_a_reward_reaches",),
    ),
    Fault(
        "a place that varies is alike in all examples",
        SPAUN,
        "np.any(varies & np.all(",
        "np.any(~varies & ~np.all(",
        (f"{TASKS}::test_answers_follow_from_what_is_shown",),
    ),
    Fault(
        "the best arm stays the best",
        SPAUN,
        "arm = (arm + int(generator.integers(1, 3))) % 3",
        "arm = (arm + 3 * int(generator.integers(1, 3))) % 3",
        (f"{TASKS}::test_the_best_arm_pays_most_and_changes_after_twenty_choices",),
    ),
]
