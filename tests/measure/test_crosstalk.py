"""Crosstalk against its definition in Python loops, and a leak that shows as information."""

import itertools
import math

import numpy as np
import pytest
from examples import network, pair
from hypothesis import given, settings, strategies as st

import attractorbind as ab
from attractorbind._measure.crosstalk import bits, mutual_information


@given(st.lists(st.tuples(st.sampled_from(["dog", "cat", None]), st.sampled_from(["x", "y"])), min_size=1, max_size=30))
@settings(max_examples=50)
def test_information_is_as_shannon_defined_it(pairs):
    count = len(pairs)
    one, other = zip(*pairs, strict=True)
    expected = 0.0
    for s, t in set(pairs):
        p = pairs.count((s, t)) / count
        expected += p * math.log2(p / ((one.count(s) / count) * (other.count(t) / count)))
    assert mutual_information(one, other) == pytest.approx(expected, abs=1e-12)
    assert bits(one) == pytest.approx(mutual_information(one, one), abs=1e-12)


def test_overlaps_are_told_apart_by_what_should_be_held():
    built = network("all, direct")
    every = list(itertools.product(["s0", "s1"], ["s2", "s3"]))
    symbols = {"x": [x for x, _ in every], "y": [y for _, y in every]}
    trace = ab.run(built, ab.load("a", ab.arg("x")) + ab.load("b", ab.arg("y")), args=symbols, record="states")
    found = ab.crosstalk(trace, {"b": "s2", "c": ["s4", None, None, None]})
    assert found.expected["a"] == symbols["x"]
    assert found.expected["b"] == ["s2"] * 4
    # Of a nothing was said, so that it cannot be wrong.
    assert {buffer: int(share.right) for buffer, share in found.held.items()} == {"b": 2, "c": 3}
    for buffer in "abc":
        overlaps = np.asarray(trace.overlaps(buffer))
        for trial, name in enumerate(found.expected[buffer]):
            own = None if name is None else built.vocabulary[name]
            for symbol in range(5):
                if symbol != own:
                    assert found.others[buffer][trial, symbol] == overlaps[trial, symbol]
            largest = max(overlaps[trial, symbol] for symbol in range(5) if symbol != own)
            assert found.intrusion[buffer][trial] == largest
            assert found.own[buffer][trial] == (0.0 if own is None else overlaps[trial, own])
    # In two trials b holds s3 for the s2 that was expected.
    assert found.intrusion["b"].tolist() == pytest.approx([found.intrusion["b"][0], 1.0] * 2)
    # a and b hold one bit each, and nothing of each other.
    plain = ab.crosstalk(trace)
    np.testing.assert_allclose(plain.information, np.diag([1.0, 1.0, 0.0]), atol=1e-12)
    assert "b       0.500 [0.150, 0.850]" in str(found)
    # Before b was loaded it held nothing.
    assert ab.crosstalk(trace, tick=2).decoded["b"] == [None] * 4


def test_a_leak_shows_as_information():
    built = pair()
    every = list(itertools.product(built.vocabulary.names, repeat=2))
    symbols = {"x": [x for x, _ in every], "y": [y for _, y in every]}
    program = ab.load("focus", ab.arg("x")) + ab.load("agent", ab.arg("y")) + ab.hold(8)
    sound = ab.crosstalk(ab.run(built, program, args=symbols))
    np.testing.assert_allclose(sound.information, np.eye(2) * math.log2(6), atol=1e-12)
    leaky = ab.crosstalk(ab.run(built, program, args=symbols, leak=1.0, throw=False), {"agent": symbols["y"]})
    assert leaky.information[0, 1] > 0.2
    assert int(leaky.held["agent"].right) < 36
