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
