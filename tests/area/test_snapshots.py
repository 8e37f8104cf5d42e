"""Snapshot memory agrees with slips of paper, and bit for bit with a hippocampus of single units and synapses."""

import dataclasses
from functools import cache
from typing import Any

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
from attractorbind._area.snapshots import pattern

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


def test_each_trial_is_what_it_would_be_alone():
    built = network("memory")
    names = built.vocabulary.names
    body = ab.read("a") + ab.read("b") + ab.read("c") + ab.store("m", ["a", "b", "c"])
    tell = ab.read("a") + ab.until(ab.empty("a"), body, limit=9) + ab.load("a", "s2") + ab.recall("m", ["a"])
    # Ends in the middle of a search: what a trial then leaves must not go on while others run.
    tell += ab.gates(open=["a->m", "m:older"])
    inputs = [[names[(3 * trial + i * i) % 5] for i in range(4 * trial)] for trial in range(4)]
    keys = jax.random.split(jax.random.key(1), 4)
    together = ab.run(built, tell, inputs=inputs, noise=0.02, key=keys, throw=False)
    for trial in range(4):
        alone = ab.run(built, tell, inputs=[inputs[trial]], noise=0.02, key=keys[trial : trial + 1], throw=False)
        for one, of_all in zip(jax.tree.leaves(alone.state), jax.tree.leaves(together.state), strict=True):
            np.testing.assert_array_equal(one[0], of_all[trial])


def test_a_tick_by_hand_is_a_tick_of_a_run():
    built = network("memory")
    state = built.silent(2)
    for buffer in BUFFERS:
        state = state.replace(buffer, built.codes(buffer)[jnp.array([1, 2])].astype(float))
    stored = ab.run(built, ab.store("m", BUFFERS), state).state
    by_hand = ab.tick(built, state, ["a->m", "b->m", "c->m", "m:store"])
    assert jax.tree.all(jax.tree.map(lambda one, other: bool((one == other).all()), stored, by_hand))
    assert by_hand["m"].activity.sum(axis=1).tolist() == [built.areas[0].active] * 2
    # Nothing cues it now: it falls silent.
    assert ab.tick(built, by_hand)["m"].activity.sum() == 0


@given(seed=st.integers(0, 999), density=st.sampled_from([0.01, 0.06, 0.3]))
def test_what_is_reinstated_is_the_sum_over_synapses(seed, density):
    """At a load at which the snapshots blur, with any units of the memory on."""
    memory = ab.SnapshotMemory("m", units=256, activity=0.06, capacity=64)
    generator = np.random.default_rng(seed)
    assemblies = generator.permuted(np.tile(np.arange(memory.units), (64, 1)), axis=1)[:, : memory.active]
    states = generator.random((64, 40)) < 0.2
    activity = generator.random(memory.units) < density
    weights = np.zeros((40, memory.units), int)
    for state, units in zip(states, assemblies, strict=True):
        weights[:, units] += state[:, None]
    centred, mean = activity - activity.mean(), states.mean(axis=0)
    whole = memory.active * (1 - activity.mean())
    everything = np.bincount(assemblies.ravel(), minlength=memory.units)
    expected = (weights - np.outer(mean, everything)) @ centred + whole * mean > whole / 2
    held = memory.init({"a": 40}, 1)
    here = jax.tree.map(lambda array: array[0], held)
    here = dataclasses.replace(here, activity=jnp.asarray(activity), strength=jnp.arange(1, 65))
    written = pattern(jnp.asarray(assemblies), here, jnp.packbits(jnp.asarray(states), axis=1), 40)
    np.testing.assert_array_equal(written, np.where(expected, 1, -1))


def test_what_it_looks_like_from_outside():
    built = network("memory, loop")
    own = ("b->m", "a->m", "m->b", "m->a", "m:store", "m:older", "m:forget")
    assert built.gates[-7:] == own
    assert built.gating()[-7:].tolist() == [0] * 7
    assert built.graph.nodes["m"] == {"kind": "memory", "units": 256}
    assert set(built.graph.in_edges("m")) == {("a", "m"), ("b", "m")}
    assert built.graph.edges["m", "a"] == {"gate": "m->a", "kind": "write"}
    assert set(built.buffers) == set(BUFFERS)
    assert repr(built).endswith("areas {m: SnapshotMemory}, PseudoInverse())")
    table = str((ab.store("m", ["a"]) + ab.recall("m", ["a"])).compile(built))
    assert "a->m, m:store" in table
    assert "a->m, m->b" in table
    # A memory is no way from one buffer to another.
    assert [sorted(group) for group in built.partition(["a->m", "m->b"])] == [["a"], ["b"], ["c"]]


def test_texts_of_the_instructions():
    lines = (
        ab.store("m", ["a", "b"])
        + ab.recall(ab.SnapshotMemory("m"), ("a",), into=["b"], older=True)
        + ab.recall("m", ["a"])
        + ab.forget("m", ["a"])
    )
    assert str(lines).splitlines() == [
        "store('m', ['a', 'b'])",
        "recall('m', cue=['a'], into=['b'], older=True)",
        "recall('m', cue=['a'])",
        "forget('m', cue=['a'])",
    ]


def test_leaking_gates_of_a_memory_do_no_harm():
    built = network("memory")
    names = built.vocabulary.names
    told = ab.Program()
    for i in range(4):
        told += ab.load("a", names[i]) + ab.load("b", names[i + 1]) + ab.load("c", names[0]) + ab.store("m", BUFFERS)
    asked = told + ab.load("a", ab.arg("x")) + ab.recall("m", ["a"])
    decoded = ab.run(built, asked, args={"x": list(names[:4])}, leak=0.1).decode()
    assert decoded["b"] == list(names[1:5])
    assert decoded["c"] == [names[0]] * 4


def test_a_state_of_another_memory_is_refused():
    built = network("memory")
    other = dataclasses.replace(built, areas=(ab.SnapshotMemory("m", units=256, activity=0.06, capacity=8),))
    with pytest.raises(ab.NetworkError, match="areas are not those"):
        ab.run(built, ab.hold(), other.silent())


def test_two_memories_of_any_sizes_and_of_one_snapshot_each():
    """Sizes that are no multiples of 8, capacity 1, assemblies of more than half the units, several trials."""
    words = [f"s{number}" for number in range(4)]
    built = ab.build(
        ab.Vocabulary(words),
        buffers={"a": 129, "b": 97, "c": 101},
        relays=[],
        areas=[
            ab.SnapshotMemory("m", ["b", "a"], units=37, activity=0.6, capacity=1),
            ab.SnapshotMemory("n", units=512, capacity=5),
        ],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    told = ab.Program()
    for i in range(3):
        told += ab.load("a", words[i]) + ab.load("b", words[i + 1]) + ab.load("c", ab.arg("x"))
        told += ab.store("m", ["a", "b"]) + ab.store("n", ["a", "b", "c"])
    told_two = ab.run(built, told, args={"x": ["s0", "s3"]})
    asked = ab.clear("b") + ab.clear("c") + ab.load("a", ab.arg("y")) + ab.recall("m", ["a"])
    held = ab.run(built, asked, told_two.state, args={"y": ["s2", "s1"]}).decode()
    assert held == {"a": ["s2", "s1"], "b": ["s3", None], "c": [None, None]}
    held = ab.run(built, ab.load("a", ab.arg("y")) + ab.recall("n", ["a"]), told_two.state, args={"y": ["s2", "s0"]})
    assert held.decode() == {"a": ["s2", "s0"], "b": ["s3", "s1"], "c": ["s0", "s3"]}
    # One trial's snapshots, for many.
    one = ab.run(built, told, args={"x": "s1"}).state
    held = ab.run(built, ab.load("a", ab.arg("y")) + ab.recall("n", ["a"]), one, args={"y": words}).decode()
    assert held["b"] == ["s1", "s2", "s3", None]


def test_what_is_forgotten_makes_room_before_the_oldest_goes():
    built = network("memory")
    store = ab.load("a", ab.arg("x")) + ab.store("m", ["a"])
    program = ab.Program()
    for word in ("s0", "s1", "s2", "s3"):
        program += ab.load("a", word) + ab.store("m", ["a"])
    program += ab.load("a", "s2") + ab.forget("m", ["a"]) + store
    kept = ab.run(built, program, args={"x": "s4"}).snapshots("m")
    assert [slip["a"] for slip in kept] == ["s0", "s1", "s3", "s4"]
    kept = ab.run(built, program + store, args={"x": "s4"}).snapshots("m")
    assert [slip["a"] for slip in kept] == ["s1", "s3", "s4", "s4"]


def test_the_bytes_of_a_trial_are_those_that_are_stated():
    buffers = dict.fromkeys("abcd", 512)
    built = ab.build(
        ab.Vocabulary(["s0", "s1"]),
        buffers=buffers,
        relays=[],
        areas=[ab.SnapshotMemory("m", capacity=256)],
        activity=0.1,
        rule=ab.Hebbian(),
        key=jax.random.key(0),
    )
    one, many = (sum(a.nbytes for a in jax.tree.leaves(built.silent(n).areas)) for n in (1, 256))
    # And three numbers.
    assert one == 256 * (4 * 64 + 4) + 4096 + 12
    assert (round(one / 1e3), round(many / 1e6)) == (71, 18)


def many(episodes: int, trials: int, noise: float, *, cues: str, common: float) -> tuple[list[Any], list[Any]]:
    """Four buffers of 512 units, 100 symbols: what cues of three buffers bring back, and what they should.

    **Arguments:**

    - `cues`: "stored" for three buffers of a snapshot; "mixed" for such as were never stored together, though each
        pair of them was.
    - `common`: the fraction of snapshots that have the same symbol in the fourth buffer.
    """
    names = [f"s{i}" for i in range(100)]
    buffers = ["a", "b", "c", "d"]
    built = large_memory(episodes)
    generator = np.random.default_rng(0)
    told = generator.integers(100, size=(episodes, 4))
    told[generator.random(episodes) < common, 3] = 0
    mixed = []
    for one, other in zip(told[0:300:3], told[1:300:3], strict=True):
        # a and b of one, c of the other; then a and c, b and c go together elsewhere.
        told[len(mixed) + 500, [0, 2]] = one[0], other[2]
        told[len(mixed) + 700, [1, 2]] = one[1], other[2]
        mixed.append((one[0], one[1], other[2]))
    body = sum((ab.read(buffer) for buffer in buffers), ab.Program()) + ab.store("m", buffers)
    stream = [names[symbol] for symbol in told.ravel()]
    state = ab.run(built, ab.repeat(episodes, body), inputs=stream, noise=noise, key=jax.random.key(1)).state
    newest = {tuple(cue): answer for *cue, answer in told.tolist()}
    asked = list(newest) if cues == "stored" else [cue for cue in mixed if cue not in newest]
    asked = [asked[i] for i in generator.permutation(len(asked))[:trials]]
    question = sum((ab.load(buffer, ab.arg(buffer)) for buffer in buffers[:3]), ab.Program())
    question += ab.recall("m", buffers[:3])
    args = {buffer: [names[cue[i]] for cue in asked] for i, buffer in enumerate(buffers[:3])}
    got = ab.run(built, question, state, args=args, noise=noise, key=jax.random.key(2), throw=False).decode()["d"]
    return got, [names[newest[cue]] if cue in newest else None for cue in asked]


@cache
def large_memory(capacity: int) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{i}" for i in range(100)]),
        buffers=dict.fromkeys("abcd", 512),
        relays=[],
        areas=[ab.SnapshotMemory("m", units=4096, capacity=capacity)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "common"), [(0.0, 0.0), (0.02, 0.0), (0.0, 1.0), (0.0, 0.05)])
def test_a_thousand_snapshots_come_back_from_three_buffers(noise: float, common: float):
    got, right = many(1000, 256, noise, cues="stored", common=common)
    assert got == right


@pytest.mark.parametrize(("noise", "common"), [(0.0, 0.0), pytest.param(0.02, 1.0, marks=pytest.mark.slow)])
def test_what_was_never_stored_together_is_not_recalled(noise: float, common: float):
    got, right = many(1000, 90, noise, cues="mixed", common=common)
    assert right == [None] * len(right)
    assert len(right) > 80
    assert got == right


def test_what_becomes_of_a_trial_does_not_depend_on_how_long_others_take_to_rest():
    built = ab.build(
        ab.Vocabulary(["cue", "x", "y"]),
        buffers=dict.fromkeys("abcd", 64),
        relays=[("a", "b"), ("b", "a")],
        areas=[ab.SnapshotMemory("m", ["c", "d"], units=256, capacity=16)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    store = ab.store("m", ["c", "d"])
    unlike = ab.load("a", "x") + ab.load("b", ab.arg("other"))
    # Each tick forgets a snapshot: "d" stays as it is for a while, and then changes. Two that differ change places.
    forget = ab.gates(open=["c->m", "m->d", "m:forget", "a->b", "b->a"], closed=["a", "b", "d"], ticks=2)
    results = []
    for more in range(9, 14):
        fill = ab.load("c", "cue") + ab.load("d", "y") + store + ab.load("d", "x") + store * more
        program = fill + unlike + forget
        first, second, both = (
            ab.run(built, program, args={"other": other}, throw=False).result.tolist()
            for other in ("x", "y", ["x", "y"])
        )
        assert both == first + second
        results += first
    assert set(results) == {ab.Result.OK, ab.Result.UNSETTLED}
