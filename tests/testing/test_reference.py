"""The reference machine agrees with another one in names, and counts the ticks that the network takes."""

import pytest
from drawn import bound, branching_runs, memory_runs, plain_memory
from examples import STORING, TRIALS, network, plain
from hypothesis import HealthCheck, given, settings
from machines import LimitError, NameMachine, program
from memories import NamesAndSlips

import attractorbind as ab
from attractorbind.testing import Reference, reference

pytestmark = pytest.mark.usefixtures("networks_are_built")


def assert_agrees(machine: NameMachine, instructions: list[tuple], told: Reference) -> None:
    try:
        machine.run(instructions)
        expected = ab.Result.OK
    except LimitError:
        expected = ab.Result.LIMIT
    assert told.boxes == machine.boxes
    assert told.outputs == machine.outputs
    assert told.result == expected


@given(case=branching_runs(STORING))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_programs_mean_the_same_to_both(case):
    configuration, instructions, args, inputs = case
    for trial in range(TRIALS):
        given_args = {name: symbols[trial] for name, symbols in args.items()}
        told = reference(network(configuration), program(instructions), args=given_args, inputs=inputs[trial])
        machine = NameMachine(plain(configuration), inputs[trial])
        assert_agrees(machine, bound(instructions, args, trial), told)


@given(case=memory_runs(raw=False))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_programs_with_a_memory_mean_the_same_to_both(case):
    configuration, instructions, args = case
    for trial in range(TRIALS):
        given_args = {name: symbols[trial] for name, symbols in args.items()}
        told = reference(network(configuration), program(instructions), args=given_args)
        machine = NamesAndSlips(plain(configuration), [], plain_memory(configuration))
        assert_agrees(machine, bound(instructions, args, trial), told)
        assert told.slips["m"] == machine.slips


@given(case=branching_runs(["all, direct", "line, nucleus and loop"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_it_counts_the_ticks_of_the_network(case):
    configuration, instructions, args, inputs = case
    whole = program(instructions) + ab.repeat(0, ab.read("a") + ab.hold() * 64)
    trace = ab.run(network(configuration), whole, args=args, inputs=inputs, throw=False)
    for trial in range(TRIALS):
        given_args = {name: symbols[trial] for name, symbols in args.items()}
        told = reference(network(configuration), whole, args=given_args, inputs=inputs[trial])
        assert told.ticks == trace.ticks[trial]
        assert [moment.ticks for moment in told.moments] == sorted(moment.ticks for moment in told.moments)


def test_it_tells_how_things_stood_after_every_instruction():
    told = reference(network("all, direct"), ab.load("a", ab.arg("x")) + ab.move("a", "b"), args={"x": "s1"})
    assert [(moment.ticks, moment.instruction, moment.boxes) for moment in told.moments] == [
        (3, "load('a', arg('x'))", {"a": "s1", "b": None, "c": None}),
        (8, "move('a', 'b')", {"a": None, "b": "s1", "c": None}),
    ]


def test_single_gates_mean_nothing_to_it():
    with pytest.raises(ab.ProgramError, match="not single gates"):
        reference(network("all, direct"), ab.gates(open=["a->b"]))
    with pytest.raises(ab.ArgumentError, match="argument 'x' is missing"):
        reference(network("all, direct"), ab.load("a", ab.arg("x")))
    with pytest.raises(ab.UnknownNameError):
        reference(network("all, direct"), ab.clear("d"))
