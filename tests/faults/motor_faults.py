"""Faults of hands, each with the tests that are to find it."""

from fault import Fault

AREA = "attractorbind._motor.area"
DRAWING = "attractorbind._program.drawing"
HAND = "attractorbind._motor.hand"
LEAST_SQUARES = "attractorbind._motor.least_squares"
PEN = "attractorbind._motor.pen"

TESTS = "tests/motor/test_motor.py"
LOOPS = (f"{TESTS}::test_it_does_what_loops_do",)
DRAWN = (f"{TESTS}::test_it_draws_what_was_seen_and_writes_what_is_held",)
INK = (f"{TESTS}::test_ink_and_scribbles_are_those_of_loops",)

MOTOR_FAULTS = [
    Fault("a correction goes the wrong way", AREA, "(aim - found)", "(found - aim)", LOOPS),
    Fault("dots are pressed less than not at all", AREA, "aim, corrected), 0.0)", "aim, corrected), -9.0)", LOOPS),
    Fault("what is not drawn teaches, too", AREA, "pressures, babbles)", "pressures, inputs.running)", LOOPS),
    Fault("closed gates let buffers in", AREA, "zip(inputs.reads > 0.5,", "zip(inputs.reads > -0.5,", LOOPS),
    Fault("an empty sheet is written on", AREA, "empty = writes &", "empty = ~writes &", LOOPS),
    Fault(
        "a run's ticks are counted on from the last",
        AREA,
        "state, (none, none))",
        "state, (none, state.clock))",
        (f"{TESTS}::test_a_run_goes_on_from_what_was_learned_and_has_drawings_of_its_own",),
    ),
    Fault(
        "what is known of a direction does not grow",
        LEAST_SQUARES,
        "spread[None, :] / size",
        "spread[None, :] / (2 * size)",
        (f"{TESTS}::test_what_is_learned_one_by_one_is_the_regression_of_all_whatever_the_order",),
    ),
    Fault("ink is blacker than black", PEN, "sheets @ along, 1.0)", "sheets @ along, 9.0)", INK),
    Fault("curves are not joined", PEN, "ends[1:, None]", "ends[:-1, None]", INK),
    Fault("drawings are on the sheet after", HAND, "(count - 1) % sheets, sheets)", "count % sheets, sheets)", DRAWN),
    Fault("it forgets while it corrects", DRAWING, '[*reads, f"{hand}:draw",', '[f"{hand}:draw",', DRAWN),
    Fault("it foresees what it sees", AREA, "state.pressures - before", "before - state.pressures", LOOPS),
    Fault("it sees what it did a tick later", AREA, "state.past[:, 0]", "state.past[:, -1]", LOOPS),
    Fault(
        "a new sheet is seen as the old one",
        AREA,
        "news[:, None, None], 0.0, passed",
        "~news[:, None, None], 0.0, passed",
        LOOPS,
    ),
]
