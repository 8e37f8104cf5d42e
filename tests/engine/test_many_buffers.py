"""Networks of many buffers: what is kept together computes what it computes apart, and compiles as quickly."""

import dataclasses
import pickle
from typing import Any

import equinox as eqx
import examples
import imprints
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from examples import assert_same_states

import attractorbind as ab
import attractorbind._engine.driver as running
from attractorbind import _bundled
from attractorbind._engine import rows
from attractorbind.testing import check_binding

SYMBOLS = ["dog", "cat", "cow"]


@pytest.fixture
def together(monkeypatch):
    """Has everything bundled, however little there is of it, and in bundles of two."""
    monkeypatch.setattr(_bundled, "SEPARATE", 0)
    monkeypatch.setattr(_bundled, "_LARGEST", 2)
    monkeypatch.setattr(_bundled, "GAIN", 0)


def bundled(network: ab.Network) -> ab.Network:
    # One by one, as JAX's arrays.
    synapses, codes = ([each[number] for number in range(len(each))] for each in (network.synapses, network.all_codes))
    own = dataclasses.replace(network, synapses=synapses, all_codes=codes)
    assert isinstance(own.synapses, _bundled.Bundled)
    assert isinstance(own.all_codes, _bundled.Bundled)
    return own


def hub(buffers: int, units: int = 48, **options: Any) -> ab.Network:
    options = {"relays": "hub:b0", "rule": ab.PseudoInverse(), "key": jax.random.key(4), **options}
    sizes = {f"b{number}": units + 8 * (number % 2) for number in range(buffers)}
    return ab.build(ab.Vocabulary(SYMBOLS), buffers=sizes, activity=0.15, **options)


STRAIGHT = ab.load("a", "s1") + ab.copy("a", "b") + ab.load("a", ab.arg("x")) + ab.hold(3) + ab.clear("b")
BRANCHING = ab.load("a", ab.arg("x")) + ab.repeat(
    2,
    ab.read("b")
    + ab.when(ab.holds("a", "s1"), ab.copy("b", "a") + ab.emit("a"), ab.when(ab.equal("a", "b"), ab.emit("b"))),
)


FAST = [("all, direct", "states"), ("hub, nucleus", "decoded")]


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        pytest.param(kind, record, marks=[] if (kind, record) in FAST else pytest.mark.slow)
        for kind in ["all, direct", "hub, nucleus", "memory, loop", "imprinting"]
        for record in ["final", "decoded", "states"]
    ],
)
def test_what_is_kept_together_runs_as_it_does_apart(kind, record, request):
    network = imprints.network("nuclei") if kind == "imprinting" else examples.network(kind)

    def told(network: ab.Network) -> list[ab.Trace]:
        options: dict[str, Any] = {"args": {"x": ["s0", "s1", "s2"]}, "record": record, "throw": False}
        options |= {"noise": 0.03, "leak": 0.01, "key": jax.random.key(1)}
        begun = ab.run(network, ab.load("b", "s2")).state
        return [
            ab.run(network, ab.copy("b", "a"), begun, record=record),
            ab.run(network, STRAIGHT, **options),
            ab.run(network, BRANCHING, inputs=[["s1", "s2"], ["s3"], ["s2", "s2"]], **options),
            ab.run(network, STRAIGHT, args={"x": ["s0", "s1", "s2"]}, throw=False, record=record),
        ]

    apart = told(network)
    request.getfixturevalue("together")
    for one, other in zip(apart, told(bundled(network)), strict=True):
        assert isinstance(other.state.activities, _bundled.Bundled)
        assert_same_states(other.state, one.state)
        assert (other.ticks == one.ticks).all()
        assert (other.result == one.result).all()
        assert other.outputs == one.outputs
        for own, others in ((one.states, other.states), (one.best_symbol, other.best_symbol)):
            assert own.keys() == others.keys()
            assert all((np.asarray(own[buffer]) == np.asarray(others[buffer])).all() for buffer in own)


@pytest.mark.parametrize("kind", [pytest.param("hub, nucleus", marks=pytest.mark.slow), "memory"])
def test_what_is_kept_together_binds(kind, together):
    check_binding(bundled(examples.network(kind)), max_examples=20)


def test_a_symbol_reaches_every_one_of_many_buffers_and_no_other():
    network = hub(40)
    assert network.report().wrong_bits == 0
    program = ab.load("b0", ab.arg("x"))
    for number in range(1, 39, 2):
        program += ab.copy("b0", f"b{number}")
    held = ab.run(network, program, args={"x": SYMBOLS}).decode()
    assert all(held[f"b{number}"] == (SYMBOLS if number % 2 and number < 39 else [None] * 3) for number in range(1, 40))


@pytest.mark.parametrize(
    "rule", [ab.PseudoInverse(), ab.MaximalStability(), ab.Hebbian(), ab.Storkey(), ab.Perceptron()]
)
def test_projections_learned_together_are_those_learned_alone(rule, monkeypatch):
    together = hub(12, rule=rule)
    assert isinstance(together.synapses, _bundled.Bundled)
    monkeypatch.setattr(_bundled, "SEPARATE", 100)
    monkeypatch.setattr("attractorbind._rule.batches.SEPARATE", 100)
    alone = hub(12, rule=rule)
    assert isinstance(alone.synapses, tuple)
    assert together.fingerprint == alone.fingerprint
    assert float(together.drive) == float(alone.drive)
    for one, other in zip(alone.synapses, together.synapses, strict=True):
        np.testing.assert_allclose(one.weights, other.weights, atol=1e-4)
        np.testing.assert_allclose(one.bias, other.bias, atol=1e-4)
    for one, other in zip(alone.report().projections, together.report().projections, strict=True):
        assert dataclasses.replace(one, stability=0.0) == dataclasses.replace(other, stability=0.0)
        assert one.stability == pytest.approx(other.stability, rel=1e-3)


def test_factors_are_kept_together_too(monkeypatch):
    network = hub(12, units=256)
    assert all(isinstance(own, ab.FactoredSynapses) for own in network.synapses)
    held = ab.run(network, ab.load("b1", "cat") + ab.copy("b1", "b0") + ab.copy("b0", "b2")).decode()
    assert held["b2"] == ["cat"]


def test_a_network_of_many_buffers_does_all_that_one_of_few_does(tmp_path):
    network = hub(40, free=1)
    network.save(tmp_path / "many.network")
    loaded = ab.Network.load(tmp_path / "many.network")
    program = ab.load("b0", "cow") + ab.copy("b0", "b7")
    run = ab.run(network, program)
    assert_same_states(ab.run(loaded, program).state, run.state)
    assert_same_states(ab.run(pickle.loads(pickle.dumps(network)), program).state, run.state)
    copied = ab.tick(network, run.state, network.gating(open=["b0->b9"], closed=["b9"]))
    assert (copied["b9"] == network.codes("b9")[2:3]).all()
    assert ab.run(ab.imprint(network, ["hen"]), ab.load("b0", "hen") + ab.copy("b0", "b7")).decode()["b7"] == ["hen"]
    assert ab.run(ab.lesion(network, synapses=0.02, key=jax.random.key(0)), program).decode()["b7"] == ["cow"]
    silenced = ab.PlasticSynapses(jnp.zeros((48, 56)), jnp.zeros(56))
    assert ab.run(network.replace("b0", "b7", silenced), program, throw=False).decode()["b7"] == [None]
    assert float(ab.harmony(network, run.state, "b0->b7")[0]) == pytest.approx(1)
    changed = run.state.replace("b3", jnp.ones((1, 56)))
    assert changed["b3"].sum() == 56
    assert (changed["b7"] == run.state["b7"]).all()


def test_what_is_compiled_does_not_grow_with_the_number_of_buffers():
    def operations(buffers: int, program: ab.Program) -> int:
        before, count = running._drive, []

        def noted(*args: Any, **kwargs: Any) -> Any:
            count.append(before.lower(*args, **kwargs).as_text().count("\n"))
            return before(*args, **kwargs)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running, "_drive", noted)
            ab.run(hub(buffers), program)
        return count[0]

    copied = ab.load("b0", "dog") + ab.copy("b0", "b1")
    for program in (copied, copied + ab.when(ab.equal("b0", "b1"), ab.emit("b1"))):
        assert operations(60, program) == operations(120, program)


def test_a_latch_that_excites_what_is_silent_is_computed_from_the_first_tick_on():
    network = hub(5)
    excited = ab.Synapses(jnp.zeros((48, 48)), jnp.ones(48))
    network = network.replace("b2", "b2", excited)
    assert ab.run(network, ab.hold(3), throw=False).state["b2"].all()
    assert not ab.run(network, ab.hold(3), throw=False).state["b1"].any()


def test_rows_are_read_out_of_bundles_too(monkeypatch):
    network = hub(40)
    program = ab.load("b0", "cat") + ab.copy("b0", "b1") + ab.copy("b1", "b0") + ab.copy("b0", "b38")
    whole = ab.run(network, program)
    running._drive.clear_cache()
    with monkeypatch.context() as patch:
        patch.setattr(rows, "_FEWEST_UNITS", 40)
        by_rows = ab.run(network, program)
    running._drive.clear_cache()
    assert by_rows.decode()["b38"] == ["cat"]
    assert_same_states(by_rows.state, whole.state)


def test_where_every_buffer_has_a_size_of_its_own_nothing_is_bundled():
    sizes = {f"b{number}": 40 + number for number in range(12)}
    network = ab.build(
        ab.Vocabulary(SYMBOLS),
        buffers=sizes,
        activity=0.15,
        relays="hub:b0",
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert isinstance(network.synapses, tuple)
    assert ab.run(network, ab.load("b0", "dog") + ab.copy("b0", "b9")).decode()["b9"] == ["dog"]


def test_a_few_of_a_form_among_many_are_learned_and_rounded_as_the_others():
    sizes = {f"b{number}": 48 if number else 60 for number in range(14)}
    network = ab.build(
        ab.Vocabulary(SYMBOLS), buffers=sizes, activity=0.15, relays="hub:b0", rule=ab.Hebbian(), key=jax.random.key(0)
    )
    assert sorted(len(members) for members in network.synapses.layout.members) == [1, 13, 13, 13]
    assert network.report().wrong_bits == 0
    assert ab.run(network, ab.load("b3", "dog") + ab.copy("b3", "b0") + ab.copy("b0", "b9")).decode()["b9"] == ["dog"]


def test_bundles_are_the_same_however_a_network_was_made(tmp_path):
    network = hub(14, rule=ab.Hebbian(), rules={"b3": ab.PseudoInverse()})
    network.save(tmp_path / "many.network")
    for other in (
        ab.Network.load(tmp_path / "many.network"),
        network.replace("b0", "b1", network.synapses_between("b0", "b1")),
    ):
        assert jax.tree.structure(other.synapses) == jax.tree.structure(network.synapses)
        assert [leaf.shape for leaf in jax.tree.leaves(other.synapses)] == [
            leaf.shape for leaf in jax.tree.leaves(network.synapses)
        ]


def test_what_cannot_be_replaced_in_place_says_how_it_can():
    network = hub(12)
    with pytest.raises(ab.NetworkError, match=r"take network\.replace"):
        eqx.tree_at(lambda network: network.synapses[0].weights, network, replace_fn=jnp.negative)
