"""Chains of copies lose what one copy loses, and go where relays lead."""

import itertools

import jax
import pytest
from examples import network, pair

import attractorbind as ab


def test_chains_lose_what_one_copy_loses():
    built = network("all, direct")
    found = ab.chains(built, 5)
    assert found.pairs == tuple(itertools.permutations("abc", 2))
    assert found.right.all_right
    # One relay that never excites.
    cut = built.replace("a", "b", ab.Synapses(built.synapses_between("a", "b").weights, jax.numpy.full(48, -99.0)))
    broken = ab.chains(cut, 3, trials=2)
    lost = {pair: row.tolist() for pair, row in zip(broken.pairs, broken.right.right, strict=True)}
    assert lost["a", "b"] == [0, 0, 0]
    assert lost["b", "a"] == [10, 0, 0]
    assert lost["a", "c"] == lost["b", "c"] == lost["c", "b"] == [10, 10, 10]
    assert str(broken).splitlines()[1].split()[:2] == ["1", "a->b"]


def test_chains_go_where_relays_lead():
    # One copy there, two on the way back.
    ring = ab.chains(network("ring, loop"), 4)
    assert len(ring.pairs) == 6
    assert ring.right.all_right
    one_way = ab.build(
        ab.Vocabulary(["dog", "cat"]),
        buffers={"a": 64, "b": 64},
        relays=[("a", "b")],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert ab.chains(one_way, 1).pairs == (("a", "b"),)
    with pytest.raises(ab.NetworkError, match="and back, as it takes for more than one copy"):
        ab.chains(one_way, 2)
    # What a holds shows in b, and nothing of b in a.
    leaky = ab.isolation(one_way, leak=1.0)
    assert leaky.information[0, 0, 0] == 1.0
    assert leaky.information[0, 1, 0] == 0.0
    assert leaky.held.right[0, 0] == leaky.held.trials == 2


def test_long_chains_say_what_is_too_long():
    with pytest.raises(ab.ArgumentError, match="copies is 1000000"):
        ab.chains(pair(), 1_000_000)
    with pytest.raises(ab.ArgumentError, match="ticks is 2097152"):
        ab.isolation(pair(), ticks=2**21)
