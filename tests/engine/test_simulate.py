"""A run as a pure function is a scan of the pure tick, and the same under every transformation, bit for bit."""

import dataclasses
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import oracle
import pytest
from areas import echoing
from drawn import bound
from examples import BUFFERS, TRIALS, assert_same_states, network, numpy_state, plain, random_state
from machines import LimitError, NumpyMachine, program

import attractorbind as ab
from attractorbind._engine import driver

KEYS = jax.random.split(jax.random.key(5), TRIALS)


def any_network(configuration: str) -> ab.Network:
    return echoing() if configuration == "echoes" else network(configuration)


def symbols_of(built: ab.Network, compiled: Any, args: dict[str, list[str]]) -> np.ndarray:
    """The symbol of every slot in each trial, as indices."""
    rows = [[symbol] * TRIALS if isinstance(symbol, str) else args[symbol.name] for _, symbol in compiled.slots]
    return np.array([[built.vocabulary[name] for name in row] for row in rows], np.int32).reshape(-1, TRIALS)


def stream_of(built: ab.Network, inputs: list[list[str]]) -> np.ndarray:
    stream = np.full((TRIALS, max(map(len, inputs)) + 1), -1, np.int32)
    for trial, symbols in enumerate(inputs):
        stream[trial, : len(symbols)] = [built.vocabulary[symbol] for symbol in symbols]
    return stream


def by_hand(
    built: ab.Network,
    schedule: ab.Schedule,
    start: ab.State,
    *,
    symbols: np.ndarray | None = None,
    noise: float = 0.0,
    leak: float = 0.0,
    keys: Any = None,
) -> tuple[ab.State, dict[str, np.ndarray]]:
    """A scan of `step` over the gates of a schedule; the last state, and the buffers' states after every tick."""
    drive = float(built.drive)
    fields = {buffer: np.zeros((schedule.ticks, *start[buffer].shape), np.float32) for buffer in built.buffers}
    for tick, slot in enumerate(schedule.presented):
        if slot >= 0:
            buffer, symbol = schedule.slots[slot]
            given = symbols[slot] if symbols is not None else [built.vocabulary[symbol]] * start.trials
            codes = np.asarray(built.codes(buffer))[given]
            fields[buffer][tick] = np.where(codes, drive, -drive)

    def advanced(state: ab.State, tick: tuple) -> tuple[ab.State, dict[str, jax.Array]]:
        number, gates, external = tick
        key = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, number) if noise else None
        state = ab.step(built, state, gates, external=external, noise=noise, leak=leak, key=key)
        return state, {buffer: state[buffer] for buffer in built.buffers}

    ticks = jnp.arange(schedule.ticks), jnp.asarray(schedule.gates), fields
    return jax.jit(lambda start: jax.lax.scan(advanced, start, ticks))(start)


def straight(built: ab.Network) -> ab.Program:
    """A program in which gates are open, half open and closed, and buffers hold, clear and are driven."""
    told = ab.load("a", ab.arg("x")) + ab.copy("a", "b") + ab.gates(open={"b->a": 0.5}, ticks=2)
    told += ab.load("b", "s1") + ab.clear("a") + ab.hold(4) + ab.gates(open={"a->b": 0.25}, closed=["b"], ticks=2)
    if built.areas and built.areas[0].name == "m":
        told += ab.load("a", "s2") + ab.store("m", ["a", "b"]) + ab.clear("b") + ab.recall("m", cue=["a"], into=["b"])
        told += ab.gates(open={"m->b": 0.5, "b->m": 0.75}, ticks=2)
    elif built.areas:
        told += ab.gates(open=["a->echo", "a->again"], ticks=3) + ab.gates(
            open=["echo->c", "again->a", "echo:turn"], ticks=2
        )
    return told + ab.gates(open=["b->a"], closed=["a"], ticks=1)


@pytest.mark.parametrize(
    ("configuration", "noise", "leak"),
    [
        ("all, direct", 0.0, 0.0),
        ("hub, nucleus", 0.0, 0.125),
        ("line, nucleus and loop", 0.05, 0.125),
        ("memory", 0.0, 0.0),
        ("memory, loop", 0.03, 0.0),
        ("echoes", 0.03, 0.125),
    ],
)
def test_a_straight_line_is_a_scan_of_step_and_what_run_does(configuration, noise, leak):
    built = any_network(configuration)
    schedule, start = straight(built).compile(built), random_state(built, 1)
    names = list(built.vocabulary)[:TRIALS]
    symbols = symbols_of(built, schedule, {"x": names})
    options = {"noise": noise, "leak": leak}
    expected, states = by_hand(built, schedule, start, symbols=symbols, keys=KEYS, **options)
    outcome = ab.simulate(built, schedule, start, symbols=symbols, keys=KEYS, **options)
    assert_same_states(outcome.state, expected)
    assert outcome.ticks.tolist() == [schedule.ticks] * TRIALS
    assert outcome.output_counts.tolist() == [0] * TRIALS
    trace = ab.run(built, schedule, start, args={"x": names}, key=KEYS, record="states", throw=False, **options)
    assert_same_states(trace.state, expected)
    assert trace.result.tolist() == outcome.result.tolist()
    for buffer in built.buffers:
        np.testing.assert_array_equal(trace.states[buffer], states[buffer])


# Under transformations.


BRANCHING = ab.read("a") + ab.until(
    ab.empty("a"),
    ab.when(ab.holds("a", ab.arg("x")), ab.copy("a", "b") + ab.emit("b"), ab.store("m", ["a", "b"]))
    + ab.recall("m", cue=["b"], into=["c"])
    + ab.emit("c")
    + ab.read("a"),
    limit=3,
)
INPUTS = [["s0", "s1", "s2"], ["s2"], ["s3", "s3", "s1", "s0", "s2"]]
ARGS = {"x": ["s0", "s1", "s3"]}
# Over what is swept: a single thing, or all things at once.
THINGS = ("noise", "leak", "keys", "state", "network")
SWEEPS = [("straight", ("noise",)), ("straight", THINGS), ("branching", ("leak",)), ("branching", ("network",))]
SWEEPS += [("branching", THINGS)]


def case(kind: str) -> tuple[ab.Network, Any, dict[str, Any], dict[str, Any]]:
    """A network, a compiled program, and its symbols and stream as `run` takes them and as `simulate` takes them."""
    built = network("memory")
    compiled = (straight(built) if kind == "straight" else BRANCHING).compile(built)
    given = {"symbols": symbols_of(built, compiled, ARGS)}
    if kind == "straight":
        return built, compiled, {"args": ARGS}, given
    return built, compiled, {"args": ARGS, "inputs": INPUTS}, given | {"stream": stream_of(built, INPUTS)}


def values(built: ab.Network) -> dict[str, list[Any]]:
    """Two values of each thing."""
    held = [
        random_state(built, seed).replace("b", np.float32(built.codes("b")[seed : seed + TRIALS])) for seed in (1, 2)
    ]
    return {
        "noise": [0.0, 0.05],
        "leak": [0.0, 0.25],
        "keys": [jax.random.split(jax.random.key(seed), TRIALS) for seed in (1, 2)],
        "state": held,
        "network": [ab.lesion(built, synapses=lost, key=jax.random.key(1)) for lost in (0.05, 0.3)],
    }


def assert_is_the_run(outcome: ab.Outcome, trace: ab.Trace) -> None:
    assert_same_states(outcome.state, trace.state)
    assert outcome.result.tolist() == trace.result.tolist()
    assert outcome.ticks.tolist() == trace.ticks.tolist()
    assert outcome.output_counts.tolist() == trace.output_counts.tolist()
    for symbols, others, count in zip(outcome.outputs, trace.output_symbols, trace.output_counts, strict=True):
        assert symbols[:count].tolist() == others[:count].tolist()
        assert (np.asarray(symbols)[count:] == -1).all()


@pytest.mark.parametrize(("kind", "things"), SWEEPS)
def test_a_sweep_by_vmap_is_a_run_for_each_value(kind, things):
    built, compiled, for_run, given = case(kind)
    of_each = values(built)
    usual = {thing: values[1] for thing, values in of_each.items()} | {"network": built}
    # What is not an array of a network cannot be swept over.
    static = eqx.filter(of_each["network"][0], eqx.is_array, inverse=True)

    def outcome(swept: dict[str, Any]) -> ab.Outcome:
        own = usual | swept
        if "network" in swept:
            own["network"] = eqx.combine(swept["network"], static)
        return ab.simulate(own.pop("network"), compiled, own.pop("state"), **own, **given)

    each = [{thing: of_each[thing][number] for thing in things} for number in range(2)]
    together = jax.vmap(outcome)(jax.tree.map(lambda *leaves: jnp.stack(leaves), *(arrays_of(own) for own in each)))
    endings = set()
    for number, swept in enumerate(each):
        own = usual | swept
        rates = {"noise": own["noise"], "leak": own["leak"], "key": own["keys"]}
        trace = ab.run(own["network"], compiled, own["state"], **rates, throw=False, **for_run)
        assert_is_the_run(jax.tree.map(lambda leaf, number=number: leaf[number], together), trace)
        endings.add(b"".join(np.asarray(trace.state[name]).tobytes() for name in trace.state.names))
    assert len(endings) == 2


def arrays_of(tree: Any) -> Any:
    """What of it is an array or a number, as arrays."""
    return jax.tree.map(jnp.asarray, eqx.filter(tree, lambda leaf: eqx.is_array(leaf) or isinstance(leaf, float)))


@pytest.mark.parametrize("kind", ["straight", "branching"])
def test_within_jit_it_is_the_run(kind):
    built, compiled, for_run, given = case(kind)
    start = random_state(built, 3)
    arrays, static = eqx.partition(built, eqx.is_array)

    @jax.jit
    def outcome(arrays: Any, start: ab.State, noise: Any, leak: Any, keys: Any, given: dict) -> ab.Outcome:
        return ab.simulate(eqx.combine(arrays, static), compiled, start, noise=noise, leak=leak, keys=keys, **given)

    for noise, leak in ((0.0, 0.0), (0.04, 0.125)):
        trace = ab.run(built, compiled, start, noise=noise, leak=leak, key=KEYS, throw=False, **for_run)
        assert_is_the_run(outcome(arrays, start, noise, leak, KEYS, given), trace)
        assert_is_the_run(ab.simulate(built, compiled, start, noise=noise, leak=leak, keys=KEYS, **given), trace)


@pytest.mark.parametrize("kind", ["straight", "branching"])
def test_within_jit_nothing_need_be_traced(kind):
    built, compiled, for_run, given = case(kind)
    start = built.silent(TRIALS)
    outcome = jax.jit(lambda: ab.simulate(built, compiled, start, keys=KEYS, **given))()
    assert_is_the_run(outcome, ab.run(built, compiled, built.silent(TRIALS), throw=False, **for_run))


@pytest.mark.parametrize("traced", ["symbols", "stream"])
def test_symbols_and_streams_may_be_traced(traced):
    built, compiled, for_run, given = case("branching")
    outcome = jax.jit(lambda own: ab.simulate(built, compiled, built.silent(TRIALS), **given | {traced: own}))(
        given[traced]
    )
    assert_is_the_run(outcome, ab.run(built, compiled, built.silent(TRIALS), throw=False, **for_run))


def test_stuck_gates_are_those_of_run():
    built, compiled, for_run, given = case("straight")
    stuck = {"b": 0.0, "a->b": 0.5}
    outcome = ab.simulate(built, compiled.stuck(stuck), built.silent(TRIALS), **given)
    assert_is_the_run(outcome, ab.run(built, compiled, built.silent(TRIALS), stuck=stuck, throw=False, **for_run))


def test_without_symbols_or_keys_that_it_needs_it_says_so():
    built, compiled, _, given = case("branching")
    with pytest.raises(ab.ArgumentError, match="needs symbols= for its arguments 'x'"):
        ab.simulate(built, compiled, built.silent(TRIALS))
    with pytest.raises(ab.ArgumentError, match="give keys=, one random key per trial"):
        ab.simulate(built, compiled, built.silent(TRIALS), noise=0.1, **given)


# Branching programs, on the machine of plain NumPy.

SPOKEN = [
    ("read", "a"),
    (
        "until",
        ("or", ("empty", "a"), ("equal", "a", "b")),
        [
            (
                "when",
                ("holds", "a", ab.arg("x")),
                [("copy", "a", "c"), ("emit", "c")],
                [("gates", {"a->b": 0.5}, [], 1)],
            ),
            ("repeat", 2, [("emit", "a"), ("present", "c", "s1", 1)]),
            ("read", "a"),
        ],
        3,
    ),
    ("emit", "b"),
]


@pytest.mark.parametrize("configuration", ["all, direct", "line, nucleus and loop"])
def test_outcome_of_a_program_that_branches_is_that_of_plain_numpy(configuration):
    built, start = network(configuration), random_state(network(configuration), 11)
    inputs = [["s0", "s1"], ["s2"] * 5, []]
    args = {"x": ["s0", "s2", "s1"]}
    compiled = program(SPOKEN).compile(built)
    outcome = ab.simulate(
        built,
        compiled,
        start,
        symbols=symbols_of(built, compiled, args),
        stream=stream_of(built, inputs),
    )
    names = [*built.vocabulary, None]
    results = []
    for trial, own in enumerate(numpy_state(start)):
        machine = NumpyMachine(plain(configuration), inputs[trial], own)
        try:
            machine.run(bound(SPOKEN, args, trial))
            settled = oracle.settles(plain(configuration), machine.state, machine.openings)
            results.append(ab.Result.OK if settled else ab.Result.UNSETTLED)
        except LimitError:
            results.append(ab.Result.LIMIT)
        assert outcome.ticks[trial] == len(machine.states)
        count = outcome.output_counts[trial]
        assert [names[symbol] for symbol in outcome.outputs[trial, :count]] == machine.outputs
        for name, activity in machine.state.items():
            np.testing.assert_array_equal(numpy_state(outcome.state)[trial][name], activity)
    assert outcome.result.tolist() == results
    assert outcome.outputs.shape[0] == TRIALS
    assert outcome.state.origin == built.origin
    assert ab.run(built, ab.hold(), outcome.state, throw=False).state.trials == TRIALS


# What does not fit into one call of the compiled loop.


def spoken(built: ab.Network, *, lengths: list[int]) -> tuple[ab.Listing, list[list[str]]]:
    """A program that puts out all its inputs, and inputs of these lengths."""
    told = ab.read("a") + ab.until(ab.empty("a"), ab.emit("a") + ab.read("a"), limit=200)
    generator = np.random.default_rng(0)
    inputs = [generator.choice(list(built.vocabulary), length).tolist() for length in lengths]
    return told.compile(built), inputs


@pytest.fixture
def calls(monkeypatch) -> list[int]:
    """How many ticks each call of the compiled loop took, without the quiet ones at the end."""
    ticks: list[int] = []
    drive: Callable = driver._drive

    def counted(*positional: Any, **named: Any) -> Any:
        call = drive(*positional, **named)
        if not isinstance(call.end.tick, jax.core.Tracer):
            ticks.append(int(call.end.tick) - int(positional[4].tick))
        return call

    monkeypatch.setattr(driver, "_drive", counted)
    return ticks


def test_all_outputs_are_kept_however_many(calls):
    built = network("all, direct")
    listing, inputs = spoken(built, lengths=[130, 64, 3])
    trace = ab.run(built, listing, inputs=inputs)
    assert trace.outputs == inputs
    # Each of them is put out once: the loop is gone on with where it paused.
    assert sum(calls) == trace.ticks.max()
    assert len(calls) == 3
    stream = stream_of(built, inputs)
    outcome = ab.simulate(built, listing, built.silent(TRIALS), stream=stream)
    assert outcome.outputs.tolist() == trace.output_symbols.tolist()
    assert outcome.outputs.shape == (TRIALS, 130)
    # Where nothing can be taken out in between there is room for 64, and all are counted.
    within = jax.jit(lambda stream: ab.simulate(built, listing, built.silent(TRIALS), stream=stream))(stream)
    assert within.output_counts.tolist() == [130, 64, 3]
    assert within.outputs.shape == (TRIALS, 64)
    np.testing.assert_array_equal(within.outputs, outcome.outputs[:, :64])
    assert_same_states(within.state, trace.state)
    assert within.ticks.tolist() == trace.ticks.tolist()


@pytest.mark.parametrize("count", [63, 64, 65, 128])
def test_as_many_outputs_as_there_is_room_for(count):
    built = network("all, direct")
    told = ab.load("a", "s2") + ab.repeat(count, ab.emit("a"))
    assert ab.run(built, told, built.silent(TRIALS)).outputs == [["s2"] * count] * TRIALS


def test_a_record_has_every_tick_where_the_room_for_outputs_is_full_before_that_for_ticks(calls):
    built = network("all, direct")
    told = ab.load("a", "s2") + ab.emit("a") * 70 + ab.load("a", "s1") + ab.hold(9)
    trace = ab.run(built, told, built.silent(TRIALS), record="decoded")
    assert len(calls) == 2
    assert trace.outputs == [["s2"] * 70] * TRIALS
    ticks = int(trace.ticks.max())
    assert len(trace.rows) == len(trace.best_symbol["a"]) == ticks == sum(calls)
    held = [built.vocabulary.names[symbol] for symbol in trace.best_symbol["a"][:, 0]]
    assert held == ["s2"] * (3 + 70) + ["s1"] * (3 + 9)


def test_recorded_it_is_run_once_and_every_tick_is_what_plain_numpy_does(calls):
    built, net = network("hub, nucleus"), plain("hub, nucleus")
    # Buffers that hold for long, that move again at the end of a call, and trials that end long before others.
    body = [("read", "a"), ("emit", "a"), ("copy", "a", "b"), ("hold", 23), ("copy", "b", "c"), ("clear", "b")]
    told = [("read", "a"), ("until", ("empty", "a"), body, 9), ("gates", {"b->a": 0.5}, [], 3)]
    inputs = [["s0"] * 3, ["s1", "s2"] * 4, []]
    start = random_state(built, 2)
    for record in ("states", "decoded"):
        calls.clear()
        trace = ab.run(built, program(told), start, inputs=inputs, record=record, throw=False)
        ticks = int(trace.ticks.max())
        assert ticks > 2 * 128
        assert calls == [128] * (ticks // 128) + [ticks % 128]
        assert len(trace.rows) == ticks
        for trial, own in enumerate(numpy_state(start)):
            machine = NumpyMachine(net, inputs[trial], own).run(told)
            own_ticks = len(machine.states)
            assert trace.ticks[trial] == own_ticks
            assert trace.outputs[trial] == machine.outputs
            assert (trace.rows[:own_ticks, trial] >= 0).all()
            assert (trace.rows[own_ticks:, trial] < 0).all()
            for name, activity in machine.state.items():
                np.testing.assert_array_equal(numpy_state(trace.state)[trial][name], activity)
            if record == "states":
                for buffer in BUFFERS:
                    expected = np.stack([state[buffer] for state in machine.states])
                    np.testing.assert_array_equal(trace.states[buffer][:own_ticks, trial], expected)
                    assert (trace.states[buffer][own_ticks:, trial] == expected[-1]).all()
            else:
                for tick in (0, 127, 128, 129, 255, 256):
                    state = machine.states[min(tick, own_ticks - 1)]
                    expected = oracle.decode(net, state)
                    assert {name: of[trial] for name, of in trace.decode(tick).items()} == expected


@pytest.mark.parametrize("ticks", [127, 128, 129])
def test_as_many_ticks_as_there_is_room_for(ticks, calls):
    built = network("hub, nucleus")
    # `repeat` that is done no times takes two ticks.
    told = ab.repeat(0, ab.hold()) + ab.load("a", "s1") + ab.hold(ticks - 5)
    trace = ab.run(built, told, built.silent(TRIALS), record="states")
    assert trace.ticks.tolist() == [ticks] * TRIALS
    assert sum(calls) == ticks
    for buffer in BUFFERS:
        assert trace.states[buffer].shape[0] == ticks
    assert (trace.states["a"][-1] == np.asarray(built.codes("a"))[1]).all()


def test_with_noise_a_recording_in_several_calls_is_that_of_the_final_state(calls):
    built = network("hub, nucleus")
    told = ab.load("a", "s1") + ab.repeat(3, ab.copy("a", "b") + ab.hold(40) + ab.copy("b", "a"))
    options = {"noise": 0.02, "key": KEYS, "throw": False}
    recorded = ab.run(built, told, built.silent(TRIALS), record="states", **options)
    assert len(calls) == 2
    calls.clear()
    final = ab.run(built, told, built.silent(TRIALS), **options)
    assert len(calls) == 1
    assert_same_states(recorded.state, final.state)
    for buffer in BUFFERS:
        np.testing.assert_array_equal(recorded.states[buffer][-1], final.state[buffer])


# What is checked is called from outside, and says what to call instead.


def test_run_within_jit_names_simulate():
    built = network("all, direct")
    with pytest.raises(ab.NetworkError, match=r"use attractorbind\.simulate, or attractorbind\.step for single ticks"):
        jax.jit(lambda: ab.run(built, ab.load("a", "s0")).ticks)()
    with pytest.raises(ab.NetworkError, match=r"use attractorbind\.simulate, or attractorbind\.step for single ticks"):
        jax.jit(lambda state: ab.tick(built, state))(built.silent())
    with pytest.raises(ab.ArgumentError, match=r"attractorbind\.simulate"):
        jax.vmap(lambda noise: ab.run(built, ab.load("a", "s0"), noise=noise).ticks)(jnp.zeros(2))


def test_its_parts_are_what_they_are_said_to_be():
    assert [field.name for field in dataclasses.fields(ab.Outcome)] == [
        "state",
        "result",
        "ticks",
        "outputs",
        "output_counts",
    ]
