"""Runs agree bit for bit with the oracle; decoded, they agree with a machine that moves names between boxes."""

import numpy as np
import oracle
import pytest
from drawn import Argument, initial_state, macros, primitives, with_arguments
from examples import BUFFERS, CONFIGURATIONS, STORING, TRIALS, network, numpy_state, plain, program
from hypothesis import HealthCheck, given, settings, strategies as st
from machines import NameMachine

import attractorbind as ab

# One compiled driver serves all programs of up to this many ticks.
LONGEST = 32

pytestmark = pytest.mark.usefixtures("networks_are_built")


def ticks_of(configuration: str, instructions: list[tuple]) -> int:
    return sum(len(oracle.expand(plain(configuration), instruction)) for instruction in instructions)


def short(configuration: str, instructions: list[tuple]) -> list[tuple]:
    """As many of the instructions as fit into the longest program."""
    while ticks_of(configuration, instructions) > LONGEST:
        instructions = instructions[:-1]
    return instructions


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, list[tuple], dict, int, float]:
    """A configuration, a program, its arguments, a seed and a rate of corruption for the initial state."""
    configuration = draw(st.sampled_from(list(CONFIGURATIONS)))
    names = st.sampled_from(plain(configuration).symbols)
    symbols = st.one_of(names, st.sampled_from([ab.arg("x"), ab.arg("y")]))
    instruction = macros(configuration, symbols) | primitives(configuration, symbols)
    instructions = short(configuration, draw(st.lists(instruction, min_size=1, max_size=6)))
    used = {symbol.name for _, *operands in instructions for symbol in operands if isinstance(symbol, Argument)}
    batch = names | st.lists(names, min_size=TRIALS, max_size=TRIALS)
    args = {name: draw(batch) for name in sorted(used)}
    return configuration, instructions, args, draw(st.integers(0, 999)), draw(st.sampled_from([0.0, 0.1, 0.5]))


@given(case=runs())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_agrees_with_the_oracle_bit_for_bit(case):
    configuration, instructions, args, seed, corruption = case
    net = plain(configuration)
    state = initial_state(configuration, seed, corruption)
    trace = ab.run(network(configuration), program(instructions), state, args=args, record="states", throw=False)
    recorded = {name: np.asarray(states) for name, states in trace.states.items()}
    final = numpy_state(trace.state)
    decoded = trace.decode()
    for trial, start in enumerate(numpy_state(state)):
        states, settled = oracle.run(net, with_arguments(instructions, args, trial), start)
        assert trace.program.ticks == len(states)
        for buffer in BUFFERS:
            expected = np.stack([here[buffer] for here in states])
            np.testing.assert_array_equal(recorded[buffer][:, trial], expected, err_msg=f"buffer {buffer}")
        for name, activity in states[-1].items():
            np.testing.assert_array_equal(final[trial][name], activity, err_msg=f"final state of {name}")
        assert {buffer: held[trial] for buffer, held in decoded.items()} == oracle.decode(net, states[-1])
        assert (trace.result[trial] == ab.Result.OK) == settled


@st.composite
def symbolic_programs(draw: st.DrawFn) -> tuple[str, list[tuple]]:
    configuration = draw(st.sampled_from(STORING))
    instruction = macros(configuration, st.sampled_from(plain(configuration).symbols))
    return configuration, short(configuration, draw(st.lists(instruction, min_size=1, max_size=12)))


@given(case=symbolic_programs())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_decoded_it_is_the_machine_of_names(case):
    configuration, instructions = case
    state = network(configuration).silent(trials=TRIALS)
    trace = ab.run(network(configuration), program(instructions), state, record="states")
    expected = NameMachine(plain(configuration), inputs=[]).run(instructions).boxes
    assert trace.decode() == {buffer: [name] * TRIALS for buffer, name in expected.items()}
