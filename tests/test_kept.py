"""What is kept for an object: made once, gone with it, and no part of it."""

import gc

import jax
from examples import pair

import attractorbind as ab
from attractorbind import _kept


def test_it_is_made_once_and_goes_with_its_object():
    made = []

    @_kept.kept
    def symbols(network: ab.Network) -> int:
        made.append(network.buffers)
        return len(network.vocabulary)

    gc.collect()
    network, before = jax.tree.map(lambda leaf: leaf, pair()), len(_kept._KEPT)
    assert symbols(network) == symbols(network) == len(pair().vocabulary)
    assert len(made) == 1
    assert len(_kept._KEPT) == before + 1
    del network
    gc.collect()
    assert len(_kept._KEPT) == before


def test_a_network_that_has_run_is_taken_apart_as_before():
    network = ab.build(
        ab.Vocabulary(["a", "b"]), buffers={"x": 64}, activity=0.1, rule=ab.Hebbian(), key=jax.random.key(0)
    )
    before = jax.tree.structure(network)
    ab.run(network, ab.load("x", "a")).decode()
    assert jax.tree.structure(network) == before


def test_nothing_that_is_kept_holds_a_network():
    network = jax.tree.map(lambda leaf: leaf, pair())
    gc.collect()
    before = len(_kept._KEPT)
    ab.run(network, ab.load("focus", "s0") + ab.emit("focus")).decode()
    del network
    gc.collect()
    assert len(_kept._KEPT) <= before


def test_a_program_that_is_run_again_is_compiled_once(monkeypatch):
    compiled = []
    compile_program = ab.Program.compile

    def noted(program: ab.Program, network: ab.Network):
        compiled.append(program)
        return compile_program(program, network)

    monkeypatch.setattr(ab.Program, "compile", noted)
    network = jax.tree.map(lambda leaf: leaf, pair())
    for symbol in ("s0", "s0", "s1", "s0"):
        # Another object each time, and equal to that of the same symbol.
        assert ab.run(network, ab.load("focus", symbol)).decode()["focus"] == [symbol]
    assert len(compiled) == 2
    assert ab.run(jax.tree.map(lambda leaf: leaf, pair()), ab.load("focus", "s0")).decode()["focus"] == ["s0"]
    assert len(compiled) == 3


def test_long_programs_are_not_kept(monkeypatch):
    network = jax.tree.map(lambda leaf: leaf, pair())
    long = ab.load("focus", "s0") + ab.hold(100_000)
    first, second = (ab.run(network, long).program for _ in range(2))
    assert first is not second
    short = ab.load("focus", "s0")
    assert ab.run(network, short).program is ab.run(network, short).program
