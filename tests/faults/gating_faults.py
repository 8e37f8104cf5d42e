"""Faults of what learns which gates to open, each with the tests that are to find it."""

from fault import Fault

BASAL_GANGLIA = "attractorbind._basal_ganglia.area"
PLASTICITY = "attractorbind._basal_ganglia.plasticity"
POLICY = "attractorbind._basal_ganglia.policy"
REWARDING = "attractorbind._program.rewarding"
STRIATUM = "attractorbind._basal_ganglia.striatum"

LEFT = "tests/gating/test_gates_left_to_channels.py"
ORACLE = "tests/basal_ganglia/test_gating_oracle.py"
RUNS = "tests/gating/test_gating_runs.py"

GATING_FAULTS = [
    Fault(
        "chance is divided among all channels",
        POLICY,
        "fine(chance / count)",
        "fine(chance / candidates.shape[0])",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "greedy: opens at one half",
        POLICY,
        "probability > 0.5",
        "probability >= 0.5",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "greedy: explores all the same",
        STRIATUM,
        "jnp.where(asked.sample, explore, 0.0)",
        "explore",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "traces do not start anew",
        PLASTICITY,
        "jnp.where(overwritten, 0.0, jnp.asarray(decay, jnp.float32))",
        "jnp.broadcast_to(jnp.asarray(decay, jnp.float32), overwritten.shape)",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "forgets without an error",
        PLASTICITY,
        "jnp.where(lesson.wrong, jnp.asarray(rates.forget, jnp.float32), 0.0)",
        "jnp.asarray(rates.forget, jnp.float32)",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "forgets where there is no trace",
        PLASTICITY,
        "fading * (lesson.traces != 0).astype(jnp.float32)",
        "fading * jnp.ones_like(lesson.traces)",
        (f"{ORACLE}::test_synapses_that_no_choice_has_touched_stay_as_they_are",),
    ),
    Fault(
        "weights without bounds",
        PLASTICITY,
        "Policy(_bounded(faded)",
        "Policy(faded",
        (f"{ORACLE}::test_weights_stay_within_their_bounds_however_often_they_change",),
    ),
    Fault(
        "offers stay",
        STRIATUM,
        "state.offered & ~of_trial",
        "state.offered",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "an outcome is followed by every choice",
        STRIATUM,
        "state.awaiting & ~asking",
        "state.awaiting",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "the mean over all trials, learning or not",
        STRIATUM,
        "jnp.maximum(jnp.sum(learning.astype(jnp.float32)), 1.0)",
        "jnp.float32(len(learning))",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "half a reward is no error",
        STRIATUM,
        "outcome.reward < 1",
        "outcome.reward <= 0",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "an episode begins with what is still to come of the last",
        STRIATUM,
        "state.awaiting & ~beginning",
        "state.awaiting",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "after the last reward comes the last again",
        BASAL_GANGLIA,
        "jnp.where(state.taken < length, jnp.take_along_axis(given, number[:, None], axis=1)[:, 0], 0.0)",
        "jnp.take_along_axis(given, number[:, None], axis=1)[:, 0]",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "what is offered is added to what is named",
        BASAL_GANGLIA,
        "jnp.where(jnp.any(up, axis=1, keepdims=True), up, state.offered)",
        "up | state.offered",
        (f"{ORACLE}::test_every_tick_does_what_the_equations_say",),
    ),
    Fault(
        "a punishment is nothing",
        REWARDING,
        "(1 + abs(self.amount)) / 2",
        "(1 + self.amount) / 2",
        (f"{RUNS}::test_each_reward_is_as_large_as_it_says_and_has_its_sign",),
    ),
    Fault(
        "credit through the last channel alone",
        REWARDING,
        "(*read_out.get(source, ()), (through.name, channel))",
        "((through.name, channel),)",
        (f"{LEFT}::test_a_slot_is_credited_through_whichever_channel_reads_it_out",),
    ),
    Fault(
        "choose: a latch is left to the last relay alone",
        "attractorbind._program.choosing",
        "(*latches.get(latch, ()), (self.area, relay.name))",
        "((self.area, relay.name),)",
        (f"{LEFT}::test_two_relays_to_one_buffer_exclude_each_other",),
    ),
]
