"""Faults of the compiler, of what a run is given, and of files, each with the tests that are to find it."""

from fault import Fault

CONDITION = "attractorbind._program.condition"
CONTROL = "attractorbind._program.control"
FILES = "attractorbind._files"
INPUTS = "attractorbind._inputs"
MACROS = "attractorbind._program.macros"
RECOLLECTION = "attractorbind._program.recollection"
SEALED = "attractorbind._sealed"

CONDITION_TESTS = "tests/program/test_condition.py"
CONTROL_TESTS = "tests/control/test_control.py"
FILE_TESTS = "tests/test_files.py"
MEMORY_TESTS = "tests/area/test_hippocampus.py"
ENSEMBLE_TESTS = "tests/area/test_ensembles.py"
GIVEN_TESTS = "tests/test_given_codes.py"
LISTING_TESTS = "tests/program/test_listing.py"
PROGRAM_TESTS = "tests/program/test_program.py"
LESION_TESTS = "tests/test_lesion.py"
RULE_TESTS = "tests/rule/test_rules_of_gates.py"
RUN_TESTS = "tests/test_run.py"
TRAIN_TESTS = "tests/learning/test_train.py"

COMPILER_FAULTS = [
    Fault(
        "when: a statement is skipped in an else three deep",
        CONTROL,
        "lay_out(assembler, self.otherwise.statements, no, after)",
        "deep = [frame.function for frame in __import__('inspect').stack(0)].count('lower')\n"
        "        lay_out(assembler, self.otherwise.statements[deep > 2 :], no, after)",
        (f"{CONTROL_TESTS}::test_blocks_inside_blocks_do_all_that_is_in_them",),
    ),
    Fault(
        "when: reads before the latches have settled",
        CONTROL,
        "self.condition.decide(assembler, yes, no, settle=True)",
        "self.condition.decide(assembler, yes, no, settle=False)",
        (f"{LISTING_TESTS}::test_listing_of_a_program",),
    ),
    Fault(
        "until: goes on after its limit",
        CONTROL,
        "fails=True",
        "fails=False",
        (f"{CONTROL_TESTS}::test_a_limit_reached_ends_the_trial_with_a_code",),
    ),
    Fault(
        "~: reads before the latches have settled",
        CONDITION,
        "self.inner.decide(assembler, no, yes, settle=settle)",
        "self.inner.decide(assembler, no, yes, settle=False)",
        (f"{CONDITION_TESTS}::test_latches_are_waited_for_before_the_first_reading_alone",),
    ),
    Fault(
        "&: settles anew inside another condition",
        CONDITION,
        "self.first.decide(assembler, second, no, settle=settle)",
        "self.first.decide(assembler, second, no, settle=True)",
        (f"{CONDITION_TESTS}::test_latches_are_waited_for_before_the_first_reading_alone",),
    ),
    Fault(
        "|: only the first is asked",
        CONDITION,
        "self.first.decide(assembler, yes, second, settle=settle)",
        "self.first.decide(assembler, yes, no, settle=settle)",
        (f"{CONTROL_TESTS}::test_truth_tables",),
    ),
    Fault(
        "equal: compared in the second buffer, whichever way the relay leads",
        "attractorbind._program.question",
        "Reading(wiring.gate(name).target, gate=name)",
        "Reading(self.second, gate=name)",
        (f"{CONTROL_TESTS}::test_equal_is_read_whichever_way_the_relay_leads",),
    ),
    Fault(
        "copy: a latch through a nucleus is not waited for",
        MACROS,
        "+ gates(open=[relay.name], ticks=latch.delay)",
        "+ gates(open=[relay.name])",
        (f"{PROGRAM_TESTS}::test_expansion_to_primitives",),
    ),
    Fault(
        "read: the buffer is not emptied before",
        "attractorbind._program.streams",
        "gates(closed=[latch.name]) + Program((Step(latch.delay",
        "gates() + Program((Step(latch.delay",
        (f"{CONTROL_TESTS}::test_past_the_end_of_the_inputs_the_buffer_is_left_empty",),
    ),
    Fault(
        "forget: older is ignored",
        RECOLLECTION,
        'modes = [f"{self.memory}:older"] * self.older + [',
        "modes = [",
        (f"{MEMORY_TESTS}::test_forgetting_the_older_of_two_keeps_the_newer",),
    ),
    Fault(
        "a question with settling takes as long as one without",
        "attractorbind._program.compiler",
        "1 + SETTLE * action.settle",
        "1",
        (f"{LISTING_TESTS}::test_listing_of_a_program",),
    ),
]

INPUT_FAULTS = [
    Fault(
        "inputs: filled up with the first symbol",
        INPUTS,
        "fill=NO_SYMBOL).T",
        "fill=0).T",
        (f"{CONTROL_TESTS}::test_there_is_nothing_past_the_end_of_about_as_many_inputs_as_there_is_room_for",),
    ),
    Fault(
        "arguments: the symbol of the first trial for all",
        INPUTS,
        "np.array(row, np.int32)",
        "np.array(row[:1], np.int32)",
        (f"{CONTROL_TESTS}::test_each_trial_is_asked_for_its_own_symbol",),
    ),
    Fault(
        "keys: one key is the key of every trial",
        "attractorbind._keys",
        "np.minimum(np.arange(batch, dtype=np.uint32), np.uint32(trials - 1))",
        "np.zeros(batch, np.uint32)",
        (f"{RUN_TESTS}::test_trials_with_one_key_have_noise_of_their_own",),
    ),
]

FILE_FAULTS = [
    Fault(
        "rules of single gates are lost",
        FILES,
        'rules=modules["rules"],',
        "rules={},",
        (f"{RULE_TESTS}::test_rules_come_back_from_a_file",),
    ),
    Fault(
        "that a network was altered is lost",
        FILES,
        'altered=told["altered"],',
        "altered=False,",
        (f"{LESION_TESTS}::test_a_state_goes_on_in_the_hurt_network",),
    ),
    Fault(
        "which codes were given is lost",
        FILES,
        'given=_strings(told["given"]),',
        "given=(),",
        (f"{GIVEN_TESTS}::test_it_comes_back_from_a_file",),
    ),
    Fault(
        "spare symbols are lost",
        FILES,
        '_strings(told["spare"])',
        "()",
        (f"{ENSEMBLE_TESTS}::test_networks_with_spare_symbols_come_back_from_files_and_so_do_their_states",),
    ),
    Fault(
        "the checksum is not looked at",
        SEALED,
        "if len(whole) != expected or checksum.hexdigest().encode() != whole[begin:end]:",
        "if len(whole) != expected:",
        (f"{FILE_TESTS}::test_what_is_wrong_with_a_file_is_said",),
    ),
    Fault(
        "a checkpoint of other training is taken",
        "attractorbind._checkpoint",
        'other = description["training"] != self.digest.hex()',
        "other = False",
        (f"{TRAIN_TESTS}::test_a_checkpoint_of_other_training_is_an_error",),
    ),
]

PROGRAM_FAULTS = [*COMPILER_FAULTS, *INPUT_FAULTS, *FILE_FAULTS]
