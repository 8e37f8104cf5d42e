"""Faults of networks of many buffers, and of reading rows, each with the tests that are to find it."""

from fault import Fault

BUNDLED = "attractorbind._bundled"
ROWS = "attractorbind._engine.rows"
READERS = "attractorbind._engine.readers"
ACTIVITY = "attractorbind._engine.activity"

MANY = "tests/engine/test_many_buffers.py"
APART = f"{MANY}::test_what_is_kept_together_runs_as_it_does_apart"
COUNTED = "tests/engine/test_rows.py::test_units_that_are_on_are_counted_and_numbered"

MANY_FAULTS = [
    Fault(
        "bundles: the first item of a bundle for all",
        BUNDLED,
        "jax.lax.dynamic_index_in_dim(leaf, row, keepdims=False), self.stacked)",
        "jax.lax.dynamic_index_in_dim(leaf, row * 0, keepdims=False), self.stacked)",
        (f"{MANY}::test_a_symbol_reaches_every_one_of_many_buffers_and_no_other",),
    ),
    Fault(
        "bundles: states in the order of bundles",
        ACTIVITY,
        "jnp.concatenate(bundles)[activities.layout.position_of]",
        "jnp.concatenate(bundles)",
        (APART,),
    ),
    Fault(
        "bundles: biases in the order of bundles",
        READERS,
        "[synapses.layout.position_of]",
        "[:]",
        (APART,),
    ),
    Fault(
        "bundles: symbols of a bundle's first population",
        "attractorbind._engine.coding",
        "member.stacked[member.row, symbols]",
        "member.stacked[0, symbols]",
        (APART,),
    ),
    Fault(
        "batches: latches are calmed as relays are",
        "attractorbind._rule.batches",
        "calm(synapses, source, recurrent=recurrent, from_nucleus=from_nucleus), largest_sum",
        "calm(synapses, source, recurrent=False, from_nucleus=from_nucleus), largest_sum",
        (f"{MANY}::test_projections_learned_together_are_those_learned_alone",),
    ),
    Fault(
        "rest: what is silent stays so, whatever its latch does",
        READERS,
        "jnp.all(readers.biases[np.array(numbers, np.int32)] <= 0, axis=1)",
        "jnp.all(readers.biases[np.array(numbers, np.int32)] <= 9, axis=1)",
        (f"{MANY}::test_a_latch_that_excites_what_is_silent_is_computed_from_the_first_tick_on",),
    ),
    Fault(
        "products: kept though the source has moved",
        "attractorbind._engine.products",
        "fresh=products.fresh & ~moved",
        "fresh=products.fresh",
        ("tests/engine/test_oracle.py",),
    ),
    Fault(
        "products: those of what is on are taken for 0",
        "attractorbind._engine.products",
        "activity.silent()[wiring.sources]",
        "activity.silent()[wiring.sources] | True",
        ("tests/engine/test_oracle.py",),
    ),
    Fault(
        "products: none is kept",
        "attractorbind._engine.products",
        "jax.lax.dynamic_update_index_in_dim(fresh, True, projection, 0)",
        "fresh",
        ("tests/engine/test_products.py",),
    ),
    Fault(
        "plan: what moved moves its sources",
        "attractorbind._engine.plan",
        "passed_on = moved[sources[numbers]]",
        "passed_on = moved[targets[numbers]]",
        ("tests/engine/test_plan.py::test_what_moves_reaches_where_an_open_projection_leads",),
    ),
    Fault(
        "rest: what is on is taken for silent",
        ACTIVITY,
        "~jnp.any(self.halves[0::2] != 0, axis=(1, 2))",
        "~jnp.any(self.halves[0::2] != 0, axis=(1, 2)) | True",
        ("tests/engine/test_oracle.py",),
    ),
    Fault(
        "rows: the last block is not counted",
        ROWS,
        "np.triu(np.ones((totals.shape[1],) * 2, np.float32), 1)",
        "np.triu(np.ones((totals.shape[1],) * 2, np.float32), 2)",
        (COUNTED,),
    ),
    Fault("rows: one more than there are", ROWS, "number < on.counts", "number <= on.counts", (COUNTED,)),
    Fault(
        "rows: read for a projection's neighbour",
        READERS,
        "member.row * source",
        "member.row * source * 0",
        (f"{MANY}::test_rows_are_read_out_of_bundles_too",),
    ),
]
