"""A state knows its network: another refuses it, and those that understand it take it."""

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import equinox as eqx
import jax
import numpy as np
import pytest
from examples import assert_same_states, network

import attractorbind as ab

USUAL: dict[str, Any] = {
    "vocabulary": ab.Vocabulary(["dog", "cat", "yak"]),
    "buffers": {"a": 48, "b": 48},
    "activity": 0.125,
    "rule": ab.PseudoInverse(),
    "key": jax.random.key(0),
}


def build(**changes: Any) -> ab.Network:
    return ab.build(**{**USUAL, **changes})


@cache
def usual() -> ab.Network:
    return build()


@cache
def state() -> ab.State:
    """Two trials of the usual network, which hold something."""
    return ab.run(usual(), ab.load("a", ab.arg("x")) + ab.copy("a", "b"), args={"x": ["dog", "yak"]}).state


OTHERS: dict[str, Callable[[], ab.Network]] = {
    "other symbols": lambda: build(vocabulary=ab.Vocabulary(["red", "green", "blue"])),
    "the symbols in another order": lambda: build(vocabulary=ab.Vocabulary(["cat", "dog", "yak"])),
    "fewer symbols": lambda: build(vocabulary=ab.Vocabulary(["dog", "cat"])),
    "other codes": lambda: build(key=jax.random.key(1)),
    "other activity": lambda: build(activity=0.25),
    "other relays": lambda: build(relays=[("a", "b")]),
    "other names": lambda: build(buffers={"a": 48, "c": 48}),
    "another order": lambda: build(buffers={"b": 48, "a": 48}),
    "other sizes": lambda: build(buffers={"a": 48, "b": 40}),
    "an area": lambda: build(areas=[ab.SnapshotMemory("m", units=64, activity=0.1, capacity=2)]),
}
CALLS: dict[str, Callable[[ab.Network, ab.State], Any]] = {
    "run": lambda other, held: ab.run(other, ab.hold(), held),
    "tick": lambda other, held: ab.tick(other, held),
    "harmony": lambda other, held: ab.harmony(other, held, "a->b"),
    "energy": lambda other, held: ab.energy(other, held),
    "fields": lambda other, held: ab.fields(other, held),
    "descend": lambda other, held: ab.descend(other, held, key=jax.random.key(0)),
}


@pytest.mark.parametrize("call", list(CALLS))
@pytest.mark.parametrize("kind", list(OTHERS))
def test_another_network_refuses_it(kind, call):
    other = OTHERS[kind]()
    with pytest.raises(ab.NetworkError, match="state") as caught:
        CALLS[call](other, state())
    assert "network.silent()" in str(caught.value)
    # Its own it takes.
    CALLS[call](other, other.silent(2)) if call != "harmony" else ab.harmony(other, other.silent(2), "a")


def test_the_error_names_the_symbols_of_both():
    other = OTHERS["other symbols"]()
    with pytest.raises(ab.NetworkError) as caught:
        ab.run(other, ab.hold(), state())
    for part in (
        "of the symbols 'dog', 'cat', 'yak'",
        "has the symbols 'red', 'green', 'blue'",
        "its network.silent()",
    ):
        assert part in str(caught.value)


def test_a_larger_network_understands_it_and_not_the_other_way_round():
    larger = ab.imprint(usual(), ["emu", "gnu"])
    trace = ab.run(larger, ab.hold(2), state())
    assert trace.decode() == {"a": ["dog", "yak"], "b": ["dog", "yak"]}
    new = ab.run(larger, ab.load("a", "emu"), state()).state
    assert ab.tick(larger, new).trials == 2
    for call in CALLS.values():
        call(larger, state())
        with pytest.raises(ab.NetworkError, match="the state is of another network"):
            call(usual(), new)
    # Also one that was not changed: it may hold what the old network does not know.
    with pytest.raises(ab.NetworkError, match="the state is of another network"):
        ab.run(usual(), ab.hold(), ab.run(larger, ab.hold(), state()).state)
    # Two that were given different symbols do not understand each other; in steps or at once is the same.
    sibling = ab.imprint(usual(), ["gnu"])
    with pytest.raises(ab.NetworkError, match="'dog', 'cat', 'yak', 'gnu' and codes and relays"):
        ab.run(sibling, ab.hold(), new)
    in_steps = ab.imprint(ab.imprint(usual(), ["emu"]), ["gnu"])
    assert ab.run(in_steps, ab.hold(), new).decode()["a"] == ["emu", "emu"]


def test_a_network_with_free_codes_understands_states_from_before():
    roomy = build(free=2)
    before = ab.run(roomy, ab.load("a", "cat")).state
    assert ab.run(ab.imprint(roomy, ["emu"]), ab.hold(), before).decode()["a"] == ["cat"]
    # Codes that are free do not make it another network.
    assert ab.run(usual(), ab.hold(), before).decode()["a"] == ["cat"]


SAME: dict[str, Callable[[Any], ab.Network]] = {
    "lesion": lambda _: ab.lesion(usual(), synapses=0.02, units=0.05, key=jax.random.key(2)),
    "replace": lambda _: usual().replace("a", "b", usual().synapses_between("b", "a")),
    "another rule": lambda _: build(rule=ab.MaximalStability()),
    "built again": lambda _: build(),
    "from a file": lambda folder: (usual().save(folder / "it"), ab.Network.load(folder / "it"))[1],
}


@pytest.mark.parametrize("kind", list(SAME))
def test_a_network_with_the_same_codes_and_wiring_takes_it(kind, tmp_path):
    same = SAME[kind](tmp_path)
    for call in CALLS.values():
        call(same, state())
    after = ab.run(same, ab.hold(2), state(), throw=False)
    assert after.decode()["a"] == ["dog", "yak"]
    # And the way back.
    ab.run(usual(), ab.hold(), after.state, throw=False)


def test_what_step_and_simulate_return_is_a_state_that_run_takes():
    built = usual()
    gates = built.gating(open=["a->b"])
    stepped = jax.jit(ab.step)(built, state(), gates)
    scanned, _ = jax.lax.scan(lambda held, gates: (ab.step(built, held, gates), None), state(), np.stack([gates] * 2))
    listing = ab.repeat(2, ab.copy("b", "a")).compile(built)
    outcomes = [ab.simulate(built, compiled, state()) for compiled in (ab.copy("b", "a").compile(built), listing)]
    within = jax.jit(lambda held: ab.simulate(built, listing, held))(state())
    for held in (stepped, scanned, *(outcome.state for outcome in (*outcomes, within)), ab.tick(built, state())):
        assert held.origin == built.origin
        assert ab.run(built, ab.hold(), held).decode() == {"a": ["dog", "yak"], "b": ["dog", "yak"]}
        with pytest.raises(ab.NetworkError, match="the state is of another network"):
            ab.run(build(key=jax.random.key(1)), ab.hold(), held)
    # On a larger network, what comes out is of that network.
    larger = ab.imprint(built, ["emu"])
    assert ab.simulate(larger, ab.hold().compile(larger), state()).state.origin == larger.origin
    assert ab.tick(larger, state()).origin == larger.origin
    assert ab.descend(larger, state(), key=jax.random.key(0)).state.origin.understood_by(larger.origin)


@pytest.mark.parametrize("configuration", ["hub, nucleus", "memory"])
def test_it_is_written_and_read_as_the_documentation_says(configuration, tmp_path):
    built = network(configuration)
    told = ab.load("a", "s1") + ab.copy("a", "b")
    told += ab.store("m", ["a", "b"]) if built.areas else ab.hold()
    held = ab.run(built, told, built.silent(2)).state
    eqx.tree_serialise_leaves(tmp_path / "it.state", held)
    read = eqx.tree_deserialise_leaves(tmp_path / "it.state", built.silent(2))
    assert_same_states(read, held)
    assert read.origin == built.origin
    more = ab.copy("b", "c") + (ab.recall("m", cue=["a"], into=["b"]) if built.areas else ab.hold())
    assert_same_states(ab.run(built, more, read).state, ab.run(built, more, held).state)
    file = io.BytesIO()
    eqx.tree_serialise_leaves(file, held)
    file.seek(0)
    with pytest.raises((RuntimeError, ValueError)):
        eqx.tree_deserialise_leaves(file, built.silent(3))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["everywhere", "in one unit"])
def test_tick_refuses_external_fields_that_are_not_finite(value, where):
    built = usual()
    field = np.full((2, 48), value, np.float32) if where == "everywhere" else np.zeros((2, 48), np.float32)
    field[1, 7] = value
    with pytest.raises(ab.NetworkError, match="external field of 'b' holds values that are not finite numbers"):
        ab.tick(built, state(), external={"a": np.zeros((2, 48)), "b": field})
    # What is finite in 64 bits may not be in 32.
    with pytest.raises(
        ab.NetworkError, match="external field of 'a' holds values that are not finite numbers of 32 bits"
    ):
        ab.tick(built, state(), external={"a": np.full((2, 48), 1e39)})


@pytest.mark.parametrize("value", [0.5, np.nan, 2.0, -1.0])
def test_only_zeros_and_ones_are_a_state(value):
    held = state().replace("a", np.full((2, 48), value, np.float32))
    with pytest.raises(ab.NetworkError, match="the state of population 'a' holds values other than 0 and 1"):
        ab.run(usual(), ab.hold(), held)
