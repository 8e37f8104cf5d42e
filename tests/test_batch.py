"""Trials are run in batches that many numbers of trials share, and nobody sees the copies that fill a batch up."""

from typing import Any
from unittest import mock

import gaters
import imprints
import jax
import numpy as np
import pytest
from compilations import compilations
from examples import assert_same_states, network, pair

import attractorbind as ab
from attractorbind import _batch, _checks
from attractorbind._engine import driver
from attractorbind.learning import Backpropagation, Hierarchy

NAMES = ["s0", "s1", "s2", "s3", "s4"]
STRAIGHT = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent") + ab.hold(3)
BRANCHING = (
    ab.read("focus")
    + ab.until(ab.empty("focus"), ab.emit("focus") + ab.copy("focus", "agent") + ab.read("focus"), limit=3)
    + ab.when(ab.holds("agent", ab.arg("x")), ab.load("agent", "s0"))
)


def symbols(trials: int) -> list[str]:
    return [NAMES[trial % len(NAMES)] for trial in range(trials)]


def sequences(trials: int) -> list[list[str]]:
    return [NAMES[: (2 * trial) % 5] for trial in range(trials)]


RUNS = {
    "straight": lambda trials, **more: ab.run(
        pair(), STRAIGHT, args={"x": symbols(trials)}, **({"throw": False} | more)
    ),
    "branching": lambda trials, **more: ab.run(
        pair(), BRANCHING, args={"x": symbols(trials)}, inputs=sequences(trials), **({"throw": False} | more)
    ),
}


@pytest.mark.parametrize(("kind", "record"), [("straight", "decoded"), ("branching", "final")])
def test_a_sweep_over_1_to_64_trials_compiles_7_times(kind, record):
    def run(trials: int) -> ab.Trace:
        # What is flipped is no symbol's code any more, so that overlaps are computed, too.
        noise: Any = {"noise": 0.05, "key": jax.random.key(3), "record": record}
        noisy = RUNS[kind](trials, **noise, after=1)
        again = RUNS[kind](trials, **noise, state=noisy.state, after=noisy.ticks)
        noisy.decode(threshold=0.25)
        noisy.overlaps("agent")
        return again

    before = driver._drive._cache_size()  # pyright: ignore[reportFunctionMemberAccess]
    for batch in (1, 2, 4, 8, 16, 32, 64):
        # Kept from before, it need not be compiled any more; but it may be let go.
        pair().silent(batch)
        run(batch)
    assert driver._drive._cache_size() <= before + 7  # pyright: ignore[reportFunctionMemberAccess]
    with compilations() as names:
        found = [run(trials) for trials in range(1, 65)]
    assert names == []
    assert [(trace.state.trials, len(trace.result), len(trace.outputs)) for trace in found] == [
        (trials,) * 3 for trials in range(1, 65)
    ]


def test_a_batch_is_an_eighth_larger_than_its_trials_at_the_most():
    batches = [_batch._bucket(trials) for trials in range(1, 5000)]
    assert sorted(set(batches[:64])) == [1, 2, 4, 8, 16, 32, 64]
    assert all(trials <= batch < 2 * trials for trials, batch in enumerate(batches, 1))
    assert all(batch <= 1.125 * trials for trials, batch in enumerate(batches[64:], 65))
    # A few for each power of two.
    assert len(set(batches[64:])) <= 8 * 7


def everything(trace: ab.Trace) -> list[Any]:
    """All that came back."""
    whole = [trace.decode(), trace.outputs, trace.ticks, trace.result, trace.rows, trace.states]
    whole += [trace.best_symbol, trace.best_overlap, trace.recorded_choices]
    return jax.tree.leaves((whole, [trace.overlaps(name) for name in trace.network.buffers]))


def assert_the_same(one: ab.Trace, other: ab.Trace) -> None:
    assert_same_states(one.state, other.state)
    for found, expected in zip(everything(one), everything(other), strict=True):
        np.testing.assert_array_equal(found, expected)


def memory(trials: int, **more: Any) -> ab.Trace:
    built = network("memory")
    program = ab.load("a", ab.arg("x")) + ab.store("m", ["a"]) + ab.load("b", "s1") + ab.recall("m", cue=["a"])
    first = ab.run(built, program, args={"x": symbols(trials)}, **more)
    return ab.run(built, ab.load("a", "s2") + ab.recall("m", cue=["a"]), first.state, **more)


def ensembles(trials: int, **more: Any) -> ab.Trace:
    built = imprints.network("areas")
    program = ab.gates(open=["eyes:next", "eyes->a"]) + ab.imprint_now("a") + ab.copy("a", "b") + ab.hold(2)
    return ab.run(
        built, program, stimuli={"eyes": imprints.patterns(trials, 64, 6, seed=2)}, **({"throw": False} | more)
    )


def choosing(trials: int, **more: Any) -> ab.Trace:
    program = ab.load("word", ab.arg("x")) + ab.choose("striatum", gates=gaters.CHANNELS[:2])
    program += ab.reward(when=ab.holds("first", "red"))
    words = [gaters.SYMBOLS[trial % 3] for trial in range(trials)]
    return ab.run(gaters.built(), program * 2, args={"x": words}, **({"throw": False, "key": jax.random.key(2)} | more))


KINDS: dict[str, Any] = RUNS | {"memory": memory, "ensembles": ensembles, "choosing": choosing}
KEYS = {
    "no noise": lambda trials: {},
    "one key": lambda trials: {"noise": 0.03, "key": jax.random.key(1)},
    "a key for each": lambda trials: {"noise": 0.03, "key": jax.random.split(jax.random.key(1), trials)},
    "ticks before": lambda trials: {"noise": 0.03, "key": jax.random.key(1), "after": [*range(trials)]},
}


CASES = [
    ("straight", "no noise", "states"),
    ("straight", "ticks before", "decoded"),
    ("branching", "one key", "decoded"),
    ("branching", "ticks before", "final"),
    ("memory", "no noise", "decoded"),
    ("memory", "a key for each", "final"),
    ("ensembles", "no noise", "decoded"),
    ("ensembles", "one key", "states"),
    ("choosing", "no noise", "decoded"),
    ("choosing", "a key for each", "states"),
]


@pytest.mark.parametrize(("kind", "given", "record"), CASES)
def test_copies_change_nothing(kind, given, record, monkeypatch):
    trials = 3

    def run() -> ab.Trace:
        return KINDS[kind](trials, record=record, **({"throw": False} | KEYS[given](trials)))

    filled_up, sizes = run(), []
    monkeypatch.setattr(_batch, "_bucket", lambda trials: sizes.append(trials) or trials)
    alone = run()
    # Otherwise nothing would have been compared.
    assert sizes
    assert_the_same(filled_up, alone)


def test_each_copy_does_what_the_last_trial_does():
    with mock.patch.object(driver, "_drive", wraps=driver._drive) as drive:
        RUNS["branching"](5, noise=0.05, key=jax.random.key(3), after=[0, 4, 2, 8, 6])
        _, _, given, draws, start = drive.call_args.args
        call = driver._drive(*drive.call_args.args, **drive.call_args.kwargs)
    ended = call.end.activities, call.end.position, call.end.outputs, call.ticks, call.result
    keys = jax.random.key_data(draws.keys)
    for leaf in jax.tree.leaves((given.stream, given.symbols.T, keys, draws.before, start.activities, ended)):
        assert len(leaf) == 8
        np.testing.assert_array_equal(leaf[5:], np.repeat(leaf[4:5], 3, axis=0))


def teaching() -> tuple[ab.Network, ab.Program]:
    eyes = Hierarchy("eyes", sizes=[4], target="focus", rule=Backpropagation())
    built = ab.build(
        ab.Vocabulary(NAMES),
        buffers={"focus": 64},
        relays=[],
        areas=[eyes],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    return built, ab.load("focus", ab.arg("x"))


@pytest.mark.parametrize("kind", ["hierarchy", "shared basal ganglia"])
def test_where_trials_learn_together_there_are_no_copies(kind):
    built, program = teaching() if kind == "hierarchy" else (gaters.built(shared=True), ab.load("word", ab.arg("x")))
    words = list(built.vocabulary)[:3]
    with mock.patch.object(driver, "_drive", wraps=driver._drive) as drive:
        trace = ab.run(built, program, args={"x": words})
    assert drive.call_args.args[4].activities[0].shape[0] == 3
    assert trace.decode()[next(iter(built.buffers))] == words


def test_many_bytes_are_not_filled_up(monkeypatch):
    assert _batch.batch_of(pair(), None, 65) == 72
    monkeypatch.setattr(_batch, "_MOST_ADDED", 7 * 2 * 64 * 4)
    assert _batch.batch_of(pair(), None, 65) == 72
    monkeypatch.setattr(_batch, "_MOST_ADDED", 7 * 2 * 64 * 4 - 1)
    assert _batch.batch_of(pair(), None, 65) == 65
    monkeypatch.undo()
    # No more than may be asked for at all, where fewer would still do.
    monkeypatch.setattr(_batch, "fits_in_memory", lambda needed: needed < 72 * 2 * 64 * 4)
    assert _batch.batch_of(pair(), None, 65) == 65


def test_the_state_of_one_is_not_repeated_for_more_than_there_is_room_for(monkeypatch):
    state = pair().silent()
    monkeypatch.setattr(_checks, "_MOST_BYTES", 100 * 2 * 64 * 4)
    assert ab.run(pair(), ab.hold(), state, after=[1] * 100).state.trials == 100
    with pytest.raises(ab.ArgumentError, match="the state of 101 trials would take"):
        ab.run(pair(), ab.hold(), state, after=[1] * 101)


def test_what_is_filled_up_and_cut_stays_where_it_is():
    (device,) = jax.devices()[:1]
    there, anywhere = jax.device_put(np.arange(3.0), device), jax.device_put(np.arange(3.0))
    keys = jax.random.split(jax.random.key(0), 3)
    for array in (there, anywhere, keys):
        full = _batch.filled(array, 5)
        again = _batch.cut(full, 3)
        assert full.committed == again.committed == array.committed
        assert full.sharding == again.sharding == array.sharding
        assert (again == array).all()
        assert (full[3:] == array[2]).all()
        assert _batch.cut(array, 3) is _batch.filled(array, 3) is array


def test_an_error_tells_of_true_trials_alone():
    program = ab.read("focus") + ab.until(ab.empty("focus"), ab.hold(), limit=2)
    with pytest.raises(ab.RunError, match="2 of 3 trials ended at a limit") as raised:
        ab.run(pair(), program, inputs=[[], ["s1"], ["s2"]])
    assert raised.value.trace.result.tolist()[0] == 0
    assert len(raised.value.trace.result) == 3
