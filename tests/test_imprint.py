"""New symbols in a network that is there: old ones untouched, all of them right, or an error."""

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._engine import driver

WORDS = [f"w{number}" for number in range(20)]


def build(words: list[str], rule: ab.AbstractStorageRule, **options) -> ab.Network:
    usual = {"buffers": {"a": 128, "b": 96}, "activity": 0.1, "key": jax.random.key(2), "latch": "recurrence"}
    return ab.build(ab.Vocabulary(words), rule=rule, **usual | options)


def copies(network: ab.Network, words: list[str], state: ab.State | None = None) -> list[str | None]:
    program = ab.load("a", ab.arg("word")) + ab.copy("a", "b") + ab.clear("a") + ab.copy("b", "a")
    return ab.run(network, program, state, args={"word": words}).decode()["a"]


def leaves(network: ab.Network) -> list[np.ndarray]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves((network.all_codes, network.synapses, network.drive))]


RULES = [ab.MaximalStability(), ab.PseudoInverse(), ab.Perceptron(), ab.Storkey(), ab.Hebbian()]
# Those that learn all symbols anew.
ANEW = [rule for rule in RULES if not isinstance(rule, ab.AbstractOneShotRule)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("free", [0, 2, 5])
def test_old_codes_stay_and_all_symbols_are_right(rule: ab.AbstractStorageRule, free: int):
    network = build(WORDS[:4], rule, free=free)
    larger = ab.imprint(network, WORDS[4:7])
    assert larger.vocabulary.names == tuple(WORDS[:7])
    assert larger.free == max(free - 3, 0)
    assert network.vocabulary.names == tuple(WORDS[:4])
    for buffer in network.buffers:
        np.testing.assert_array_equal(larger.codes(buffer)[:4], network.codes(buffer))
        assert len(larger.codes(buffer)) == 7
    assert larger.report().wrong_bits == 0
    assert copies(larger, WORDS[:7]) == WORDS[:7]


@pytest.mark.parametrize("rule", ANEW, ids=lambda rule: type(rule).__name__)
def test_it_is_the_network_that_build_would_have_made(rule: ab.AbstractStorageRule):
    larger, built = ab.imprint(build(WORDS[:4], rule), WORDS[4:6]), build(WORDS[:6], rule)
    for one, other in zip(leaves(larger), leaves(built), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("options", [{}, {"latch": "loop", "relay": "nucleus"}, {"activity": 0.5}], ids=str)
def test_one_shot_learning_adds_the_outer_product_of_the_new_codes(options: dict):
    rule = ab.Hebbian()
    larger, built = ab.imprint(build(WORDS[:4], rule, **options), WORDS[4:6]), build(WORDS[:6], rule, **options)
    for one, other in zip(leaves(larger), leaves(built), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    before = build(WORDS[:4], rule, **options)
    projection = larger.wiring.projections[0]
    assert projection.target == 0
    change = np.asarray(larger.synapses[-1].weights - before.synapses[-1].weights)
    last = larger.wiring.projections[-1]
    new = [np.asarray(codes[4:6], float) for codes in (larger.all_codes[last.source], larger.all_codes[last.target])]
    source, target = (codes - codes.mean() for codes in new)
    outer = source.T @ target
    if last.source == last.target:
        np.fill_diagonal(outer, 0)
    assert np.corrcoef(change.ravel(), outer.ravel())[0, 1] > 0.999


def test_a_running_network_goes_on_with_a_new_symbol():
    network = build(WORDS[:3], ab.MaximalStability(), areas=[ab.SnapshotMemory("m", units=256)], free=2)
    told = ab.load("a", "w1") + ab.load("b", "w2") + ab.store("m", ["a", "b"])
    state = ab.run(network, told).state
    larger = ab.imprint(network, ["new"])
    trace = ab.run(larger, ab.load("b", "new") + ab.store("m", ["a", "b"]), state)
    assert trace.decode() == {"a": ["w1"], "b": ["new"]}
    assert trace.snapshots("m") == [{"a": "w1", "b": "w2"}, {"a": "w1", "b": "new"}]
    older = ab.recall("m", ["a"]) + ab.recall("m", ["a"], older=True)
    assert ab.run(larger, older, trace.state).decode()["b"] == ["w2"]


def test_into_a_free_slot_nothing_compiles_anew():
    network = build(WORDS[:3], ab.Hebbian(), free=3)
    branching = ab.when(ab.equal("a", "b"), ab.emit("a")) + ab.hold()
    copies(network, WORDS[:3])
    ab.run(network, branching)
    size = driver._drive._cache_size()
    larger = ab.imprint(ab.imprint(network, ["new"]), ["newer", "newest"])
    assert copies(larger, ["w1", "new", "newest"]) == ["w1", "new", "newest"]
    ab.run(larger, branching)
    assert driver._drive._cache_size() == size


def test_what_is_not_imprinted_is_no_symbol():
    network = build(WORDS[:3], ab.MaximalStability(), free=2)
    state = network.silent().replace("a", network.all_codes[0][3:4].astype(float))
    for record in ("final", "decoded"):
        assert ab.run(network, ab.present("b", "w1"), state, record=record).decode()["b"] == ["w1"]
    still = ab.run(network, ab.gates(), state, record="decoded", throw=False)
    assert still.decode(0)["a"] == [None]
    assert still.overlaps("a").shape == (1, 3)
    emitted = ab.run(network, ab.emit("a"), state, throw=False)
    assert emitted.outputs == [[None]]
    with pytest.raises(ab.UnknownNameError):
        network.vocabulary["w3"]


def test_more_than_the_rule_can_store_is_an_error_and_changes_nothing():
    network = build(WORDS[:3], ab.Hebbian(), buffers={"a": 32, "b": 32}, free=20)
    with pytest.raises(ab.CapacityError, match=r"Hebbian\(\) does not store all 20 symbols"):
        ab.imprint(network, WORDS[3:])
    assert network.vocabulary.names == tuple(WORDS[:3])
    assert network.report().wrong_bits == 0


def test_a_rule_of_ones_own_may_learn_in_one_shot():
    class OnceOnly(ab.AbstractOneShotRule):
        """Learns all symbols once, and in one shot after that."""

        hebbian: ab.Hebbian = ab.Hebbian()

        def learn(self, source, target, *, recurrent):
            assert len(source) == 2
            return self.hebbian.learn(source, target, recurrent=recurrent)

        def add(self, synapses, source, target, *, recurrent):
            return self.hebbian.add(synapses, source, target, recurrent=recurrent)

    network = build(WORDS[:2], OnceOnly(), free=1)
    assert copies(ab.imprint(network, ["new"]), ["new", "w0"]) == ["new", "w0"]
