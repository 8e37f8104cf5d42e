"""Faults of what a run asks of the network, records and opens next, each with the tests that are to find it."""

from fault import Fault

ASKING = "attractorbind._engine.asking"
DRIVER = "attractorbind._engine.driver"
LISTING = "attractorbind._control.listing"
STRAIGHT = "attractorbind._control.straight"

CONTROL = "tests/control/test_control.py"
INTERPRETER = "tests/control/test_interpreter.py"
ORACLE = "tests/engine/test_oracle.py"
RESULT = "tests/test_result.py"
SIMULATE = "tests/engine/test_simulate.py"
PACE = "tests/engine/test_pace.py"
BATCH = "tests/test_batch.py"
THREADS = "tests/test_threads.py"
LEFT = "tests/gating/test_gates_left_to_channels.py"

ASKING_FAULTS = [
    Fault(
        "equal: a threshold of .8",
        ASKING,
        "THRESHOLD = 0.5",
        "THRESHOLD = 0.8",
        (f"{CONTROL}::test_what_agrees_by_more_than_a_half_is_the_same",),
    ),
    Fault(
        "holds: the symbol of the first trial",
        ASKING,
        "presented(coding, target, symbols[slot], widest)",
        "presented(coding, target, jnp.broadcast_to(symbols[slot, :1], question.shape), widest)",
        (f"{CONTROL}::test_each_trial_is_asked_for_its_own_symbol",),
    ),
    Fault(
        "the answer of the first trial",
        ASKING,
        "jnp.where(question == number, agrees, found)",
        "jnp.where(question == number, agrees[0], found)",
        (f"{CONTROL}::test_equal_is_read_whichever_way_the_relay_leads",),
    ),
    Fault(
        "a pathway is read up to its nucleus", ASKING, "if (paths.second == NONE).all():", "if True:", (INTERPRETER,)
    ),
    Fault(
        "emit: a threshold of .8",
        ASKING,
        ">= DECODED",
        ">= DECODED + 0.3",
        (f"{CONTROL}::test_what_agrees_by_more_than_a_half_is_the_same",),
    ),
    Fault(
        "emit: all trials count what one puts out",
        ASKING,
        "outputs.counts + (emitted != NONE).astype(jnp.int32)",
        "outputs.counts + jnp.any(emitted != NONE).astype(jnp.int32)",
        (f"{CONTROL}::test_a_limit_reached_ends_the_trial_with_a_code",),
    ),
]

DRIVER_FAULTS = [
    Fault(
        "outputs: the count of the last call alone",
        "attractorbind._engine.taken",
        "Outputs(symbols, ends[-1])",
        "Outputs(symbols, counts[-1])",
        (f"{CONTROL}::test_more_outputs_than_there_was_room_for_at_first",),
    ),
    Fault(
        "outputs: room for one less than there is",
        DRIVER,
        "carry.outputs.counts >= carry.outputs.symbols.shape[1]",
        "carry.outputs.counts > carry.outputs.symbols.shape[1]",
        (f"{SIMULATE}::test_as_many_outputs_as_there_is_room_for",),
    ),
    Fault(
        "what was not finite before a pause is forgotten",
        DRIVER,
        "start.finite & last.standing.all_finite()",
        "last.standing.all_finite()",
        (f"{RESULT}::test_what_was_no_number_once_is_non_finite_whatever_comes_after",),
    ),
    Fault(
        "a limit goes before what is not finite",
        DRIVER,
        "progress.limit_reached & finite",
        "progress.limit_reached",
        (f"{RESULT}::test_what_was_no_number_once_is_non_finite_whatever_comes_after",),
    ),
    Fault(
        "a record after a pause is misplaced",
        DRIVER,
        "number - start.tick, seen",
        "number, seen",
        (f"{SIMULATE}::test_recorded_it_is_run_once_and_every_tick_is_what_plain_numpy_does",),
    ),
]

CONTROLLER_FAULTS = [
    Fault(
        "read: past the end of as many inputs as there is room for, the last again",
        LISTING,
        "jnp.where(carry.taken < length, upcoming, NO_SYMBOL)",
        "upcoming",
        (f"{CONTROL}::test_there_is_nothing_past_the_end_of_about_as_many_inputs_as_there_is_room_for",),
    ),
    Fault(
        "read: rows that present nothing take an input",
        LISTING,
        "(last & (table.present[row] != NONE) & from_stream)",
        "(last & from_stream)",
        (f"{CONTROL}::test_past_the_end_of_the_inputs_the_buffer_is_left_empty",),
    ),
    Fault(
        "a counter is not reset",
        LISTING,
        "jnp.where(limit == NONE, 0,",
        "jnp.where(limit == NONE, value,",
        (f"{CONTROL}::test_loops_inside_loops_count_for_themselves",),
    ),
    Fault(
        "a round more than the limit",
        LISTING,
        "within = value < limit",
        "within = value <= limit",
        (f"{CONTROL}::test_a_limit_reached_ends_the_trial_with_a_code",),
    ),
    Fault(
        "the program goes on after a limit",
        LISTING,
        "jnp.where(failed, HALT, table.otherwise[row])",
        "table.otherwise[row]",
        (f"{CONTROL}::test_a_limit_reached_ends_the_trial_with_a_code",),
    ),
    Fault(
        "a limit is forgotten at the next stretch",
        LISTING,
        "carry.limit_reached | failed",
        "failed",
        (f"{CONTROL}::test_a_limit_reached_ends_the_trial_with_a_code",),
    ),
    Fault(
        "a gate left to two channels opens where both are",
        LISTING,
        "jnp.any(left_to & channels[:, None, :], axis=2)",
        "jnp.all(~left_to | channels[:, None, :], axis=2)",
        (f"{LEFT}::test_two_relays_to_one_buffer_exclude_each_other",),
    ),
    Fault(
        "what some trials leave at rest is not computed",
        LISTING,
        "np.where(left_to.any(axis=2), np.float32(0.5), of_rows(rows.gates))",
        "of_rows(rows.gates)",
        (f"{LEFT}::test_where_a_channel_is_closed_its_target_is_untouched",),
    ),
    Fault(
        "straight: it comes to rest under the gates of the first stretch",
        STRAIGHT,
        "number = carry.stretch - quiet.astype(jnp.int32)",
        "number = jnp.where(quiet, 0, carry.stretch)",
        (f"{ORACLE}::test_agrees_with_the_oracle_bit_for_bit",),
    ),
    Fault(
        "straight: the setting before is this one",
        STRAIGHT,
        "jnp.where(carry.begun > 0, number, jnp.maximum(carry.stretch - 1, 0))",
        "number",
        (f"{ORACLE}::test_agrees_with_the_oracle_bit_for_bit",),
    ),
    Fault(
        "straight: a stretch that was begun begins again",
        STRAIGHT,
        "jnp.where(quiet | ended, 0, carry.begun + ticks)",
        "0 * ticks",
        (f"{PACE}::test_it_does_not_matter_how_many_ticks_a_call_takes[straight-final]",),
    ),
    Fault(
        "pace: a call takes no notice of how many ticks it may take",
        DRIVER,
        "most = start.most - (carry.tick - start.tick)",
        "most = start.most + 99",
        (f"{PACE}::test_it_does_not_matter_how_many_ticks_a_call_takes[straight-final]",),
    ),
    Fault(
        "names: of symbols that share a code the last counts",
        "attractorbind._lexicon",
        "reversed([*enumerate(rows)])",
        "[*enumerate(rows)]",
        ("tests/test_trace.py::test_of_symbols_that_share_a_code_the_first_is_named",),
    ),
]

BATCH_FAULTS = [
    Fault(
        "batch: copies draw for themselves",
        "attractorbind._keys",
        "np.minimum(np.arange(batch, dtype=np.uint32), np.uint32(trials - 1))",
        "np.arange(batch, dtype=np.uint32)",
        (f"{BATCH}::test_each_copy_does_what_the_last_trial_does",),
    ),
    Fault(
        "batch: copies of the first trials",
        "attractorbind._batch",
        "np.minimum(np.arange(batch), found - 1)",
        "np.arange(batch) % found",
        (f"{BATCH}::test_each_copy_does_what_the_last_trial_does",),
    ),
    Fault(
        "batch: copies where trials learn together",
        "attractorbind._batch",
        "return None if shares else bytes_of_a_trial(one)",
        "return bytes_of_a_trial(one)",
        (f"{BATCH}::test_where_trials_learn_together_there_are_no_copies",),
    ),
    Fault(
        "batch: a bar tells of copies",
        "attractorbind._progress",
        "ended[:trials].sum()",
        "ended.sum()",
        (f"{PACE}::test_a_bar_tells_of_ticks_and_trials",),
    ),
    Fault(
        "threads: what another has cleared away is asked for",
        "attractorbind._kept",
        "return self._made.setdefault(key, result)",
        "self._made[key] = result\n        return self._made[key]",
        (f"{THREADS}::test_what_others_clear_away_is_returned",),
    ),
    Fault(
        "threads: each is given what it has worked out itself",
        "attractorbind._kept",
        "results[make] if make in results else results.setdefault(make, make(owner))",
        "results[make] if make in results else results.update({make: (own := make(owner))}) or own",
        (f"{THREADS}::test_threads_are_given_the_same",),
    ),
    Fault(
        "transfers: forbidden to the library, too",
        "attractorbind._transfers",
        'jax.transfer_guard_host_to_device("allow")',
        'jax.transfer_guard_host_to_device("disallow")',
        ("tests/test_transfers.py",),
    ),
    Fault(
        "batch: copies of what is recorded stay",
        "attractorbind._batch",
        "np.ascontiguousarray(leaf[:, :trials])",
        "np.ascontiguousarray(leaf)",
        (f"{BATCH}::test_copies_change_nothing",),
    ),
]

RUN_FAULTS = [*ASKING_FAULTS, *DRIVER_FAULTS, *CONTROLLER_FAULTS, *BATCH_FAULTS]
