"""Programs that branch agree with names in boxes, and bit for bit with plain NumPy."""

import jax
import numpy as np
import oracle
import pytest
from drawn import PADDING, bound, branching_runs, initial_state, listing_of
from examples import BUFFERS, CONFIGURATIONS, STORING, TRIALS, network, numpy_state, plain
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from machines import LimitError, NameMachine, NumpyMachine, program

import attractorbind as ab

# One length of recording, for every new one compiles.
MOST_TICKS = 512

pytestmark = pytest.mark.usefixtures("networks_are_built")


def test_the_codes_of_the_storing_networks_are_unlike_enough_to_be_told_apart():
    for configuration in STORING:
        for codes in plain(configuration).codes.values():
            likeness = np.corrcoef(codes) - np.eye(len(codes))
            assert likeness.max() < 0.5


@pytest.mark.slow
@given(case=branching_runs(STORING))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_decoded_it_is_the_machine_of_names(case):
    configuration, instructions, args, inputs = case
    listing = listing_of(configuration, instructions)
    trace = ab.run(network(configuration), listing, args=args, inputs=inputs, throw=False)
    decoded, outputs = trace.decode(), trace.outputs
    for trial in range(TRIALS):
        machine = NameMachine(plain(configuration), inputs[trial])
        try:
            machine.run(bound(instructions, args, trial))
            expected = ab.Result.OK
        except LimitError:
            expected = ab.Result.LIMIT
        assert outputs[trial] == machine.outputs
        assert {buffer: held[trial] for buffer, held in decoded.items()} == machine.boxes
        assert trace.result[trial] == expected


@given(
    case=branching_runs(list(CONFIGURATIONS), anything=True),
    seed=st.integers(0, 999),
    corruption=st.sampled_from([0.0, 0.1]),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_agrees_with_numpy_bit_for_bit(case, seed, corruption):
    configuration, instructions, args, inputs = case
    listing = listing_of(configuration, instructions)
    state = initial_state(configuration, seed, corruption)
    trace = ab.run(network(configuration), listing, state, args=args, inputs=inputs, throw=False)
    outputs, final = trace.outputs, numpy_state(trace.state)
    for trial, start in enumerate(numpy_state(state)):
        machine = NumpyMachine(plain(configuration), inputs[trial], start)
        try:
            machine.run(bound([*instructions, ("repeat", 0, [])], args, trial))
            limit_reached = False
        except LimitError:
            limit_reached = True
        assert trace.ticks[trial] == len(machine.states)
        assert outputs[trial] == machine.outputs
        settled = oracle.settles(plain(configuration), machine.state, machine.openings)
        expected = ab.Result.LIMIT if limit_reached else ab.Result.OK if settled else ab.Result.UNSETTLED
        assert trace.result[trial] == expected
        for name, activity in machine.state.items():
            np.testing.assert_array_equal(final[trial][name], activity, err_msg=f"final state of {name}")


@given(case=branching_runs(["hub, nucleus"], anything=True), seed=st.integers(0, 999))
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_recorded_states_agree_tick_by_tick(case, seed):
    configuration, instructions, args, inputs = case
    listing_of(configuration, instructions)
    state = initial_state(configuration, seed, 0.05)
    machines = [NumpyMachine(plain(configuration), inputs[i], start) for i, start in enumerate(numpy_state(state))]
    for trial, machine in enumerate(machines):
        try:
            machine.run(bound([*instructions, ("repeat", 0, [])], args, trial))
        except LimitError:
            assume(False)
    longest = max(len(machine.states) for machine in machines)
    assume(longest < MOST_TICKS)
    # Held at the end, so that the longest trial takes the same number of ticks in every example.
    held = ("hold", MOST_TICKS - longest)
    for machine in machines:
        machine.run([held])
    whole = program(instructions) + PADDING + ab.hold(MOST_TICKS - longest)
    trace = ab.run(network(configuration), whole, state, args=args, inputs=inputs, record="states", throw=False)
    for trial, machine in enumerate(machines):
        ticks = len(machine.states)
        for buffer in BUFFERS:
            recorded = np.asarray(trace.states[buffer])[:, trial]
            expected = np.stack([here[buffer] for here in machine.states])
            np.testing.assert_array_equal(recorded[:ticks], expected)
            # After its end a trial stays as it is.
            np.testing.assert_array_equal(recorded[ticks:], np.broadcast_to(expected[-1], recorded[ticks:].shape))
        assert (np.asarray(trace.rows)[:ticks, trial] >= 0).all()
        assert (np.asarray(trace.rows)[ticks:, trial] < 0).all()


@pytest.mark.parametrize("configuration", ["hub, nucleus", "overfull"])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_one_row_of_many_ticks_is_many_rows_of_one(configuration, noise):
    built, relay = network(configuration), next(gate for gate in network(configuration).gates if "->" in gate)
    whole, cut = (
        [ab.hold(4), ab.gates(open=[relay], ticks=3), ab.present("a", ab.arg("x"), ticks=3), ab.hold(5)],
        [ab.hold()] * 4 + [ab.gates(open=[relay])] * 3 + [ab.present("a", ab.arg("x"))] * 3 + [ab.hold()] * 5,
    )
    # Between what a trial does others begin new rows, and the last that ends waits for nobody.
    asked = ab.when(ab.holds("a", ab.arg("x")), ab.hold(2), ab.hold(7))
    symbols = list(built.vocabulary)[:TRIALS]

    def states(parts: list[ab.Program]) -> dict[str, np.ndarray]:
        return ab.run(
            built,
            sum(parts, asked) + ab.repeat(0, ab.hold()),
            initial_state(configuration, 0, 0.2),
            args={"x": symbols},
            noise=noise,
            key=jax.random.key(1),
            record="states",
            throw=False,
        ).states

    in_one, in_many = states(whole), states(cut)
    for buffer in BUFFERS:
        np.testing.assert_array_equal(in_one[buffer], in_many[buffer])
