"""Threads and processes that run networks at the same time come to what one alone does."""

import multiprocessing
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import equinox as eqx
import jax
import numpy as np
import pytest
from examples import assert_same_states, network, pair

import attractorbind as ab
from attractorbind import _flat, _kept
from attractorbind._network import silence
from attractorbind._simulate import _kept_controller

THREADS = 8
STRAIGHT = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent") + ab.hold(2)
BRANCHING = ab.read("focus") + ab.until(ab.empty("focus"), ab.emit("focus") + ab.read("focus"), limit=9)
MEMORY = ab.load("a", ab.arg("x")) + ab.store("m", ["a"]) + ab.load("b", "s1") + ab.recall("m", cue=["a"])


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What tasks come to that begin at the same time."""
    ready = threading.Barrier(len(tasks))

    def begun(task: Callable[[], Any]) -> Any:
        ready.wait()
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(begun, tasks))


def runs() -> list[Callable[[], ab.Trace]]:
    """Runs of one network and of another, straight and branching, with noise, leaks and recordings of their own."""

    def straight(number: int) -> Callable[[], ab.Trace]:
        noise: Any = {"noise": 0.02, "key": jax.random.key(number), "leak": number / 1000}
        return lambda: ab.run(pair(), STRAIGHT, args={"x": [f"s{number}"] * 3}, throw=False, record="decoded", **noise)

    def others(number: int) -> Callable[[], ab.Trace]:
        if number % 2:
            return lambda: ab.run(pair(), BRANCHING, inputs=[["s1"] * number, ["s2"]])
        return lambda: ab.run(network("memory"), MEMORY, args={"x": f"s{number}"})

    return [*map(straight, range(4)), *map(others, range(4))]


def test_threads_come_to_what_one_alone_does(hasty):
    alone = [run() for run in runs()]
    for _ in range(3):
        found = at_once(runs())
        for one, other in zip(found, alone, strict=True):
            assert_same_states(one.state, other.state)
            assert (one.decode(), one.outputs, one.ticks.tolist()) == (
                other.decode(),
                other.outputs,
                other.ticks.tolist(),
            )
            np.testing.assert_equal(one.best_symbol, other.best_symbol)


def test_what_is_kept_for_some_is_there_for_all(hasty):
    compiled, built = STRAIGHT.compile(pair()), pair()

    def leaks() -> None:
        # More of them than are kept, so that they are cleared away again and again.
        for number in range(400):
            leak = (number * 7 % 11) / 100
            table = _kept_controller(compiled, leak).table  # pyright: ignore[reportAttributeAccessIssue]
            assert np.float32(leak) in table.conductances

    def silences() -> None:
        for number in range(400):
            trials = 1 + number * 7 % 11
            assert silence(built, trials).trials == trials

    at_once([leaks, silences] * (THREADS // 2))


def test_what_others_clear_away_is_returned():
    few: _kept.Few[str, int] = _kept.Few(2)

    class Name(str):
        __slots__ = ()

        def __hash__(self) -> int:
            # As if another thread's turn came whenever a name is looked up.
            few._made.clear()
            return 0

    name = Name("a")
    assert few.get(name) is None
    assert few.keep(name, 1) == 1


def test_threads_are_given_the_same(hasty):
    made = []

    @_kept.kept
    def slow(built: ab.Network) -> list[int]:
        made.append(threading.get_ident())
        return []

    for number in range(50):
        built = jax.tree.map(lambda leaf: leaf, pair())
        results = at_once([lambda built=built: slow(built)] * THREADS)
        assert all(result is results[0] for result in results)
        tree = {f"{number}": 1}
        structures = at_once([lambda tree=tree: _flat.flat(tree).structure] * THREADS)
        assert all(structure is structures[0] for structure in structures)


ARGUMENTS = [["s0"], ["s1", "s2"], ["s3"] * 3]


def in_another_process(told: tuple[ab.Network, ab.Program, list[str]]) -> ab.Trace:
    built, program, symbols = told
    return ab.run(built, program, args={"x": symbols}, record="decoded")


def test_processes_are_given_networks_and_give_traces():
    told = [(pair(), STRAIGHT, symbols) for symbols in ARGUMENTS]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        found = pool.map(in_another_process, told)
    for trace, symbols in zip(found, ARGUMENTS, strict=True):
        alone = ab.run(pair(), STRAIGHT, args={"x": symbols}, record="decoded")
        assert_same_states(trace.state, alone.state)
        assert trace.decode(-1) == alone.decode(-1)
        assert trace.table() == alone.table()
        # It goes on from where another process has come to.
        assert ab.run(pair(), ab.hold(), trace.state).decode() == alone.decode()


@pytest.mark.parametrize("kind", ["network", "memory", "schedule", "listing", "program", "state", "error"])
def test_what_is_pickled_is_the_same(kind):
    limit = ab.read("focus") + ab.until(ab.empty("focus"), ab.hold(), limit=2)
    with pytest.raises(ab.RunError) as raised:
        ab.run(pair(), limit, inputs=["s1"])
    whole: Any = {
        "network": pair(),
        "memory": network("memory"),
        "schedule": STRAIGHT.compile(pair()),
        "listing": BRANCHING.compile(pair()),
        "program": BRANCHING,
        "state": pair().silent(3),
        "error": raised.value,
    }[kind]
    again = pickle.loads(pickle.dumps(whole))
    if kind in ("network", "memory", "state"):
        assert eqx.tree_equal(again, whole)
    else:
        assert str(again) == str(whole)
    assert kind != "error" or again.trace.result.tolist() == [ab.Result.LIMIT]


FORKED = """
import multiprocessing, jax, attractorbind as ab
def run(symbol):
    network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64}, activity=0.1, rule=ab.Hebbian(),
        key=jax.random.key(0))
    return ab.run(network, ab.load("a", symbol)).decode()["a"]
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(pool.map(run, ["dog", "cat"]))
"""


def test_a_process_may_fork_before_it_computes():
    # JAX warns of any fork, since it is unsafe once it has computed something.
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout == "[['dog'], ['cat']]\n"
