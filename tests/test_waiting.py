"""What is said of long waits: when, how often, by whom, and that one line silences it. No test waits."""

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import _waiting
from attractorbind._waiting import calling, compiling, counted, tell_while, waiting

LOGGER = logging.getLogger("attractorbind")


class Clock:
    """A time that goes on only where somebody waits, until all is over."""

    def __init__(self, over: float) -> None:
        self.now, self.over = 100.0, 100.0 + over

    def wait(self, seconds: float) -> bool:
        self.now += max(seconds, 0.0)
        return self.now >= self.over


@pytest.mark.parametrize(
    ("over", "said"), [(1.9, []), (2.1, [2]), (9.0, [2, 4, 8]), (300.0, [2, 4, 8, 16, 32, 64, 124, 184, 244])]
)
def test_it_is_said_after_two_seconds_then_ever_less_often_but_every_minute(
    over: float, said: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(_waiting, "say", lines.append)
    clock = Clock(over)
    tell_while(clock.wait, lambda: clock.now, [lambda: "building", lambda: "learning"])
    assert lines == [f"building, learning; {seconds} s so far" for seconds in said]


@contextmanager
def unconfigured(*handlers: logging.Handler) -> Iterator[io.StringIO]:
    """Logging as in a process that has set up nothing but these handlers, and what is printed to standard error."""
    root, printed, before = logging.getLogger(), io.StringIO(), LOGGER.level
    LOGGER.setLevel(logging.NOTSET)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(root, "handlers", [*handlers])
        patched.setattr(sys, "stderr", printed)
        yield printed
    LOGGER.setLevel(before)


def test_it_is_printed_where_no_logging_is_set_up() -> None:
    with unconfigured() as printed:
        _waiting.say("compiling")
        LOGGER.setLevel("INFO")
        _waiting.say("building")
    assert printed.getvalue() == "attractorbind: compiling\nattractorbind: building\n"


@pytest.mark.parametrize("level", ["WARNING", logging.ERROR])
def test_one_line_silences_it(level: str | int) -> None:
    with unconfigured() as printed:
        logging.getLogger("attractorbind").setLevel(level)
        _waiting.say("compiling")
    assert not printed.getvalue()


def test_who_switches_all_logging_off_hears_nothing() -> None:
    with unconfigured() as printed:
        logging.disable(logging.INFO)
        _waiting.say("compiling")
        logging.disable(logging.NOTSET)
    assert not printed.getvalue()


def test_an_application_that_logs_decides() -> None:
    own = io.StringIO()
    with unconfigured(logging.StreamHandler(own)) as printed:
        _waiting.say("not shown at the root's level, which is WARNING")
        LOGGER.setLevel("INFO")
        _waiting.say("shown once")
    assert own.getvalue() == "shown once\n"
    assert not printed.getvalue()


class Said:
    """The lines that are said, each as soon as it can be: no thread and no clock."""

    def __init__(self) -> None:
        self.told: list[list[str]] = []

    def wait_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_waiting, "PATIENCE", 0.0)
        monkeypatch.setattr(_waiting, "say", lambda text: self.told.append(text.partition(";")[0].split(", ")))

    def of(self, doing: str) -> list[str]:
        return [part for parts in self.told for part in parts if part.startswith(doing)]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    own = Said()
    own.wait_for(monkeypatch)
    return own


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if getattr(thread, "_target", None) is tell_while]


def test_within_another_wait_one_line_tells_both(said: Said) -> None:
    started = threading.Event()
    with waiting(lambda: "outer"):
        for number in counted("inner", "abc", "letters"):
            assert len(threads()) == 1
            if number == "c":
                said.told.clear()
                while ["outer", "inner: 2 of 3 letters"] not in said.told:
                    started.wait(0.001)
    assert not threads()
    assert not _waiting._WAITS.told


def test_an_error_ends_the_wait(said: Said) -> None:
    def fails() -> None:
        for number in counted("trying", range(3), "times"):
            if number:
                raise ab.NetworkError("wrong")

    with pytest.raises(ab.NetworkError) as kept:
        fails()
    # The error is there still, and with it all that was in the middle of something.
    assert kept.value.__traceback__
    assert not threads()
    assert not _waiting._WAITS.told


def test_a_function_that_is_compiled_is_told_and_one_that_is_not_is_not() -> None:
    begun: list[int] = []

    @jax.jit
    def twice(x: jax.Array) -> jax.Array:
        compiling("twice")
        begun.append(len(_waiting._WAITS.told))
        return 2 * x

    for _ in range(3):
        with calling():
            twice(np.float32(1))
    # Called by nobody who waits for it, as in a function of the user's that JAX traces.
    twice(np.zeros(2, np.float32))
    assert begun == [1, 0]
    assert not _waiting._WAITS.told


@contextmanager
def every_item_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What would be told, were each step of a long call to take long."""
    heard: list[str] = []

    @contextmanager
    def noted(told: Callable[[], str]) -> Iterator[None]:
        _waiting._WAITS.told.append(told)
        try:
            yield
            heard.append(", ".join(each() for each in _waiting._WAITS.told))
        finally:
            _waiting._WAITS.told.remove(told)

    with monkeypatch.context() as patched:
        patched.setattr(_waiting, "waiting", noted)
        yield heard


def test_long_calls_tell_how_far_they_have_come(monkeypatch: pytest.MonkeyPatch) -> None:
    from attractorbind.testing import check_capacity, check_isolation

    with every_item_waits(monkeypatch) as heard:
        network = ab.build(
            ab.Vocabulary(["dog", "cat"]),
            buffers={"a": 64, "b": 64},
            activity=0.1,
            rule=ab.PseudoInverse(),
            key=jax.random.key(0),
        )
        ab.isolation(network, leak=[0, 0.1], ticks=2)
        ab.chains(network, 1)
        ab.stuck_gates(network, gates=["a"], ticks=2)
        check_isolation(network, ticks=2)
        check_capacity(network, trials=1, ticks=2)
    assert "learning synapses: 4 of 4 projections" in heard[0]
    assert "isolation: 1 of 2 levels, leaking: 2 of 2 buffers" in heard
    assert "copying: 2 of 2 pairs of buffers" in heard
    assert "stuck gates: 1 of 2 faults, holding: 2 of 2 buffers" in heard
    assert {"check_isolation: 2 of 2 buffers", "check_capacity: 2 of 2 relays"} <= {*heard}
    assert [line for line in heard if "compiling a run, once for what is of these sizes" in line]


def test_a_fresh_process_says_that_it_compiles() -> None:
    code = """
import attractorbind._waiting as waiting
waiting.PATIENCE = 0.05
import attractorbind as ab, jax, logging, sys
network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64}, activity=0.1, rule=ab.Hebbian(),
    key=jax.random.key(0))
ab.run(network, ab.load("a", "dog"))
print("silent from here on", file=sys.stderr)
logging.getLogger("attractorbind").setLevel("WARNING")
ab.run(network, ab.when(ab.empty("a"), ab.load("a", "dog")))
"""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    before, after = ended.stderr.split("silent from here on\n")
    assert [line for line in before.splitlines() if line.startswith("attractorbind: compiling a run, once")]
    assert not after
