"""The checks of networks that users call: quiet on a sound one, each planted fault found, with the smallest example."""

import jax
import jax.numpy as jnp
import pytest
from faults import shorted, sound, with_swapped_codes

import attractorbind as ab
from attractorbind.testing import CheckError, check_binding, check_capacity, check_isolation


@pytest.mark.slow
def test_a_sound_network_passes():
    check_binding(sound(), max_examples=8)
    check_binding(sound(), max_examples=5, noise=0.01)
    check_isolation(sound())
    check_capacity(sound(), noise=0.01)


def test_a_shorted_gate_is_found():
    """There is a projection from b to c under c's latch, which is open at rest: c takes up what b holds."""
    broken = shorted(sound(), "b", "c")
    with pytest.raises(CheckError, match=r"buffer 'c' feels buffer 'b', although all relays are closed.*tick 0 on"):
        check_isolation(broken)
    with pytest.raises(CheckError) as caught:
        check_binding(broken)
    # One instruction is enough: no shorter program shows it.
    told = str(caught.value)
    shortest = told.split("Program:\n")[1].split("\n\n")[0]
    assert len(shortest.splitlines()) == 1
    assert "'b'" in shortest
    assert "'c' holds" in told


def test_a_swapped_code_is_found():
    broken = with_swapped_codes(sound(), 1)
    with pytest.raises(CheckError) as caught:
        check_binding(broken)
    told = str(caught.value)
    # A symbol and one copy of it, into the buffer or out of it.
    (shortest,) = told.split("Program:\n")[1:]
    assert len(shortest.split("\n\n")[0].splitlines()) == 2
    assert "part at tick" in told
    assert "latches closed" in told
    with pytest.raises(CheckError, match="relay 'a->b' loses 8 of 12: 'dog', 'cat'"):
        check_capacity(broken)


def test_a_latch_that_connects_every_unit_to_itself_is_found():
    """It holds anything, so it corrects nothing."""
    free = sound().replace("a", "a", ab.Synapses(jnp.eye(128) * 4.0, jnp.full(128, -2.0)))
    check_capacity(free, corruption=0.0)
    with pytest.raises(CheckError, match="latch of 'a' does not correct 12 of 12"):
        check_capacity(free)


@pytest.mark.filterwarnings("ignore::attractorbind.CapacityWarning")
def test_an_overloaded_vocabulary_is_found():
    overloaded = ab.build(
        ab.Vocabulary([f"s{number}" for number in range(60)]),
        buffers={"a": 64, "b": 64},
        activity=0.1,
        rule=ab.Hebbian(),
        key=jax.random.key(0),
    )
    with pytest.raises(CheckError, match=r"latch of 'a' loses \d+ of 240"):
        check_capacity(overloaded)
    with pytest.raises(CheckError, match="Program:\nload"):
        check_binding(overloaded)
