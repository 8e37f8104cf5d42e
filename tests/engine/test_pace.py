"""Calls of the compiled loop that take a part of a run: nobody sees where one ends, and a run can be stopped there."""

import signal
import subprocess
import sys
import time
from typing import Any

import jax
import numpy as np
import pytest
from examples import assert_same_states, pair

import attractorbind as ab
from attractorbind._engine import pace

STRAIGHT = ab.load("focus", ab.arg("x")) + ab.hold(40) + ab.copy("focus", "agent") + ab.hold(7)
BRANCHING = (
    ab.read("focus")
    + ab.until(ab.empty("focus"), ab.emit("focus") + ab.copy("focus", "agent") + ab.read("focus"), limit=9)
    + ab.hold(33)
)


@pytest.fixture
def calls(monkeypatch) -> list[int]:
    """Lets a call take three ticks at the most, and tells of each that paused."""
    counted: list[int] = []
    end = pace.Pace.end

    def noted(self: pace.Pace) -> None:
        end(self)
        self.most = 3
        counted.append(1)

    monkeypatch.setattr(pace, "_MOST", 3)
    monkeypatch.setattr(pace.Pace, "end", noted)
    return counted


def told(kind: str, record: str, progress: bool = False) -> ab.Trace:
    given: dict[str, Any] = {"inputs": [["s0", "s1"], [], ["s2"] * 4]}
    if kind == "straight":
        given = {"args": {"x": ["s0", "s1", "s2"]}}
    program = STRAIGHT if kind == "straight" else BRANCHING
    given |= {"noise": 0.02, "key": jax.random.key(2), "record": record, "progress": progress}
    return ab.run(pair(), program, throw=False, **given)


@pytest.mark.parametrize("record", ["final", "states"])
@pytest.mark.parametrize("kind", ["straight", "branching"])
def test_it_does_not_matter_how_many_ticks_a_call_takes(kind, record, request):
    at_once = told(kind, record)
    calls = request.getfixturevalue("calls")
    in_parts = told(kind, record)
    assert len(calls) >= at_once.ticks.max() // 3 - 1
    assert_same_states(in_parts.state, at_once.state)
    assert in_parts.ticks.tolist() == at_once.ticks.tolist()
    assert in_parts.result.tolist() == at_once.result.tolist()
    assert in_parts.outputs == at_once.outputs
    for name, states in at_once.states.items():
        np.testing.assert_array_equal(in_parts.states[name], states)


@pytest.mark.parametrize("kind", ["straight", "branching"])
def test_a_bar_tells_of_ticks_and_trials(kind, calls, capsys):
    trace = told(kind, "final", progress=True)
    shown = capsys.readouterr().err
    assert "3 of 3 trials done" in shown
    assert "0 of 3 trials done" in shown
    # One trial reads nothing, and is the first to end.
    assert kind == "straight" or "1 of 3 trials done" in shown
    assert f"{trace.ticks.max():.1f}" in shown or f"{trace.ticks.max()}" in shown


def test_a_call_takes_fewer_ticks_where_they_take_long(monkeypatch):
    ended = pace.Pace(pair(), 1)
    most = ended.most
    now = iter([0.0, 10 * pace._CALL])
    monkeypatch.setattr(pace.time, "perf_counter", lambda: next(now))
    ended.begin()
    ended.end()
    assert ended.most == most // 2
    monkeypatch.undo()
    assert pace.Pace(pair(), 10**6).most < most


ENDLESS = """
import signal, attractorbind as ab, jax
signal.signal(signal.SIGINT, signal.default_int_handler)
network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64, "b": 64}, activity=0.1, rule=ab.Hebbian(),
    key=jax.random.key(0))
ab.run(network, ab.load("a", "dog") + ab.repeat(1, ab.hold()))
print("begun", flush=True)
try:
    ab.run(network, ab.load("a", "dog") + ab.repeat(10**9, PROGRAM))
except KeyboardInterrupt:
    print(ab.run(network, ab.load("a", "dog")).decode())
"""


@pytest.mark.parametrize("body", ["ab.hold()", "ab.hold(10**9)"])
def test_a_run_without_end_is_stopped(body):
    command = [sys.executable, "-c", ENDLESS.replace("PROGRAM", body)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            # It has been compiled, and so has begun by then.
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            told, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert told == "{'a': ['dog'], 'b': [None]}\n"
    assert process.returncode == 0
