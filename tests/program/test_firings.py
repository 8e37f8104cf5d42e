"""Which rules fired, at which tick: against the reference machine, and against rules written out in Python."""

import itertools

import jax
import numpy as np
import pytest
from examples import pair

import attractorbind as ab
from attractorbind.testing import reference

SYMBOLS = ["s0", "s1", "s2", "s3"]
# From which symbol in the focus to which; the second matches where the first does, too, and never fires.
STEPS = {"first": ("s0", "s1"), "hidden": ("s0", "s3"), "second": ("s1", "s2"), "round": ("s3", "s0")}


def rules() -> list[ab.Production]:
    return [
        ab.production(when=ab.holds("focus", held), then=ab.load("focus", put), name=name)
        for name, (held, put) in STEPS.items()
    ]


def expected(held: str, limit: int) -> list[str]:
    """The names of the rules that fire, by a loop over names."""
    fired: list[str] = []
    while matching := [name for name, (before, _) in STEPS.items() if before == held][:1]:
        if len(fired) == limit:
            break
        fired += matching
        held = STEPS[matching[0]][1]
    return fired


@pytest.mark.parametrize("record", ["firings", "decoded", "states"])
def test_firings_are_those_of_the_rules_written_out(record):
    program = ab.load("focus", ab.arg("x")) + ab.cycle(rules(), limit=5)
    trace = ab.run(pair(), program, args={"x": SYMBOLS}, record=record)
    assert [trace.firings(trial).names for trial in range(4)] == [expected(symbol, 5) for symbol in SYMBOLS]
    for trial, symbol in enumerate(SYMBOLS):
        machine = reference(pair(), program, args={"x": symbol})
        fired = trace.firings(trial)
        assert [(firing.production, firing.tick) for firing in fired] == machine.firings
        assert machine.ticks == trace.ticks[trial]
        assert [firing.time for firing in fired] == [round(0.05 * n, 3) for n in range(1, len(fired) + 1)]


def test_a_rule_that_would_fire_beyond_the_limit_has_not_fired():
    program = ab.load("focus", "s3") + ab.cycle(rules(), limit=2)
    trace = ab.run(pair(), program, record="firings", throw=False)
    assert trace.result.tolist() == [ab.Result.LIMIT]
    assert trace.firings().names == ["round", "first"]
    assert reference(pair(), program).firings == [(name, tick) for name, tick, _ in trace.firings()]
    none = ab.run(pair(), ab.load("focus", "s3") + ab.cycle(rules(), limit=0), record="firings", throw=False)
    assert (len(none.firings()), str(none.firings())) == (0, "")


def test_conditions_are_read_once_before_each_firing():
    compiled = (ab.load("focus", "s0") + ab.cycle(rules(), limit=5)).compile(pair())
    assert sum(label.startswith("if holds") for label in compiled.labels) == len(STEPS)
    area = ab.gating.BasalGanglia("utility", reads=["focus"], gates=["left", "right"], shared=False)
    network = ab.build(ab.Vocabulary(["s0", "s1"]), buffers={"focus": 64}, areas=[area], activity=0.1,
        rule=ab.PseudoInverse(), key=jax.random.key(0))  # fmt: skip
    both = {
        "left": ab.production(when=ab.holds("focus", "s0"), then=ab.clear("focus"), name="to the left"),
        "right": ab.production(when=ab.holds("focus", "s0"), then=ab.clear("focus")),
    }
    program = ab.load("focus", ab.arg("x")) + ab.cycle(both, limit=1, by="utility")
    trace = ab.run(network, program, args={"x": ["s0"] * 16 + ["s1"]}, key=jax.random.key(1), record="decoded")
    entered = [rows[np.flatnonzero(np.diff(rows, prepend=-1))] for rows in np.asarray(trace.rows).T]
    labels = trace.program.labels
    read = [sum(labels[row].startswith("if holds") for row in rows if row >= 0) for rows in entered]
    # Once before the firing, and once after it, when nothing matches.
    assert read == [4] * 16 + [2]
    chosen = trace.choices["utility"].chosen[-1]
    names = [["to the left"] if left else ["right"] for left, _ in chosen[:16]]
    assert [trace.firings(trial).names for trial in range(17)] == [*names, []]
    assert {name for (name,) in names} == {"to the left", "right"}


def test_what_fires_is_what_the_table_and_the_trace_tell():
    program = ab.load("focus", "s0") + ab.cycle(rules()[:1] + rules()[2:3], limit=5)
    trace = ab.run(pair(), program, record="decoded")
    assert str(trace.firings()) == (
        "     0.050   PROCEDURAL             PRODUCTION-FIRED first\n"
        "     0.100   PROCEDURAL             PRODUCTION-FIRED second"
    )
    shown = [line for line in trace.table().splitlines() if "fire " in line]
    assert [line.split()[0] for line in shown] == [str(firing.tick) for firing in trace.firings()]
    assert "fire 'first'" in shown[0]
    assert trace.firings()[0] == ab.Firing("first", 7, 0.05)
    assert trace.firings()[:1] == (ab.Firing("first", 7, 0.05),)


def test_rules_without_a_name_have_their_number():
    unnamed = [ab.production(when=ab.holds("focus", f"s{n}"), then=ab.clear("focus")) for n in range(3)]
    trace = ab.run(pair(), ab.load("focus", "s1") + ab.cycle(unnamed, limit=1), record="firings")
    assert trace.firings().names == ["rule 2"]


@pytest.mark.parametrize("noise", [0, 0.01])
def test_firings_are_the_same_alone_in_a_batch_and_over_several_calls(noise):
    program = ab.load("focus", ab.arg("x")) + ab.hold(200) + ab.cycle(rules(), limit=5)
    key = jax.random.key(3)
    together = ab.run(pair(), program, args={"x": SYMBOLS}, noise=noise, key=key, record="firings")
    for trial, symbol in enumerate(SYMBOLS):
        own = ab.run(
            pair(), program, args={"x": symbol}, noise=noise, key=jax.random.fold_in(key, trial)[None], record="firings"
        )
        assert own.firings() == together.firings(trial)
    assert [together.firings(trial).names for trial in range(4)] == [expected(symbol, 5) for symbol in SYMBOLS]


def test_wrong_calls_are_told():
    trace = ab.run(pair(), ab.load("focus", "s0") + ab.cycle(rules(), limit=5))
    with pytest.raises(ab.ArgumentError, match='record="firings"'):
        trace.firings()
    with pytest.raises(ab.ArgumentError, match="trial is 1"):
        trace.firings(1)
    assert len(ab.run(pair(), ab.load("focus", "s0")).firings()) == 0
    same = [*rules()[:1], *rules()[:1]]
    with pytest.raises(ab.ProgramError, match="two productions of a cycle have the name 'first'"):
        ab.cycle(same, limit=1)
    for name in ("", 3):
        with pytest.raises(Exception, match="name"):
            ab.production(when=ab.empty("focus"), then=ab.hold(), name=name)
    recorded = ab.run(pair(), ab.load("focus", "s0") + ab.cycle(rules(), limit=5), record="firings")
    for wrong in (recorded.table, lambda: recorded.decode(0)):
        with pytest.raises(ab.ArgumentError, match="record="):
            wrong()


def test_nothing_is_left_out_where_nothing_is_recorded():
    # Two programs that differ in the order of the rules alone end differently, and their firings say why.
    for order in itertools.permutations(range(2)):
        ordered = [rules()[number] for number in order]
        trace = ab.run(pair(), ab.load("focus", "s0") + ab.cycle(ordered, limit=1), record="firings")
        assert trace.decode()["focus"] == [STEPS[trace.firings().names[0]][1]]
