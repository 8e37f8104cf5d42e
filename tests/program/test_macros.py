"""Copies, moves and swaps by way of other buffers: what they overwrite, and which relays are missing."""

import re

import pytest
from examples import network, wired

import attractorbind as ab


def test_copy_takes_the_shortest_chain_and_says_what_it_overwrites():
    built = network("ring, loop")
    program = ab.copy("a", "c")
    expected = ab.copy("a", "b") + ab.copy("b", "c")
    assert str(program.expand(built)) == str(expected.expand(built))
    (note,) = program.compile(built).notes
    assert re.fullmatch(r"copy\('a', 'c'\) goes by way of 'b'.*overwrit.*", note)
    assert str(program.compile(built)).endswith("\n" + note)
    assert ab.copy("a", "b").compile(built).notes == ()


def test_move_and_swap_say_what_they_overwrite():
    ring = network("ring, loop")
    assert ab.move("a", "c").compile(ring).notes == ab.copy("a", "c").compile(ring).notes
    assert ab.swap("a", "b", via="c").compile(network("all, direct")).notes == (
        "swap('a', 'b', via='c') overwrites 'c'",
    )


def test_long_chain_names_every_buffer_between():
    buffers = dict.fromkeys(["a", "b", "c", "d"], 40)
    built = wired(buffers=buffers, relays=[("a", "b"), ("b", "c"), ("c", "d")])
    schedule = ab.copy("a", "d").compile(built)
    assert len(schedule.notes) == 1
    assert "'b', 'c'" in schedule.notes[0]
    trace = ab.run(built, ab.load("a", "s1") + ab.copy("a", "d"))
    assert trace.decode() == {name: ["s1"] for name in buffers}


def test_missing_chain_names_the_missing_relay():
    built = wired(relays=[("a", "b")])
    with pytest.raises(ab.NetworkError, match=r"'b->a' is missing: add \('b', 'a'\) to relays="):
        ab.copy("b", "a").compile(built)


def test_swap_without_relays_both_ways_names_the_missing_one_and_the_cure():
    with pytest.raises(ab.NetworkError, match=r"'b->a' is missing.*via="):
        ab.swap("a", "b").compile(wired(relays=[("a", "b")]))


def test_swap_through_a_chain_that_would_lose_a_symbol():
    built = wired(relays=[("a", "b"), ("b", "c"), ("c", "a")])
    with pytest.raises(ab.ProgramError, match="still needed"):
        ab.swap("a", "b", via="c").compile(built)
