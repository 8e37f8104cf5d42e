"""A predictor in a network foresees and learns what loops in NumPy do, and leaves all else as it was."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from prediction_oracle import Plain

import attractorbind as ab
from attractorbind import learning

WORDS, UNITS, SEEN = ("red", "green", "blue"), 24, 5
RNG = np.random.default_rng(0)
VIEWS = RNG.random((2, 40, SEEN)).astype(np.float32)


def built(*, normalised=False):
    eyes = learning.Hierarchy("eyes", sizes=[SEEN, 4], target="name", rule=learning.Backpropagation())
    cerebellum = ab.Predictor(
        "cerebellum",
        reads=["focus", (eyes, 0)],
        efference=["word->focus", "command", "eyes:next"],
        timescales=[1, 3],
        rate=0.75,
        updates=60,
        threshold=1.0,
        normalised=normalised,
    )
    return ab.build(
        ab.Vocabulary(WORDS),
        buffers={"word": UNITS, "focus": UNITS, "command": UNITS, "name": UNITS},
        relays=[("word", "focus")],
        areas=[cerebellum, eyes],
        activity=0.25,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


@pytest.fixture(scope="module")
def network():
    return built()


# With its own gates others open at the same tick, of which it is told.
def stepping(*gates):
    return ab.gates(open=["focus->cerebellum", "command->cerebellum", "cerebellum:step", "cerebellum:learn", *gates])


def assert_alike(state, plain):
    foresight, usual, middle = state.learned.value
    np.testing.assert_allclose(foresight.weights, plain.weights, rtol=1e-4, atol=2e-6)
    np.testing.assert_allclose(state.error, plain.error, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(state.surprise, plain.surprise, rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(state.surprised, plain.surprised)
    assert foresight.updates == plain.updates
    assert usual.steps == plain.steps
    np.testing.assert_allclose((usual.mean, usual.variance), (plain.mean, plain.variance), rtol=1e-4)
    np.testing.assert_allclose(middle, plain.middle, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("normalised", [False, True])
def test_it_does_what_loops_do(normalised):
    network = built(normalised=normalised)
    # By hand, so that what stands in every buffer at every tick is known.
    state = ab.show(network, network.silent(trials=2), {"eyes": VIEWS})
    plain = Plain(
        [1, 3], UNITS + SEEN, 3 + UNITS, trials=2, rate=0.75, updates=60, threshold=1.0, normalised=normalised
    )
    rng = np.random.default_rng(1)
    own = ("focus->cerebellum", "command->cerebellum", "cerebellum:step")
    for number in range(40):
        words = rng.integers(3, size=2)
        state = state.replace("focus", network.codes("focus")[words].astype(jnp.float32))
        state = state.replace("command", network.codes("command")[rng.integers(3, size=2)].astype(jnp.float32))
        relay, seeing, learns = number % 4 == 1, number % 3 == 2, number % 5 != 4
        takes_part = np.array([True, number % 7 != 3])
        reads = number % 6 != 5
        open_gates = [
            *(own if reads else own[::2]),
            *["cerebellum:learn"] * learns,
            *["word->focus"] * relay,
            *["eyes:next"] * seeing,
        ]
        rows = np.stack([network.gating(open_gates) if takes else network.gating() for takes in takes_part])
        views = np.asarray(state["eyes"].stimulus)
        held = np.asarray(state["focus"], float), np.asarray(state["command"], float) * reads
        states = np.concatenate([held[0], views], axis=1)
        given = np.concatenate([np.tile([float(relay), float(seeing)], (2, 1)), held[1]], axis=1)
        commands = np.concatenate([1 - given.max(axis=1, keepdims=True), given], axis=1)
        plain.step(states, commands, takes_part, learns)
        state = ab.tick(network, state, rows)
        assert_alike(state["cerebellum"], plain)
    assert plain.surprised.any() or np.abs(plain.surprise).max() > 0


def test_it_learns_only_when_told_and_changes_nothing_else(network):
    lesson = ab.load("word", "blue") + ab.copy("word", "focus") + ab.load("command", "red")
    with_it = ab.run(network, lesson + ab.predict("cerebellum") * 3, record="states")
    frozen = ab.run(network, lesson + ab.predict("cerebellum", learn=False) * 3, record="states")
    without = ab.run(network, lesson + ab.hold(3), record="states")
    start = network.silent()["cerebellum"].learned
    assert eqx.tree_equal(frozen.state["cerebellum"].learned, start)
    assert not eqx.tree_equal(with_it.state["cerebellum"].learned, start)
    for trace in (with_it, frozen):
        for buffer in network.buffers:
            np.testing.assert_array_equal(trace.states[buffer], without.states[buffer])
        assert eqx.tree_equal(trace.state["eyes"], without.state["eyes"])


@pytest.fixture(scope="module")
def beating():
    return ab.build(
        ab.Vocabulary(["tick", "tock", "yes", "no"]),
        buffers={"focus": 64, "alarm": 64, "name": 64},
        relays=[("name", "alarm")],
        areas=[ab.Predictor("cerebellum", reads=["focus"])],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


REGULAR = ab.repeat(
    20, (ab.load("focus", "tick") + ab.predict("cerebellum")) + ab.load("focus", "tock") + ab.predict("cerebellum")
)
LAST = ab.load("focus", ab.arg("word")) + ab.predict("cerebellum")
ASKS = ab.when(ab.surprised("cerebellum"), ab.load("alarm", "yes"), ab.load("alarm", "no"))


def test_a_program_branches_where_it_is_surprised_and_the_trace_tells(beating):
    trace = ab.run(beating, REGULAR + LAST + ASKS, args={"word": ["tick", "tock", "yes"]}, record="decoded")
    assert trace.decode()["alarm"] == ["no", "yes", "yes"]
    told = trace.forecasts["cerebellum"]
    assert told.stepped.sum(axis=0).tolist() == [40, 40, 40]
    np.testing.assert_array_equal(told.chosen[-1, :, 0], [False, True, True])
    np.testing.assert_allclose(told.surprise[-1], trace.state["cerebellum"].surprise)
    np.testing.assert_allclose(told.error[-1, :, 0], np.square(trace.state["cerebellum"].error[:, 0]).mean(axis=1))
    assert "surprised" in trace.table(1)
    assert not trace.choices
    with pytest.raises(ab.UnknownNameError):
        trace.choices["cerebellum"]
    with pytest.raises(ab.ArgumentError, match="were not recorded"):
        ab.run(beating, LAST, args={"word": "tick"}).forecasts["cerebellum"]


def test_after_a_new_episode_nothing_is_compared(beating):
    once = ab.run(beating, REGULAR + ab.begin_episode("cerebellum") + LAST + ASKS, args={"word": ["tock"]})
    assert once.decode()["alarm"] == ["no"]


LEVELS = [-1 + level / 4 for level in range(17)]


@pytest.fixture(scope="module")
def alarmed():
    """A gate that hears how much a predictor is surprised, and reads what it foresees."""
    cerebellum = ab.Predictor("cerebellum", reads=["focus"])
    gate = ab.gating.BasalGanglia("gate", reads=["focus", cerebellum.surprise], gates=["open"], rate=2.0, trace=0.0)
    return ab.build(
        ab.Vocabulary(["tick", "tock", "yes"]),
        buffers={"focus": 64, "alarm": 64},
        relays=[],
        areas=[cerebellum, gate],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def test_basal_ganglia_hear_how_much_it_is_surprised(alarmed):
    ends = LAST + ab.choose("gate", gates={"open": ab.hold()})
    words = ["tick", "tock", "yes"]
    state = ab.run(alarmed, REGULAR + ends, args={"word": words}, key=jax.random.key(1)).state
    features = []
    for code, surprise in zip(np.asarray(state["focus"]), np.asarray(state["cerebellum"].surprise), strict=True):
        cells = [float(surprise > level) for level in LEVELS]
        features.append([*code, *cells, *(1 - cell for cell in cells)])
    units = np.array(features) / np.sqrt(np.sum(features, axis=1, keepdims=True))
    chosen = np.asarray(state["gate"].chosen[:, 0])
    # Nothing is learned yet, so that it opens in half of all cases.
    np.testing.assert_allclose(state["gate"].traces[:, 0], (chosen - 0.5)[:, None] * units, atol=1e-6)
    assert len(set(map(tuple, units[:, 64:]))) > 1


def test_a_gate_learns_from_reward_to_open_where_it_is_surprised(alarmed):
    gate, surprise = ab.choose("gate", gates={"open": ab.load("alarm", "yes")}), ab.surprised("cerebellum")
    right = (surprise & ~ab.empty("alarm")) | (~surprise & ab.empty("alarm"))
    beat = ab.load("focus", "tick") + ab.predict("cerebellum", learn=False)
    beat += ab.load("focus", ab.arg("word")) + ab.predict("cerebellum", learn=False)
    lesson = beat + ab.clear("alarm") + gate + ab.reward(when=right)
    odd = {"word": ["tock", "yes"] * 4}
    state = ab.run(alarmed, REGULAR + ab.repeat(30, lesson), args=odd, key=jax.random.key(2)).state
    test = beat + ab.clear("alarm") + ab.choose("gate", gates={"open": ab.load("alarm", "yes")}, greedy=True)
    assert ab.run(alarmed, test, state, args=odd).decode()["alarm"] == [None, "yes"] * 4
    told = ab.gating.rules(alarmed, state, "gate")
    assert told.left_out == ("what 'cerebellum' says",)


def test_a_file_keeps_what_basal_ganglia_hear(alarmed, tmp_path):
    alarmed.save(tmp_path / "a.network")
    again = ab.Network.load(tmp_path / "a.network")
    assert again.areas[1] == alarmed.areas[1]
    assert again.wiring.areas[1].hears == alarmed.wiring.areas[1].hears


def test_a_file_keeps_it(network, tmp_path):
    network.save(tmp_path / "a.network")
    again = ab.Network.load(tmp_path / "a.network")
    assert again.areas[0] == network.areas[0]
    assert again.wiring == network.wiring
    assert again.wiring.areas[0].hears == network.wiring.areas[0].hears


def test_run_and_tick_do_the_same(network):
    program = ab.load("focus", "red") + stepping("word->focus") + stepping("eyes:next")
    by_run = ab.run(network, program, stimuli={"eyes": VIEWS}, throw=False).state
    state = ab.show(network, network.silent(trials=2), {"eyes": VIEWS})
    compiled = program.compile(network)
    code = 2 * network.drive * (network.codes("focus")[np.array([0, 0])] - 0.5)
    for number, gates in enumerate(compiled.gates):
        state = ab.tick(network, state, gates, external={"focus": code} if number == 0 else {})
    assert eqx.tree_equal(state["cerebellum"], by_run["cerebellum"])
