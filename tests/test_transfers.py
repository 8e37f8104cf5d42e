"""Users may forbid JAX to take to the device what nobody asked for: what the library takes there it was asked for."""

from typing import Any

import jax
import numpy as np
import pytest

import attractorbind as ab

COPY = ab.load("focus", ab.arg("x")) + ab.copy("focus", "agent")
BRANCHING = ab.read("focus") + ab.until(ab.empty("focus"), ab.emit("focus") + ab.read("focus"), limit=9)
STORE = ab.load("agent", "dog") + ab.store("m", ["agent"]) + ab.load("focus", "cat") + ab.recall("m", cue=["agent"])
KEY = jax.random.key(0)


@pytest.fixture
def forbidden():
    """All that is not asked for by name."""
    # Numbers that compiled functions already have are not taken there again.
    jax.clear_caches()
    with jax.transfer_guard("disallow"):
        yield


def built(**more: Any) -> ab.Network:
    return ab.build(
        ab.Vocabulary(["dog", "cat", "yak"]),
        buffers={"focus": 64, "agent": 48},
        activity=0.125,
        rule=ab.PseudoInverse(),
        key=KEY,
        **more,
    )


def test_runs_and_what_is_read_of_them(forbidden):
    network = built(areas=[ab.SnapshotMemory("m", units=256)], relay="nucleus")
    for record in ("final", "decoded", "states"):
        noise: Any = {"noise": 0.02, "key": KEY, "leak": 0.01, "throw": False, "record": record}
        trace = ab.run(network, COPY, args={"x": ["dog", "cat", "yak"]}, **noise)
        trace = ab.run(network, COPY, trace.state, args={"x": "dog"}, after=trace.ticks, **noise)
        assert trace.decode()["agent"] == ["dog"] * 3
        trace.overlaps("focus")
        if record != "final":
            trace.decode(2)
            assert "load" in trace.table()
    assert ab.run(network, BRANCHING, inputs=[["dog"], [], ["cat"]]).outputs == [["dog"], [], ["cat"]]
    assert ab.run(network, STORE).snapshots("m") == [{"focus": None, "agent": "dog"}]


def test_ticks_by_hand_and_pure_functions(forbidden):
    network = built()
    state = network.silent(3).replace("focus", np.ones((3, 64)))
    external, gates = {"focus": np.ones((3, 64))}, network.gating(open=["focus->agent"])
    for noise in ({}, {"noise": 0.1, "key": KEY, "leak": 0.1}):
        ab.tick(network, state, ["focus->agent"], external=external, **noise)
        ab.step(network, state, gates, external=external, **noise)
    compiled = (ab.load("focus", "dog") + ab.copy("focus", "agent")).compile(network)
    assert ab.simulate(network, compiled, state, leak=0.01).ticks.shape == (3,)
    ab.simulate(network, BRANCHING.compile(network), state, stream=np.zeros((3, 2), np.int32))


def test_networks_and_what_is_measured_of_them(forbidden, tmp_path):
    network = ab.imprint(built(free=2), ["emu"])
    network.save(tmp_path / "network")
    again = ab.Network.load(tmp_path / "network")
    assert again.report().wrong_bits == 0
    assert ab.lesion(again, units=0.1, key=KEY).altered
    ab.overlaps(network.silent()["focus"], network.codes("focus"))
    ab.energy(network, network.silent())
    ab.fields(network, network.silent())
    replaced = network.replace("focus", "agent", network.synapses_between("focus", "agent"))
    assert replaced.altered


def test_what_learns(forbidden):
    stimuli = np.eye(4, dtype=np.float32)[:3]
    eyes = ab.learning.Hierarchy("eyes", sizes=[4], target="focus", rule=ab.learning.Backpropagation())
    network = built(areas=[eyes])
    program = ab.load("focus", ab.arg("x")) + ab.see("eyes") + ab.learn("eyes")
    given: Any = {"epochs": 1, "batch": 3, "key": KEY, "args": {"x": ["dog", "cat", "yak"]}, "progress": False}
    trained = ab.train(network, program, stimuli=stimuli, **given)
    ab.run(network, ab.see("eyes"), trained.state, stimuli={"eyes": stimuli}, throw=False).decode()
    network = built(areas=[ab.gating.BasalGanglia("bg", reads=["focus"], gates=["focus->agent"])])
    program = ab.load("focus", "dog") + ab.choose("bg", gates=["focus->agent"]) + ab.reward(1.0)
    trace = ab.run(network, program, key=KEY, record="decoded")
    assert trace.choices["bg"].decided.any()
    assert str(ab.gating.rules(network, trace.state, "bg"))


def test_what_users_do_themselves_is_still_forbidden(forbidden):
    built()
    with pytest.raises(Exception, match="Disallowed host-to-device"):
        jax.numpy.ones(3) + np.ones(3)
