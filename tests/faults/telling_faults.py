"""Faults of what is said of long waits and of names in pictures, each with the tests that are to find it."""

from fault import Fault

WAITING = "tests/test_waiting.py"
PICTURES = "tests/plotting/test_plotting.py"
PACKAGE = "tests/test_package.py"

TELLING_FAULTS = [
    Fault(
        "a long wait is told twice as rarely without end",
        "attractorbind._waiting",
        "due = took + min(took, LONGEST_SILENCE)",
        "due = took + took",
        (f"{WAITING}::test_it_is_said_after_two_seconds_then_ever_less_often_but_every_minute",),
    ),
    Fault(
        "no level silences what is said",
        "attractorbind._waiting",
        "(_LOGGER.level == logging.NOTSET and _shown_at_all())",
        "_shown_at_all()",
        (f"{WAITING}::test_one_line_silences_it",),
    ),
    Fault(
        "an error leaves a wait behind",
        "attractorbind._waiting",
        "        own.remove(told)\n",
        "",
        (f"{WAITING}::test_an_error_ends_the_wait",),
    ),
    Fault(
        "compiling is not told",
        "attractorbind._engine.driver",
        'compiling("a run")',
        "pass",
        (f"{WAITING}::test_long_calls_tell_how_far_they_have_come",),
    ),
    Fault(
        "names are placed without regard to names that stand already",
        "attractorbind.plotting._labels",
        "taken.append(boxes[free[0]])",
        "pass",
        (f"{PICTURES}::test_no_name_covers_another_and_none_is_missing",),
    ),
    Fault(
        "relays through nuclei have no names",
        "attractorbind.plotting._network",
        "if gate not in latches:",
        'if gate not in latches and "->" not in source + target:',
        (f"{PICTURES}::test_no_name_covers_another_and_none_is_missing",),
    ),
    Fault(
        "a legend has the order in which symbols came",
        "attractorbind.plotting._trace",
        "[*trace._slots, *drawn].index",
        "[*drawn].index",
        (f"{PICTURES}::test_a_legend_has_the_order_of_the_vocabulary",),
    ),
    Fault(
        "the self-check compares no copies",
        "attractorbind.__main__",
        "if held != meant",
        "if held and held != meant",
        (f"{PACKAGE}::test_the_command_fails_where_a_relay_is_broken",),
    ),
]
