"""Faults of what the view is told, and of a network by hand, each with the tests that are to find it."""

from fault import Fault

CHANGES = "attractorbind._view.changes"
CONTENTS = "attractorbind._view.contents"
SESSION = "attractorbind._explore.session"
TAKEN = "attractorbind._engine.taken"
EXPECTED = "attractorbind._expected"

PAGE = "tests/view/test_page.py"
BROWSER = "tests/view/test_browser.py"
BY_HAND = "tests/explore/test_by_hand.py"

VIEW_FAULTS = [
    Fault(
        "view: a column changes a tick late",
        CHANGES,
        "new[1:] = values[1:] != values[:-1]\n    numbers",
        "new[2:] = values[1:-1] != values[:-2]\n    numbers",
        (f"{PAGE}::test_changes_tell_what_each_tick_holds",),
    ),
    Fault(
        "view: the overlaps of another trial",
        CONTENTS,
        "zip(found, trials, of_trials, strict=True)",
        "zip(found, trials, of_trials[1:] + of_trials[:1], strict=True)",
        (f"{PAGE}::test_each_trial_is_told_with_its_own_overlaps",),
    ),
    Fault(
        "view: the gates of the first trial",
        CONTENTS,
        "columns(run.gates[:ticks, trial])",
        "columns(run.gates[:ticks, 0])",
        (f"{BROWSER}::test_what_the_page_shows_is_the_trace_at_every_tick",),
    ),
    Fault(
        "view: a limit is no reason",
        CONTENTS,
        '"wrong": [*ended, *missed]',
        '"wrong": [*missed]',
        (f"{PAGE}::test_a_trial_that_ends_at_a_limit_went_wrong",),
    ),
    Fault(
        "view: what is expected of the first trial for all",
        EXPECTED,
        "if held[buffer][trial] != names[trial]",
        "if held[buffer][trial] != names[0]",
        (f"{PAGE}::test_trials_are_chosen_and_go_wrong_by_what_is_expected",),
    ),
    Fault(
        "by hand: the noise of the first tick at each",
        SESSION,
        "self._key_of(self.ticks + number)",
        "self._key_of(0)",
        (f"{BY_HAND}::test_the_program_that_is_copied_comes_to_the_same_states_noise_leak_and_memory_among_it",),
    ),
    Fault(
        "by hand: what is presented does not silence the others",
        SESSION,
        "np.where(code, drive, -drive)",
        "np.where(code, drive, 0 * drive)",
        (f"{BY_HAND}::test_the_program_that_is_copied_comes_to_the_same_states_noise_leak_and_memory_among_it",),
    ),
    Fault(
        "by hand: the copied program begins its noise anew",
        SESSION,
        '[f"after={before}"] * (before > 0)',
        '[f"after={before}"] * 0',
        (f"{BY_HAND}::test_the_program_that_is_copied_comes_to_the_same_states_noise_leak_and_memory_among_it",),
    ),
    Fault(
        "records: the room of a call is kept",
        TAKEN,
        "array[:ticks].copy()",
        "array[:ticks]",
        ("tests/engine/test_taken.py",),
    ),
]
