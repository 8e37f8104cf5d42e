"""Faults of memories and of what imprints, each with the tests that are to find it."""

from fault import Fault

IMPRINTS = "attractorbind._area.imprints"
RETRIEVAL = "attractorbind._area.retrieval"
SNAPSHOTS = "attractorbind._area.snapshots"

ENSEMBLES = "tests/area/test_ensembles.py"
HIPPOCAMPUS = "tests/area/test_hippocampus.py"
MEMORIES = "tests/area/test_snapshots.py"

MEMORY_FAULTS = [
    Fault(
        "store: overwrites in turn, whatever was forgotten",
        SNAPSHOTS,
        "jnp.argmin(strength, axis=1).astype(jnp.int32)",
        "snapshots.stored % strength.shape[1]",
        (f"{HIPPOCAMPUS}::test_what_is_forgotten_makes_room_before_the_oldest_goes",),
    ),
    Fault(
        "the memory of a trial that has ended falls silent",
        SNAPSHOTS,
        "jnp.where(running[:, None], after.activity, snapshots.activity)",
        "after.activity",
        (f"{HIPPOCAMPUS}::test_each_trial_is_what_it_would_be_alone",),
    ),
    Fault(
        "the context of a trial that has ended moves on",
        SNAPSHOTS,
        "jnp.where(running, context, snapshots.context)",
        "context",
        (f"{HIPPOCAMPUS}::test_each_trial_is_what_it_would_be_alone",),
    ),
    Fault(
        "recall: assemblies that store nothing inhibit",
        RETRIEVAL,
        "jnp.where(stored, units * shared_units(assemblies, activity) - active * on, 0)",
        "units * shared_units(assemblies, activity) - active * on",
        (f"{MEMORIES}::test_what_is_reinstated_is_the_sum_over_synapses",),
    ),
    Fault(
        "recall: a gate that is not half open writes nothing",
        SNAPSHOTS,
        "(inputs.writes > 0)",
        "(inputs.writes >= _SWITCH)",
        (f"{HIPPOCAMPUS}::test_a_gate_to_a_buffer_lets_a_snapshot_through_however_little_it_is_open",),
    ),
    Fault(
        "recall: the last snapshot is left out of the sums",
        RETRIEVAL,
        "jnp.arange(1, stored.shape[1] + 1, dtype=jnp.int32)",
        "jnp.arange(stored.shape[1], dtype=jnp.int32)",
        (f"{MEMORIES}::test_what_is_reinstated_is_the_sum_over_synapses",),
    ),
    Fault(
        "recall: what the first block of trials stored is given back to all",
        RETRIEVAL,
        "jax.lax.dynamic_slice(codes, (start, row,",
        "jax.lax.dynamic_slice(codes, (jnp.zeros_like(start), row,",
        (f"{HIPPOCAMPUS}::test_many_trials_side_by_side_are_what_each_is_alone",),
    ),
    Fault(
        "what the first trial holds is stored",
        SNAPSHOTS,
        "jnp.packbits(states > 0, axis=1)",
        "jnp.packbits(jnp.broadcast_to(states[:1], states.shape) > 0, axis=1)",
        (f"{HIPPOCAMPUS}::test_each_trial_is_what_it_would_be_alone",),
    ),
    Fault(
        "the memory's noise is the same in each trial",
        SNAPSHOTS,
        "(units,)))(keys)",
        "(units,)))(keys[np.zeros(len(keys), np.int32)])",
        (f"{HIPPOCAMPUS}::test_each_trial_is_what_it_would_be_alone",),
    ),
]

IMPRINTING_FAULTS = [
    Fault(
        "a threshold of .8",
        IMPRINTS,
        "match.max(axis=1) > THRESHOLD",
        "match.max(axis=1) > 0.8",
        (f"{ENSEMBLES}::test_a_part_of_its_units_brings_back_all_of_it",),
    ),
    Fault(
        "where the first trial has imprinted it",
        IMPRINTS,
        "of_each(state.buffer, spare) == population",
        "state.buffer[0, spare] == population",
        (f"{ENSEMBLES}::test_each_trial_knows_in_which_buffer_it_imprinted_a_pattern",),
    ),
    Fault(
        "what was refused in one run fails the next",
        "attractorbind._area.ensembles",
        "jnp.zeros_like(state.refused)",
        "state.refused",
        (f"{ENSEMBLES}::test_where_no_spare_symbol_is_left_the_trial_says_so",),
    ),
]

AREA_FAULTS = [*MEMORY_FAULTS, *IMPRINTING_FAULTS]
