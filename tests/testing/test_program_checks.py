"""The check of a program that users call: wrong programs and wrong networks are found, with the tick and the trial."""

import dataclasses

import jax
import numpy as np
import pytest
from faults import sound, with_swapped_codes

import attractorbind as ab
from attractorbind.testing import CheckError, check_program


def test_a_wrong_jump_is_found():
    program = ab.load("a", "dog") + ab.when(ab.holds("a", "dog"), ab.copy("a", "b"), ab.load("b", "yak"))
    check_program(sound(), program, {"a": "dog", "b": "dog", "c": None})
    listing = program.compile(sound())
    assert isinstance(listing, ab.Listing)
    rows = listing.rows
    asked = rows.question != -1
    jumps = np.where(asked, rows.otherwise, rows.then)
    wrong = dataclasses.replace(listing, rows=dataclasses.replace(rows, then=jumps))
    with pytest.raises(CheckError) as caught:
        check_program(sound(), wrong, {"a": "dog", "b": "dog"})
    assert "at the end 'b' holds 'yak', not 'dog'" in str(caught.value)
    assert "load('b', 'yak')" in str(caught.value)


def test_a_program_that_ends_otherwise_is_told_with_the_tick():
    broken = with_swapped_codes(sound(), 1)
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c")
    with pytest.raises(CheckError) as caught:
        check_program(broken, program, {"b": "dog", "c": "dog"}, args={"x": "dog"})
    assert "part at tick 6, the end of copy('a', 'b'): 'b' holds 'cat' in the network" in str(caught.value)
    # Single gates mean nothing in names; the table is shown all the same.
    with pytest.raises(CheckError, match="'b' holds None, not 'dog'"):
        check_program(sound(), ab.gates(), {"b": "dog"})


@pytest.mark.parametrize("branches", [False, True])
def test_a_later_trial_that_ends_otherwise_is_found(branches):
    """Only the second trial is wrong: in b the codes of dog and cat are exchanged, that of yak is not."""
    broken = with_swapped_codes(sound(), 1)
    program = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.copy("b", "c")
    if branches:
        program += ab.when(ab.empty("c"), ab.load("c", ab.arg("x")))
    args = {"x": ["yak", "dog", "cat"]}
    check_program(broken, program, {"a": ["yak", "dog", "cat"], "c": ["yak", "dog", "cat"]}, args=args)
    with pytest.raises(CheckError) as caught:
        check_program(broken, program, {"b": ["yak", "dog", "cat"]}, args=args)
    told = str(caught.value)
    assert "at the end of trial 1 'b' holds 'cat', not 'dog'; 2 of 3 trials are wrong" in told
    # Text, reference and table are those of this trial.
    assert "part at tick 6, the end of copy('a', 'b'): 'b' holds 'cat' in the network, 'dog' in the reference" in told
    assert "yak" not in told
    with pytest.raises(CheckError, match="at the end of trial 1 'b' holds 'cat', not 'dog'; 1 of 2 trials is wrong"):
        check_program(broken, program, {"b": ["yak", "dog"]}, args={"x": ["yak", "dog"]})


def test_trials_come_from_arguments_inputs_and_keys():
    program = ab.read("a") + ab.load("b", ab.arg("x"))
    expected = {"a": ["dog", None, "yak"], "b": "cat", "c": None}
    check_program(sound(), program, expected, args={"x": "cat"}, inputs=[["dog"], [], ["yak", "cat"]])
    with pytest.raises(
        CheckError, match=r"(?s)at the end of trial 2 'a' holds 'yak', not 'cat'.*Network and reference agree"
    ):
        check_program(
            sound(),
            program,
            expected | {"a": ["dog", None, "cat"]},
            args={"x": ["cat"]},
            inputs=[["dog"], [], ["yak", "cat"]],
        )
    with pytest.raises(CheckError, match="at the end of trial 1 'b' holds 'dog', not 'cat'"):
        check_program(sound(), program, {"a": "yak", "b": "cat"}, args={"x": ["cat", "dog"]}, inputs=["yak"])
    keys = jax.random.split(jax.random.key(0), 2)
    check_program(sound(), program, {"b": ["cat"] * 2}, args={"x": "cat"}, inputs=["yak"], noise=0.01, key=keys)


def test_what_is_expected_fits_the_trials():
    program = ab.load("a", ab.arg("x"))
    with pytest.raises(ab.ArgumentError, match="expected gives 3 symbols for buffer 'a', but there are 2 trials"):
        check_program(sound(), program, {"a": ["dog", "cat", "yak"]}, args={"x": ["dog", "cat"]})
    with pytest.raises(ab.ArgumentError, match="expected gives 2 symbols for buffer 'a', but there is 1 trial"):
        check_program(sound(), program, {"a": ["dog", "cat"]}, args={"x": "dog"})
    with pytest.raises(ab.UnknownNameError, match=r"unknown symbol 'dgo'.*did you mean 'dog'"):
        check_program(sound(), program, {"a": ["cat", "dgo"]}, args={"x": ["dog", "cat"]})
