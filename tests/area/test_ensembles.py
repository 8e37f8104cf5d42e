"""Symbols that are imprinted while a network runs: held, passed on, recalled, told by name, and all else as it was."""

from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import as_plain, assert_same_states, numpy_state, random_state
from files import assert_same
from imprints import SPARE, Trial, network, patterns, program

import attractorbind as ab
from attractorbind._codes import random_codes, with_spare
from attractorbind.testing import check_binding, programs

X = ab.present("a", ab.arg("x")) + ab.imprint_now("a")
WORDS = ["new1", "s2", "new0"]
PROGRAMS: list[list[tuple]] = [
    # What stands there at the start, and what is presented; the same again, and what was imprinted by a copy.
    [("imprint_now", "a"), ("copy", "a", "b"), ("present", "c", "new1", 1), ("imprint_now", "c"), ("imprint_now", "b")],
    [
        ("load", "a", "new0"),
        ("imprint_now", "a"),
        ("present", "a", "new2", 1),
        ("imprint_now", "a"),
        ("move", "a", "c"),
    ],
    [("load", "a", "s1"), ("imprint_now", "a"), ("imprint_now", "b"), ("copy", "b", "c"), ("hold", 2)],
    [
        ("imprint_now", "c"),
        ("gates", {"b->a": 0.5, "a->e": 1.0, "b->e": 0.7, "c->e": 1.0}, ["a"], 2),
        ("imprint_now", "a"),
        ("copy", "a", "c"),
    ],
]
STEP = jax.jit(ab.step)


def run(kind: str, whole: ab.Program, state: ab.State | None = None, **given: Any) -> ab.Trace:
    """Three trials, all ticks recorded: what most tests run on, so that they share what was compiled."""
    built = network(kind)
    return ab.run(built, whole, built.silent(3) if state is None else state, record="states", throw=False, **given)


def scan(built: ab.Network, compiled: ab.Schedule, state: ab.State) -> ab.State:
    """The run as single ticks by `step`."""
    for gates, slot in zip(compiled.gates, compiled.presented, strict=True):
        external = {buffer: np.zeros(state[buffer].shape, np.float32) for buffer in built.buffers}
        if slot >= 0:
            buffer, symbol = compiled.slots[slot]
            code = np.asarray(built.codes(buffer))[built.vocabulary[symbol]]
            external[buffer] = np.where(code, built.drive, -built.drive)[None, :].repeat(state.trials, axis=0)
        state = STEP(built, state, gates, external=external)
    return state


@pytest.mark.parametrize("kind", ["direct", "nuclei"])
def test_agrees_with_single_units_bit_for_bit(kind: str) -> None:
    built, plain = network(kind), as_plain(network(kind))
    names = [population.name for population in built.wiring.populations]
    for number, instructions in enumerate(PROGRAMS):
        start = random_state(built, number)
        trace = run(kind, program(instructions), start)
        for trial, state in enumerate(numpy_state(start)):
            expected = Trial(plain, SPARE, state)
            for tick, states in enumerate(expected.run(instructions)):
                for buffer in built.buffers:
                    np.testing.assert_array_equal(trace.states[buffer][tick, trial], states[buffer], f"{buffer} {tick}")
            held = trace.state["e"]
            for spare, symbol in enumerate(expected.spare):
                buffer, pattern = expected.ensembles.get(symbol, (None, None))
                assert held.buffer[trial, spare] == (-1 if buffer is None else names.index(buffer))
                if pattern is not None:
                    np.testing.assert_array_equal(held.pattern[trial, spare, : len(pattern)], pattern)
            assert bool(held.refused[trial]) == expected.refused
            assert (trace.result[trial] == ab.Result.NO_FREE_CODE) == expected.refused
        assert_same_states(scan(built, trace.program, start), trace.state)


@pytest.mark.parametrize("kind", ["direct", "nuclei"])
def test_it_is_held_copied_through_chains_and_decoded(kind: str) -> None:
    on = ab.copy("a", "c") + ab.clear("a") + ab.hold(5)
    trace = run(kind, X + on, args={"x": WORDS})
    assert trace.ok
    assert trace.decode() == {"a": [None] * 3, "b": WORDS, "c": WORDS}
    assert trace.decode(0)["a"] == WORDS
    assert [trace.snapshots("e", trial) for trial in range(3)] == [[{"a": "new1"}], [], [{"a": "new0"}]]
    # Presented without being imprinted, it is gone as soon as it is left to the latch.
    assert "new1" not in run(kind, ab.load("a", "new1")).decode()["a"]


def test_what_is_recorded_decoded_names_it_from_the_tick_at_which_it_is_imprinted() -> None:
    built, seen = network("direct"), patterns(3, 64, 7, seed=8)
    start = built.silent(3).replace("a", seen)
    trace = ab.run(built, ab.imprint_now("a") + ab.copy("a", "b"), start, record="decoded")
    assert [trace.decode(tick)["a"] for tick in (0, 1, -1)] == [["new0"] * 3] * 3
    assert trace.decode(-1)["b"] == ["new0"] * 3


def test_a_pattern_that_no_symbol_has_becomes_one_by_way_of_the_senses() -> None:
    built, seen = network("areas"), patterns(3, 64, 7, seed=1)
    look = ab.gates(open=["eyes->a"], closed=["a"]) + ab.imprint_now("a")
    whole = look + ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a")
    trace = run("areas", whole, stimuli={"eyes": seen})
    np.testing.assert_array_equal(trace.state["a"], seen)
    np.testing.assert_array_equal(trace.state["b"][0], built.codes("b")[built.vocabulary["new0"]])
    assert trace.decode() == {"a": ["new0"] * 3, "b": ["new0"] * 3, "c": [None] * 3}
    # Seen again it is known; another pattern is the next symbol.
    again = run("areas", look, trace.state, stimuli={"eyes": np.concatenate([seen[:2], seen[:1]])})
    assert again.decode()["a"] == ["new0"] * 2 + ["new1"]
    assert again.snapshots("e", 2) == [{"a": "new0"}, {"a": "new1"}]
    with pytest.raises(ab.UnknownNameError, match=r"buffer of area 'e'.*'b'.*'c', 'a'"):
        run("areas", ab.imprint_now("b"))


def test_a_snapshot_memory_gives_it_back_from_a_part() -> None:
    both = X + ab.load("b", "s1") + ab.store("m", ["a", "b"]) + ab.clear("a") + ab.clear("b")
    trace = run("areas", both + ab.load("b", "s1") + ab.recall("m", cue=["b"]), args={"x": WORDS})
    assert trace.decode()["a"] == WORDS
    assert trace.snapshots("m", 0) == [{"a": "new1", "b": "s1"}]
    back = run("areas", ab.clear("b") + ab.load("a", "new1") + ab.recall("m", cue=["a"]), trace.state)
    assert back.decode()["b"] == ["s1", None, None]


def test_old_symbols_are_as_they_were_bit_for_bit_noise_and_all() -> None:
    built = network("direct")
    blank, taught = built.silent(3), run("direct", X, args={"x": WORDS}).state
    for name in blank.names:
        taught = taught.replace(name, blank[name])
    old = ab.load("a", "s0") + ab.copy("a", "b") + ab.load("a", "s3") + ab.copy("b", "c") + ab.move("a", "b")
    given = {"noise": 0.01, "key": jax.random.key(2)}
    first, other = (run("direct", old + ab.imprint_now("c"), state, **given) for state in (blank, taught))
    for buffer in built.buffers:
        np.testing.assert_array_equal(first.states[buffer], other.states[buffer])
    assert first.decode() == {"a": [None] * 3, "b": ["s3"] * 3, "c": ["s0"] * 3}
    assert other.decode() == first.decode()


def test_a_trial_of_a_batch_is_what_it_is_alone_noise_and_all() -> None:
    built, keys = network("direct"), jax.random.split(jax.random.key(4), 3)
    whole = X + ab.copy("a", "b") + ab.hold(3)
    batch = run("direct", whole, args={"x": WORDS}, noise=0.01, key=keys)
    assert batch.decode()["b"] == WORDS
    for trial in range(3):
        given = {"noise": 0.01, "key": keys[trial : trial + 1], "throw": False}
        alone = ab.run(built, whole, args={"x": WORDS[trial]}, **given).state
        for leaf, other in zip(jax.tree.leaves(alone), jax.tree.leaves(batch.state), strict=True):
            np.testing.assert_array_equal(leaf[0], other[trial])


def test_spare_symbols_change_no_code_and_no_synapse_of_others() -> None:
    def build(**spare: Any) -> ab.Network:
        names, sizes = ["s0", "s1", "s2"], {"a": 64, "b": 48}
        return ab.build(
            ab.Vocabulary(names, **spare), buffers=sizes, activity=0.1, rule=ab.Hebbian(), key=jax.random.key(5)
        )

    without, built = build(), build(spare=["x", "y"])
    for old, new in zip(without.all_codes, built.all_codes, strict=True):
        np.testing.assert_array_equal(old, new[:3])
        assert new.shape[0] == 5
    assert jax.tree.all(jax.tree.map(lambda old, new: bool((old == new).all()), without.synapses, built.synapses))
    assert without.fingerprint == built.fingerprint
    assert built.report().symbols == 3
    assert repr(built).startswith("Network(3 symbols and 2 spare, ")
    with pytest.raises(ab.NetworkError, match=r"imprint_now\('a'\) needs an area that imprints.*Ensembles"):
        ab.imprint_now("a").compile(built)
    with pytest.raises(ab.NetworkError, match="spare symbols 'x', 'y'"):
        ab.imprint(built, ["z"])


def test_codes_of_spare_symbols_are_like_no_other() -> None:
    drawn = [random_codes(120, 64, 6, key=jax.random.key(seed)) for seed in (0, 1)]
    kept = with_spare(drawn, 100, 10)
    for before, after in zip(drawn, kept, strict=True):
        np.testing.assert_array_equal(before[:100], after[:100])
        alike = np.corrcoef(np.asarray(after, float)) - np.eye(110)
        assert alike[:, 100:].max() <= 0.5 < alike.max()
    # Where too few are unlike all others, others follow.
    few = [jnp.concatenate([drawn[0][:5], drawn[0][:3]])]
    np.testing.assert_array_equal(with_spare(few, 5, 2)[0], few[0][:7])


@pytest.mark.parametrize("units", [64, 128])
def test_a_part_of_its_units_brings_back_all_of_it(units: int) -> None:
    built, active = network("direct", units=units), round(0.1 * units)
    whole, left = patterns(3, units, active, seed=3), (1, 2 + units // 128, active - 1)
    state = ab.run(built, ab.imprint_now("a"), built.silent(3).replace("a", whole), record="states").state
    part = whole.copy()
    for row, units_left in zip(part, left, strict=True):
        row[np.flatnonzero(row)[units_left:]] = 0
    for on in (ab.hold(3), ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a")):
        trace = ab.run(built, on, state.replace("a", part), record="states", throw=False)
        complete = (np.asarray(trace.state["a"]) == whole).all(axis=1)
        # The correlation with m of k units exceeds 1/2 where m > k N / (4 N - 3 k), a little more than a quarter.
        np.testing.assert_array_equal(complete, np.array(left) > active * units / (4 * units - 3 * active))


def test_conditions_and_branches_know_it() -> None:
    built = network("direct")
    start = run("direct", X + ab.copy("a", "b"), args={"x": ["new0", "new1", "s1"]}).state
    ask = ab.when(ab.equal("a", "b"), ab.emit("a")) + ab.when(ab.holds("a", "new0"), ab.copy("b", "c")) + ab.emit("c")
    ask += ab.load("a", "s2") + ab.when(~ab.equal("a", "b") & ~ab.empty("b"), ab.emit("b"))
    trace = ab.run(built, ask, start)
    assert trace.outputs == [["new0"] * 3, ["new1", None, "new1"], ["s1", None, "s1"]]
    np.testing.assert_allclose(ab.harmony(built, start, "a->b"), 1.0, atol=1e-6)
    # What each unit receives is the ensemble's field, where there is one, and the ordinary field where not.
    fields = np.abs(np.asarray(ab.fields(built, start)["a"]))
    np.testing.assert_array_equal((fields == 1).all(axis=1), [True, True, False])
    # Imprinted in a branch, and read from the inputs.
    unknown = ab.when(ab.empty("a"), ab.present("a", "new2") + ab.imprint_now("a"), ab.clear("a"))
    inputs = [["s1", "new2"], ["new2"] * 2, [*["new2"] * 2]]
    trace = ab.run(built, ab.read("a") + unknown + ab.read("a") + ab.emit("a"), inputs=inputs, throw=False)
    assert trace.outputs[0] != ["new2"]
    assert trace.outputs[1:] == [["new2"]] * 2
    assert [trace.snapshots("e", trial) for trial in (0, 1)] == [[], [{"a": "new2"}]]
    learned = ab.read("a", imprint=True) + ab.copy("a", "b") + ab.read("a", imprint=True)
    learned += ab.when(ab.equal("a", "b"), ab.emit("b")) + ab.emit("a")
    inputs = [["new1", "s1"], ["new2"] * 2, ["new0"]]
    assert ab.run(built, learned, inputs=inputs).outputs == [["s1"], ["new2"] * 2, [None]]


def test_where_no_spare_symbol_is_left_the_trial_says_so() -> None:
    state = network("direct").silent(3)
    for number in range(SPARE + 1):
        state = state.replace("a", patterns(3, 64, 7, number) * [[1], [number < SPARE], [1]])
        trace = run("direct", ab.imprint_now("a"), state)
        state = trace.state
    assert trace.result.tolist() == [ab.Result.NO_FREE_CODE, ab.Result.OK, ab.Result.NO_FREE_CODE]
    with pytest.raises(ab.RunError, match=r"2 of 3 trials had no spare symbol left.*spare=.*first is trial 0"):
        trace.check()
    # What is imprinted stays, and another run begins anew.
    again = run("direct", ab.load("a", "new1"), state)
    assert again.ok
    assert again.decode()["a"] == ["new1"] * 3
    assert len(trace.snapshots("e")) == SPARE


def test_each_trial_knows_in_which_buffer_it_imprinted_a_pattern() -> None:
    state = network("direct").silent(3)
    in_a = np.array([[1], [0], [0]])
    state = state.replace("a", patterns(3, 64, 7, 5) * in_a)
    state = state.replace("b", patterns(3, state["b"].shape[1], 7, 6) * (1 - in_a))
    both = ["a->e", "e->a", "b->e", "e->b"]
    trace = run("direct", ab.gates(open=both, closed=["a", "b"]) + ab.gates(open=both) + ab.hold(2), state)
    for buffer in ("a", "b"):
        np.testing.assert_array_equal(trace.state[buffer], state[buffer])


def test_only_trials_whose_gate_is_open_imprint() -> None:
    built = network("direct")
    state = built.silent(3).replace("a", patterns(3, 64, 7, 4))
    gates = np.stack([built.gating({"a->e": opening}) for opening in (0.0, 1.0, 0.5)])
    assert STEP(built, state, gates)["e"].buffer.tolist() == [[-1] * 3, [0, -1, -1], [-1] * 3]


def test_within_jit_and_vmap_it_is_the_same_run() -> None:
    built = network("direct")
    whole = X + ab.copy("a", "b")
    compiled, symbols = whole.compile(built), jnp.array([[built.vocabulary[name] for name in WORDS]])

    def outcome(leak: Any) -> ab.State:
        return ab.simulate(built, compiled, built.silent(3), symbols=symbols, leak=leak).state

    swept = jax.jit(jax.vmap(outcome))(jnp.zeros(2))
    assert_same_states(jax.tree.map(lambda leaf: leaf[1], swept), run("direct", whole, args={"x": WORDS}).state)


def test_a_state_at_rest_that_an_ensemble_draws_to_itself_is_computed() -> None:
    """A latch may hold what is no symbol. What is imprinted elsewhere may move it, so its buffer must not rest then."""
    holds_anything = ab.Synapses(4 * jnp.eye(64), jnp.full(64, -2.0))
    built = network("direct").replace("c", "c", holds_anything).replace("a", "a", holds_anything)
    whole = np.asarray(built.codes("c"), np.float32)[[built.vocabulary["new0"]] * 3]
    part = whole.copy()
    part[:, np.flatnonzero(whole[0])[0]] = 0
    start = built.silent(3).replace("a", patterns(3, 64, 7, 9)).replace("c", part)
    trace = ab.run(built, ab.hold(9) + ab.gates(open=["a->e"]) + ab.hold(3), start, record="states")
    np.testing.assert_array_equal(trace.states["c"][8], part > 0)
    np.testing.assert_array_equal(trace.state["c"], whole)


def test_units_that_are_lost_are_lost_to_ensembles_too() -> None:
    built = network("direct")
    hurt = ab.lesion(built, synapses=0.1, units=0.1, key=jax.random.key(1))
    whole = X + ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a")
    trace = ab.run(hurt, whole, built.silent(3), args={"x": WORDS}, record="states", throw=False)
    assert trace.decode()["a"] == WORDS
    assert trace.state["a"].sum() < 18
    before = run("direct", X, args={"x": WORDS}).state
    after = ab.run(hurt, ab.copy("a", "b") + ab.clear("a"), before, record="states", throw=False)
    assert after.decode()["b"] == WORDS


def test_networks_with_spare_symbols_come_back_from_files_and_so_do_their_states(tmp_path: Path) -> None:
    built, state = network("nuclei"), run("nuclei", X, args={"x": WORDS}).state
    built.save(tmp_path / "network")
    eqx.tree_serialise_leaves(tmp_path / "state", state)
    loaded = ab.Network.load(tmp_path / "network")
    assert_same(built, loaded)
    assert loaded.vocabulary == built.vocabulary
    restored = eqx.tree_deserialise_leaves(tmp_path / "state", loaded.silent(3))
    assert ab.run(loaded, ab.copy("a", "b"), restored, record="states").decode()["b"] == WORDS


def test_programs_mean_on_it_what_they_mean_in_names() -> None:
    built = network("direct")
    check_binding(built, max_examples=3, programs=programs(built, branches=False))
