"""An area of a user's own takes part in runs as its plain Python says, trial by trial."""

from typing import Any

import areas
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import oracle
import pytest
from areas import Echo, Mirror, NumpyWithEchoes, associating, echoing
from examples import BUFFERS, TRIALS, as_plain, assert_same_states, numpy_state, random_state
from machines import LimitError, program

import attractorbind as ab
from attractorbind._engine import driver
from attractorbind.plotting import plot_network

STRAIGHT = [
    ("load", "a", "s1"),
    ("gates", {"a->echo": 1.0, "a->again": 1.0}, [], 2),
    ("load", "a", "s2"),
    ("gates", {"a->echo": 0.5, "echo->c": 1.0, "a->again": 0.75, "again->a": 0.5}, ["c"], 3),
    ("gates", {"a->echo": 1.0, "echo->c": 1.0, "echo:turn": 1.0, "a->b": 1.0}, ["b"], 2),
    ("gates", {"echo->c": 0.25, "echo:turn": 0.5, "again->a": 1.0, "again:turn": 1.0}, ["a"], 3),
    ("hold", 2),
]
# Echoes of a trial's own inputs, as often as it has some.
BRANCHING = [
    ("read", "a"),
    (
        "until",
        ("empty", "a"),
        [
            ("gates", {"a->echo": 1.0, "a->again": 1.0}, [], 2),
            ("read", "a"),
            ("when", ("holds", "a", "s2"), [("gates", {"echo->c": 1.0, "echo:turn": 1.0}, [], 1)], []),
            ("gates", {"echo->c": 1.0, "again->a": 0.5, "a->again": 1.0}, [], 2),
        ],
        5,
    ),
    ("load", "a", "s3"),
    ("gates", {"a->echo": 1.0}, [], 1),
]
INPUTS = [["s0", "s2", "s1", "s2"], ["s3"], ["s2", "s0", "s1", "s0", "s3", "s1", "s2"]]


def assert_holds_what_the_machine_does(state: ab.State, trial: int, machine: NumpyWithEchoes) -> None:
    for name, activity in machine.state.items():
        np.testing.assert_array_equal(numpy_state(state)[trial][name], activity, err_msg=f"{name}, trial {trial}")
    for number, echo in enumerate(machine.echoes):
        np.testing.assert_array_equal(np.asarray(state[echo.name].heard)[trial] > 0, np.stack(machine.heard[number]))
        assert state[echo.name].turned[trial] == machine.turned[number]


def test_in_a_straight_line_it_is_the_plain_python_bit_for_bit():
    built = echoing()
    start = random_state(built, 1)
    trace = ab.run(built, program(STRAIGHT), start, record="states", throw=False)
    for trial, own in enumerate(numpy_state(start)):
        machine = NumpyWithEchoes(as_plain(built), [], own, list(areas.ECHOES)).run(STRAIGHT)
        for buffer in BUFFERS:
            expected = np.stack([state[buffer] for state in machine.states])
            np.testing.assert_array_equal(trace.states[buffer][:, trial], expected)
        assert_holds_what_the_machine_does(trace.state, trial, machine)
        assert machine.turned == [2, 3]


def test_trials_of_a_program_that_branches_end_one_by_one_and_then_keep_their_echoes():
    built = echoing()
    trace = ab.run(built, program(BRANCHING), inputs=INPUTS, record="states", throw=False)
    results = []
    for trial, inputs in enumerate(INPUTS):
        start = numpy_state(built.silent())[0]
        machine = NumpyWithEchoes(as_plain(built), inputs, start, list(areas.ECHOES))
        try:
            machine.run(BRANCHING)
        except LimitError:
            results.append(ab.Result.LIMIT)
        else:
            results.append(trace.result[trial])
        ticks = len(machine.states)
        assert trace.ticks[trial] == ticks
        for buffer in BUFFERS:
            expected = np.stack([state[buffer] for state in machine.states])
            np.testing.assert_array_equal(trace.states[buffer][:ticks, trial], expected)
            np.testing.assert_array_equal(
                trace.states[buffer][ticks:, trial],
                np.broadcast_to(expected[-1], (len(trace.rows) - ticks, len(expected[-1]))),
            )
        assert_holds_what_the_machine_does(trace.state, trial, machine)
        # Something is under way, which would be over if the trial had gone on.
        assert np.asarray(trace.state["echo"].heard)[trial].any() or results[trial] == ab.Result.LIMIT
    assert results.count(ab.Result.LIMIT) == 1
    assert len(set(trace.ticks.tolist())) == TRIALS


@pytest.mark.parametrize("kind", ["straight", "branching"])
def test_a_batch_does_what_its_trials_do_alone_noise_and_all(kind):
    built = echoing()
    keys = jax.random.split(jax.random.key(2), TRIALS)
    whole, inputs = (program(STRAIGHT), [None] * TRIALS) if kind == "straight" else (program(BRANCHING), INPUTS)
    options = {"noise": 0.03, "throw": False}
    together = ab.run(built, whole, inputs=inputs if kind == "branching" else None, key=keys, **options)
    quiet = ab.run(built, whole, inputs=inputs if kind == "branching" else None, throw=False)
    assert not np.array_equal(together.state["echo"].heard, quiet.state["echo"].heard)
    for trial in range(TRIALS):
        own = [inputs[trial]] if kind == "branching" else None
        alone = ab.run(built, whole, inputs=own, key=keys[trial : trial + 1], **options)
        assert alone.ticks[0] == together.ticks[trial]
        assert_same_states(alone.state, jax.tree.map(lambda leaf, trial=trial: leaf[trial : trial + 1], together.state))


def test_what_it_holds_goes_on_into_the_next_run():
    built = echoing()
    first, second = program(STRAIGHT[:4]), program(STRAIGHT[4:])
    whole = ab.run(built, first + second, throw=False)
    assert_same_states(ab.run(built, second, ab.run(built, first, throw=False).state, throw=False).state, whole.state)


def test_it_gives_back_what_a_buffer_held():
    built = echoing()
    told = (
        ab.load("a", ab.arg("x"))
        + ab.gates(open=["a->again"])
        + ab.gates(closed=["a"])
        + ab.present("b", "s0")
        + ab.hold()
    )
    told += ab.gates(open=["again->a"], closed=["a"], ticks=1) + ab.hold(2)
    trace = ab.run(built, told, args={"x": ["s0", "s1", "s3"]}, record="decoded")
    assert trace.decode() == {"a": ["s0", "s1", "s3"], "b": ["s0"] * 3, "c": [None] * 3}
    assert trace.decode(5)["a"] == [None] * 3
    lines = trace.table(1).splitlines()
    assert "a->again" in lines[2]
    assert "again->a" in lines[-2]
    assert "s1" in lines[-2]
    # Of what it holds it says what it can.
    held = ab.run(built, ab.load("a", "s2") + ab.gates(open=["a->again"], ticks=2))
    assert held.snapshots("again") == [{"a": None}, {"a": None}, {"a": "s2"}, {"a": "s2"}]
    assert held.snapshots(built.areas[1]) == held.snapshots("again", trial=0)
    with pytest.raises(ab.UnknownNameError, match="unknown area 'agian'; areas are 'echo', 'again'; did you mean"):
        held.snapshots("agian")


def test_it_may_do_nothing_but_inhibit():
    built = echoing()
    start = built.silent().replace("a", np.ones((1, 40))).replace("c", np.asarray(built.codes("c")[:1], float))
    listens = ab.gates(open=["a->echo"]) + ab.hold()
    assert ab.run(built, listens + ab.hold(), start, throw=False).decode()["c"] == ["s0"]
    silenced = ab.run(built, listens + ab.gates(open=["echo->c", "echo:turn"]), start, throw=False)
    assert not silenced.state["c"].any()


def test_a_presented_symbol_outdoes_it():
    loud = areas.build([Echo("a", "a", ticks=1, size=100.0)])
    assert loud.drive > 100 > areas.build([]).drive
    code, other = (np.asarray(loud.codes("a"))[symbol] for symbol in (1, 2))
    state = loud.silent().replace("a", code[None].astype(np.float32))
    state = ab.tick(loud, state, ["a->echo"])
    # All that can act on the buffer acts against the symbol.
    assert ab.tick(loud, state, np.ones(len(loud.gates)))["a"][0].tolist() == (1 - code).tolist()
    field = np.where(other, loud.drive, -loud.drive)[None]
    presented = ab.tick(loud, state, np.ones(len(loud.gates)), external={"a": field})
    np.testing.assert_array_equal(presented["a"][0], other)


# A state that all trials share.


def test_what_is_shared_learns_from_all_trials():
    built, net = associating(), as_plain(associating())
    told = ab.load("a", ab.arg("x")) + ab.load("b", ab.arg("y")) + ab.gates(open=["pairs:learn", "a->b"], ticks=2)
    told += ab.gates(open={"pairs->b": 1.0}, closed=["b"], ticks=2) + ab.gates(open={"pairs->b": 0.5}, ticks=1)
    args = {"x": ["s0", "s1", "s0"], "y": ["s1", "s2", "s3"]}
    schedule = told.compile(built)
    trace = ab.run(built, schedule, args=args, record="states", throw=False)
    # The same in NumPy.
    states, counts = numpy_state(built.silent(TRIALS)), np.zeros((40, 48), int)
    for tick, gates in enumerate(schedule.gates):
        opened = dict(zip(built.gates, gates.tolist(), strict=True))
        after, learned = [], np.zeros_like(counts)
        for trial, state in enumerate(states):
            field = state["a"].astype(int) @ counts
            given = np.where(2 * field > field.max(), 0.5, -0.5) * field.any()
            slot = schedule.presented[tick]
            buffer, symbol = schedule.slots[slot] if slot >= 0 else (None, None)
            symbol = args[symbol.name][trial] if symbol is not None else None
            after.append(oracle.advance(net, state, (opened, buffer, symbol), {"b": opened["pairs->b"] * given}))
            learned += (opened["pairs:learn"] > 0.5) * np.outer(state["a"], state["b"])
        states, counts = after, counts + learned
        for trial, state in enumerate(states):
            for buffer in BUFFERS:
                np.testing.assert_array_equal(trace.states[buffer][tick, trial], state[buffer])
    assert counts.any()
    np.testing.assert_array_equal(trace.state["pairs"]["counts"].value, counts)
    assert trace.state["pairs"]["learned"].tolist() == [2] * TRIALS
    # A batch goes on with it, whichever number of trials it has.
    single = ab.run(built, told, args={"x": "s0", "y": "s1"}, throw=False).state
    more = ab.run(built, ab.load("a", ab.arg("x")), single, args={"x": ["s0"] * 2}, throw=False).state
    np.testing.assert_array_equal(more["pairs"]["counts"].value, single["pairs"]["counts"].value)
    assert more["pairs"]["learned"].tolist() == [2, 2]


def test_trials_that_have_ended_teach_nothing_that_is_shared():
    built = associating()
    told = ab.read("a") + ab.until(
        ab.empty("a"), ab.copy("a", "b") + ab.gates(open=["pairs:learn"]) + ab.read("a"), limit=9
    )
    told += ab.gates(open=["pairs:learn"])
    inputs = [["s0", "s1", "s2"], [], ["s3"]]
    trace = ab.run(built, told, inputs=inputs, record="states", throw=False)
    learn = built.gates.index("pairs:learn")
    counts = np.zeros((40, 48), int)
    silence = np.zeros((1, TRIALS, 1), bool)
    source, target = (
        np.concatenate([np.broadcast_to(silence, (1, *trace.states[buffer].shape[1:])), trace.states[buffer][:-1]])
        for buffer in "ab"
    )
    for tick, trial in np.argwhere(trace.gates[:, :, learn] > 0.5):
        counts += np.outer(source[tick, trial], target[tick, trial])
    np.testing.assert_array_equal(trace.state["pairs"]["counts"].value, counts)
    assert trace.state["pairs"]["learned"].tolist() == [4, 1, 2]
    assert counts.any()


# An array among its fields is a leaf of the network.


def test_an_array_among_its_fields_is_a_leaf_of_the_network():
    built = echoing()
    start = random_state(built, 4)
    for _ in range(2):
        start = ab.tick(built, start, ["a->echo"])
    told = ab.gates(open=["echo->c"], ticks=2).compile(built)

    def sized(size: jax.Array) -> ab.Network:
        return eqx.tree_at(lambda network: network.areas[0].size, built, size)

    sizes = jnp.array([0.0, 0.25, 2.0])
    together = jax.vmap(lambda size: ab.simulate(sized(size), told, start).state)(sizes)
    each = [ab.run(sized(size), told, start, throw=False).state for size in sizes]
    for number, state in enumerate(each):
        assert_same_states(jax.tree.map(lambda leaf, number=number: leaf[number], together), state)
    assert not np.array_equal(each[0]["c"], each[2]["c"])

    def loss(size: jax.Array) -> jax.Array:
        gates = built.gating(open=["echo->c"])
        return jnp.sum(ab.step(sized(size), start, gates, surrogate=jax.nn.sigmoid)["c"])

    assert np.isfinite(jax.grad(loss)(jnp.float32(1.0)))
    assert jax.grad(loss)(jnp.float32(1.0)) != 0


def test_other_names_do_not_compile_anew():
    def ended(names: str, area: str) -> None:
        built = areas.build([Echo(names[0], names[2], name=area)], names=names)
        ab.run(built, ab.load(names[0], "s1") + ab.gates(open=[f"{names[0]}->{area}"], ticks=2), throw=False)

    ended("abc", "echo")
    compiled = driver._drive._cache_size()
    ended("xyz", "delay")
    assert driver._drive._cache_size() == compiled


# What makes no area.


WRONG = {
    "an unknown buffer to read": (ab.AreaWiring("m", ("d",)), ab.UnknownNameError, "unknown buffer 'd'; buffers are"),
    "an unknown buffer to write on": (ab.AreaWiring("m", (), ("d",)), ab.UnknownNameError, "unknown buffer 'd'"),
    "another name": (ab.AreaWiring("n"), ab.NetworkError, "must return an AreaWiring named 'm'"),
    "nothing": (None, ab.NetworkError, "Mirror.wire returned None; it must return an AreaWiring"),
    "no largest field": (
        ab.AreaWiring("m", largest_field=0.0),
        ab.NetworkError,
        "largest_field of area 'm' is 0.0; it must be a finite number above 0",
    ),
    "an infinite largest field": (ab.AreaWiring("m", largest_field=np.inf), ab.NetworkError, "must be a finite number"),
    "an undefined largest field": (
        ab.AreaWiring("m", largest_field=np.nan),
        ab.NetworkError,
        "must be a finite number",
    ),
    "the kind of a buffer": (
        ab.AreaWiring("m", kind="buffer"),
        ab.NetworkError,
        "kind of area 'm' is 'buffer'; it must",
    ),
    "a buffer twice": (ab.AreaWiring("m", ("a", "a")), ab.NetworkError, "has the gate 'a->m' twice; name each"),
    "a switch twice": (
        ab.AreaWiring("m", (), (), ("go", "go")),
        ab.NetworkError,
        "has the gate 'm:go' twice; name each buffer and each switch once",
    ),
}


@pytest.mark.parametrize("wrong", list(WRONG))
def test_wrong_wiring_is_an_error_with_culprit_and_cure(wrong):
    wired, error, message = WRONG[wrong]
    with pytest.raises(error, match=message.replace("(", r"\(")):
        areas.build([Mirror("m", wired)])


@pytest.mark.parametrize("name", ["a", "echo"])
def test_a_name_that_is_taken_is_an_error(name):
    with pytest.raises(ab.NetworkError, match=f"the name '{name}' is given twice; an area needs a name that nothing"):
        areas.build([Echo("a", "b"), Mirror(name, ab.AreaWiring(name))])


@pytest.mark.parametrize("name", ["", " ", "a->m", "m:go", 3])
def test_a_name_that_looks_like_a_gate_is_an_error(name):
    with pytest.raises(ab.NetworkError, match="is not a non-empty string without '->' and ':'"):
        areas.build([Mirror(name, ab.AreaWiring("m"))])


def test_a_closed_area_adds_nothing_even_if_its_field_is_not_finite():
    built = areas.build([Mirror("m", ab.AreaWiring("m", (), ("a", "c")))])
    start = random_state(built, 2)
    sound = areas.build([])
    told = ab.copy("a", "b") + ab.gates(open=["b->c"], closed=["c"], ticks=2)
    expected = ab.run(sound, told, sound.silent(TRIALS).replace("a", start["a"]), throw=False)
    found = ab.run(built, told, built.silent(TRIALS).replace("a", start["a"]), throw=False)
    by_hand = built.silent(TRIALS).replace("a", start["a"])
    for gates in told.compile(built).gates:
        by_hand = ab.step(built, by_hand, gates)
    for name in BUFFERS:
        np.testing.assert_array_equal(found.state[name], expected.state[name])
        np.testing.assert_array_equal(by_hand[name], expected.state[name])
    assert found.result.tolist() == expected.result.tolist()
    opened = ab.run(built, ab.gates(open=["m->c"]), start, throw=False)
    assert opened.result.tolist() == [ab.Result.NON_FINITE] * TRIALS


# What shows it.


def test_it_is_part_of_what_a_network_and_its_states_show():
    built = echoing()
    silence = built.silent(2)
    assert silence.area_names == ("echo", "again")
    assert silence["again"].heard.shape == (2, 4, 40)
    assert silence["echo"].turned.tolist() == [0, 0]
    own = ("a->echo", "echo->c", "echo:turn", "a->again", "again->a", "again:turn")
    assert built.gates[-6:] == own
    assert built.gating()[-6:].tolist() == [0] * 6
    assert "areas {echo: Echo, again: Echo}" in repr(built)
    page = built._repr_html_()
    assert page.count("echo") >= 2
    assert "again" in page
    assert built.graph.nodes["again"]["kind"] == "echo"
    assert built.graph.edges["again", "a"]["gate"] == "again->a"
    with pytest.raises(ab.NetworkError, match="'echo' is an area; what it holds changes by its own instructions"):
        silence.replace("echo", np.zeros((2, 40)))


@pytest.mark.parametrize("gates", [None, ["echo->c", "echo:turn"]])
def test_it_is_drawn_whatever_its_kind(gates):
    axes = plot_network(echoing(), gates)
    shown = [text.get_text() for text in axes.texts if text.get_text()]
    assert any(text.startswith("echo") for text in shown)
    assert "again" in shown
    assert "[turn]" in "".join(shown) or gates is None
    # One collection of nodes for each kind, and both areas are in one of them.
    sizes = [len(nodes.get_offsets()) for nodes in axes.collections if hasattr(nodes, "get_offsets")]
    assert 2 in sizes
    assert 3 in sizes


def test_from_a_file_it_comes_back_when_its_class_is_given(tmp_path):
    built = echoing()
    built.save(tmp_path / "it")
    with pytest.raises(ab.FileError, match=r"the class 'Echo', which is not known; give the class, classes=\[Echo\]"):
        ab.Network.load(tmp_path / "it")
    loaded = ab.Network.load(tmp_path / "it", classes=[Echo])
    assert eqx.tree_equal(loaded.areas, built.areas)
    held = ab.run(built, program(STRAIGHT[:4]), throw=False).state
    after = [ab.run(each, program(STRAIGHT[4:]), held, throw=False).state for each in (loaded, built)]
    assert_same_states(*after)


def test_a_lesion_leaves_it_whole_and_states_go_on():
    built = echoing()
    state = ab.run(built, program(STRAIGHT), throw=False).state
    hurt = ab.lesion(built, synapses=0.1, key=jax.random.key(1))
    after = ab.run(hurt, ab.hold(1), state, throw=False).state
    assert after["again"].turned.tolist() == state["again"].turned.tolist()
    assert eqx.tree_equal(hurt.areas, built.areas)


# What an area owes at every tick.


class Careless(ab.AbstractArea):
    """Writes on buffer "a", and gives back what it is told to instead of what it owes."""

    name: str = eqx.field(static=True)
    returned: Any = eqx.field(static=True)
    start: Any = eqx.field(static=True, default=lambda trials: jnp.zeros((trials, 2), jnp.float32))

    def wire(self, buffers):
        return ab.AreaWiring(self.name, (), ("a",))

    def parameters(self, buffers, key):
        return None

    def init(self, buffers, trials, parameters):
        return self.start(trials)

    def tick(self, parameters, state, inputs):
        return self.returned(state, jnp.zeros((len(inputs.running), 40), jnp.float32))

    def contents(self, buffers, state, decode):
        return []


CARELESS = {
    "one array instead of a tuple": (lambda state, field: (state, field), "fields of the shapes"),
    "no field": (lambda state, field: (state, ()), r"fields of the shapes \[\]"),
    "a field of too few units": (lambda state, field: (state, (field[:, :20],)), r"fields of the shapes \[\(3, 20\)\]"),
    "a field of one trial": (lambda state, field: (state, (field[:1],)), "fields of the shapes"),
    "no pair": (lambda state, field: (field,), "it must return a pair, the next state and the fields"),
    "another state": (lambda state, field: (state[:, :1], (field,)), r"a state of float32 \(3, 1\); it must be as"),
    "a state of another type": (lambda state, field: (state > 0, (field,)), r"a state of bool \(3, 2\)"),
}


@pytest.mark.parametrize(("returned", "message"), CARELESS.values(), ids=CARELESS)
def test_what_a_tick_returns_is_checked_when_the_network_is_built(returned, message):
    with pytest.raises(ab.NetworkError, match=message):
        areas.build([Careless("m", returned)])


def test_a_state_without_an_axis_of_trials_is_refused():
    careless = Careless("m", lambda state, field: (state, (field,)), lambda trials: jnp.zeros(5, jnp.float32))
    with pytest.raises(ab.NetworkError, match=r"init of area 'm' returned an array of shape \(5,\) for 3 trials"):
        areas.build([careless])


def test_a_buffer_that_an_area_looks_up_in_vain_is_named():
    with pytest.raises(ab.UnknownNameError, match="unknown buffer 'd'; buffers are 'a', 'b', 'c'"):
        areas.build([Echo("d", "a")])
