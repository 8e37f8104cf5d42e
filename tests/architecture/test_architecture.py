"""A whole made of parts is the network of these parts; without a part it lacks what the part does."""

import re

import equinox as eqx
import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import learning

UNITS = 64


def whole(**changes):
    eyes = learning.Hierarchy(
        "eyes", sizes=[4, 8], target="seen", rule=learning.Backpropagation(), optimiser=learning.Adam(0.02)
    )
    parts = {
        "slots": {"seen": UNITS, "item": UNITS, "answer": 2 * UNITS},
        "relays": [("seen", "item"), ("item", "answer")],
        "vision": [eyes],
        "memories": [ab.SnapshotMemory("hippocampus", ["seen", "item"], units=128, capacity=4)],
        "basal_ganglia": [
            ab.gating.BasalGanglia("store", reads=["seen"], gates=["seen->item", "skip"]),
            ab.gating.Utilities("worth", gates=["left", "right"]),
        ],
        "predictors": [ab.Predictor("cerebellum", reads=["seen"])],
        "motor": [ab.Motor("hand", eye=eyes, reads="answer", layers=[1])],
    }
    return ab.Architecture(**(parts | changes))


def build(architecture):
    names = ab.Vocabulary(["dog", "cat", "ant"])
    return architecture.build(names, activity=0.2, rule=ab.PseudoInverse(), key=jax.random.key(0))


@pytest.fixture(scope="module")
def architecture():
    return whole()


@pytest.fixture(scope="module")
def network(architecture):
    return build(architecture)


def test_it_builds_the_network_of_its_parts(architecture, network):
    same = ab.build(
        ab.Vocabulary(["dog", "cat", "ant"]),
        buffers=dict(architecture.slots),
        relays=architecture.relays,
        areas=list(architecture.areas),
        activity=0.2,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert [area.name for area in architecture.areas] == ["eyes", "hippocampus", "store", "worth", "cerebellum", "hand"]
    assert same.wiring == network.wiring
    assert eqx.tree_equal(same.synapses, network.synapses)
    assert eqx.tree_equal(same.area_parameters, network.area_parameters)


def test_the_report_counts_units_and_synapses(architecture, network):
    account = architecture.report(network)
    rows = {part.part: (part.role, part.units, part.synapses) for part in account.parts}
    assert rows == {
        "seen": ("slot", 64, 64 * 64),
        "item": ("slot", 64, 64 * 64),
        "answer": ("slot", 128, 128 * 128),
        "relays": ("thalamus", 0, 64 * 64 + 64 * 128),
        "eyes": ("vision", 8 + 64, 4 * 8 + 8 + 8 * 64 + 64),
        "hippocampus": ("memory", 128, 2 * 128 * 128),
        "store": ("basal ganglia", 4, 2 * 64 + 64),
        "worth": ("basal ganglia", 2, 2),
        "cerebellum": ("cerebellum", network.wiring.areas[4].units, 65 * 64),
        "hand": ("motor", 4, 9 * 4 + 128 * 8 + 5 * 9),
    }
    assert "imprinted in one shot" in str(account)


def test_a_lesion_closes_all_gates_of_a_part_and_no_others(architecture, network):
    gates = {gate.name for gate in network.wiring.gates}
    for part in (*architecture.slots, *(area.name for area in architecture.areas), "item->answer"):
        lesion = architecture.lesion(network, part)
        assert set(lesion.values()) == {0.0}
        assert set(lesion) == {
            gate for gate in gates if re.match(rf"({part}|{part}->\w+|\w+->{part}|{part}:.+)$", gate)
        }
    assert architecture.lesion(network, "hand:foresee") == {"hand:foresee": 0.0}
    assert "store:seen->item" in architecture.lesion(network, "store")


def test_without_a_slot_or_a_memory_nothing_is_held_or_recalled(architecture, network):
    program = ab.load("seen", "dog") + ab.copy("seen", "item") + ab.store("hippocampus", ["seen", "item"])
    program += ab.clear("item") + ab.recall("hippocampus", cue=["seen"]) + ab.copy("item", "answer")
    held = {}
    for part in (None, "item", "hippocampus", "item->answer", "cerebellum"):
        stuck = {} if part is None else architecture.lesion(network, part)
        held[part] = ab.run(network, program, stuck=stuck).decode()["answer"]
    assert held == {None: ["dog"], "item": [None], "hippocampus": [None], "item->answer": [None], "cerebellum": ["dog"]}


def test_what_is_learned_in_one_network_is_known_in_another_of_the_same_codes(architecture, network):
    eyes = architecture.vision[0]
    codes = {"seen": np.asarray(network.codes("seen"))}
    nursery = ab.build(
        network.vocabulary,
        buffers={"seen": UNITS},
        codes=codes,
        relays=[],
        areas=[eyes],
        activity=0.2,
        rule=ab.PseudoInverse(),
        key=jax.random.key(5),
    )
    lesson = ab.load("seen", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
    names, pictures = ["dog", "cat", "ant"], np.eye(4)[:3]
    state = nursery.silent()
    taught = ab.train(
        nursery,
        lesson,
        stimuli=pictures,
        args={"name": names},
        epochs=150,
        batch=3,
        key=jax.random.key(1),
        progress=False,
    )
    adopted = network.silent(3).adopt(taught.state, ["eyes"])
    seen = ab.run(network, ab.see("eyes"), adopted, stimuli={"eyes": pictures})
    assert seen.decode()["seen"] == names
    assert eqx.tree_equal(adopted["eyes"].learned, taught.state["eyes"].learned)
    assert eqx.tree_equal(adopted["hand"], network.silent(3)["hand"])
    assert not eqx.tree_equal(state["eyes"].learned, taught.state["eyes"].learned)
