"""Faults of what a tick computes, each with the tests that are to find it."""

from fault import Fault

ADVANCE = "attractorbind._engine.advance"
AREAS = "attractorbind._engine.areas"
NOISE = "attractorbind._engine.noise"
PLAN = "attractorbind._engine.plan"
SETTLE = "attractorbind._engine.settle"
STEP = "attractorbind._engine.step"
STRETCH = "attractorbind._engine.stretch"

ENSEMBLES = "tests/area/test_ensembles.py"
CONTROL = "tests/control/test_control.py"
INTERPRETER = "tests/control/test_interpreter.py"
FLIPS = "tests/engine/test_noise.py"
ORACLE = "tests/engine/test_oracle.py"
PLANS = "tests/engine/test_plan.py"
RESULT = "tests/test_result.py"
RUN = "tests/test_run.py"
STEPS = "tests/engine/test_step.py"
HIPPOCAMPUS = "tests/area/test_hippocampus.py"
AREA = "tests/area/test_area.py"

NOISE_FAULTS = [
    Fault(
        "noise: the same at each tick",
        NOISE,
        "(draws.keys, ticks)",
        "(draws.keys, 0 * ticks)",
        (f"{FLIPS}::test_noise_differs_from_tick_to_tick_and_from_buffer_to_buffer",),
    ),
    Fault(
        "noise: the same in each population",
        NOISE,
        "(self.tick_keys, index)",
        "(self.tick_keys, 0)",
        (f"{FLIPS}::test_noise_differs_from_tick_to_tick_and_from_buffer_to_buffer",),
    ),
    Fault(
        "noise: the same in each trial",
        NOISE,
        "draw(self.keys(population))",
        "jax.numpy.broadcast_to(draw(self.keys(population))[:1], (len(self.tick_keys), widest))",
        (f"{RUN}::test_trials_with_one_key_have_noise_of_their_own",),
    ),
    Fault(
        "noise: half of it",
        NOISE,
        "else self.level, (widest,)",
        "else self.level / 2, (widest,)",
        (f"{FLIPS}::test_units_flip_at_the_stated_rate_in_every_population",),
    ),
    Fault(
        "noise: turns units on, never off",
        ADVANCE,
        "jnp.where(flips, 1.0 - outputs, outputs)",
        "jnp.where(flips, 1.0, outputs)",
        (f"{FLIPS}::test_noise_flips_units_off_as_often_as_on",),
    ),
    Fault(
        "noise: in trials that have ended",
        ADVANCE,
        "flips &= running[:, None]",
        "flips &= running.any()",
        (f"{CONTROL}::test_a_trial_of_a_batch_is_its_own_single_run",),
    ),
    Fault(
        "noise: what trials have had before is forgotten",
        NOISE,
        "tick + jnp.asarray(draws.before) if own",
        "tick + jnp.zeros_like(draws.before) if own",
        (f"{RUN}::test_two_programs_one_after_the_other_are_their_sum[False]",),
    ),
    Fault(
        "noise: while the state comes to rest",
        STRETCH,
        "jnp.where(phase.quiet, jnp.float32(0), draws.noise)",
        "draws.noise",
        (f"{RESULT}::test_noise_alone_does_not_make_a_run_unsettled",),
    ),
    Fault(
        "step: one key is the key of every trial",
        STEP,
        "jnp.arange(trials))",
        "jnp.zeros(trials, int))",
        (f"{STEPS}::test_one_key_is_a_key_for_each_trial",),
    ),
]

PLAN_FAULTS = [
    Fault(
        "a field that is not finite is forgotten",
        ADVANCE,
        "finite & jnp.isfinite(h)",
        "finite",
        (f"{RESULT}::test_weights_that_are_no_numbers_are_non_finite",),
    ),
    Fault(
        "what has moved moves nobody",
        ADVANCE,
        "needed |= plan.reached_from(network.wiring, jnp.any(moved, axis=1))",
        "pass",
        ("tests/engine/test_behaviour.py::test_programs_do_what_they_did[wandering-25]",),
    ),
    Fault(
        "at rest where any population is",
        ADVANCE,
        "~jnp.any(self.moved, axis=0)",
        "~jnp.all(self.moved, axis=0)",
        (f"{RESULT}::test_a_buffer_at_rest_does_not_make_up_for_others",),
    ),
    Fault(
        "what nothing reaches any more stays",
        PLAN,
        "(reached | reached_before) & ~(resting & resting_before)",
        "reached & ~(resting & resting_before)",
        (f"{CONTROL}::test_each_trial_goes_its_own_way",),
    ),
    Fault(
        "a latch rests as soon as it is alone",
        PLAN,
        "(reached | reached_before) & ~(resting & resting_before)",
        "(reached | reached_before) & ~resting",
        (f"{PLANS}::test_what_is_presented_is_computed_and_once_more_after_it",),
    ),
    Fault(
        "a latch that is half open rests",
        PLAN,
        "conductances[:, latches] == 1",
        "conductances[:, latches] > 0",
        (f"{PLANS}::test_a_latch_that_is_not_fully_open_is_computed",),
    ),
    Fault(
        "a latch rests beside a relay",
        PLAN,
        "(incoming == 1)",
        "(incoming >= 1)",
        (f"{PLANS}::test_a_latch_that_nothing_else_writes_on_need_not_be_computed",),
    ),
    Fault(
        "a gate that is open a little does not leak",
        PLAN,
        "numbers.maximum(gates, numbers.float32(leak))",
        "numbers.where(gates > 0, gates, numbers.float32(leak))",
        (f"{FLIPS}::test_a_leak_is_the_least_conductance",),
    ),
    Fault(
        "subnormal conductances count",
        PLAN,
        "conductances < np.finfo(np.float32).tiny",
        "conductances < 0",
        (f"{PLANS}::test_a_conductance_that_processors_take_for_none_opens_nothing",),
    ),
    Fault(
        "latches rest while something is imprinted",
        PLAN,
        " & ~driven & ~imprinting",
        " & ~driven",
        (f"{ENSEMBLES}::test_a_state_at_rest_that_an_ensemble_draws_to_itself_is_computed",),
    ),
    Fault(
        "an area's gate that is not half open reaches nobody",
        PLAN,
        "driven[:, population] |= area_gates[:, gate] > 0",
        "driven[:, population] |= area_gates[:, gate] >= 0.5",
        (f"{HIPPOCAMPUS}::test_a_gate_to_a_buffer_lets_a_snapshot_through_however_little_it_is_open",),
    ),
    Fault(
        "trials together: the row before is this one",
        PLAN,
        "_computed(reached_now, resting_now, reached_before, resting_before)",
        "_computed(reached_now, resting_now, reached_now, resting_now)",
        (
            f"{PLANS}::test_trials_together_need_what_any_of_them_needs",
            f"{INTERPRETER}::test_agrees_with_numpy_bit_for_bit",
        ),
    ),
    Fault(
        "the first tick of a stretch is as any other",
        STRETCH,
        "jnp.where(number == first, plan.entering, later)",
        "later",
        (f"{ORACLE}::test_agrees_with_the_oracle_bit_for_bit",),
    ),
    Fault(
        "the end is what comes to rest",
        SETTLE,
        "jax.lax.cond(quiet, lambda: kept, lambda: loop.keep(carry))",
        "loop.keep(carry)",
        (f"{RESULT}::test_a_run_that_would_go_on_changing_is_unsettled",),
    ),
    Fault(
        "a presented symbol does not silence the other units",
        "attractorbind._engine.observe",
        "jnp.where(own.code(symbols), drive, -drive)",
        "jnp.where(own.code(symbols), drive, 0.0)",
        (f"{ORACLE}::test_agrees_with_the_oracle_bit_for_bit",),
    ),
    Fault(
        "an area's gate is open or closed",
        AREAS,
        "jnp.where(is_open, conductance[:, None] * field, 0.0)",
        "jnp.where(is_open, field, 0.0)",
        (f"{AREA}::test_in_a_straight_line_it_is_the_plain_python_bit_for_bit",),
    ),
    Fault(
        "an area that only inhibits is left out",
        AREAS,
        "jnp.any(fields != 0, axis",
        "jnp.any(fields > 0, axis",
        (f"{AREA}::test_it_may_do_nothing_but_inhibit",),
    ),
    Fault(
        "step: the surrogate is a slope of 1",
        STEP,
        "surrogate(field) * change",
        "change",
        (f"{STEPS}::test_gradients_are_those_of_the_equations_written_out",),
    ),
]

TICK_FAULTS = [*NOISE_FAULTS, *PLAN_FAULTS]
