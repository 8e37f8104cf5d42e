"""Snapshot memory as a user sees it: its gates, its texts, its trials, what it refuses and how much room it takes."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import BUFFERS, network

import attractorbind as ab


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


def test_many_trials_side_by_side_are_what_each_is_alone():
    # More than are summed at a time, and not a multiple of that.
    built, trials = network("memory"), 21
    names = built.vocabulary.names
    body = ab.read("a") + ab.read("b") + ab.read("c") + ab.store("m", ["a", "b", "c"])
    tell = ab.repeat(3, body) + ab.read("a") + ab.recall("m", ["a"])
    inputs = [[names[(trial + i * i * (1 + trial // 5)) % 5] for i in range(9)] for trial in range(trials)]
    inputs = [[*stream, stream[trial % 9 // 3 * 3]] for trial, stream in enumerate(inputs)]
    together = ab.run(built, tell, inputs=inputs)
    for trial in range(trials):
        alone = ab.run(built, tell, inputs=inputs[trial : trial + 1])
        for one, of_all in zip(jax.tree.leaves(alone.state), jax.tree.leaves(together.state), strict=True):
            np.testing.assert_array_equal(one[0], of_all[trial])
    recalled = set(together.decode()["c"])
    assert len(recalled) > 1
    assert None not in recalled


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


def test_forgetting_the_older_of_two_keeps_the_newer():
    program = ab.load("a", "s0")
    for symbol in ("s1", "s2"):
        program += ab.load("b", symbol) + ab.store("m", ["a", "b"])
    program += ab.recall("m", ["a"], into=["c"]) + ab.forget("m", ["a"], older=True)
    (kept,) = ab.run(network("memory"), program).snapshots("m")
    assert (kept["a"], kept["b"]) == ("s0", "s2")


def test_a_gate_to_a_buffer_lets_a_snapshot_through_however_little_it_is_open():
    program = ab.load("a", "s1") + ab.load("b", "s2") + ab.store("m", ["a", "b"]) + ab.clear("b")
    ajar: dict[str, float] = {"a->m": 1, "m->b": 0.25}
    # In the first of three ticks it has nothing to write yet.
    program += ab.gates(open=ajar, closed=["b"], ticks=3) + ab.gates(open=ajar) + ab.hold(2)
    assert ab.run(network("memory"), program).decode() == {"a": ["s1"], "b": ["s2"], "c": [None]}


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


@pytest.mark.slow
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
