"""Programs: composition, printing, expansion, the gating table, what the primitives refuse."""

import numpy as np
import pytest
from examples import network, pair, program as from_tuples
from hypothesis import given, strategies as st

import attractorbind as ab

SOME = st.lists(
    st.sampled_from([("hold", 2), ("load", "a", "s0"), ("clear", "b"), ("copy", "a", "b"), ("swap", "a", "b")]),
    max_size=4,
)


@given(first=SOME, second=SOME, third=SOME)
def test_addition_is_concatenation(first, second, third):
    whole = from_tuples(first + second + third)
    assert from_tuples(first) + from_tuples(second) + from_tuples(third) == whole
    assert from_tuples(first) + (from_tuples(second) + from_tuples(third)) == whole
    assert str(whole) == "\n".join(filter(None, map(str, map(from_tuples, (first, second, third)))))
    assert hash(whole) == hash(from_tuples(first + second + third))


@given(instructions=SOME, times=st.integers(0, 4))
def test_multiplication_is_repeated_addition(instructions, times):
    program = from_tuples(instructions)
    assert program * times == times * program == from_tuples(instructions * times)


def test_programs_are_immutable():
    program = ab.hold()
    with pytest.raises(AttributeError):
        program.instructions = ()  # pyright: ignore[reportAttributeAccessIssue]
    longer = program
    longer += ab.clear("a")
    assert str(program) == "hold()"


def test_print_shows_the_instructions_as_written():
    program = (
        ab.load("focus", "dog")
        + ab.load("focus", ab.arg("noun"))
        + ab.present("focus", "dog", ticks=3)
        + ab.gates(open={"focus->agent": 0.5, "agent->focus": 1}, closed=["agent"], ticks=2)
        + ab.gates()
        + ab.copy("focus", "agent")
        + ab.move("focus", "agent")
        + ab.swap("focus", "agent")
        + ab.swap("focus", "agent", via="patient")
        + ab.clear("agent")
        + ab.hold()
        + ab.hold(3)
    )
    assert str(program).splitlines() == [
        "load('focus', 'dog')",
        "load('focus', arg('noun'))",
        "present('focus', 'dog', ticks=3)",
        "gates(open={'focus->agent': 0.5, 'agent->focus'}, closed={'agent'}, ticks=2)",
        "gates(ticks=1)",
        "copy('focus', 'agent')",
        "move('focus', 'agent')",
        "swap('focus', 'agent')",
        "swap('focus', 'agent', via='patient')",
        "clear('agent')",
        "hold()",
        "hold(3)",
    ]


def test_gating_table():
    program = (
        ab.load("focus", "s1")
        + ab.move("focus", "agent")
        + ab.load("focus", ab.arg("other"))
        + ab.gates(open={"agent->focus": 0.5, "focus": 0.25}, ticks=2)
        + ab.swap("focus", "agent")
    )
    assert str(program.compile(pair())).splitlines() == [
        "tick  presented              latches closed  gates open                  instruction",
        "   0  focus <- s1                                                        load('focus', 's1')",
        "   1",
        "   2",
        "   3                         agent           focus->agent                move('focus', 'agent')"
        " > copy('focus', 'agent')",
        "   4                                         focus->agent",
        "   5",
        "   6",
        "   7                         focus                                         clear('focus')",
        "   8  focus <- arg('other')                                              load('focus', arg('other'))",
        "   9",
        "  10",
        "  11                         focus=0.25      agent->focus=0.5            gates(open={'agent->focus': 0.5,"
        " 'focus': 0.25}, ticks=2)",
        "  12                         focus=0.25      agent->focus=0.5",
        "  13                         focus, agent    focus->agent, agent->focus  swap('focus', 'agent')",
        "  14",
        "  15",
    ]


def test_schedule_holds_the_table_as_arrays():
    schedule = (ab.load("focus", "s1") + ab.copy("focus", "agent") + ab.load("agent", ab.arg("x"))).compile(pair())
    assert pair().gates == ("focus", "agent", "focus->agent", "agent->focus")
    rest = [1, 1, 0, 0]
    assert schedule.gates.tolist() == [rest] * 3 + [[1, 0, 1, 0], [1, 1, 1, 0], rest, rest] + [rest] * 3
    assert schedule.presented.tolist() == [0, -1, -1, -1, -1, -1, -1, 1, -1, -1]
    assert schedule.slots == (("focus", "s1"), ("agent", ab.arg("x")))
    assert schedule.arguments == ("x",)
    assert schedule.ticks == 10


def test_one_slot_for_what_is_presented_twice():
    schedule = (ab.load("focus", "s1") * 3).compile(pair())
    assert schedule.slots == (("focus", "s1"),)
    assert schedule.arguments == ()


@pytest.mark.parametrize(
    ("configuration", "program", "expected"),
    [
        (
            "hub, nucleus",
            ab.copy("a", "b"),
            ["gates(open={'a->b'}, closed={'b'}, ticks=2)", "gates(open={'a->b'}, ticks=1)", "gates(ticks=2)"],
        ),
        (
            "ring, loop",
            ab.move("a", "b"),
            [
                "gates(open={'a->b'}, closed={'b'}, ticks=1)",
                "gates(open={'a->b'}, ticks=2)",
                "gates(ticks=2)",
                "gates(closed={'a'}, ticks=1)",
            ],
        ),
        ("ring, loop", ab.load("a", "s0"), ["present('a', 's0', ticks=2)", "gates(ticks=2)"]),
        (
            "all, direct",
            ab.swap("a", "b"),
            ["gates(open={'a->b', 'b->a'}, closed={'a', 'b'}, ticks=1)", "gates(ticks=2)"],
        ),
        ("all, direct", ab.hold(3) + ab.clear("c"), ["gates(ticks=3)", "gates(closed={'c'}, ticks=1)"]),
    ],
)
def test_expansion_to_primitives(configuration, program, expected):
    expanded = program.expand(network(configuration))
    assert str(expanded).splitlines() == expected
    # Primitives stand for themselves, and run as the macro does.
    assert expanded.expand(network(configuration)) == expanded
    compiled, again = (one.compile(network(configuration)) for one in (program, expanded))
    np.testing.assert_array_equal(compiled.gates, again.gates)
    np.testing.assert_array_equal(compiled.presented, again.presented)


def test_nested_macros_are_flattened_to_primitives():
    built = network("all, direct")
    by_hand = ab.copy("a", "c") + ab.copy("b", "a") + ab.copy("c", "b")
    assert ab.swap("a", "b", via="c").expand(built) == by_hand.expand(built)


def test_swap_without_a_spare_buffer_needs_one_where_latches_are_loops():
    built = network("line, nucleus and loop")
    with pytest.raises(ab.NetworkError, match=r"swap\('a', 'b'\).*via="):
        ab.swap("a", "b").compile(built)


@pytest.mark.parametrize("via", ["a", "b"])
def test_swap_by_way_of_itself(via):
    with pytest.raises(ab.ProgramError, match="third buffer"):
        ab.swap("a", "b", via=via).compile(network("all, direct"))


@pytest.mark.parametrize("opening", [-0.1, 1.1, float("nan"), float("inf")])
def test_openings_lie_between_0_and_1(opening):
    with pytest.raises(ab.ArgumentError, match="'a->b'"):
        ab.gates(open={"a->b": opening})


@pytest.mark.parametrize("ticks", [0, -1])
@pytest.mark.parametrize("make", [ab.hold, lambda ticks: ab.gates(ticks=ticks)])
def test_durations_are_whole_and_positive(make, ticks):
    with pytest.raises(ab.ArgumentError, match="ticks is"):
        make(ticks)


def test_a_gate_is_open_or_closed():
    with pytest.raises(ab.ProgramError, match="'a->b' is given as open and as closed"):
        ab.gates(open=["a->b"], closed=["a->b"])


def test_arguments_are_equal_by_name():
    assert ab.arg("x") == ab.arg("x") != ab.arg("y")
    assert ab.arg("x") != "x"
