"""Snapshot memory agrees with slips of paper, and bit for bit with a hippocampus of single units and synapses."""

import jax
import jax.numpy as jnp
import memories
import numpy as np
import pytest
from drawn import bound, gatings, initial_state, listing_of, macros, memory_runs, plain_memory, recollections
from examples import BUFFERS, MEMORIES, TRIALS, network, numpy_state, plain
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from machines import LimitError, program

import attractorbind as ab
from attractorbind._area.retrieval import patterns

# One length of straight lines, for every new one compiles.
MOST_TICKS = 64

pytestmark = pytest.mark.usefixtures("networks_are_built")


@given(case=memory_runs(raw=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_decoded_it_is_names_and_slips(case):
    configuration, instructions, args = case
    listing = listing_of(configuration, instructions)
    trace = ab.run(network(configuration), listing, args=args, inputs=[[]] * TRIALS, throw=False)
    decoded = trace.decode()
    for trial in range(TRIALS):
        machine = memories.NamesAndSlips(plain(configuration), [], plain_memory(configuration))
        try:
            machine.run(bound(instructions, args, trial))
        except LimitError:
            assert trace.result[trial] == ab.Result.LIMIT
        assert {buffer: held[trial] for buffer, held in decoded.items()} == machine.boxes
        kept = [dict.fromkeys(machine.memory.buffers) | machine.slips[number] for number in sorted(machine.slips)]
        assert trace.snapshots("m", trial) == kept


def assert_same_memory(state: ab.State, trial: int, hippocampus: memories.Hippocampus) -> None:
    (held,) = state.areas
    np.testing.assert_array_equal(held.activity[trial], hippocampus.active)
    assert held.strength[trial].tolist() == hippocampus.strengths()
    for number in ("stored", "found", "context"):
        assert int(getattr(held, number)[trial]) == getattr(hippocampus, number), number
    memory = hippocampus.memory
    for codes, buffer in zip(held.codes, memory.buffers, strict=True):
        size = hippocampus.weights[buffer].shape[0]
        states = np.unpackbits(np.array(codes[trial]), axis=1, count=size).astype(int)
        assemblies = np.zeros((len(states), memory.units), int)
        np.put_along_axis(assemblies, memory.assemblies, 1, axis=1)
        np.testing.assert_array_equal(states.T @ assemblies, hippocampus.weights[buffer], err_msg=f"onto {buffer}")


@given(case=memory_runs(raw=True), seed=st.integers(0, 999), corruption=st.sampled_from([0.0, 0.1]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_agrees_with_single_units_and_synapses_bit_for_bit(case, seed, corruption):
    configuration, instructions, args = case
    listing = listing_of(configuration, instructions)
    state = initial_state(configuration, seed, corruption)
    trace = ab.run(network(configuration), listing, state, args=args, inputs=[[]] * TRIALS, throw=False)
    final = numpy_state(trace.state)
    for trial, start in enumerate(numpy_state(state)):
        machine = memories.NumpyWithMemory(plain(configuration), [], start, plain_memory(configuration))
        try:
            machine.run(bound([*instructions, ("repeat", 0, [])], args, trial))
        except LimitError:
            assert trace.result[trial] == ab.Result.LIMIT
        assert trace.ticks[trial] == len(machine.states)
        for name, activity in machine.state.items():
            np.testing.assert_array_equal(final[trial][name], activity, err_msg=f"final state of {name}")
        assert_same_memory(trace.state, trial, machine.hippocampus)


@st.composite
def straight_lines(draw: st.DrawFn) -> tuple[str, list[tuple]]:
    configuration = draw(st.sampled_from(list(MEMORIES)))
    names = st.sampled_from(plain(configuration).symbols)
    one = recollections(configuration) | gatings(configuration) | macros(configuration, names)
    return configuration, draw(st.lists(one, min_size=1, max_size=8))


def padded(configuration: str, instructions: list[tuple]) -> ab.Program:
    """The straight line, held at the end to one length."""
    line = program(instructions)
    ticks = line.compile(network(configuration)).ticks
    assume(ticks < MOST_TICKS)
    return line + ab.hold(MOST_TICKS - ticks)


@given(case=straight_lines(), seed=st.integers(0, 999))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_straight_lines_agree_at_every_tick(case, seed):
    configuration, instructions = case
    state = initial_state(configuration, seed, 0.05)
    whole = padded(configuration, instructions)
    trace = ab.run(network(configuration), whole, state, record="states", throw=False)
    for trial, start in enumerate(numpy_state(state)):
        machine = memories.NumpyWithMemory(plain(configuration), [], start, plain_memory(configuration))
        machine.run(instructions)
        machine.run([("hold", MOST_TICKS - len(machine.states))])
        for buffer in BUFFERS:
            expected = np.stack([here[buffer] for here in machine.states])
            np.testing.assert_array_equal(np.asarray(trace.states[buffer])[:, trial], expected)
        assert_same_memory(trace.state, trial, machine.hippocampus)


NOISES = st.sampled_from([0.0, 0.02, 0.1])


def noisy(configuration: str, instructions: list[tuple], state: ab.State, noise: float, seed: int) -> ab.Trace:
    return ab.run(
        network(configuration),
        padded(configuration, instructions),
        state,
        noise=noise,
        key=jax.random.key(seed),
        record="states",
        throw=False,
    )


@given(case=straight_lines(), data=st.data(), seed=st.integers(0, 999), noise=NOISES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_storing_changes_no_buffer(case, data, seed, noise):
    """A store in place of a tick at rest: every buffer is the same at every tick, noise and all."""
    configuration, instructions = case
    stored = data.draw(st.lists(st.sampled_from(plain_memory(configuration).buffers), min_size=1, unique=True))
    state = noisy(configuration, instructions, initial_state(configuration, seed, 0.0), noise, seed).state
    before = network(configuration)
    with_store, without = (
        noisy(configuration, [one], state, noise, seed + 1) for one in (("store", "m", stored), ("hold", 1))
    )
    for buffer in BUFFERS:
        np.testing.assert_array_equal(with_store.states[buffer], without.states[buffer])
    (old,), (new,) = state.areas, with_store.state.areas
    slots = np.asarray(old.strength).argmin(axis=1)
    for was, now in zip((*old.codes, old.strength), (*new.codes, new.strength), strict=True):
        same = np.asarray(was) == np.asarray(now)
        same[np.arange(len(slots)), slots] = True
        assert same.all()
    assert network(configuration) is before


@given(case=straight_lines(), data=st.data(), seed=st.integers(0, 999), noise=NOISES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_recalling_changes_neither_the_cue_nor_the_snapshots(case, data, seed, noise):
    configuration, instructions = case
    state = noisy(configuration, instructions, initial_state(configuration, seed, 0.0), noise, seed).state
    buffers = data.draw(st.permutations(plain_memory(configuration).buffers))
    cue = buffers[: data.draw(st.integers(1, len(buffers) - 1))]
    recall = ("recall", "m", cue, None, data.draw(st.booleans()))
    recalled, held = (noisy(configuration, [one], state, noise, seed + 1) for one in (recall, ("hold", 1)))
    for buffer in {*cue, *set(BUFFERS).difference(buffers)}:
        np.testing.assert_array_equal(recalled.states[buffer], held.states[buffer])
    (old,), (new,) = state.areas, recalled.state.areas
    for was, now in zip((*old.codes, old.strength, old.stored), (*new.codes, new.strength, new.stored), strict=True):
        np.testing.assert_array_equal(was, now)


@given(seed=st.integers(0, 999), density=st.sampled_from([0.01, 0.06, 0.3]), kept=st.sampled_from([64, 20]))
def test_what_is_reinstated_is_the_sum_over_synapses(seed, density, kept):
    """At a load at which the snapshots blur, with any units of the memory on, and assemblies that store nothing."""
    memory = ab.SnapshotMemory("m", units=256, activity=0.06, capacity=64)
    generator = np.random.default_rng(seed)
    assemblies = generator.permuted(np.tile(np.arange(memory.units), (64, 1)), axis=1)[:, : memory.active]
    states = generator.random((64, 40)) < 0.2
    states[kept:] = False
    activity = generator.random(memory.units) < density
    weights = np.zeros((40, memory.units), int)
    for state, units in zip(states, assemblies, strict=True):
        weights[:, units] += state[:, None]
    centred, mean = activity - activity.mean(), states[:kept].mean(axis=0)
    whole = memory.active * (1 - activity.mean())
    everything = np.bincount(assemblies[:kept].ravel(), minlength=memory.units)
    expected = (weights - np.outer(mean, everything)) @ centred + whole * mean > whole / 2
    strength = np.where(np.arange(64) < kept, np.arange(64) + 1, 0)
    (written,) = patterns(
        jnp.asarray(assemblies),
        jnp.asarray(activity)[None],
        jnp.asarray(strength, jnp.int32)[None],
        (jnp.packbits(jnp.asarray(states), axis=1)[None],),
        jnp.ones((1, 1), bool),
        (40,),
    )
    np.testing.assert_array_equal(written[0], np.where(expected, 1, -1))
